"""Media, as the rest of the product sees them: every call is one short-lived child with limits and no secrets (ADR 36).

The process that serves never decodes a byte. Whatever a file does to its child, the caller gets `MediaUnreadable`.
"""

from __future__ import annotations

import asyncio
import atexit
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog

from bot.core.drawing import Drawing, Tile
from bot.core.errors import Defect, MediaUnreadable, Transient
from bot.core.media import Conversion, MediaInfo
from bot.media.children import Child, Children
from bot.media.orders import (
    MAX_ANSWER_BYTES,
    TROUBLE_DISK,
    TROUBLE_IMPORT,
    UNREADABLE,
    BadAnswer,
    ChildLimits,
    Failed,
    decode_answer,
    decode_progress,
    encode_conversion,
    encode_order,
)

log = structlog.get_logger(__name__)
Tell = Callable[[int], None]

CHILDREN = Children()
"""Those of the whole process."""
atexit.register(CHILDREN.close)

CACHE = ".fonts"
MAX_PROBES = 2
MAX_STDERR_BYTES = 4096
PROBE_WALL_S = 30.0


class MediaTool:
    """Probes files and makes others out of them. One re-encode at a time, two quick looks.

    Every method raises MediaUnreadable for a file that can't be read (a text key of `REFUSAL_KEYS`), Transient when the
    disk is full or no process can be started, Defect when the decoders themselves are missing. An output appears under
    its name whole or not at all.
    """

    def __init__(self, limits: ChildLimits | None = None, children: Children = CHILDREN) -> None:
        self._limits = limits or ChildLimits()
        self._quick = replace(self._limits, wall_s=min(PROBE_WALL_S, self._limits.wall_s))
        self._children = children
        self._encoding = asyncio.Semaphore(1)
        self._looking = asyncio.Semaphore(MAX_PROBES)

    async def probe(self, path: Path) -> MediaInfo:
        """Measure a file."""
        async with self._looking:
            return await self._ask("probe", self._quick, {"path": str(path)})

    async def convert(self, path: Path, conversion: Conversion, out: Path) -> MediaInfo:
        """Do what `bot.core.media.plan` decided."""
        async with self._encoding:
            return await self._make("convert", self._limits, path, out, conversion=encode_conversion(conversion))

    async def thumbnail(self, path: Path, out: Path) -> MediaInfo:
        """A JPEG below 200 kB, no side above 320, of a picture or of a film's first frame."""
        async with self._looking:
            return await self._make("thumbnail", self._quick, path, out)

    async def playable(
        self, path: Path, out: Path, max_bytes: int | None = None, tell: Tell | None = None
    ) -> MediaInfo:
        """An mp4 that phones play while it loads, not larger than `max_bytes`; `tell` hears the percent of the work."""
        async with self._encoding, _becoming(out) as unfinished:
            args = {"path": str(path), "out": str(unfinished), "max_bytes": max_bytes}
            return await self._ask("playable", self._limits, args, tell)

    async def last_frame(self, path: Path, out: Path) -> MediaInfo:
        """The last frame of a film as a JPEG."""
        async with self._looking:
            return await self._make("last_frame", self._quick, path, out)

    async def contact_sheet(self, tiles: Sequence[Tile], out: Path) -> MediaInfo:
        """One JPEG with all of them, at most 36."""
        args = {"tiles": [asdict(tile) for tile in tiles]}
        async with self._looking, _becoming(out) as unfinished:
            return await self._ask("contact_sheet", self._quick, {**args, "out": str(unfinished)})

    async def chart(self, drawing: Drawing, out: Path) -> MediaInfo:
        """A PNG of a drawing. What its library keeps for the next time lies beside it."""
        args = {"drawing": drawing.to_data(), "cache": str(out.parent / CACHE)}
        async with self._looking, _becoming(out) as unfinished:
            return await self._ask("chart", self._quick, {**args, "out": str(unfinished)})

    async def _make(self, op: str, limits: ChildLimits, path: Path, out: Path, **args: Any) -> MediaInfo:
        async with _becoming(out) as unfinished:
            return await self._ask(op, limits, {"path": str(path), "out": str(unfinished), **args})

    async def _ask(self, op: str, limits: ChildLimits, args: Mapping[str, Any], tell: Tell | None = None) -> MediaInfo:
        raw = await self._run(encode_order(op, limits, args), limits.wall_s, tell)
        try:
            answer = decode_answer(raw)
        except BadAnswer as error:
            raise MediaUnreadable(UNREADABLE) from error
        if isinstance(answer, MediaInfo):
            return answer
        raise _error_of(answer)

    async def _run(self, order: bytes, wall_s: float, tell: Tell | None) -> bytes:
        """What a new child wrote; empty when it overran."""
        try:
            async with asyncio.timeout(wall_s), self._children.one() as child:
                return await _talk(child, order, tell)
        except TimeoutError:
            log.warning("media-child-overran", wall_s=wall_s)
            return b""
        except ConnectionError as error:  # its forkserver died with the order
            raise Transient("trouble-no-process") from error


def _error_of(failed: Failed) -> Exception:
    match failed.key:
        case "trouble-disk-full":
            return Transient(TROUBLE_DISK)
        case "trouble-import":
            return Defect(TROUBLE_IMPORT)
        case key:
            return MediaUnreadable(key)


@asynccontextmanager
async def _becoming(out: Path) -> AsyncIterator[Path]:
    """A name beside `out` to write to; it takes the name of `out` only when all went well."""
    unfinished = out.with_name(f".{uuid4().hex}{out.suffix}")
    try:
        yield unfinished
        await asyncio.to_thread(_settle, unfinished, out)
    finally:
        await asyncio.to_thread(unfinished.unlink, missing_ok=True)


def _settle(unfinished: Path, out: Path) -> None:
    unfinished.replace(out)
    folder = os.open(out.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _talk(child: Child, order: bytes, tell: Tell | None) -> bytes:
    """Give a child its order and return what it wrote."""
    with suppress(BrokenPipeError, ConnectionResetError):
        child.order.write(order)
        await child.order.drain()
        child.order.write_eof()
    said, complaint = await asyncio.gather(_answer(child.answer, tell), _bounded(child.complaints, MAX_STDERR_BYTES))
    code = await child.code()
    if code:
        log.warning("media-child-died", code=code, stderr=complaint.decode(errors="replace"))
    return said


async def _answer(stream: asyncio.StreamReader, tell: Tell | None) -> bytes:
    """What stands behind the lines of progress, which are told as they come."""
    kept = b""
    while chunk := await stream.read(16_384):
        kept += chunk[: MAX_ANSWER_BYTES - len(kept)]
        while (end := kept.find(b"\n")) >= 0 and (percent := decode_progress(kept[:end])) is not None:
            kept = kept[end + 1 :]
            if tell is not None:
                tell(percent)
    return kept


async def _bounded(stream: asyncio.StreamReader, most: int) -> bytes:
    """The first `most` bytes; the rest is read and dropped, so that the child does not stand still."""
    kept = b""
    while chunk := await stream.read(16_384):
        kept += chunk[: most - len(kept)]
    return kept
