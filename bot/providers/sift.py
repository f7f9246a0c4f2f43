"""Answers that hold a whole file: read as they come, long strings taken out on the way.

    {"status": "completed", … "data": "AAAAIGZ0eXA… 40 MB …"}  ──▶  {"status": "completed", … "data": "#0"}
                                     └──▶  thrown away by a look, kept on disk by a fetch

So a poll costs one chunk of memory, however long the video is, and what is parsed is small.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import aiohttp

from bot.core.errors import OutputTooBig, Transient
from bot.providers.base import Downloaded
from bot.providers.bodies import base64_size
from bot.providers.download import WRITE_BYTES, Sink, finish, sniff
from bot.providers.http import Reading, Reply

LONG_BYTES = 16_384
"""A string that is longer is taken out. Prompts and reasons are shorter; a video's base64 never is."""
MAX_REST_BYTES = 1_000_000
MAX_TAKEN_BYTES = 1_000_000_000
_DECODE_BYTES = 1 << 20
_SLASH = 92

Take = Callable[[int, bytes], Awaitable[None]]
"""Is given the pieces of the long strings: which string, and what comes next of it."""


class Sieve:
    """`rest` grows to the JSON in which `#0` stands for the first long string, `#1` for the next."""

    def __init__(self) -> None:
        self.rest = bytearray()
        self._inside = False
        self._begin = 0
        self._slashes = 0
        self._number: int | None = None
        self._count = 0

    def feed(self, chunk: bytes) -> Iterator[tuple[int, bytes]]:
        """Reads on; yields the pieces that are not kept. Raises ValueError when the rest is too long."""
        at = 0
        while at < len(chunk):
            if self._inside:
                end = self._end(chunk, at)
                yield from self._string(chunk[at:end])
                at = end
                if end < len(chunk):
                    self._close()
                    at += 1
            else:
                at = self._outside(chunk, at)
            if len(self.rest) > MAX_REST_BYTES:
                raise ValueError("an answer too long even without its files")

    def _outside(self, chunk: bytes, at: int) -> int:
        found = chunk.find(b'"', at)
        end = len(chunk) if found < 0 else found + 1
        self.rest += chunk[at:end]
        if found >= 0:
            self._inside, self._begin, self._slashes = True, len(self.rest), 0
        return end

    def _end(self, chunk: bytes, at: int) -> int:
        """Where the string ends: at the first quote that no backslash takes away; the chunk's end when not in it."""
        end = chunk.find(b'"', at)
        while end >= 0 and self._slashes_before(chunk, at, end) % 2:
            end = chunk.find(b'"', end + 1)
        return len(chunk) if end < 0 else end

    def _slashes_before(self, chunk: bytes, at: int, end: int) -> int:
        start = end
        while start > at and chunk[start - 1] == _SLASH:
            start -= 1
        return end - start + (self._slashes if start == at else 0)

    def _string(self, piece: bytes) -> Iterator[tuple[int, bytes]]:
        self._slashes = self._slashes_before(piece, 0, len(piece))
        if self._number is not None:
            yield self._number, piece
            return
        self.rest += piece
        if len(self.rest) - self._begin > LONG_BYTES:
            self._number, self._count = self._count, self._count + 1
            taken = bytes(self.rest[self._begin :])
            self.rest[self._begin :] = b"#%d" % self._number
            yield self._number, taken

    def _close(self) -> None:
        self.rest += b'"'
        self._inside, self._number = False, None


async def sift(response: aiohttp.ClientResponse, take: Take | None = None) -> bytes:
    """The answer without its long strings, which `take` is given. Raises ClientPayloadError when it has no end."""
    sieve, taken = Sieve(), 0
    async for chunk in response.content.iter_any():
        for number, piece in sieve.feed(chunk):
            taken += len(piece)
            if taken > MAX_TAKEN_BYTES:
                raise aiohttp.ClientPayloadError("answer too long")
            if take is not None:
                await take(number, piece)
    return bytes(sieve.rest)


LOOK_S = 160.0
"""A look ends before the worker's lease on the task does (180 s), however slowly a long answer comes."""
LOOK = Reading(sift, LOOK_S, LOOK_S)
"""For a look: the long strings are thrown away."""


async def lift(
    ask: Callable[[Reading], Awaitable[Reply]],
    find: Callable[[Reply], str | None],
    path: Path,
    max_bytes: int,
    host: str,
) -> Downloaded:
    """Creates `path` out of an answer that holds the file where `find` says, whole and fsynced, or raises Transient or
    OutputTooBig and leaves nothing behind: as a download does.
    """
    lifted = Lifted(path, max_bytes, host)
    try:
        reply = await _asked(ask, Reading(partial(sift, take=lifted.take)), host)
        value = find(reply)
        if value is None:
            raise Transient("output-not-media", host=host, mime=reply.kind)
        return await lifted.keep(value)
    finally:
        await lifted.drop()


