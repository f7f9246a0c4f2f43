"""What a media file is, what a model accepts, and what must be done to the one so that it becomes the other.

Pure: `plan` decides, the child process of `bot.media` acts. The numbers of a model live in its catalog entry:

>>> photos = image_limits(max_bytes=30_000_000, sides_px=Range(300, 6000), ratio=Range(0.4, 2.5))
>>> sticker = MediaInfo(MediaKind.IMAGE, "image/webp", "webp", 20_000, width=280, height=280, pix_fmt="RGBA")
>>> plan(sticker, photos).notes
(Note(key='note-image-scaled', data={'width': 303, 'height': 303}),)

Times are whole milliseconds, sides are pixels as shown (after the file's own rotation), sizes are bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import assert_never

from bot.core.errors import Data, Refusal

JPEG = "image/jpeg"
MP4 = "video/mp4"
MP3 = "audio/mpeg"

TRIM_MARGIN_MS = 100
"""An encoder rounds an end up to its next frame (mp3 adds up to 60 ms), so a cut aims this much below the limit."""

DURATION_TOLERANCE_MS = 200
"""Seedance was seen to take 1.8 s as 2 and 15.2 s as 15; containers round as much."""

FPS_TOLERANCE = 0.01
AIM = 1.01
"""A converted size aims one per cent inside the limits, so that rounding to whole pixels can't leave them."""

ODD_SHAPE_FACTOR = 4
"""A picture narrower than this many times the limit would be mostly bars: it is refused, not padded."""

REFUSAL_KEYS = (
    *("media-unreadable", "media-wrong-kind", "media-too-big", "media-too-many-pixels", "media-odd-shape"),
    *("media-too-short", "media-too-long", "media-too-long-in-total"),
)
NOTE_KEYS = (
    *("note-image-scaled", "note-image-padded", "note-image-still"),
    *("note-video-scaled", "note-video-padded", "note-video-fps", "note-video-trimmed"),
    *("note-audio-trimmed", "note-audio-extracted"),
)


class MediaKind(StrEnum):
    """What a file is used as; the value is what is stored and sent to the child."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class Fit(StrEnum):
    """How a picture comes into another shape: stretched, whole between bars, or filling it with its edges cut."""

    SCALE = "scale"
    PAD = "pad"
    FILL = "fill"


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends belong to it."""

    low: float = 0
    high: float = math.inf

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def widened(self, by: float) -> Range:
        return Range(self.low - by, self.high + by)

    def narrowed(self, factor: float) -> Range:
        return Range(self.low * factor, self.high / factor)

    def nearest(self, value: float) -> float:
        return min(max(value, self.low), self.high)


ANY = Range()


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """A file as measured by the child. Codec names are FFmpeg's (`h264`, `hevc`, `aac`, `opus`).

    `width` and `height` are as shown; `rotation` (degrees, 0 when upright) says that the bytes lie otherwise.
    `pix_fmt` is FFmpeg's for a video and Pillow's mode for an image. `faststart`: an mp4 that plays while it loads.
    """

    kind: MediaKind
    mime: str
    container: str
    size_bytes: int
    width: int = 0
    height: int = 0
    duration_ms: int = 0
    fps: float = 0.0
    video_codec: str = ""
    audio_codec: str = ""
    pix_fmt: str = ""
    bit_depth: int = 8
    has_audio: bool = False
    rotation: int = 0
    animated: bool = False
    faststart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLimits:
    """What a model accepts for one kind of reference. `total_duration_ms` counts all files of the kind together."""

    kind: MediaKind
    mimes: frozenset[str]
    max_bytes: int
    max_source_bytes: int = 500_000_000
    video_codecs: frozenset[str] = frozenset()
    audio_codecs: frozenset[str] = frozenset()
    pix_fmts: frozenset[str] = frozenset()
    sides_px: Range = ANY
    ratio: Range = ANY
    pixels: Range = ANY
    fps: Range = ANY
    duration_ms: Range = ANY
    total_duration_ms: float = math.inf
    may_trim: bool = True


image_limits = partial(
    InputLimits,
    kind=MediaKind.IMAGE,
    mimes=frozenset({JPEG, "image/png", "image/webp", "image/bmp", "image/tiff"}),
    pix_fmts=frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX"}),
)
"""Pictures; whatever else can be read becomes a JPEG."""

video_limits = partial(
    InputLimits,
    kind=MediaKind.VIDEO,
    mimes=frozenset({MP4, "video/quicktime"}),
    video_codecs=frozenset({"h264", "hevc"}),
    audio_codecs=frozenset({"aac", "mp3"}),
    pix_fmts=frozenset({"yuv420p", "yuvj420p"}),
)
"""H.264 and H.265 of 8 bits in mp4 or mov; whatever else can be read becomes H.264 with AAC in mp4."""

