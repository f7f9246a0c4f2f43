"""Seedance 2.0 as the guide describes it, with the guide's own price list."""

from __future__ import annotations

from bot.core.catalog import Model, Offer, Source
from bot.core.media import MediaKind
from bot.core.money import usd
from bot.core.pricing import PerMinutePrice
from bot.providers.ark.catalog import inputs, sizes

GUIDE = Source("the guide of Seedance's REST shape", "2026-02-12")

_2K = {
    ("2K", "16:9"): (2560, 1440),
    ("2K", "4:3"): (2224, 1668),
    ("2K", "1:1"): (1920, 1920),
    ("2K", "3:4"): (1668, 2224),
    ("2K", "9:16"): (1440, 2560),
    ("2K", "21:9"): (2940, 1260),
}
"""Twice the sides of 720p: the guide names 2K without its pixels."""

MODEL = Model(
    id="seedance-2.0",
    title="Seedance 2.0",
    durations_s=(4, 15),
    sizes=sizes("480p", "720p", "1080p") | _2K,
    inputs=inputs(15_000, 15_000),
    max_counts={MediaKind.IMAGE: 9, MediaKind.VIDEO: 3, MediaKind.AUDIO: 3},
    max_files=12,
    prompt_max_chars=2_000,
    patience_s=300,
    deadline_s=300,
    source=GUIDE,
    first_last=False,
    takes_seed=False,
    takes_audio_switch=False,
)

PRICE = PerMinutePrice({"480p": usd("0.10"), "720p": usd("0.10"), "1080p": usd("0.30"), "2K": usd("0.80")})
"""480p has no price of its own in the guide: it is offered at that of 720p."""


def offer(provider: str) -> Offer:
    """The one model, whatever the host: the guide's list holds for any base URL."""
    return Offer(provider, "seedance-2.0", MODEL, PRICE, GUIDE)
