"""What is asked of the renderer and what comes back; both travel to the child process as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

FRAMES_PER_SECOND = 24


class Role(StrEnum):
    """Where a picture stands in the video."""

    FIRST = "first"
    LAST = "last"
    REFERENCE = "reference"


class Codec(StrEnum):
    """What the video track is encoded with."""

    H264 = "h264"
    HEVC_10BIT = "hevc-10bit"


@dataclass(frozen=True, slots=True)
class Picture:
    """A still image; ``label`` is what is written on it, for example ``Image 1``."""

    path: Path
    label: str
    role: Role = Role.REFERENCE


@dataclass(frozen=True, slots=True)
class Clip:
    """A reference video."""

    path: Path
    label: str


@dataclass(frozen=True, slots=True)
class Sound:
    """An audio reference."""

    path: Path
    label: str


@dataclass(frozen=True, slots=True)
class Order:
    """One video to render.

    ``sound=False`` leaves the audio track out; ``fast`` draws one picture a second; ``size_bytes`` pads the file to
    that size when it comes out smaller.
    """

    width: int
    height: int
    duration_s: float
    prompt: str = ""
    pictures: tuple[Picture, ...] = ()
    clips: tuple[Clip, ...] = ()
    sounds: tuple[Sound, ...] = ()
    seed: int = 0
    sound: bool = True
    fast: bool = False
    codec: Codec = Codec.H264
    size_bytes: int | None = None

    @property
    def frames(self) -> int:
        """One more than the seconds hold, as Seedance delivers (5 s are 121 frames)."""
        return round(self.duration_s * FRAMES_PER_SECOND) + 1

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that the order reads."""
        references: tuple[Picture | Clip | Sound, ...] = (*self.pictures, *self.clips, *self.sounds)
        return tuple(reference.path for reference in references)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished video and its last frame (JPEG, without the writing on it)."""

    path: Path
    last_frame_path: Path
    width: int
    height: int
    frames: int
    size_bytes: int


class VideoMaker(Protocol):
    """What a provider needs of a renderer; :class:`bot.sandbox.render.Renderer` is one."""

    async def render(self, order: Order) -> Rendered: ...


def order_to_json(order: Order) -> dict[str, Any]:
    """The order as plain JSON values."""
    fields = asdict(order)
    for kind in ("pictures", "clips", "sounds"):
        fields[kind] = [{**reference, "path": str(reference["path"])} for reference in fields[kind]]
    return fields


def order_from_json(fields: Mapping[str, Any]) -> Order:
    """The reverse of :func:`order_to_json`."""
    plain = {name: value for name, value in fields.items() if name not in {"pictures", "clips", "sounds", "codec"}}
    return Order(
        **plain,
        pictures=tuple(Picture(Path(p["path"]), p["label"], Role(p["role"])) for p in fields["pictures"]),
        clips=tuple(Clip(Path(c["path"]), c["label"]) for c in fields["clips"]),
        sounds=tuple(Sound(Path(s["path"]), s["label"]) for s in fields["sounds"]),
        codec=Codec(fields["codec"]),
    )
