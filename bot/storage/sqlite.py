"""The SQLite driver: one writing thread with group commit, a few reading threads, all through aiosqlite."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.core.errors import Defect, Transient
from bot.storage.base import UseCase
from bot.storage.migrate import migrate
from bot.storage.sqlite_batch import GroupCommit, OnBatch, Outcome, Waiting, commit, uncounted
from bot.storage.sqlite_faults import translate
from bot.storage.sqlite_thread import SqliteThread, open_thread, use_wal
from bot.storage.sqlite_transaction import SqliteTransaction

T = TypeVar("T")

READERS = 2
PATIENCE_S = 30.0
CLOSING_S = 30.0


async def open_store(
    path: Path, *, now_ms: int, patience_s: float = PATIENCE_S, on_batch: OnBatch = uncounted
) -> SqliteStore:
    """Opens the database, creating (readable by its owner alone) and migrating it as needed.

    `now_ms` is the time that newly applied migrations get; `on_batch` hears how many use cases
    shared each commit. Raises OperatorFault for a file that can't be used.
    """
    await asyncio.to_thread(_touch, path)
    threads: list[SqliteThread] = []
    try:
        threads.append(await open_thread(path, reading=False))
        await threads[0].call(partial(_prepare, now_ms=now_ms))
        for _ in range(READERS):
            threads.append(await open_thread(path, reading=True))  # noqa: PERF401 - one that is open is closed below
    except BaseException as error:
        for thread in threads:
            await thread.close()
        if isinstance(error, sqlite3.Error):
            raise translate(error, "open") from error
        raise
    return SqliteStore(threads[0], threads[1:], patience_s=patience_s, on_batch=on_batch)


class SqliteStore:
    """A `Store` on one SQLite file. Every wait ends with Transient after `patience_s`."""

    def __init__(
        self, writer: SqliteThread, readers: Sequence[SqliteThread], *, patience_s: float, on_batch: OnBatch = uncounted
    ) -> None:
        self._writer = writer
        self._readers = tuple(readers)
        self._idle: asyncio.LifoQueue[SqliteThread] = asyncio.LifoQueue()
        for reader in readers:
            self._idle.put_nowait(reader)
        self._group = GroupCommit(self._commit, on_batch)
        self._patience_s = patience_s
        self._closed = False
        self._stopping: set[asyncio.Task[None]] = set()

    async def transact(self, use_case: UseCase[T]) -> T:
        """See `Store`. After a Transient a use case that had begun may still be committed: it is safe to repeat."""
        answer: asyncio.Future[T] = self._group.submit(use_case)
        deadline = answer.get_loop().call_later(self._patience_s, _expire, answer)
        try:
            return await answer
        finally:
            deadline.cancel()

    async def read(self, use_case: UseCase[T]) -> T:
        """See `Store`: sees all that was committed before it began."""
        if self._closed:
            raise Defect("database-closed")
        async with _deadline(self._patience_s):
            reader = await self._idle.get()
            work = asyncio.ensure_future(reader.call(partial(_snapshot, use_case)))
            work.add_done_callback(partial(self._release, reader))
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                if not work.done():  # nobody waits for its answer: the next reader may have the connection
                    self._stopping.add(stopping := asyncio.create_task(reader.break_off(work)))
                    stopping.add_done_callback(self._stopping.discard)
                raise

    async def close(self) -> None:
        """Finishes what was accepted, then closes; later calls do nothing.

        Raises Transient when that takes longer than `CLOSING_S`; then too the connections are closed.
        """
        if self._closed:
            return
        self._closed = True
        try:
            async with _deadline(CLOSING_S):
                await self._group.drain()
                await self._writer.call(_optimise)
        except Transient:
            await self._writer.break_off(asyncio.ensure_future(self._writer.close()))
            raise
        finally:
            for thread in (*self._readers, self._writer):
                await thread.close()

    async def _commit(self, batch: Sequence[Waiting]) -> list[Outcome]:
        return await self._writer.call(partial(commit, batch=batch))

    def _release(self, reader: SqliteThread, work: asyncio.Future[object]) -> None:
        self._idle.put_nowait(reader)
        if not work.cancelled():
            work.exception()  # the caller may have left: then nobody else looks at it


@asynccontextmanager
async def _deadline(patience_s: float) -> AsyncIterator[None]:
    deadline = asyncio.timeout(patience_s)
    try:
        async with deadline:
            yield
    except TimeoutError as error:
        if deadline.expired():
            raise Transient("database-slow") from error
        raise


def _expire(answer: asyncio.Future[T]) -> None:
    if not answer.done():
        answer.set_exception(Transient("database-slow"))


def _touch(path: Path) -> None:
    with suppress(OSError):  # SQLite says it better
        path.touch(mode=0o600, exist_ok=True)


def _prepare(connection: sqlite3.Connection, now_ms: int) -> None:
    use_wal(connection)
    migrate(connection, now_ms)


def _optimise(connection: sqlite3.Connection) -> None:
    """Refreshes the planner's statistics, by samples; while others write, the statistics can wait."""
    connection.execute("PRAGMA analysis_limit = 400")
    connection.execute("PRAGMA busy_timeout = 100")
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA optimize")


def _snapshot(use_case: UseCase[T], connection: sqlite3.Connection) -> T:
    connection.execute("BEGIN")
    try:
        return SqliteTransaction(connection, reading=True).drive(use_case)
    finally:
        _end(connection)


def _end(connection: sqlite3.Connection) -> None:
    """An interruption of the read can meet this instead; a connection left in its transaction would read no more."""
    while connection.in_transaction:
        try:
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
