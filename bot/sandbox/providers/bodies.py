"""Large JSON bodies: spooled to disk as they arrive, base64 lifted out into files, only the slim rest parsed."""

from __future__ import annotations

import asyncio
import binascii
import json
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from aiohttp import web

_SPOOL_BYTES = 1 << 20
_BASE64_CHUNK = 1 << 20  # a multiple of four; short enough that other threads get their turn

DATA_URL = re.compile(rb'(?<!\\)"data:[\w.+-]+/[\w.+-]+;base64,')
DATA_FIELD = re.compile(rb'(?<!\\)"data"\s*:\s*"')


class BodyTooLargeError(Exception):
    """More bytes than the vendor takes."""


class BodyUnreadableError(Exception):
    """Not JSON."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A base64 string out of a body; ``path`` is ``None`` when it was no valid base64."""

    path: Path | None
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Body:
    """The parsed JSON, in which ``…#<number>`` stands for the blob of that number."""

    json: Any
    blobs: tuple[Blob, ...]

    def blob(self, text: str) -> Blob | None:
        """The blob that a string stands for."""
        _, mark, number = text.rpartition("#")
        return self.blobs[int(number)] if mark and number.isdigit() and int(number) < len(self.blobs) else None


async def read_body(request: web.Request, folder: Path, opening: re.Pattern[bytes], limit_bytes: int) -> Body:
    """The request's JSON with the strings that begin at ``opening`` lifted into ``folder``.

    Raises :class:`BodyTooLargeError` and :class:`BodyUnreadableError`.
    """
    spool = folder / "body.json"
    try:
        await _spool(request, spool, limit_bytes)
        return await asyncio.to_thread(_unpack, spool, folder, opening)
    finally:
        await asyncio.to_thread(spool.unlink, missing_ok=True)


async def _spool(request: web.Request, spool: Path, limit_bytes: int) -> None:
    if (request.content_length or 0) > limit_bytes:
        raise BodyTooLargeError
    size_bytes, pending = 0, bytearray()
    with await asyncio.to_thread(spool.open, "wb") as file:
        async for chunk in request.content.iter_any():
            size_bytes += len(chunk)
            if size_bytes > limit_bytes:
                raise BodyTooLargeError
            pending += chunk
            if len(pending) >= _SPOOL_BYTES:
                await asyncio.to_thread(file.write, pending)
                pending = bytearray()
        await asyncio.to_thread(file.write, pending)


def _unpack(spool: Path, folder: Path, opening: re.Pattern[bytes]) -> Body:
    if not spool.stat().st_size:
        raise BodyUnreadableError
    with spool.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        spans = list(_spans(raw, opening))
        blobs = tuple(_blob(raw, span, folder / f"{number}.bin") for number, span in enumerate(spans))
        slim = _slim(raw, spans)
    try:
        return Body(json.loads(slim), blobs)
    except (ValueError, RecursionError) as fault:
        raise BodyUnreadableError from fault


def _spans(raw: mmap.mmap, opening: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    at = 0
    while found := opening.search(raw, at):
        start = found.end()
        at = raw.find(b'"', start)
        if at < 0:
            return
        yield start, at


def _slim(raw: mmap.mmap, spans: list[tuple[int, int]]) -> bytes:
    pieces, at = [], 0
    for number, (start, end) in enumerate(spans):
        pieces += [raw[at:start], b"#%d" % number]
        at = end
    return b"".join([*pieces, raw[at:]])


def _blob(raw: mmap.mmap, span: tuple[int, int], path: Path) -> Blob:
    try:
        with path.open("wb") as file:
            return Blob(path, _decode(raw, span, file))
    except ValueError:
        path.unlink()
        return Blob(None, 0)


def _decode(raw: mmap.mmap, span: tuple[int, int], file: BinaryIO) -> int:
    start, end = span
    chunks = (raw[at : min(end, at + _BASE64_CHUNK)] for at in range(start, end, _BASE64_CHUNK))
    file.writelines(binascii.a2b_base64(chunk, strict_mode=True) for chunk in chunks)
    return file.tell()
