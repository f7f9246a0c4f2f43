"""Gemini Omni in the sandbox, and Veo's Gemini shape under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from bot.sandbox.providers.base import Entry, Tempo
from bot.sandbox.providers.google.knobs import GoogleKnobs
from bot.sandbox.providers.google.server import GoogleServer
from bot.sandbox.providers.wire import Clock
from bot.sandbox.render import VideoMaker


def _build(key: str, renderer: VideoMaker, now_ms: Clock, tempo: Tempo) -> GoogleServer:
    return GoogleServer(key, renderer, now_ms, GoogleKnobs(queue_s=tempo.queue_s, render_s=tempo.render_s))


def _variables(model: str, base: str, key: str) -> Mapping[str, str]:
    return {"GEMINI_API_KEY": key, "GEMINI_BASE_URL": base, "DEFAULT_MODEL": model}


def _entry(model: str, others: Mapping[str, Entry] | None = None) -> Entry:
    return Entry(_build, "/google", partial(_variables, model), others or {})


ENTRY = _entry("gemini-omni-1.2", {"veo": _entry("veo-3.1-fast")})