async def _asked(ask: Callable[[Reading], Awaitable[Reply]], reading: Reading, host: str) -> Reply:
    try:
        reply = await ask(reading)
    except Transient as error:
        raise Transient("output-cut-short", error.retry_after_s, host=host, why=error.key) from None
    if reply.status >= 300:
        raise Transient("output-link-refused", reply.retry_after_s, host=host, status=reply.status)
    return reply


@dataclass(slots=True)
class Lifted:
    """The long strings of one answer, each on disk beside `path` as it came, until one of them is kept."""

    path: Path
    max_bytes: int
    host: str
    _buffers: dict[int, bytearray] = field(default_factory=dict)
    _sizes: dict[int, int] = field(default_factory=dict)

    async def take(self, number: int, piece: bytes) -> None:
        """Raises OutputTooBig beyond `max_bytes` of file."""
        if number not in self._sizes:
            await asyncio.to_thread(self._file(number).unlink, missing_ok=True)
        self._sizes[number] = self._sizes.get(number, 0) + len(piece)
        if self._sizes[number] > base64_size(self.max_bytes) * 2:
            raise OutputTooBig(self.host, self.max_bytes)
        buffer = self._buffers.setdefault(number, bytearray())
        buffer += piece
        if len(buffer) >= WRITE_BYTES:
            await self._flush(number)

    async def keep(self, value: str) -> Downloaded:
        """Decodes the string that `value` stands for (or is) to `path`, fsynced. Raises Transient, OutputTooBig."""
        for number in self._buffers:
            await self._flush(number)
        mark, _, number_text = value.partition("#")
        if not mark and number_text.isdecimal():
            source = self._file(int(number_text))
        else:
            source = self._file(0)
            await asyncio.to_thread(source.write_text, value, "ascii", "replace")
        return await asyncio.to_thread(self._decode, source)

    async def drop(self) -> None:
        """Leaves nothing but `path`."""
        await asyncio.to_thread(self._drop)

    async def _flush(self, number: int) -> None:
        data, self._buffers[number] = self._buffers[number], bytearray()
        await asyncio.to_thread(self._append, self._file(number), data)

    def _append(self, file: Path, data: bytearray) -> None:
        with file.open("ab") as handle:
            handle.write(data)

    def _file(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}.b64")

    def _part(self) -> Path:
        return self.path.with_name(f"{self.path.name}.part")

    def _decode(self, source: Path) -> Downloaded:
        try:
            sink = _decoded(source, self._part())
        except ValueError as error:
            raise Transient("output-cut-short", host=self.host, why=type(error).__name__) from None
        if sink.size_bytes > self.max_bytes:
            raise OutputTooBig(self.host, self.max_bytes)
        found = sniff(sink.head, "")
        if found is None:
            raise Transient("output-not-media", host=self.host, mime="")
        finish(self._part(), self.path)
        return Downloaded(sink.size_bytes, sink.digest.hexdigest(), found)

    def _drop(self) -> None:
        for file in (*(self._file(number) for number in {0, *self._sizes}), self._part()):
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)


def _decoded(source: Path, part: Path) -> Sink:
    """A string's base64 as bytes, piece by piece, however its slashes and equals signs were escaped."""
    part.unlink(missing_ok=True)
    sink = Sink(part)
    pending = b""
    with source.open("rb") as handle:
        while raw := handle.read(_DECODE_BYTES):
            text, pending = _whole_quads(pending + raw)
            _decode_into(sink, text)
    text = _unescaped(pending)
    _decode_into(sink, text + b"=" * (-len(text) % 4))
    return sink


def _decode_into(sink: Sink, text: bytes) -> None:
    data = base64.b64decode(text, validate=True)
    sink.size_bytes += len(data)
    sink.append(data)


def _whole_quads(raw: bytes) -> tuple[bytes, bytes]:
    """As much as can be decoded now, and what must wait for more: never half of an escape."""
    cut = raw.rfind(b"\\", max(0, len(raw) - 6))
    ready, later = (raw, b"") if cut < 0 else (raw[:cut], raw[cut:])
    text = _unescaped(ready)
    whole = len(text) // 4 * 4
    return text[:whole], text[whole:] + later


def _unescaped(raw: bytes) -> bytes:
    if b"\\" in raw:
        raw = raw.replace(b"\\/", b"/").replace(b"\\u003d", b"=").replace(b"\\u002f", b"/").replace(b"\\u002b", b"+")
    return raw.translate(_STANDARD)


_STANDARD = bytes.maketrans(b"-_", b"+/")
