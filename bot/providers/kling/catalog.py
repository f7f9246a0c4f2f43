"""Kling as data: what each model takes, makes and costs.

Facts: kling.ai/document-api, model pages and pricing/base/video, July to November 2026. The pixels of a ratio are those
that Runway documents for the same models. Kling 4.0 is not here: no official page states its path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.core.catalog import Model, Offer, Source
from bot.core.media import JPEG, InputLimits, MediaKind, Range, image_limits, video_limits
from bot.core.money import MICROUSD_PER_USD
from bot.core.pricing import UnitPrice, UnitRate

DOCS = Source("kling.ai/document-api, models 3.0, 3.0-turbo and 3.0-omni", "2026-11-22")
PRICES = Source("kling.ai/document-api/pricing/base/video", "2026-11-22")
UNIT_USD = Decimal("0.14")
ADAPTIVE = "adaptive"
"""The shape of the first frame: with one, no ratio is taken."""

_RATIOS = ("16:9", "9:16", "1:1")
_PIXELS = {
    "720p": ((1280, 720), (720, 1280), (960, 960)),
    "1080p": ((1920, 1080), (1080, 1920), (1440, 1440)),
    "4k": ((3840, 2160), (2160, 3840), (2880, 2880)),
}
_ALL = ("720p", "1080p", "4k")
_IMAGES = image_limits(
    mimes=frozenset({JPEG, "image/png"}), max_bytes=50_000_000, sides_px=Range(300, 10_000), ratio=Range(0.4, 2.5)
)
_VIDEOS = video_limits(
    max_bytes=200_000_000,
    duration_ms=Range(3_000, 15_500),
    total_duration_ms=15_500,
    sides_px=Range(700, 4_553),
    fps=Range(24, 60),
)
OMNI = "kling-3.0-omni"
TURBO = "kling-3.0-turbo"
MOST_PICTURES_BESIDE_VIDEO = 4


def _sizes(resolutions: tuple[str, ...]) -> dict[tuple[str, str], tuple[int, int]]:
    return {(res, ratio): size for res in resolutions for ratio, size in zip(_RATIOS, _PIXELS[res], strict=True)}


def _like_the_frame(resolutions: tuple[str, ...]) -> dict[tuple[str, str], tuple[int, int]]:
    return {(res, ADAPTIVE): _PIXELS[res][0] for res in resolutions}


def _model(
    name: str, title: str, inputs: Mapping[MediaKind, tuple[InputLimits, int]], *, prompt: int, most: int = 2
) -> Model:
    resolutions = _ALL[:2] if name == TURBO else _ALL
    return Model(
        id=name,
        title=title,
        durations_s=(3, 15),
        sizes=_sizes(resolutions),
        frame_sizes=_like_the_frame(resolutions),
        inputs={kind: limits for kind, (limits, _) in inputs.items()},
        max_counts={kind: count for kind, (_, count) in inputs.items()},
        max_files=most,
        prompt_max_chars=prompt,
        patience_s=600,
        deadline_s=3_600,
        source=DOCS,
        takes_last=name != TURBO,
        takes_references=name == OMNI,
        frames_mix_with_references=name == OMNI,
        takes_seed=False,
        takes_audio_switch=name != TURBO,
        silent_with_video=name == OMNI,
        images_beside_video=MOST_PICTURES_BESIDE_VIDEO if name == OMNI else None,
        video_by_link_only=True,
    )


def _models(longest: int) -> dict[str, Model]:
    frames = {MediaKind.IMAGE: (_IMAGES, 2)}
    omni = {MediaKind.IMAGE: (_IMAGES, 7), MediaKind.VIDEO: (_VIDEOS, 1)}
    first = {MediaKind.IMAGE: (_IMAGES, 1)}
    return {
        "kling-3.0": _model("kling-3.0", "Kling 3.0", frames, prompt=longest),
        TURBO: _model(TURBO, "Kling 3.0 turbo", first, prompt=2_500, most=1),
        OMNI: _model(OMNI, "Kling 3.0 omni", omni, prompt=longest, most=7),
    }


_UNITS: Mapping[str, Mapping[str, tuple[str, str, str | None]]] = {
    "kling-3.0": {"720p": ("0.6", "0.9", None), "1080p": ("0.8", "1.2", None), "4k": ("3.0", "3.0", None)},
    TURBO: {"720p": ("0.8", "0.8", None), "1080p": ("1.0", "1.0", None)},
    OMNI: {"720p": ("0.6", "0.8", "0.9"), "1080p": ("0.8", "1.0", "1.2"), "4k": ("3.0", "3.0", "3.0")},
}
"""Units a second as printed: silent, with sound, with a video among the references."""


def _price(model: str) -> UnitPrice:
    listed = _UNITS[model].items()
    return UnitPrice(UNIT_USD * MICROUSD_PER_USD, {res: UnitRate.listed(*units) for res, units in listed})


@dataclass(frozen=True, slots=True)
class Design:
    """One of the two ways to ask: what its models are called there, and how long a prompt may be."""

    wire_ids: Mapping[str, str]
    prompt_max_chars: int


MODERN = Design({name: name for name in _UNITS}, 3_072)
LEGACY = Design({"kling-3.0": "kling-v3", OMNI: "kling-v3-omni"}, 2_500)


def offers(provider: str, design: Design) -> Iterator[Offer]:
    """The models of a design, whatever the host: one list holds for all."""
    models = _models(design.prompt_max_chars)
    for name, wire_id in design.wire_ids.items():
        yield Offer(provider, wire_id, models[name], _price(name), PRICES)
