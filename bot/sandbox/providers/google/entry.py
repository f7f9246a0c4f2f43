"""Gemini Omni and Veo's Gemini shape in the sandbox."""

from __future__ import annotations

from bot.sandbox.providers.base import Entry
from bot.sandbox.providers.google.knobs import GoogleKnobs
from bot.sandbox.providers.google.server import GoogleServer

ENTRY = Entry(
    build=lambda key, renderer, now_ms, tempo: GoogleServer(
        key, renderer, now_ms, GoogleKnobs(queue_s=tempo.queue_s, render_s=tempo.render_s)
    ),
    path="/google",
    variables=lambda base, key: {
        "GEMINI_API_KEY": key,
        "GEMINI_BASE_URL": base,
        "DEFAULT_MODEL": "gemini-omni-1.2",
    },
)
