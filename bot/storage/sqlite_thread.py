"""A SQLite connection on its own thread, to which whole functions are sent: one hop a use case, not one a statement."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosqlite

T = TypeVar("T")

BUSY_MS = 10_000
_FETCH = 64
_STATEMENTS = 256
_WAL_TRIES = 200
_WAL_WAIT_S = 0.02
_AGAIN_S = 0.05


class SqliteThread(aiosqlite.Connection):
    """aiosqlite's connection; `call` runs a function of ours in its thread."""

    async def call(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Cancelling the caller leaves the function running to its end."""
        work = self._execute(lambda: function(self._conn))  # type: ignore[no-untyped-call]  # aiosqlite types its outside
        return cast("T", await work)

    async def break_off(self, work: asyncio.Future[Any]) -> None:
        """Interrupts until `work` has ended: an interruption between two statements, or before the first, is lost."""
        while not work.done():
            with suppress(ValueError, sqlite3.ProgrammingError):  # closed meanwhile
                await self.interrupt()
            await asyncio.wait({work}, timeout=_AGAIN_S)

    async def ended(self) -> None:
        """Its thread is gone: after a failed open the library tells it to end and does not wait."""
        await asyncio.to_thread(self._thread.join)


async def open_thread(path: Path, *, reading: bool) -> SqliteThread:
    """A connection with every pragma set; a reading one refuses to write."""
    thread = SqliteThread(lambda: connect(path, reading=reading), _FETCH)
    try:
        return cast("SqliteThread", await thread)
    except BaseException:
        await thread.ended()  # else it reports its end to a loop that may be closed by then
        raise


def connect(path: Path, *, reading: bool = False) -> sqlite3.Connection:
    """A plain connection with the pragmas that every one of ours has.

    Durable at each commit (WAL with synchronous=FULL), foreign keys on, no implicit transactions.
    """
    connection = sqlite3.connect(
        path,
        timeout=BUSY_MS / 1000,
        isolation_level=None,
        check_same_thread=False,  # migrations run on it before its thread has work, a close may come from another
        cached_statements=_STATEMENTS,
    )
    try:
        _set_pragmas(connection, reading=reading)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_pragmas(connection: sqlite3.Connection, *, reading: bool) -> None:
    pragmas = [
        f"busy_timeout = {BUSY_MS}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "temp_store = MEMORY",
        "mmap_size = 0",  # a fault of the disk shall be an error, not a signal
        "journal_size_limit = 67108864",
        f"query_only = {int(reading)}",
    ]
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def use_wal(connection: sqlite3.Connection) -> None:
    """Switches the file to write-ahead logging, once in its life.

    For this SQLite does not wait for others (`busy_timeout` has no say), so first starts at one moment collide:
    then we wait here. Blocks its thread.
    """
    for _ in range(_WAL_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(_WAL_WAIT_S)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")
