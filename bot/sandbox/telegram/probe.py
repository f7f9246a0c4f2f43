"""Looking into media files, always in a thread: picture sizes with Pillow, durations and first frames with PyAV."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

register_heif_opener()  # a phone's HEIC photo: the app makes a JPEG of it

PHOTO_SIDES = (90, 320, 800, 1280)
THUMB_SIDE = 320
_MAX_SIDES_SUM = 10_000
_MAX_RATIO = 20


@dataclass(frozen=True, slots=True)
class Probe:
    """What a media file says about itself; zeros where it does not."""

    container: str
    width: int = 0
    height: int = 0
    duration_s: int = 0
    has_video: bool = False
    has_audio: bool = False
    title: str | None = None
    performer: str | None = None


async def probe(path: Path, thumb_path: Path | None = None) -> Probe | None:
    """Look into a video or audio file; its first frame goes to `thumb_path` as JPEG. None when it is neither."""
    return await asyncio.to_thread(_probe, path, thumb_path)


def _probe(path: Path, thumb_path: Path | None) -> Probe | None:
    try:
        with av.open(str(path)) as container:
            found = _describe(container)
            if found.has_video and thumb_path is not None:
                _first_frame(container, thumb_path)
            return found
    except (av.FFmpegError, ValueError, OSError, StopIteration):
        return None


def _describe(container: "av.container.InputContainer") -> Probe:
    video = next(iter(container.streams.video), None)
    return Probe(
        container=container.format.name,
        width=video.codec_context.width if video else 0,
        height=video.codec_context.height if video else 0,
        duration_s=round((container.duration or 0) / 1_000_000),
        has_video=video is not None,
        has_audio=bool(container.streams.audio),
        title=container.metadata.get("title"),
        performer=container.metadata.get("artist"),
    )


def _first_frame(container: "av.container.InputContainer", thumb_path: Path) -> None:
    frame = next(iter(container.decode(video=0)))
    picture = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV leaves it untyped
    picture.thumbnail((THUMB_SIDE, THUMB_SIDE))
    picture.save(thumb_path, "JPEG", quality=80)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made from another one, on disk."""

    path: Path
    width: int
    height: int
    size_bytes: int


class NotAPicture(Exception):
    """Telegram could not read it; `reason` in its words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def photo_sizes(path: Path, targets: list[Path]) -> list[Picture]:
    """The sizes that Telegram makes of a photo, small to large, as JPEG at `targets`; raises NotAPicture."""
    return await asyncio.to_thread(_photo_sizes, path, targets)


def _photo_sizes(path: Path, targets: list[Path]) -> list[Picture]:
    try:
        with Image.open(path) as opened:
            _check_photo(*opened.size)
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise NotAPicture("IMAGE_PROCESS_FAILED") from None
    sides = [side for side in PHOTO_SIDES if side < max(picture.size)]
    sides = [*sides, max(picture.size)] if len(sides) < len(PHOTO_SIDES) else sides
    return [_scaled(picture, side, target) for side, target in zip(sides, targets, strict=False)]


def _check_photo(width: int, height: int) -> None:
    if width + height > _MAX_SIDES_SUM or max(width, height) > _MAX_RATIO * min(width, height):
        raise NotAPicture("PHOTO_INVALID_DIMENSIONS")


def _scaled(picture: Image.Image, side: int, target: Path) -> Picture:
    scaled = picture.copy()
    scaled.thumbnail((side, side))
    scaled.save(target, "JPEG", quality=85)
    return Picture(target, *scaled.size, target.stat().st_size)


async def picture_size(path: Path) -> tuple[int, int, str] | None:
    """Width, height and format of a picture; None when it is none."""
    return await asyncio.to_thread(_picture_size, path)


def _picture_size(path: Path) -> tuple[int, int, str] | None:
    try:
        with Image.open(path) as picture:
            return (*picture.size, picture.format or "")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
