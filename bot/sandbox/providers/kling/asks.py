"""A create call, understood; the same whichever design it came in. What Kling charges and makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Literal

Path3 = Literal["text-to-video", "image-to-video", "omni-video"]
MediumType = Literal["first_frame", "last_frame", "refer_image", "feature_video", "base_video"]
VIDEOS = frozenset({"feature_video", "base_video"})
SHORT_SIDES = {"720p": 720, "1080p": 1080, "4k": 2160}
_LONG = {"720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}
_SQUARE = {"720p": 960, "1080p": 1440, "4k": 2880}


@dataclass(frozen=True, slots=True)
class Model:
    """What one model of the vendor takes; ``units`` a second: silent, with sound, with a video in it."""

    resolutions: tuple[str, ...]
    longest_prompt: int
    units: dict[str, tuple[str, str, str]]
    kinds: tuple[Path3, ...] = ("text-to-video", "image-to-video")
    switches_sound: bool = True
    takes_last: bool = True


_FULL = ("720p", "1080p", "4k")
MODELS = {
    "kling-3.0": Model(_FULL, 3072, {"720p": ("0.6", "0.9", "0"), "1080p": ("0.8", "1.2", "0"), "4k": ("3", "3", "0")}),
    "kling-3.0-turbo": Model(
        _FULL[:2],
        2500,
        {"720p": ("0.8", "0.8", "0"), "1080p": ("1", "1", "0")},
        switches_sound=False,
        takes_last=False,
    ),
    "kling-3.0-omni": Model(
        _FULL,
        3072,
        {"720p": ("0.6", "0.8", "0.9"), "1080p": ("0.8", "1", "1.2"), "4k": ("3", "3", "3")},
        kinds=("omni-video",),
    ),
}
LEGACY_MODELS = {"kling-v3": "kling-3.0", "kling-v3-omni": "kling-3.0-omni"}


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture or a video of the request; ``name`` is how the prompt calls it."""

    type: MediumType
    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What was asked for. ``ratio`` is None where the first frame's shape decides."""

    legacy: bool
    kind: Path3
    model: str
    prompt: str
    seconds: int
    resolution: str
    ratio: str | None
    sound: bool
    multi_shot: bool
    media: tuple[Medium, ...] = ()
    callback_url: str | None = None
    external_id: str | None = None

    @property
    def has_video(self) -> bool:
        return any(medium.type in VIDEOS for medium in self.media)

    @property
    def units(self) -> Decimal:
        """What it costs."""
        silent, sound, video = MODELS[self.model].units[self.resolution]
        rate = video if self.has_video else sound if self.sound or not MODELS[self.model].switches_sound else silent
        return Decimal(rate) * self.seconds

    def size(self, shape: float | None) -> tuple[int, int]:
        """The output's pixels: by the ratio, else like a picture whose width over height is ``shape``."""
        width, height = _LONG[self.resolution]
        if self.ratio == "1:1":
            return (_SQUARE[self.resolution],) * 2
        if self.ratio or shape is None:
            return (height, width) if self.ratio == "9:16" else (width, height)
        area = width * height
        return _even(sqrt(area * shape)), _even(sqrt(area / shape))


def _even(side: float) -> int:
    return max(2, round(side / 2) * 2)
