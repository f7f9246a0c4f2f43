"""One use case on one connection, inside the database's thread: its awaits never suspend."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from bot.core.errors import Defect, KinetogramError
from bot.storage.base import Row, UseCase, Value
from bot.storage.queries import Query
from bot.storage.sqlite_faults import translate

T = TypeVar("T")

_CHANGES = "SELECT changes()"


class SqliteTransaction:
    """A `Transaction` that is valid while its use case runs.

    The first statement that fails ends it, as on PostgreSQL: later statements are refused and the use case's changes
    are rolled back, even when it catches the error.
    """

    __slots__ = ("_connection", "_open", "_reading", "failure")

    def __init__(self, connection: sqlite3.Connection, *, reading: bool = False) -> None:
        self._connection = connection
        self._reading = reading
        self.failure: KinetogramError | None = None  # of the first statement that failed
        self._open = True

    async def one(self, query: Query, **values: Value) -> Row | None:
        return self._execute(query, values, _first)

    async def all(self, query: Query, **values: Value) -> list[Row]:
        return self._execute(query, values, _rows)

    async def run(self, query: Query, **values: Value) -> int:
        before = self._connection.total_changes
        return self._execute(query, values, lambda cursor: _changed(cursor, before))

    def drive(self, use_case: UseCase[T]) -> T:
        """Runs the use case to its end; raises what it raises, or a Defect if it waited for anything else."""
        try:
            value = _finish(use_case, self)
        finally:
            self.end()
        if self.failure is not None:
            raise self.failure
        return value

    def end(self) -> None:
        """From here on every statement is refused."""
        self._open = False

    def _execute(self, query: Query, values: dict[str, Value], take: Callable[[sqlite3.Cursor], T]) -> T:
        if not self._open:
            raise Defect("transaction-over", query=query.name)
        if self.failure is not None:
            raise Defect("transaction-failed", query=query.name) from self.failure
        try:
            cursor = self._connection.execute(query.sql, values)
            try:
                return take(cursor)
            finally:
                cursor.close()  # an unfinished statement would outlive its use case
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            self.failure = self._fault(error, query)
            raise self.failure from error

    def _fault(self, error: Exception, query: Query) -> KinetogramError:
        if self._reading and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY:
            return Defect("read-writes", query=query.name)
        return translate(error, query.name)


def _finish(use_case: UseCase[T], transaction: SqliteTransaction) -> T:
    steps = use_case(transaction).__await__()
    try:
        next(steps)
    except StopIteration as stop:
        value: T = stop.value
        return value
    except RuntimeError as error:
        if "no running event loop" in str(error):  # asyncio.sleep, timeout and the like look for the loop first
            raise Defect("use-case-suspended") from error
        raise
    with suppress(Exception):  # its clean-up finds the transaction over; the Defect is what counts
        transaction.end()
        steps.close()
    raise Defect("use-case-suspended")


def _named(cursor: sqlite3.Cursor) -> list[str]:
    return [column[0] for column in cursor.description or ()]


def _first(cursor: sqlite3.Cursor) -> Row | None:
    row = cursor.fetchone()
    return None if row is None else dict(zip(_named(cursor), row, strict=True))


def _rows(cursor: sqlite3.Cursor) -> list[Row]:
    names = _named(cursor)
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _changed(cursor: sqlite3.Cursor, before: int) -> int:
    cursor.fetchall()  # a statement with RETURNING counts its rows at its end
    if cursor.rowcount >= 0:
        return cursor.rowcount
    if cursor.connection.total_changes == before:
        return 0
    return int(cursor.connection.execute(_CHANGES).fetchone()[0])  # the module itself does not count after WITH ...
