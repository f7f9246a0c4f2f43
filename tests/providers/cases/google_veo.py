"""Veo in the shape of the Gemini API."""

from __future__ import annotations

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.google import GoogleServer
from bot.sandbox.providers.wire import Fault, Trouble
from tests.providers.case import Can, Case

CASE = Case(
    adapter="google",
    model="veo-3.1",
    server=GoogleServer,
    config=lambda base, key: ProviderConfig("google", base, key),
    can={Can.AT_ONCE, Can.EXPIRY, Can.GONE, Can.LINK_EXPIRY, Can.BODY_LIMIT},
    made=lambda server: len(server.works),
    label=lambda _, number: f"reference image {number}",
    broke=Fault(Trouble.STATUS, status=429, code="billing"),
)
