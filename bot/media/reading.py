"""Opens a stranger's file: the first bytes choose the one reader, and that reader can open nothing else.

FFmpeg is never left to guess: a playlist or a script of files that calls itself a video would make it read other files
or the network. Runs in the child only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import pillow_heif
from av.container import InputContainer
from PIL import Image

MAX_STREAMS = 16
THREADS = 2
"""FFmpeg would take one per core, and memory for each."""

MAX_SIDE_PX = 8192
MAX_VIDEO_PIXELS = 40_000_000
MAX_IMAGE_PIXELS = 8192 * 6144  # a phone's "50 MP"

IMAGE_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF")
VIDEO_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263", "mjpeg", "prores"})
AUDIO_CODECS = frozenset(
    {"aac", "mp3", "opus", "vorbis", "flac", "alac", "ac3", "eac3", "amr_nb", "amr_wb", "pcm_s16le", "pcm_s16be"}
    | {"pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le", "pcm_u8", "pcm_alaw", "pcm_mulaw"}
)
DECODERS = (VIDEO_CODECS | AUDIO_CODECS | {"libdav1d", "mp3float", "amrnb", "amrwb", "libopus"}) - {"amr_nb", "amr_wb"}

_IMAGE_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})
_MOV_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
_STARTS = (
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"ID3", "mp3"),
    (b"#!AMR", "amr"),
)
_RIFFS = {b"WEBP": "image", b"WAVE": "wav", b"AVI ": "avi"}

Image.MAX_IMAGE_PIXELS = MAX_IMAGE_PIXELS
pillow_heif.register_heif_opener()


class Unreadable(Exception):
    """This file is refused; `key` is the text for it."""

    def __init__(self, key: str = "media-unreadable") -> None:
        super().__init__(key)
        self.key = key


def sniff(head: bytes) -> str:
    """`image`, or the name of the one FFmpeg demuxer that may read the file. Raises Unreadable.

    >>> sniff(b"OggS" + bytes(28))
    'ogg'
    """
    known = next((name for start, name in _STARTS if head.startswith(start)), None)
    reader = (
        known or _sniff_boxes(head) or _RIFFS.get(head[8:12] if head.startswith(b"RIFF") else b"") or _sniff_mpeg(head)
    )
    if reader is None:
        raise Unreadable
    return reader


def _sniff_boxes(head: bytes) -> str | None:
    if head[4:8] not in _MOV_BOXES:
        return None
    return "image" if head[4:8] == b"ftyp" and head[8:12] in _IMAGE_BRANDS else "mov"


def _sniff_mpeg(head: bytes) -> str | None:
    """Bare MPEG audio: eleven bits of sync, then the layer; layer 0 is AAC's ADTS."""
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    return "mp3" if head[1] & 0x06 else "aac"


def reader_of(path: Path) -> str:
    """What may read the file, by its first bytes."""
    with path.open("rb") as file:
        return sniff(file.read(32))


@contextmanager
def opened_image(path: Path) -> Iterator[Image.Image]:
    """An image that was measured, not yet decoded."""
    with path.open("rb") as file, _measured(file) as image:
        yield image


def _measured(file: BinaryIO) -> Image.Image:
    try:
        image = Image.open(file, formats=IMAGE_FORMATS)
    except Image.DecompressionBombError as error:
        raise Unreadable("media-too-many-pixels") from error
    check_size(*image.size, MAX_IMAGE_PIXELS)
    return image


@contextmanager
def opened_av(path: Path) -> Iterator[InputContainer]:
    """A sound or a film whose streams are all of a known kind."""
    with path.open("rb") as file:
        reader = sniff(file.read(32))
        if reader == "image":
            raise Unreadable
        file.seek(0)
        with _open_by(reader, file) as container:
            _check_streams(container)
            for stream in (*container.streams.video, *container.streams.audio):
                stream.codec_context.thread_count = THREADS
            yield container


def _open_by(reader: str, file: BinaryIO) -> InputContainer:
    options = {
        "format_whitelist": {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "matroska": "matroska,webm"}.get(reader, reader),
        "codec_whitelist": ",".join(sorted(DECODERS)),
        "protocol_whitelist": "none",
    }
    return av.open(file, "r", format=reader, options=options, io_open=_nothing_else)


def _nothing_else(*_: Any) -> BinaryIO:
    raise Unreadable


def _check_streams(container: InputContainer) -> None:
    if len(container.streams) > MAX_STREAMS:
        raise Unreadable
    for stream in (*container.streams.video, *container.streams.audio):
        if not is_cover(stream) and codec_of(stream) not in VIDEO_CODECS | AUDIO_CODECS:
            raise Unreadable
    for film in container.streams.video:
        if not is_cover(film):
            check_size(film.codec_context.width, film.codec_context.height, MAX_VIDEO_PIXELS)


def check_size(width: int, height: int, max_pixels: int) -> None:
    if max(width, height) > MAX_SIDE_PX or width * height > max_pixels:
        raise Unreadable("media-too-many-pixels")
    if min(width, height) < 1:
        raise Unreadable


def codec_of(stream: Any) -> str:
    """The codec's own name, whichever library decodes it; empty when nothing here does."""
    context = stream.codec_context
    return context.codec.canonical_name if context is not None else ""


def is_cover(stream: Any) -> bool:
    """A picture that comes with a song."""
    return bool(stream.disposition & type(stream.disposition).attached_pic)


def film_of(container: InputContainer) -> Any | None:
    """The first stream of moving pictures."""
    return next((stream for stream in container.streams.video if not is_cover(stream)), None)


def sound_of(container: InputContainer) -> Any | None:
    return next(iter(container.streams.audio), None)


def ratio_of(value: Any) -> Fraction:
    """A rational of FFmpeg, 0 when unset: PyAV up to 18 says None, from 19 on a falsy one of its own type."""
    return Fraction(value.numerator, value.denominator) if value else Fraction(0)
