"""The `/v1/videos` format as OpenAI had it."""

from __future__ import annotations

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.openai import OpenAIKnobs, OpenAIServer
from bot.sandbox.providers.wire import Fault, Trouble
from tests.providers.case import Can, Case

CASE = Case(
    adapter="openai",
    model="sora-2",
    server=lambda key, renders, clock: OpenAIServer(key, renders, clock, OpenAIKnobs(dialect="official")),
    config=lambda base, key: ProviderConfig("openai", base, key, extras={"dialect": "official"}),
    can={
        *(Can.QUEUE, Can.PROGRESS, Can.AT_ONCE, Can.GONE, Can.KEYED_FILES, Can.LINK_EXPIRY, Can.USAGE, Can.BODY_LIMIT),
    },
    made=lambda server: len(server.videos),
    label=lambda kind, number: f"{kind.value} {number}",
    broke=Fault(Trouble.STATUS, status=429, code="insufficient_quota"),
)
