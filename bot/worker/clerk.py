"""The clerk: makes the charts and tables that people asked for, one at a time, beside everything else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

import structlog

from bot.core.errors import KinetogramError
from bot.core.tables import Cell, lines
from bot.media.tool import MediaTool
from bot.services import statements, stats
from bot.services.env import Env
from bot.services.statements import FOLDER, KEEP_MS, MAX_ATTEMPTS, MAX_LINES, Statement
from bot.storage.base import Row

IDLE_S: Final = 5.0
SWEEP_MS: Final = 3_600_000
FLUSHED: Final = 500
DEADLINE_S: Final = 120.0

log = structlog.get_logger(__name__)


class TooLong(Exception):
    """More lines than a document in a chat can hold."""


class Clerk:
    """Runs until cancelled. `ring` says that something was laid into the outbox."""

    def __init__(self, env: Env, media: MediaTool, ring: Callable[[], None]) -> None:
        self._env = env
        self._media = media
        self._ring = ring
        self._news = asyncio.Event()
        self._folder = env.data_dir / FOLDER
        self._sweep_at = 0

    def wake(self) -> None:
        """A statement may be due now."""
        self._news.set()

    async def run(self) -> None:
        """What is due at once; a fault of one is logged, the next one comes."""
        while True:
            self._news.clear()
            try:
                await self.turn()
            except KinetogramError as error:
                log.warning("clerk-failed", reason=error.key)
            with contextlib.suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it loses a cancellation that comes together with the news.
                async with asyncio.timeout(IDLE_S):
                    await self._news.wait()

    async def turn(self) -> None:
        """Makes all that is due."""
        while (due := await statements.take(self._env)) is not None:
            await self._make(due)
            self._ring()
        if self._env.now_ms() >= self._sweep_at:
            self._sweep_at = self._env.now_ms() + SWEEP_MS
            await asyncio.to_thread(_sweep, self._folder, self._env.now_ms() - KEEP_MS)

    async def _make(self, due: Statement) -> None:
        """One statement; what fails, fails twice at most, and the second time it is told."""
        if due.attempts > MAX_ATTEMPTS:
            await self._say(due, "statement-failed")
            return
        try:
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
            async with asyncio.timeout(DEADLINE_S):
                await (self._chart(due) if due.wish.kind == "chart" else self._table(due))
        except TooLong:
            await self._say(due, "statement-too-long")
        except Exception:
            log.exception("statement-failed", kind=due.wish.kind, attempt=due.attempts)

    async def _say(self, due: Statement, key: str) -> None:
        words = self._env.texts.render(due.person.language, key)
        await statements.answer(self._env, due, words, "failed")

    async def _chart(self, due: Statement) -> None:
        gathered = await stats.gather(self._env, due)
        if not gathered.total.jobs and not gathered.total.spent:
            await statements.answer(self._env, due, stats.nothing(self._env, due), "done")
            return
        path = self._folder / f"{due.id}.png"
        await self._media.chart(stats.drawing(self._env, due, gathered), path)
        words, buttons = stats.words(self._env, due, gathered), stats.buttons(self._env, due)
        await statements.deliver(self._env, due, f"{FOLDER}/{path.name}", words, buttons=buttons)

    async def _table(self, due: Statement) -> None:
        path = self._folder / f"{due.id}.csv"
        count = await self._write(due, path)
        if not count:
            await statements.answer(self._env, due, stats.nothing(self._env, due), "done")
            return
        caption, name = stats.caption(self._env, due, count), stats.file_name(self._env, due)
        await statements.deliver(self._env, due, f"{FOLDER}/{path.name}", caption, name)

    async def _write(self, due: Statement, path: Path) -> int:
        """A table, a few hundred lines at a time; its first bytes tell a spreadsheet how the letters are coded."""
        file = await asyncio.to_thread(path.open, "w", encoding="utf-8-sig", newline="")
        try:
            return await self._fill(due, file)
        finally:
            await asyncio.to_thread(file.close)

    async def _fill(self, due: Statement, file: IO[str]) -> int:
        count, kept = 0, list[Row]()
        async for row in statements.rows_of(self._env, due):
            count += 1
            if count > MAX_LINES:
                raise TooLong
            kept.append(row)
            if len(kept) == FLUSHED:
                await asyncio.to_thread(_put, due, file, kept, headed=count > FLUSHED)
                kept = []
        await asyncio.to_thread(_put, due, file, kept, headed=count > FLUSHED)
        return count


def _put(due: Statement, file: IO[str], rows: list[Row], *, headed: bool) -> None:
    cells = [statements.cells(due, row) for row in rows]
    if cells:
        head: list[list[Cell]] = [] if headed else [list(cells[0])]
        file.write(lines([*head, *(row.values() for row in cells)]))


def _sweep(folder: Path, before_ms: int) -> None:
    """Files that were sent long ago."""
    for path in folder.glob("*.*"):
        if path.is_file() and path.stat().st_mtime * 1000 < before_ms:
            path.unlink(missing_ok=True)