audio_limits = partial(
    InputLimits,
    kind=MediaKind.AUDIO,
    mimes=frozenset({MP3, "audio/wav"}),
    audio_codecs=frozenset({"mp3", "pcm_s16le", "pcm_s24le", "pcm_u8"}),
)
"""mp3 and wav; whatever else can be heard becomes mp3."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was changed and must be said; `key` names a text (one of `NOTE_KEYS`)."""

    key: str
    data: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """An order for the child: make `mime` out of a file. None means: as it is."""

    mime: str
    max_bytes: int
    width: int | None = None
    height: int | None = None
    fit: Fit = Fit.SCALE
    fps: float | None = None
    trim_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """The file is accepted as it is."""

    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Convert:
    """The file is accepted after `conversion`; `notes` tell the person what changes."""

    conversion: Conversion
    notes: tuple[Note, ...] = ()


def plan(info: MediaInfo, limits: InputLimits) -> Keep | Convert | Refusal:
    """Decide about one file. A `Refusal` is returned, not raised, so that all faults can be said together."""
    fault = _fault(info, limits)
    if fault is not None:
        return fault
    match limits.kind:
        case MediaKind.IMAGE:
            return _plan_image(info, limits)
        case MediaKind.VIDEO:
            return _plan_video(info, limits)
        case MediaKind.AUDIO:
            return _plan_audio(info, limits)
        case _ as never:
            assert_never(never)


def planned_duration_ms(info: MediaInfo, decision: Keep | Convert) -> int:
    """How long the file is after the plan."""
    if isinstance(decision, Convert) and decision.conversion.trim_ms is not None:
        return min(info.duration_ms, decision.conversion.trim_ms)
    return info.duration_ms


def refuse_total(durations_ms: Iterable[int], limits: InputLimits) -> Refusal | None:
    """All files of one kind together may not be longer than the model takes."""
    total_ms = sum(durations_ms)
    if total_ms <= limits.total_duration_ms + DURATION_TOLERANCE_MS:
        return None
    seconds, most = _seconds(total_ms), _seconds(limits.total_duration_ms)
    return Refusal("media-too-long-in-total", kind=limits.kind.value, seconds=seconds, max=most)


def video_bitrate_bps(max_bytes: int, duration_ms: int, audio_bps: int) -> int:
    """The bit rate of pictures that keeps a file below `max_bytes` (4 % are the container's), in an encoder's range."""
    total_bps = max_bytes * 8 * 0.96 / (max(duration_ms, 1) / 1000)
    return min(max(int(total_bps) - audio_bps, 50_000), 1_000_000_000)


def _fault(info: MediaInfo, limits: InputLimits) -> Refusal | None:
    if not _usable_as(info, limits.kind):
        return Refusal("media-wrong-kind", kind=info.kind.value, wanted=limits.kind.value)
    if info.size_bytes > limits.max_source_bytes:
        return Refusal("media-too-big", mb=_mb(info.size_bytes), max=_mb(limits.max_source_bytes))
    return _duration_fault(info, limits)


def _usable_as(info: MediaInfo, kind: MediaKind) -> bool:
    return info.kind is kind or (kind is MediaKind.AUDIO and info.has_audio)


def _duration_fault(info: MediaInfo, limits: InputLimits) -> Refusal | None:
    if limits.kind is MediaKind.IMAGE:
        return None
    allowed, seconds = limits.duration_ms.widened(DURATION_TOLERANCE_MS), _seconds(info.duration_ms)
    if info.duration_ms < allowed.low:
        return Refusal("media-too-short", seconds=seconds, min=_seconds(limits.duration_ms.low))
    if info.duration_ms > allowed.high and not limits.may_trim:
        return Refusal("media-too-long", seconds=seconds, max=_seconds(limits.duration_ms.high))
    return None


def _plan_image(info: MediaInfo, limits: InputLimits) -> Keep | Convert | Refusal:
    shape = _shape(info, limits, step=1)
    if shape is None:
        return _odd_shape(info, limits)
    notes = [*_shape_notes(info, shape, limits.kind)]
    if info.animated:
        notes.append(Note("note-image-still"))
    if not notes and not info.rotation and _as_wanted(info, limits):
        return Keep()
    return Convert(_shaped(Conversion(mime=JPEG, max_bytes=limits.max_bytes), shape), tuple(notes))


def _plan_video(info: MediaInfo, limits: InputLimits) -> Keep | Convert | Refusal:
    shape = _shape(info, limits, step=2)
    if shape is None:
        return _odd_shape(info, limits)
    fps, trim_ms = _target_fps(info.fps, limits.fps), _trim_ms(info, limits)
    notes = [*_shape_notes(info, shape, limits.kind), *_pace_notes(info, fps, trim_ms)]
    if not notes and not info.rotation and _codecs_wanted(info, limits):
        return Keep()
    base = Conversion(mime=MP4, max_bytes=limits.max_bytes, fps=fps, trim_ms=trim_ms)
    return Convert(_shaped(base, shape), tuple(notes))


def _plan_audio(info: MediaInfo, limits: InputLimits) -> Keep | Convert:
    trim_ms = _trim_ms(info, limits)
    notes = [Note("note-audio-extracted")] if info.kind is MediaKind.VIDEO else []
    if trim_ms is not None:
        notes.append(Note("note-audio-trimmed", {"seconds": _seconds(limits.duration_ms.high)}))
    if not notes and info.audio_codec in limits.audio_codecs and _as_wanted(info, limits):
        return Keep()
    return Convert(Conversion(mime=MP3, max_bytes=limits.max_bytes, trim_ms=trim_ms), tuple(notes))


