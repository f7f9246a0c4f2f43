"""Sora 2 as data, with its last public price list. OpenAI ended it on 2026-09-24; the format lives on elsewhere.

Facts: OpenAI's OpenAPI description (2026-08-21), guide and pricing page (2026-09), deprecations page. The guide also
named 16 and 20 seconds, the reference never did: 4, 8 and 12 are taken everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.core.catalog import Model, Offer, Source
from bot.core.media import ANY, InputLimits, MediaKind, Range, audio_limits, image_limits, video_limits
from bot.core.money import Microusd, usd
from bot.core.pricing import PerSecondPrice
from bot.providers.openai.dialects import Dialect

DOCS = Source("OpenAI's description of /v1/videos and its guide to video generation", "2026-09-19")
LAST_PRICES = Source("OpenAI's pricing page, the last with Sora 2", "2026-09-19")
RETIRED = "2026-09-24"
RETIRED_HOST = "api.openai.com"
USUAL_PRICES = "sora-2"

_720P = {("720p", "16:9"): (1280, 720), ("720p", "9:16"): (720, 1280)}
_PRO = {
    ("1024p", "16:9"): (1792, 1024),
    ("1024p", "9:16"): (1024, 1792),
    ("1080p", "16:9"): (1920, 1080),
    ("1080p", "9:16"): (1080, 1920),
}
"""1792x1024 is 7:4; who asks for 16:9 gets it."""

INPUTS: Mapping[MediaKind, InputLimits] = {
    MediaKind.IMAGE: replace(
        image_limits(max_bytes=15_000_000, sides_px=ANY, ratio=Range(0.1, 10)),
        mimes=frozenset({"image/jpeg", "image/png", "image/webp"}),
    ),
    MediaKind.VIDEO: video_limits(max_bytes=1),
    MediaKind.AUDIO: audio_limits(max_bytes=1),
}
"""Pictures alone; films and sounds are not taken, whatever their size."""


def _sora(name: str, title: str, sizes: Mapping[tuple[str, str], tuple[int, int]]) -> Model:
    return Model(
        id=name,
        title=title,
        durations_s=(4, 12),
        only_s=(4, 8, 12),
        sizes=sizes,
        inputs=INPUTS,
        max_counts={MediaKind.IMAGE: 1, MediaKind.VIDEO: 0, MediaKind.AUDIO: 0},
        max_files=1,
        prompt_max_chars=32_000,
        patience_s=300,
        deadline_s=1_800,
        source=DOCS,
        frame_fills_output=True,
        takes_last=False,
        takes_references=False,
        takes_seed=False,
        takes_audio_switch=False,
        real_people="refused",
    )


MODELS = (_sora("sora-2", "Sora 2", _720P), _sora("sora-2-pro", "Sora 2 Pro", _720P | _PRO))

PRICE_LISTS: Mapping[str, Mapping[str, Mapping[str, Microusd]]] = {
    "sora-2": {
        "sora-2": {"720p": usd("0.10")},
        "sora-2-pro": {"720p": usd("0.30"), "1024p": usd("0.50"), "1080p": usd("0.70")},
    }
}


def offers(provider: str, host: str, dialect: Dialect, prices: str | None) -> Iterator[Offer]:
    """Sora 2 on the list that is named, else on its last public one; a self-hosted server has it only when a list is
    named. At OpenAI itself it is listed as retired.
    """
    if prices is None and dialect.self_hosted:
        return
    listed = PRICE_LISTS.get(prices or USUAL_PRICES, {})
    for model in MODELS:
        if model.id in listed:
            known = replace(model, retired=RETIRED) if host == RETIRED_HOST else model
            yield Offer(provider, model.id, known, PerSecondPrice(listed[model.id]), LAST_PRICES)
