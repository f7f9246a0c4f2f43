"""The guide's REST shape in the sandbox."""

from __future__ import annotations

from bot.sandbox.providers.base import Entry
from bot.sandbox.providers.guide import GuideKnobs, GuideServer

ENTRY = Entry(
    build=lambda key, renderer, now_ms, tempo: GuideServer(
        key, renderer, now_ms, GuideKnobs(queue_s=tempo.queue_s, render_s=tempo.render_s)
    ),
    path="/guide/v1",
    variables=lambda base, key: {"SEEDANCE_API_KEY": key, "SEEDANCE_BASE_URL": base},
)
