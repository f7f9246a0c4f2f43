"""The same format as a reseller serves it: words of its own, and a link instead of content."""

from __future__ import annotations

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.openai import OpenAIKnobs, OpenAIServer
from tests.providers.case import Can, Case

CASE = Case(
    adapter="openai",
    model="sora-2",
    server=lambda key, renders, clock: OpenAIServer(key, renders, clock, OpenAIKnobs(dialect="generic")),
    config=lambda base, key: ProviderConfig("openai", base, key, extras={"dialect": "generic"}),
    can={
        *(Can.QUEUE, Can.PROGRESS, Can.AT_ONCE, Can.GONE, Can.USAGE, Can.BODY_LIMIT),
    },
    made=lambda server: len(server.videos),
    label=lambda kind, number: f"{kind.value} {number}",
)
