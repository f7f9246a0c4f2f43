"""Kling in the sandbox, by its new design."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.providers.base import Entry
from bot.sandbox.providers.kling.server import KlingServer
from bot.sandbox.providers.kling.settings import KlingKnobs


def _variables(base: str, key: str) -> Mapping[str, str]:
    return {"KLING_API_KEY": key, "KLING_BASE_URL": base, "DEFAULT_MODEL": "kling-3.0-omni"}


ENTRY = Entry(
    build=lambda key, renderer, now_ms, tempo: KlingServer(
        key, renderer, now_ms, KlingKnobs(queue_s=tempo.queue_s, render_s=tempo.render_s)
    ),
    path="/kling",
    variables=_variables,
)
