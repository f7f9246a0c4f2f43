"""Kling in the sandbox: by its new design, and by the legacy one under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.providers.base import Entry, Tempo
from bot.sandbox.providers.kling.server import Keys, KlingServer
from bot.sandbox.providers.kling.settings import KlingKnobs
from bot.sandbox.providers.wire import Clock
from bot.sandbox.render import VideoMaker

ACCESS_KEY = "sandbox-access-key"


def _build(key: str, renderer: VideoMaker, now_ms: Clock, tempo: Tempo) -> KlingServer:
    """One key opens both designs."""
    knobs = KlingKnobs(queue_s=tempo.queue_s, render_s=tempo.render_s)
    return KlingServer(Keys(key, ACCESS_KEY, key), renderer, now_ms, knobs)


def _modern(base: str, key: str) -> Mapping[str, str]:
    return {"KLING_API_KEY": key, "KLING_BASE_URL": base, "DEFAULT_MODEL": "kling-3.0-omni"}


def _legacy(base: str, key: str) -> Mapping[str, str]:
    pair = {"KLING_ACCESS_KEY": ACCESS_KEY, "KLING_SECRET_KEY": key}
    return {**pair, "KLING_BASE_URL": base, "DEFAULT_MODEL": "kling-3.0-omni"}


ENTRY = Entry(_build, "/kling", _modern, others={"kling-legacy": Entry(_build, "/kling", _legacy)})
