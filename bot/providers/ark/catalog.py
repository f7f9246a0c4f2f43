"""Seedance on Ark as data: what each model takes, makes and costs.

Facts: Volcengine "create video generation task" (82379/1520757), its Seedance 2.0 tutorial (82379/2291680), and the
BytePlus pages seedance-2-0, seedance-2-5 and model-list, as of 2026-10; the limits of every 2.0 request to 2000
characters and 12 files are the product's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.core.catalog import Model, Offer, Source
from bot.core.media import InputLimits, MediaKind, Range, audio_limits, image_limits, video_limits
from bot.core.pricing import TokenPrice, rates

POLL_FLOOR_S = 3
"""An account may look 20 times a second, so ten tasks are far from it."""

RATIOS = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9")
_PIXELS = {
    "480p": ((864, 496), (752, 560), (640, 640), (560, 752), (496, 864), (992, 432)),
    "720p": ((1280, 720), (1112, 834), (960, 960), (834, 1112), (720, 1280), (1470, 630)),
    "1080p": ((1920, 1080), (1664, 1248), (1440, 1440), (1248, 1664), (1080, 1920), (2206, 946)),
    "4k": ((3840, 2160), (3326, 2494), (2880, 2880), (2494, 3326), (2160, 3840), (4398, 1886)),
}
Sizes = dict[tuple[str, str], tuple[int, int]]


def sizes(*resolutions: str) -> Sizes:
    """Output pixels of the 2.0 series by (resolution, ratio)."""
    return {(res, ratio): size for res in resolutions for ratio, size in zip(RATIOS, _PIXELS[res], strict=True)}


def inputs(longest_ms: int, total_ms: int) -> Mapping[MediaKind, InputLimits]:
    """Limits for references. Video pixels are the narrowest that was documented: wider ones are not live everywhere."""
    spans, shape = Range(2_000, longest_ms), Range(0.4, 2.5)
    sides = Range(300, 6_000)
    return {
        MediaKind.IMAGE: image_limits(max_bytes=30_000_000, sides_px=sides, ratio=shape),
        MediaKind.VIDEO: video_limits(
            max_bytes=50_000_000,
            duration_ms=spans,
            total_duration_ms=total_ms,
            sides_px=sides,
            ratio=shape,
            pixels=Range(409_600, 2_086_876),
            fps=Range(24, 60),
        ),
        MediaKind.AUDIO: audio_limits(max_bytes=15_000_000, duration_ms=spans, total_duration_ms=total_ms),
    }


def _counts(images: int, videos: int, audios: int) -> Mapping[MediaKind, int]:
    return {MediaKind.IMAGE: images, MediaKind.VIDEO: videos, MediaKind.AUDIO: audios}


DOCS_20 = Source("docs.volcengine.com/docs/82379/1520757; BytePlus seedance-2-0", "2026-10-01")
DOCS_25 = Source("docs.volcengine.com/docs/82379/1520757; BytePlus seedance-2-5", "2026-10-01")


def _model_20(name: str, title: str, *resolutions: str) -> Model:
    return Model(
        id=name,
        title=title,
        durations_s=(4, 15),
        sizes=sizes(*resolutions),
        inputs=inputs(15_000, 15_000),
        max_counts=_counts(9, 3, 3),
        max_files=12,
        prompt_max_chars=2_000,
        patience_s=300,
        deadline_s=1_800,
        source=DOCS_20,
        real_people="refused",
        video_by_link_only=True,
        poll_floor_s=POLL_FLOOR_S,
    )


MODEL_25 = Model(
    id="seedance-2.5",
    title="Seedance 2.5",
    durations_s=(4, 30),
    sizes=sizes("480p", "720p", "1080p") | {("480p", "16:9"): (854, 480), ("480p", "9:16"): (480, 854)},
    inputs=inputs(30_000, 30_000),
    max_counts=_counts(30, 10, 10),
    max_files=50,
    prompt_max_chars=15_000,
    patience_s=300,
    deadline_s=3_600,
    source=DOCS_25,
    frame_sets_ratio=True,
    guesses_task=True,
    audio_needs_visual=False,
    real_people="refused",
    video_by_link_only=True,
    poll_floor_s=POLL_FLOOR_S,
)
"""The vendor documents no limit of characters; 15,000 is what Runway takes for the same model."""

_IDS = {
    "seedance-2.0": "seedance-2-0-260128",
    "seedance-2.0-fast": "seedance-2-0-fast-260128",
    "seedance-2.0-mini": "seedance-2-0-mini-260615",
    "seedance-2.5": "seedance-2-5-260628",
}
MODELS = (
    _model_20("seedance-2.0", "Seedance 2.0", "480p", "720p", "1080p", "4k"),
    _model_20("seedance-2.0-fast", "Seedance 2.0 fast", "480p", "720p"),
    _model_20("seedance-2.0-mini", "Seedance 2.0 mini", "480p", "720p"),
    MODEL_25,
)
BUILT_IN = {model.id: model for model in MODELS}

Listed = dict[str, tuple[str, str]]
"""A list as printed: per million tokens, without and with a video among the references, by resolution."""


def _same(resolutions: tuple[str, ...], plain: str, with_video: str) -> Listed:
    return dict.fromkeys(resolutions, (plain, with_video))


_LOW = ("480p", "720p")
_USD: Mapping[str, Listed] = {
    "seedance-2.0": _same(_LOW, "7.0", "4.3") | {"1080p": ("7.7", "4.7"), "4k": ("4.0", "2.4")},
    "seedance-2.0-fast": _same(_LOW, "5.6", "3.3"),
    "seedance-2.0-mini": _same(_LOW, "3.5", "2.1"),
    "seedance-2.5": _same(_LOW, "10.7", "6.4") | {"1080p": ("11.7", "7.0")},
}
_CNY: Mapping[str, Listed] = {
    "seedance-2.0": _same(_LOW, "46", "28") | {"1080p": ("51", "31"), "4k": ("26", "16")},
    "seedance-2.0-fast": _same(_LOW, "37", "22"),
    "seedance-2.0-mini": _same(_LOW, "23", "14"),
    "seedance-2.5": _same(_LOW, "70", "42") | {"1080p": ("77", "46")},
}


@dataclass(frozen=True, slots=True)
class PriceList:
    """A house's list. `usd_per_unit` None means CNY_USD of the settings. `prefix` begins the model ids there."""

    prefix: str
    listed: Mapping[str, Listed]
    source: Source
    usd_per_unit: Decimal | None


PRICE_LISTS: Mapping[str, PriceList] = {
    "byteplus": PriceList("dreamina-", _USD, Source("BytePlus ModelArk pricing", "2026-10-01"), Decimal(1)),
    "volcengine": PriceList("doubao-", _CNY, Source("Volcengine Ark pricing, CN¥", "2026-10-01"), None),
    "laozhang": PriceList(
        "doubao-", _CNY, Source("docs.laozhang.ai seedance-pricing-2026-10", "2026-10-14"), Decimal("0.1714")
    ),
    "apiyi": PriceList("doubao-", _CNY, Source("Volcengine's list, which apiyi passes on", "2026-10-01"), None),
}


def offers(provider: str, prices: str, cny_usd: Decimal) -> Iterator[Offer]:
    """Every model with a price on that list; nothing for a list that is not known."""
    found = PRICE_LISTS.get(prices)
    if found is None:
        return
    unit = cny_usd if found.usd_per_unit is None else found.usd_per_unit
    for model in MODELS:
        if model.id in found.listed:
            price = TokenPrice(rates(found.listed[model.id], unit))
            yield Offer(provider, found.prefix + _IDS[model.id], model, price, found.source)
