"""Measures a file: what it says of itself is not believed, its packets are counted and a first frame is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from av.container import InputContainer

from bot.core.media import JPEG, MP3, MP4, MediaInfo, MediaKind
from bot.media.reading import Unreadable, codec_of, film_of, opened_av, opened_image, ratio_of, reader_of, sound_of

MAX_PACKETS = 500_000
MISSING_SHARE = 0.15
"""A file that ends earlier than it says by more than this is torn."""

_IMAGE_MIMES = {"JPEG": JPEG, "MPO": JPEG, "HEIF": "image/heic"}
_SOUND_MIMES = {
    "mov": "audio/mp4",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "mp3": MP3,
    "aac": "audio/aac",
    "amr": "audio/amr",
    "matroska": "audio/webm",
    "avi": "audio/x-unknown",
}
_FILM_MIMES = {"matroska": "video/webm", "avi": "video/x-msvideo", "ogg": "video/ogg"}
_ANIMATED = frozenset({"GIF", "WEBP", "PNG", "AVIF"})
_TURNS = {3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}
"""EXIF orientation → degrees; a mere mirror (2) is left alone."""


def probe(path: Path) -> MediaInfo:
    """Raises Unreadable, or whatever the libraries raise at a broken file."""
    reader = reader_of(path)
    return _probe_image(path) if reader == "image" else _probe_av(path, reader)


def _probe_image(path: Path) -> MediaInfo:
    with opened_image(path) as image:
        orientation = image.getexif().get(0x0112, 1)
        animated = image.format in _ANIMATED and getattr(image, "is_animated", False)
        depth = 16 if image.mode.startswith(("I", "F")) or ";16" in str(getattr(image, "tile", "")) else 8
        image.load()
        width, height = image.size if orientation < 5 else image.size[::-1]
        name = image.format or ""
        return MediaInfo(
            kind=MediaKind.IMAGE,
            mime=_IMAGE_MIMES.get(name, f"image/{name.lower()}"),
            container=name.lower(),
            size_bytes=path.stat().st_size,
            width=width,
            height=height,
            pix_fmt=image.mode,
            bit_depth=depth,
            rotation=_TURNS.get(orientation, 0),
            animated=bool(animated),
        )


def _probe_av(path: Path, reader: str) -> MediaInfo:
    with opened_av(path) as container:
        span = _measure(container)
    with opened_av(path) as container:
        film, sound = film_of(container), sound_of(container)
        if sound is not None and next(container.decode(sound), None) is None:
            raise Unreadable
        if film is None:
            return _sound_info(path, reader, sound, span)
        container.seek(0)
        return _film_info(path, reader, container, span)


@dataclass(frozen=True, slots=True)
class _Span:
    duration: Fraction
    film_packets: int
    film_duration: Fraction

    @property
    def duration_ms(self) -> int:
        return round(self.duration * 1000)


def _measure(container: InputContainer) -> _Span:
    streams = [stream for stream in (film_of(container), sound_of(container)) if stream is not None]
    if not streams:
        raise Unreadable
    tracks = [_Track(stream) for stream in streams]
    by_index = {track.stream.index: track for track in tracks}
    for count, packet in enumerate(container.demux(*streams)):
        if count > MAX_PACKETS:
            raise Unreadable
        by_index[packet.stream.index].take(packet)
    duration = max(track.duration for track in tracks)
    _check_whole(container, duration)
    film = next((track for track in tracks if track.stream.type == "video"), None)
    return _Span(duration, film.packets if film else 0, film.duration if film else Fraction(0))


class _Track:
    """What the packets of one stream say."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.base = ratio_of(stream.time_base)
        self.packets = 0
        self.start: int | None = None
        self.end = 0

    def take(self, packet: Any) -> None:
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None:
            return
        self.packets += 1
        self.start = time if self.start is None else min(self.start, time)
        self.end = max(self.end, time + (packet.duration or 0))

    @property
    def duration(self) -> Fraction:
        return (self.end - max(self.start or 0, 0)) * self.base


def _check_whole(container: InputContainer, duration: Fraction) -> None:
    claimed = Fraction(container.duration or 0, 1_000_000)
    if duration <= 0 or duration < claimed * Fraction(1 - MISSING_SHARE) - Fraction(1, 2):
        raise Unreadable


def _sound_info(path: Path, reader: str, sound: Any, span: _Span) -> MediaInfo:
    return MediaInfo(
        kind=MediaKind.AUDIO,
        mime=_SOUND_MIMES[reader],
        container=reader,
        size_bytes=path.stat().st_size,
        duration_ms=span.duration_ms,
        audio_codec=codec_of(sound),
        has_audio=True,
    )


def _film_info(path: Path, reader: str, container: InputContainer, span: _Span) -> MediaInfo:
    film, sound = film_of(container), sound_of(container)
    frames: Iterator[Any] = container.decode(film)
    frame = next(frames, None)
    if frame is None:
        raise Unreadable
    width, height = _shown_size(frame, film)
    name, mime = _film_mime(reader, container)
    return MediaInfo(
        kind=MediaKind.VIDEO,
        mime=mime,
        container=name,
        size_bytes=path.stat().st_size,
        width=width,
        height=height,
        duration_ms=span.duration_ms,
        fps=_fps(film, span),
        video_codec=codec_of(film),
        audio_codec=codec_of(sound) if sound is not None else "",
        pix_fmt=frame.format.name,
        bit_depth=max(component.bits for component in frame.format.components),
        has_audio=sound is not None,
        rotation=round(frame.rotation) % 360,
        faststart=reader == "mov" and _plays_while_loading(path),
    )


def _shown_size(frame: Any, film: Any) -> tuple[int, int]:
    """Pixels that are not square and a turned camera both change what is seen."""
    aspect = ratio_of(film.sample_aspect_ratio) or Fraction(1)
    width, height = round(frame.width * aspect), frame.height
    return (height, width) if frame.rotation % 180 else (width, height)


def _film_mime(reader: str, container: InputContainer) -> tuple[str, str]:
    if reader != "mov":
        return reader, _FILM_MIMES.get(reader, "video/x-unknown")
    brand = container.metadata.get("major_brand", "qt").strip()
    if brand == "qt":
        return "mov", "video/quicktime"
    return ("3gp", "video/3gpp") if brand.startswith("3g") else ("mp4", MP4)


def _fps(film: Any, span: _Span) -> float:
    said = ratio_of(film.average_rate)
    counted = span.film_packets / span.film_duration if span.film_duration else Fraction(0)
    trusted = counted and abs(said - counted) < counted / 20
    return round(float(said if trusted else counted), 3)


def _plays_while_loading(path: Path) -> bool:
    """Whether an mp4's index comes before its pictures."""
    with path.open("rb") as file:
        return next((box == b"moov" for box in _boxes(file) if box in {b"moov", b"mdat"}), False)


def _boxes(file: BinaryIO) -> Iterator[bytes]:
    """The names of the outermost boxes: each is a size of four bytes (1: eight more follow), a name and a body."""
    for _ in range(64):
        head = file.read(8)
        if len(head) < 8:
            return
        size, header = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(file.read(8), "big"), 16
        yield head[4:]
        if size < header:
            return
        file.seek(size - header, 1)
