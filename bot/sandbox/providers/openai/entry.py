"""The `/v1/videos` format in the sandbox, as OpenAI had it."""

from __future__ import annotations

from bot.sandbox.providers.base import Entry
from bot.sandbox.providers.openai.knobs import OpenAIKnobs
from bot.sandbox.providers.openai.server import OpenAIServer

ENTRY = Entry(
    build=lambda key, renderer, now_ms, tempo: OpenAIServer(
        key, renderer, now_ms, OpenAIKnobs(queue_s=tempo.queue_s, render_s=tempo.render_s)
    ),
    path="/openai/v1",
    variables=lambda base, key: {
        "OPENAI_BASE_URL": base,
        "OPENAI_API_KEY": key,
        "OPENAI_DIALECT": "official",
        "OPENAI_PRICES": "sora-2",
        "DEFAULT_MODEL": "sora-2",
    },
)
