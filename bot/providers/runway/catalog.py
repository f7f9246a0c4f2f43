"""Runway as data: what each model takes, makes and costs there.

Facts: the vendor's own client, runwayml 5.24.0 (types of its three video endpoints), and docs.dev.runwayml.com
(assets/inputs, pricing), 2026-11-22. Of the hosted models those are here whose sizes, seconds and price are stated: the
Kling models' price is not, so they are not offered. The seconds of the Seedance family are those of its maker.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.core.catalog import Model, Offer, Source
from bot.core.media import JPEG, MediaKind, Range, audio_limits, image_limits, video_limits
from bot.core.money import MICROUSD_PER_USD
from bot.core.pricing import UnitPrice, UnitRate

CLIENT = Source("runwayml 5.24.0; docs.dev.runwayml.com/assets/inputs", "2026-11-22")
PRICES = Source("docs.dev.runwayml.com/guides/pricing, credits of $0.01", "2026-11-22")
CREDIT = Decimal("0.01") * MICROUSD_PER_USD
ADAPTIVE = "adaptive"
EDIT_LONGEST_S = 30
"""No limit is documented: our own, so that an edit has a price that can be told."""

Sizes = dict[tuple[str, str], tuple[int, int]]

_IMAGES = image_limits(mimes=frozenset({JPEG, "image/png", "image/webp"}), max_bytes=16_000_000)
_SHAPES = ("16:9", "9:16", "4:3", "1:1", "3:4", "21:9")


def _sizes(resolution: str, pairs: str) -> Sizes:
    """Pixel pairs in the order of `_SHAPES`, as the vendor writes them."""
    listed = (pair.split(":") for pair in pairs.split())
    return {(resolution, shape): (int(w), int(h)) for shape, (w, h) in zip(_SHAPES, listed, strict=False)}


_WIDE = _sizes("720p", "1280:720 720:1280")
_SIX = _sizes("720p", "1280:720 720:1280 1104:832 960:960 832:1104 1584:672")
_480 = _sizes("480p", "864:496 496:864 752:560 640:640 560:752 992:432")
_480_25 = _480 | _sizes("480p", "854:480 480:854")
_720 = _sizes("720p", "1280:720 720:1280 1112:834 960:960 834:1112 1470:630")
_1080 = _sizes("1080p", "1920:1080 1080:1920 1664:1248 1440:1440 1248:1664 2206:946")
_4K = _sizes("4k", "3840:2160 2160:3840 3840:2880 3840:3840 2880:3840 3840:1646")


def _videos(longest_ms: int, shortest_ms: int = 2_000) -> Any:
    return video_limits(max_bytes=32_000_000, duration_ms=Range(shortest_ms, longest_ms), total_duration_ms=longest_ms)


def _seedance_inputs(longest_ms: int, images: int, others: int) -> dict[str, Any]:
    sounds = audio_limits(max_bytes=32_000_000, duration_ms=Range(2_000, longest_ms), total_duration_ms=longest_ms)
    limits = {MediaKind.IMAGE: _IMAGES, MediaKind.VIDEO: _videos(longest_ms), MediaKind.AUDIO: sounds}
    counts = {MediaKind.IMAGE: images, MediaKind.VIDEO: others, MediaKind.AUDIO: others}
    return {"inputs": limits, "max_counts": counts, "max_files": images + others}


_FRAME = {"inputs": {MediaKind.IMAGE: _IMAGES}, "max_counts": {MediaKind.IMAGE: 1}, "max_files": 1}
_PAIR = {"inputs": {MediaKind.IMAGE: _IMAGES}, "max_counts": {MediaKind.IMAGE: 2}, "max_files": 2}


def _own(name: str, title: str, **facts: Any) -> Model:
    """Runway's models: silent, one frame at most, a thousand UTF-16 units of words."""
    usual: dict[str, Any] = {
        "durations_s": (2, 10),
        "sizes": _SIX,
        "prompt_max_chars": 1_000,
        "prompt_in_utf16": True,
        "patience_s": 600,
        "deadline_s": 3_600,
        "source": CLIENT,
        "takes_last": False,
        "takes_references": False,
        "takes_audio_switch": False,
        "makes_sound": False,
        **_FRAME,
    }
    return Model(id=name, title=title, **{**usual, **facts})