def _as_wanted(info: MediaInfo, limits: InputLimits) -> bool:
    paint = not limits.pix_fmts or info.pix_fmt in limits.pix_fmts
    return info.mime in limits.mimes and info.size_bytes < limits.max_bytes and paint and info.bit_depth <= 8


def _codecs_wanted(info: MediaInfo, limits: InputLimits) -> bool:
    sound = not info.has_audio or info.audio_codec in limits.audio_codecs
    return _as_wanted(info, limits) and info.video_codec in limits.video_codecs and sound


def _trim_ms(info: MediaInfo, limits: InputLimits) -> int | None:
    if info.duration_ms <= limits.duration_ms.high + DURATION_TOLERANCE_MS:
        return None
    return int(limits.duration_ms.high) - TRIM_MARGIN_MS


def _target_fps(fps: float, allowed: Range) -> float:
    """The source's pace, else the smallest multiple of it that is allowed, else the nearest end.

    >>> [_target_fps(fps, Range(24, 60)) for fps in (15, 23.976, 30, 120, 0)]
    [30, 24, 30, 60, 24]
    """
    if fps in allowed.widened(FPS_TOLERANCE):
        return fps
    slow = 0 < fps < allowed.low * 0.9
    multiples = (fps * times for times in range(2, 9)) if slow else iter(())
    return next((pace for pace in multiples if pace in allowed), allowed.nearest(fps))


def _pace_notes(info: MediaInfo, fps: float, trim_ms: int | None) -> Iterator[Note]:
    if trim_ms is not None:
        yield Note("note-video-trimmed", {"seconds": _seconds(trim_ms + TRIM_MARGIN_MS)})
    if abs(fps - info.fps) > FPS_TOLERANCE:
        yield Note("note-video-fps", {"fps": round(fps)})


@dataclass(frozen=True, slots=True)
class _Shape:
    width: int
    height: int
    fit: Fit


def _shape(info: MediaInfo, limits: InputLimits, step: int) -> _Shape | None:
    """The nearest accepted size whose sides are multiples of `step`; None when the picture is too odd for one."""
    if info.width % step == info.height % step == 0 and _accepted(info.width, info.height, limits):
        return _Shape(info.width, info.height, Fit.SCALE)
    if info.width < 1 or info.height < 1:
        return None
    ratio = info.width / info.height
    if ratio not in limits.ratio.narrowed(1 / ODD_SHAPE_FACTOR):
        return None
    fit = Fit.SCALE if ratio in limits.ratio else Fit.PAD
    sizes = _sizes(*_canvas(info.width, info.height, limits.ratio.narrowed(AIM)), limits, step)
    return next((_Shape(w, h, fit) for w, h in sizes if _accepted(w, h, limits)), None)


def _accepted(width: int, height: int, limits: InputLimits) -> bool:
    sides = width in limits.sides_px and height in limits.sides_px
    return sides and width / height in limits.ratio and width * height in limits.pixels


def _canvas(width: float, height: float, ratio: Range) -> tuple[float, float]:
    """The smallest frame of an accepted ratio that holds the picture."""
    wanted = ratio.nearest(width / height)
    return max(width, height * wanted), max(height, width / wanted)


def _sizes(width: float, height: float, limits: InputLimits, step: int) -> Iterator[tuple[int, int]]:
    area = width * height
    larger = AIM * max(limits.sides_px.low / min(width, height), math.sqrt(limits.pixels.low / area))
    smaller = min(limits.sides_px.high / max(width, height), math.sqrt(limits.pixels.high / area)) / AIM
    for factor in (1.0, max(larger, 1.0), min(smaller, 1.0), AIM, 1 / AIM):
        yield _stepped(width * factor, step), _stepped(height * factor, step)


def _stepped(side: float, step: int) -> int:
    return max(step, math.ceil(round(side, 6) / step) * step)


def _shaped(conversion: Conversion, shape: _Shape) -> Conversion:
    return replace(conversion, width=shape.width, height=shape.height, fit=shape.fit)


def _shape_notes(info: MediaInfo, shape: _Shape, kind: MediaKind) -> Iterator[Note]:
    if (shape.width, shape.height) == (info.width, info.height):
        return
    verb = "padded" if shape.fit is Fit.PAD else "scaled"
    yield Note(f"note-{kind.value}-{verb}", {"width": shape.width, "height": shape.height})


def _odd_shape(info: MediaInfo, limits: InputLimits) -> Refusal:
    low, high = limits.ratio.low, limits.ratio.high
    return Refusal("media-odd-shape", width=info.width, height=info.height, min_ratio=low, max_ratio=high)


def _seconds(duration_ms: float) -> float:
    """Whole seconds stay whole, so that a text says 15 and not 15.0."""
    seconds = round(duration_ms / 1000, 1)
    return int(seconds) if seconds == int(seconds) else seconds


def _mb(size_bytes: int) -> float:
    return round(size_bytes / 1_000_000, 1)
