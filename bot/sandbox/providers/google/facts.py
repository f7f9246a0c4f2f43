"""What Omni and Veo take and deliver, as documented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_SHORT = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}
RATIOS = ("16:9", "9:16")

OMNI_SECONDS: Mapping[str, tuple[float, float]] = {
    "gemini-omni-1.1-flash": (3, 10),
    "gemini-omni-1.2-flash": (3, 15),
}
OMNI_IMAGES, OMNI_VIDEOS = 10, 3
OMNI_TASKS = ("text_to_video", "image_to_video", "reference_to_video", "edit", "extend", "upscale")
OMNI_MIMES = {
    "image": ("image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"),
    "video": ("video/mp4", "video/mpeg", "video/mpg", "video/mov", "video/webm", "video/wmv", "video/3gpp"),
}
INPUT_VIDEO_S = 10.2
TOKENS_PER_S = {"360p": 1931, "720p": 5792, "1080p": 8688, "4k": 17376}


@dataclass(frozen=True, slots=True)
class Veo:
    """One Veo model: ``references`` and ``fourk`` are what the lite one lacks."""

    references: int = 3
    fourk: bool = True


_LITE = Veo(references=0, fourk=False)
VEO: Mapping[str, Veo] = {
    "veo-3.1-generate-preview": Veo(),
    "veo-3.1-fast-generate-preview": Veo(),
    "veo-3.1-lite-generate-preview": _LITE,
}
VERTEX: Mapping[str, Veo] = {
    "veo-3.1-generate-001": Veo(),
    "veo-3.1-fast-generate-001": Veo(),
    "veo-3.1-lite-generate-001": _LITE,
}
VEO_SECONDS = (4, 6, 8)


def pixels(resolution: str, ratio: str) -> tuple[int, int]:
    """Width and height of the output."""
    short = _SHORT[resolution]
    longer = short * 16 // 9
    return (longer, short) if ratio == "16:9" else (short, longer)
