"""Gemini Omni and Veo as data: what each route offers, what it takes, makes and costs.

Routes. With a Gemini key: Omni 1.1 and 1.2. Veo left the public host on 2026-10-22 (Omni 1.1 is its replacement): there
it is listed as retired, and offered only by another base URL that still speaks its shape. With a Cloud project: Veo's
released models on Vertex, which Google keeps until "November 17, 2026 or later": they are offered as long as they
answer, and one that does not is refused there before anything is spent. The prices hold for any base URL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from bot.core.catalog import Model, Offer, Price, Source
from bot.core.media import InputLimits, MediaKind, Range, audio_limits, image_limits, video_limits
from bot.core.money import MICROUSD_PER_USD, usd
from bot.core.pricing import ModalityPrice, PerMinutePrice, UnitPrice, UnitRate

RATIOS = ("16:9", "9:16")
_LONG_SIDES = {"360p": (640, 360), "720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}

OMNI_DOCS = Source("ai.google.dev/gemini-api/docs/omni; cloud model card of Omni", "2026-11-22")
OMNI_12_DOCS = Source(
    "ai.google.dev/gemini-api/docs/omni; runware.ai for 15 s; muapi.ai for 10 s with a last frame", "2026-11-22"
)
OMNI_PRICES = Source(
    "ai.google.dev/gemini-api/docs/pricing; the announcement of 1.1 for 360p, 1080p and 4k", "2026-11-22"
)
OMNI_12_PRICES = Source("Google's list per second, as docs.laozhang.ai and muapi.ai compare with it", "2026-11-11")
VEO_DOCS = Source("ai.google.dev/gemini-api/docs/veo", "2026-09-19")
VERTEX_DOCS = Source("docs.cloud.google.com models/veo/3-1-generate: retired 2026-11-17 or later", "2026-09-19")
VEO_PRICES = Source("ai.google.dev/gemini-api/docs/pricing, sound included", "2026-09-19")
VEO_RETIRED = "2026-10-22"
PUBLIC_HOST = "googleapis.com"


def _sizes(*resolutions: str) -> dict[tuple[str, str], tuple[int, int]]:
    found = {}
    for resolution in resolutions:
        longer, shorter = _LONG_SIDES[resolution]
        found[resolution, "16:9"], found[resolution, "9:16"] = (longer, shorter), (shorter, longer)
    return found


def _inputs(image_mb: int, video_s: int) -> Mapping[MediaKind, InputLimits]:
    """Google names few limits: sides and shapes are those that any encoder takes."""
    sides, shape = Range(64, 8_000), Range(0.25, 4)
    return {
        MediaKind.IMAGE: image_limits(
            max_bytes=image_mb * 1_000_000,
            mimes=frozenset({"image/jpeg", "image/png", "image/webp"}),
            sides_px=sides,
            ratio=shape,
        ),
        MediaKind.VIDEO: video_limits(
            max_bytes=13_000_000,
            mimes=frozenset({"video/mp4"}),
            duration_ms=Range(1_000, video_s * 1_000),
            total_duration_ms=video_s * 1_000,
            sides_px=sides,
            ratio=shape,
            fps=Range(12, 60),
        ),
        MediaKind.AUDIO: audio_limits(max_bytes=1_000_000),
    }


# Omni


OMNI_11 = Model(
    id="gemini-omni-1.1",
    title="Gemini Omni 1.1",
    durations_s=(3, 10),
    sizes=_sizes("360p", "720p", "1080p", "4k"),
    inputs=_inputs(7, 10),
    max_counts={MediaKind.IMAGE: 10, MediaKind.VIDEO: 3, MediaKind.AUDIO: 0},
    max_files=10,
    prompt_max_chars=8_000,
    patience_s=300,
    deadline_s=1_800,
    source=OMNI_DOCS,
    takes_seed=False,
    takes_audio_switch=False,
)
"""It reads 131,072 tokens and names no limit of characters. Files go inside the body, which may have 20 MB."""
MOST_WITH_LAST_S = 10
"""What Omni makes at most between a first and a last frame."""
OMNI_12 = replace(
    OMNI_11,
    id="gemini-omni-1.2",
    title="Gemini Omni 1.2",
    durations_s=(3, 15),
    ended_s=tuple(range(3, MOST_WITH_LAST_S + 1)),
    source=OMNI_12_DOCS,
)

OMNI_TITLES = {model.id: model.title for model in (OMNI_11, OMNI_12)}
OMNI_IDS = {OMNI_11.id: "gemini-omni-1.1-flash", OMNI_12.id: "gemini-omni-1.2-flash"}

_OMNI_11_PRICE = ModalityPrice(
    made=usd("17.50"),
    read=usd("1.50"),
    written=usd("9"),
    per_s={"360p": 1_931, "720p": 5_792, "1080p": 8_688, "4k": 17_376},
    picture_tokens=2_000,
    input_s_tokens=17_000,
    thought_tokens=2_000,
)
"""5,792 tokens a second are documented for 720p; a third of it, half more and three times it are the ratios of price
that were announced. A second of input video is counted as what resellers take more for an edit."""


def _per_second(**by_resolution: str) -> PerMinutePrice:
    return PerMinutePrice({name.lstrip("p_"): usd(Decimal(price) * 60) for name, price in by_resolution.items()})


def _omni_12(a_second: str) -> UnitRate:
    return UnitRate.listed(a_second, a_second, by_input="0.025")


_OMNI_12_PRICE = UnitPrice(
    unit=Decimal(MICROUSD_PER_USD),
    by_resolution={
        "360p": _omni_12("0.023"),
        "720p": _omni_12("0.07"),
        "1080p": _omni_12("0.105"),
        "4k": _omni_12("0.21"),
    },
)
"""Dollars a second of output and of input video. What a token of 1.2 costs was not published where it could be read, so
its reported tokens settle nothing: a video costs its quote."""

_OMNI_PRICES: Mapping[str, tuple[Price, Source]] = {
    OMNI_11.id: (_OMNI_11_PRICE, OMNI_PRICES),
    OMNI_12.id: (_OMNI_12_PRICE, OMNI_12_PRICES),
}


# Veo


def _veo(name: str, title: str, *resolutions: str, references: bool = True) -> Model:
    """4, 6 or 8 s; above 720p and with references 8 s alone. The prompt may have 1,024 tokens."""
    return Model(
        id=name,
        title=title,
        durations_s=(4, 8),
        sizes=_sizes(*resolutions),
        inputs=_inputs(7, 8),
        max_counts={MediaKind.IMAGE: 3 if references else 2, MediaKind.VIDEO: 0, MediaKind.AUDIO: 0},
        max_files=3 if references else 2,
        prompt_max_chars=2_000,
        patience_s=360,
        deadline_s=1_800,
        source=VEO_DOCS,
        only_s=(4, 6, 8),
        seconds_at={"1080p": (8,), "4k": (8,)},
        reference_s=(8,),
        takes_references=references,
        takes_seed=False,
        takes_audio_switch=False,
    )


VEO_MODELS = (
    _veo("veo-3.1", "Veo 3.1", "720p", "1080p", "4k"),
    _veo("veo-3.1-fast", "Veo 3.1 fast", "720p", "1080p", "4k"),
    _veo("veo-3.1-lite", "Veo 3.1 lite", "720p", "1080p", references=False),
)
_VEO_IDS = {
    "veo-3.1": "veo-3.1-generate",
    "veo-3.1-fast": "veo-3.1-fast-generate",
    "veo-3.1-lite": "veo-3.1-lite-generate",
}
_VEO_PRICES = {
    "veo-3.1": _per_second(p_720p="0.40", p_1080p="0.40", p_4k="0.60"),
    "veo-3.1-fast": _per_second(p_720p="0.10", p_1080p="0.12", p_4k="0.30"),
    "veo-3.1-lite": _per_second(p_720p="0.05", p_1080p="0.08"),
}


def gemini_offers(provider: str, host: str) -> Iterator[Offer]:
    """Omni, and Veo in the Gemini shape: retired on the public host."""
    for model in (OMNI_12, OMNI_11):
        price, source = _OMNI_PRICES[model.id]
        yield Offer(provider, OMNI_IDS[model.id], model, price, source)
    retired = VEO_RETIRED if f".{host}".endswith(f".{PUBLIC_HOST}") else None
    for model in VEO_MODELS:
        listed = replace(model, retired=retired)
        yield Offer(provider, f"{_VEO_IDS[model.id]}-preview", listed, _VEO_PRICES[model.id], VEO_PRICES)


def vertex_offers(provider: str) -> Iterator[Offer]:
    """Veo's released models, which take more there: a seed, a switch for sound, words to avoid."""
    for model in VEO_MODELS:
        fuller = replace(model, source=VERTEX_DOCS, takes_seed=True, takes_audio_switch=True, takes_negative=True)
        yield Offer(provider, f"{_VEO_IDS[model.id]}-001", fuller, _VEO_PRICES[model.id], VEO_PRICES)