def _veo(name: str, title: str) -> Model:
    pairs = _WIDE | _sizes("1080p", "1920:1080 1080:1920")
    return _own(
        name,
        title,
        durations_s=(4, 8),
        only_s=(4, 6, 8),
        sizes=pairs,
        takes_last=True,
        takes_audio_switch=True,
        makes_sound=True,
        takes_negative=True,
        **_PAIR,
    )


def _seedance(name: str, title: str, sizes: Sizes) -> Model:
    return Model(
        id=name,
        title=title,
        durations_s=(4, 15),
        sizes=sizes,
        prompt_max_chars=3_500,
        patience_s=600,
        deadline_s=3_600,
        source=CLIENT,
        real_people="refused",
        **_seedance_inputs(15_000, 9, 3),
    )


SEEDANCE_25 = replace(
    _seedance("seedance-2.5", "Seedance 2.5", _480_25 | _720 | _1080),
    durations_s=(4, 30),
    prompt_max_chars=15_000,
    **_seedance_inputs(30_000, 30, 3),
)
"""How many videos and sounds are taken is not stated: three, as for its elder."""

ALEPH = _own(
    "aleph-2",
    "Aleph 2",
    durations_s=(2, EDIT_LONGEST_S),
    sizes={("720p", ADAPTIVE): (1280, 720)},
    inputs={MediaKind.VIDEO: _videos(EDIT_LONGEST_S * 1_000)},
    max_counts={MediaKind.VIDEO: 1},
    first_last=False,
    takes_references=True,
    needs=frozenset({MediaKind.VIDEO}),
    as_long_as_input=True,
)
"""Changes a video that it is given: its length and its shape stay."""

MODELS: Mapping[str, Model] = {
    "gen4.5": _own("gen-4.5", "Gen-4.5", sizes=_WIDE, frame_sizes=_SIX),
    "gen4_turbo": _own("gen-4-turbo", "Gen-4 turbo", needs=frozenset({MediaKind.IMAGE})),
    "aleph2": ALEPH,
    "veo3.1": _veo("veo-3.1", "Veo 3.1"),
    "veo3.1_fast": _veo("veo-3.1-fast", "Veo 3.1 fast"),
    "seedance2": _seedance("seedance-2.0", "Seedance 2.0", _480 | _720 | _1080 | _4K),
    "seedance2_fast": _seedance("seedance-2.0-fast", "Seedance 2.0 fast", _480 | _720),
    "seedance2_mini": _seedance("seedance-2.0-mini", "Seedance 2.0 mini", _480 | _720),
    "seedance2_5": SEEDANCE_25,
}
"""By the name on the wire."""


def _price(least: int = 0, **rates: UnitRate) -> UnitPrice:
    """Keyword names are resolutions with an underscore in front."""
    return UnitPrice(CREDIT, {name.removeprefix("_"): rate for name, rate in rates.items()}, Decimal(least))


def _rate(sound: str, silent: str | None = None, by_input: str = "0") -> UnitRate:
    return UnitRate.listed(silent or sound, sound, by_input=by_input)


PRICE: Mapping[str, UnitPrice] = {
    "gen4.5": _price(_720p=_rate("12")),
    "gen4_turbo": _price(_720p=_rate("5")),
    "aleph2": _price(least=56, _720p=_rate("0", by_input="28")),
    "veo3.1": _price(_720p=_rate("40", "20"), _1080p=_rate("40", "20")),
    "veo3.1_fast": _price(_720p=_rate("15", "10"), _1080p=_rate("15", "10")),
    "seedance2": _price(_480p=_rate("36"), _720p=_rate("36"), _1080p=_rate("40"), _4k=_rate("150")),
    "seedance2_fast": _price(_480p=_rate("29"), _720p=_rate("29")),
    "seedance2_mini": _price(least=64, _480p=_rate("16"), _720p=_rate("16")),
    "seedance2_5": _price(
        least=80,
        _480p=_rate("20", by_input="10"),
        _720p=_rate("30", by_input="15"),
        _1080p=_rate("68", by_input="34"),
    ),
}
"""Credits a second. Seedance 2.5 counts half of each second of an input video."""


def offers(provider: str) -> Iterator[Offer]:
    """Every model, whatever the host: one list holds for all."""
    for wire_id, model in MODELS.items():
        yield Offer(provider, wire_id, model, PRICE[wire_id], PRICES)
