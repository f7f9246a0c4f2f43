"""Ark in the sandbox."""

from __future__ import annotations

from bot.sandbox.providers.ark.server import ArkServer
from bot.sandbox.providers.ark.settings import ArkKnobs
from bot.sandbox.providers.base import Entry

ENTRY = Entry(
    build=lambda key, renderer, now_ms, tempo: ArkServer(
        key, renderer, now_ms, ArkKnobs(queue_s=tempo.queue_s, render_s=tempo.render_s)
    ),
    path="/ark/api/v3",
    variables=lambda base, key: {"ARK_API_KEY": key, "ARK_BASE_URL": base, "ARK_PRICES": "byteplus"},
)
