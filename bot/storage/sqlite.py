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
from bot.storage.sqlite_batch import GroupCommit, Outcome, Waiting, commit
from bot.storage.sqlite_faults import translate
from bot.storage.sqlite_thread import SqliteThread, open_thread, use_wal
from bot.storage.sqlite_transaction import SqliteTransaction

T = TypeVar("T")

READERS = 2
PATIENCE_S = 30.0


async def open_store(path: Path, *, now_ms: int, patience_s: float = PATIENCE_S) -> SqliteStore:
    """Opens the database, creating (readable by its owner alone) and migrating it as needed.

    `now_ms` is the time that newly applied migrations get. Raises OperatorFault for a file that can't be used.
    """
    await asyncio.to_thread(_touch, path)
    threads: list[SqliteThread] = []
    try:
        threads.append(await open_thread(path, reading=False))
        await threads[0].call(partial(_prepare, now_ms=now_ms))
        threads.extend([await open_thread(path, reading=True) for _ in range(READERS)])
    except BaseException as error:
        for thread in threads:
            await thread.close()
        if isinstance(error, sqlite3.Error):
            raise translate(error, "open") from error
        raise
    return SqliteStore(threads[0], threads[1:], patience_s=patience_s)


class SqliteStore:
    """A `Store` on one SQLite file. Every wait ends with Transient after `patience_s`."""

    def __init__(self, writer: SqliteThread, readers: Sequence[SqliteThread], *, patience_s: float) -> None:
        self._writer = writer
        self._readers = tuple(readers)
        self._idle: asyncio.LifoQueue[SqliteThread] = asyncio.LifoQueue()
        for reader in readers:
            self._idle.put_nowait(reader)
        self._group = GroupCommit(self._commit)
        self._patience_s = patience_s
        self._closed = False

    async def transact(self, use_case: UseCase[T]) -> T:
        """See `Store`. After a Transient a use case that had begun may still be committed: it is safe to repeat."""
        async with self._deadline():
            value: T = await self._group.submit(use_case)
            return value

    async def read(self, use_case: UseCase[T]) -> T:
        """See `Store`: sees all that was committed before it began."""
        if self._closed:
            raise Defect("database-closed")
        async with self._deadline():
            reader = await self._idle.get()
            work = asyncio.ensure_future(reader.call(partial(_snapshot, use_case)))
            work.add_done_callback(partial(self._release, reader))
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                await reader.interrupt()  # nobody waits for the answer: the next reader may have the thread
                raise

    async def close(self) -> None:
        """Finishes what was accepted, then closes; later calls do nothing."""
        if self._closed:
            return
        self._closed = True
        async with self._deadline():
            await self._group.drain()
            await self._writer.call(_optimise)
            for thread in (*self._readers, self._writer):
                await thread.close()

    async def _commit(self, batch: Sequence[Waiting]) -> list[Outcome]:
        return await self._writer.call(partial(commit, batch=batch))

    def _release(self, reader: SqliteThread, work: asyncio.Future[object]) -> None:
        self._idle.put_nowait(reader)
        if not work.cancelled():
            work.exception()  # the caller may have left: then nobody else looks at it

    @asynccontextmanager
    async def _deadline(self) -> AsyncIterator[None]:
        deadline = asyncio.timeout(self._patience_s)
        try:
            async with deadline:
                yield
        except TimeoutError as error:
            if deadline.expired():
                raise Transient("database-slow") from error
            raise


def _touch(path: Path) -> None:
    with suppress(OSError):  # SQLite says it better
        path.touch(mode=0o600, exist_ok=True)


def _prepare(connection: sqlite3.Connection, now_ms: int) -> None:
    use_wal(connection)
    migrate(connection, now_ms)


def _optimise(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.OperationalError):  # others write just now: the statistics can wait
        connection.execute("PRAGMA optimize")


def _snapshot(use_case: UseCase[T], connection: sqlite3.Connection) -> T:
    connection.execute("BEGIN")
    try:
        return SqliteTransaction(connection, reading=True).drive(use_case)
    finally:
        connection.execute("ROLLBACK")
