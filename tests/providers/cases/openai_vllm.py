"""The same format as vLLM-Omni serves it: failures with a 500, and videos that can be stopped."""

from __future__ import annotations

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.openai import OpenAIKnobs, OpenAIServer
from tests.providers.case import Can, Case

CASE = Case(
    adapter="openai",
    model="sora-2",
    server=lambda key, renders, clock: OpenAIServer(key, renders, clock, OpenAIKnobs(dialect="vllm-omni")),
    config=lambda base, key: ProviderConfig("openai", base, key, prices="sora-2", extras={"dialect": "vllm-omni"}),
    can={
        *(Can.QUEUE, Can.PROGRESS, Can.AT_ONCE, Can.GONE, Can.KEYED_FILES, Can.USAGE, Can.BODY_LIMIT),
        *(Can.CANCEL, Can.STOP),
    },
    made=lambda server: len(server.videos),
    label=lambda kind, number: f"{kind.value} {number}",
)
