"""Seedance as fal hosts it: its maker's model, at two of its resolutions and at fal's own price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.core.catalog import Offer, Source
from bot.core.pricing import TokenPrice, rates
from bot.providers.ark.catalog import MODELS, sizes

ROOT = "bytedance/seedance-2.0"
"""The app that holds all requests; `/fast` behind it is another model, not another app."""
PAGES = Source("fal.ai/models/bytedance/seedance-2.0 and its API pages", "2026-11-26")
_LOW = ("480p", "720p")
_PRICES: Mapping[str, tuple[str, str, str]] = {
    "seedance-2.0": (ROOT, "14", "8.4"),
    "seedance-2.0-fast": (f"{ROOT}/fast", "11.2", "6.72"),
}
"""US$ a million tokens, without and with a video among the references: x 0.6, where its seconds count too."""


def offers(provider: str) -> Iterator[Offer]:
    """Both models. A video may travel inside the call."""
    for model in (one for one in MODELS if one.id in _PRICES):
        app, plain, with_video = _PRICES[model.id]
        hosted = replace(model, sizes=sizes(*_LOW), source=PAGES, video_by_link_only=False)
        yield Offer(provider, app, hosted, TokenPrice(rates(dict.fromkeys(_LOW, (plain, with_video)))), PAGES)
