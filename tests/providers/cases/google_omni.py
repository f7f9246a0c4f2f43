"""Gemini Omni by interactions in the background."""

from __future__ import annotations

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.google import GoogleServer
from bot.sandbox.providers.wire import Fault, Trouble
from tests.providers.case import Can, Case

CASE = Case(
    adapter="google",
    model="gemini-omni-1.1",
    server=GoogleServer,
    config=lambda base, key: ProviderConfig("google", base, key),
    can={
        *(Can.CANCEL, Can.STOP, Can.QUEUE, Can.AT_ONCE, Can.USAGE, Can.BODY_LIMIT, Can.KEYED_FILES, Can.CALLBACKS),
    },
    made=lambda server: len(server.works),
    label=lambda _, number: f"<IMAGE_REF_{number - 1}>",
    broke=Fault(Trouble.STATUS, status=429, code="billing"),
    kinds={"file": "get"},
)
