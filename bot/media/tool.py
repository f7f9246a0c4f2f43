"""Media, as the rest of the product sees them: every call is one short-lived child with limits and no secrets.

The process that serves never decodes a byte. Whatever a file does to its child, the caller gets `MediaUnreadable`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import bot
from bot.core.drawing import Drawing, Tile
from bot.core.errors import Defect, MediaUnreadable, Transient
from bot.core.media import Conversion, MediaInfo
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

log = logging.getLogger(__name__)
Tell = Callable[[int], None]

COMMAND = (sys.executable, "-s", "-P", "-m", "bot.media.child")
CACHE = ".fonts"
MAX_PROBES = 2
MAX_STDERR_BYTES = 4096
PROBE_WALL_S = 30.0
END_WALL_S = 5.0


class MediaTool:
    """Probes files and makes others out of them. One re-encode at a time, two quick looks.

    Every method raises MediaUnreadable for a file that can't be read (a text key of `REFUSAL_KEYS`), Transient when the
    disk is full or no process can be started, Defect when the decoders themselves are missing. An output appears under
    its name whole or not at all.
    """

    def __init__(self, limits: ChildLimits | None = None, command: Sequence[str] = COMMAND) -> None:
        self._limits = limits or ChildLimits()
        self._quick = replace(self._limits, wall_s=min(PROBE_WALL_S, self._limits.wall_s))
        self._command = tuple(command)
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
        raw = await _run(self._command, encode_order(op, limits, args), limits.wall_s, tell)
        try:
            answer = decode_answer(raw)
        except BadAnswer as error:
            raise MediaUnreadable(UNREADABLE) from error
        if isinstance(answer, MediaInfo):
            return answer
        raise _error_of(answer)


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


def child_environment() -> dict[str, str]:
    """All that a child is told: where the product's code lies. Nothing is inherited, so no secret can be."""
    root = str(Path(next(iter(bot.__path__))).parent)
    return {"PYTHONPATH": root, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "2"}


async def _run(command: Sequence[str], order: bytes, wall_s: float, tell: Tell | None) -> bytes:
    """Give an order to a new child and return what it wrote; empty when it overran."""
    process = await _start(command)
    try:
        async with asyncio.timeout(wall_s):
            return await _talk(process, order, tell)
    except TimeoutError:
        log.warning("media child overran", extra={"wall_s": wall_s})
        return b""
    finally:
        await _end(process)


async def _start(command: Sequence[str]) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    try:
        return await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=pipe, env=child_environment(), start_new_session=True
        )
    except OSError as error:
        raise Transient("trouble-no-process") from error


async def _talk(process: asyncio.subprocess.Process, order: bytes, tell: Tell | None) -> bytes:
    assert process.stdin and process.stdout and process.stderr  # noqa: S101, PT018 - all three were asked for as pipes
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(order)
        await process.stdin.drain()
    process.stdin.close()
    said, complaint = await asyncio.gather(_answer(process.stdout, tell), _bounded(process.stderr, MAX_STDERR_BYTES))
    code = await process.wait()
    if code:
        log.warning("media child died", extra={"code": code, "stderr": complaint.decode(errors="replace")})
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


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill it and all it started if it still runs, then read its pipes to their end so that they close."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(END_WALL_S):
            await asyncio.gather(*(_bounded(pipe, 0) for pipe in (process.stdout, process.stderr) if pipe))
            await process.wait()
