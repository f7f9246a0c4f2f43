"""Runway in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.providers.base import Entry
from bot.sandbox.providers.runway.server import RunwayServer
from bot.sandbox.providers.runway.settings import RunwayKnobs


def _variables(base: str, key: str) -> Mapping[str, str]:
    return {"RUNWAYML_API_SECRET": key, "RUNWAYML_BASE_URL": base}


ENTRY = Entry(
    build=lambda key, renderer, now_ms, tempo: RunwayServer(
        key, renderer, now_ms, RunwayKnobs(queue_s=tempo.queue_s, render_s=tempo.render_s)
    ),
    path="/runway",
    variables=_variables,
)
