"""Opens a media file below a folder, and nothing else: no way up, no link followed, no device, no other kind of file.

Blocks; call it in a thread.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_STEP = _FOLDER | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_HEAD_BYTES = 16


@dataclass(frozen=True, slots=True)
class MediaFile:
    """An open file that looks like media; `mime` is what its first bytes say."""

    handle: int
    size_bytes: int
    mime: str
    etag: str

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes; empty at the end."""
        return os.pread(self.handle, length, offset)

    def close(self) -> None:
        os.close(self.handle)


def open_below(folder: Path, path: PurePosixPath) -> MediaFile | None:
    """The file at a relative path; None when there is none that may be served."""
    if path.is_absolute() or not path.parts or ".." in path.parts:
        return None
    try:
        handle = _walk(folder, path)
    except (OSError, ValueError):
        return None
    try:
        file = _media(handle)
    except BaseException:
        os.close(handle)
        raise
    if file is None:
        os.close(handle)
    return file


def _walk(folder: Path, path: PurePosixPath) -> int:
    """Opens part by part, each relative to the one before: a link put in between meanwhile changes nothing."""
    at = os.open(folder, _FOLDER)
    try:
        for part in path.parts[:-1]:
            above, at = at, os.open(part, _STEP, dir_fd=at)
            os.close(above)
        return os.open(path.name, _FILE, dir_fd=at)
    finally:
        os.close(at)


def _media(handle: int) -> MediaFile | None:
    facts = os.fstat(handle)
    mime = mime_of(os.pread(handle, _HEAD_BYTES, 0)) if stat.S_ISREG(facts.st_mode) else None
    if mime is None:
        return None
    return MediaFile(handle, facts.st_size, mime, f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"')


def mime_of(head: bytes) -> str | None:
    """The kind of media that a file's first bytes tell; None for what is none (a database, a text).

    >>> mime_of(b"\\xff\\xd8\\xff\\xe0"), mime_of(b"SQLite format 3\\x00")
    ('image/jpeg', None)
    """
    match head[:4], head[4:12]:
        case b"RIFF", tail:
            return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(tail[4:8])
        case _, tail if tail[:4] == b"ftyp":
            return _BRANDS.get(tail[4:8], "video/mp4")
    return next((mime for magic, mime in _MAGIC if head.startswith(magic)), _mpeg_audio(head))


_BRANDS = {
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"avif": "image/avif",
}
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)


def _mpeg_audio(head: bytes) -> str | None:
    """A bare MPEG audio frame: eleven set bits, then a version and layer; AAC in ADTS has layer 0."""
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    return "audio/mpeg" if head[1] & 0x06 else "audio/aac"
