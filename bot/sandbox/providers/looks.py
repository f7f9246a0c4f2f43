"""What a reference really is: its header and streams are read, not its name. Call it in a thread."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image, UnidentifiedImageError


class UnreadableError(Exception):
    """Neither Pillow nor FFmpeg can read it."""


@dataclass(frozen=True, slots=True)
class Look:
    """``form`` is the container's short name (``jpeg``, ``mp4``, ``wav``, ``ogg``); sides are 0 for a sound."""

    form: str
    size_bytes: int
    width: int = 0
    height: int = 0
    duration_s: float = 0.0
    frames_per_second: float = 0.0
    codec: str = ""


def look_at_picture(path: Path) -> Look:
    """Read a still image; raises :class:`UnreadableError`."""
    with suppress(ImportError):
        from pillow_heif import register_heif_opener

        register_heif_opener()
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            form = (picture.format or "").lower()
            picture.draft("RGB", (64, 64))
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as fault:
        raise UnreadableError from fault
    return Look(form, path.stat().st_size, width, height)


def look_at_video(path: Path) -> Look:
    """Read a video's streams; raises :class:`UnreadableError`, also for a file without a picture."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            rate = float(stream.average_rate or 0)
            duration_s = (container.duration or 0) / av.time_base
            form, codec = container.format.name, stream.codec_context.name
            return Look(form, path.stat().st_size, stream.width, stream.height, duration_s, rate, codec)
    except (av.FFmpegError, IndexError, ValueError) as fault:
        raise UnreadableError from fault


def look_at_sound(path: Path) -> Look:
    """Read a sound file's stream; raises :class:`UnreadableError`."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            duration_s = (container.duration or 0) / av.time_base
            return Look(
                container.format.name, path.stat().st_size, duration_s=duration_s, codec=stream.codec_context.name
            )
    except (av.FFmpegError, IndexError, ValueError) as fault:
        raise UnreadableError from fault
