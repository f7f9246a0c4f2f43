"""What the cases of the `/v1/videos` format share: one embedded server, in the dialect that it is told."""

from __future__ import annotations

from typing import Any

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.openai import OpenAIKnobs, OpenAIServer
from bot.sandbox.providers.openai.knobs import Dialect
from tests.providers.case import Can, Case


def videos(dialect: Dialect, *abilities: Can, **facts: Any) -> Case:
    """What each of them can, and `abilities`. A self-hosted one has Sora's models only because the list is named."""
    return Case(
        adapter="openai",
        model="sora-2",
        server=lambda key, renders, clock: OpenAIServer(key, renders, clock, OpenAIKnobs(dialect=dialect)),
        config=lambda base, key: ProviderConfig("openai", base, key, prices="sora-2", extras={"dialect": dialect}),
        can={*(Can.QUEUE, Can.PROGRESS, Can.AT_ONCE, Can.GONE, Can.USAGE, Can.BODY_LIMIT), *abilities},
        made=lambda server: len(server.videos),
        label=lambda kind, number: f"{kind.value} {number}",
        **facts,
    )
