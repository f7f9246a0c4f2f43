"""Group commit: use cases that arrive while one batch is being committed go together in the next.

The event loop's half collects use cases and hands out results; the database thread's half (`commit`) runs a batch
inside one BEGIN IMMEDIATE ... COMMIT, each use case in its own savepoint.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from bot.core.errors import Defect, KinetogramError, Transient
from bot.storage.base import UseCase
from bot.storage.sqlite_faults import translate
from bot.storage.sqlite_transaction import SqliteTransaction

MAX_BATCH = 128
MAX_BATCH_S = 0.05
MAX_WAITING = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A use case and the caller that waits for it; a caller that left before it began cancels it."""

    use_case: UseCase[Any]
    answer: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class Returned:
    value: Any


@dataclass(frozen=True, slots=True)
class Raised:
    error: BaseException


Outcome = Returned | Raised
Commit = Callable[[Sequence[Waiting]], Awaitable[list[Outcome]]]


OnBatch = Callable[[int], None]


def uncounted(_: int) -> None:
    """Nobody asks how many use cases shared a commit."""


class GroupCommit:
    """Feeds `commit` one batch after the other. An answer is given only after its batch's COMMIT returned."""

    def __init__(self, commit: Commit, on_batch: OnBatch = uncounted) -> None:
        self._commit = commit
        self._on_batch = on_batch
        self._waiting: deque[Waiting] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    def submit(self, use_case: UseCase[Any]) -> asyncio.Future[Any]:
        """The future result; cancelling it withdraws a use case that has not begun."""
        if self._closed:
            raise Defect("database-closed")
        if len(self._waiting) >= MAX_WAITING:
            raise Transient("database-busy", waiting=len(self._waiting))
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(use_case, answer))
        if self._pump is None:
            self._pump = asyncio.create_task(self._run(), name="group-commit")
        return answer

    async def drain(self) -> None:
        """Takes no more and returns when all that was taken is answered."""
        self._closed = True
        if self._pump is not None:
            await asyncio.shield(self._pump)

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._one_batch()
                await asyncio.sleep(0)  # the callers just answered may join the next batch
        finally:
            self._pump = None

    async def _one_batch(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
        try:
            outcomes = await self._commit(batch)
        except Exception as error:  # noqa: BLE001 - whatever happened, each caller must hear of it
            outcomes = [Raised(_for_one(error)) for _ in batch]
        self._on_batch(len(outcomes))
        self._waiting.extendleft(reversed(batch[len(outcomes) :]))
        for waiting, outcome in zip(batch, outcomes, strict=False):
            _deliver(waiting.answer, outcome)


def commit(connection: sqlite3.Connection, batch: Sequence[Waiting]) -> list[Outcome]:
    """Runs a batch and commits it; outcomes may be fewer than use cases when the time was over: the rest did not begin.

    Raises the sqlite3 error that lost the whole batch.
    """
    until = monotonic() + MAX_BATCH_S
    outcomes: list[Outcome] = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        for waiting in batch:
            outcomes.append(_in_savepoint(connection, waiting))
            if monotonic() > until:
                break
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes


def _in_savepoint(connection: sqlite3.Connection, waiting: Waiting) -> Outcome:
    if waiting.answer.done():
        return Raised(asyncio.CancelledError())
    connection.execute("SAVEPOINT use_case")
    transaction = SqliteTransaction(connection)
    outcome = _outcome(transaction, waiting.use_case)
    if isinstance(outcome, Raised):
        if not connection.in_transaction:  # a full disk makes SQLite itself roll back all: the batch is lost
            raise transaction.failure or outcome.error
        connection.execute("ROLLBACK TO use_case")
    connection.execute("RELEASE use_case")
    return outcome


def _outcome(transaction: SqliteTransaction, use_case: UseCase[Any]) -> Outcome:
    try:
        return Returned(transaction.drive(use_case))
    except BaseException as error:  # noqa: BLE001 - the caller's to judge; here it only ends its own savepoint
        return Raised(error)


def _for_one(error: Exception) -> KinetogramError:
    """A fresh error for each caller: a shared one would collect all their tracebacks."""
    cause = error.__cause__ if isinstance(error, KinetogramError) else error
    if isinstance(cause, sqlite3.Error):
        fault = translate(cause, "batch")
    else:
        fault = Defect("batch-failed", code=type(error).__name__)
    fault.__cause__ = error
    return fault


def _deliver(answer: asyncio.Future[Any], outcome: Outcome) -> None:
    if answer.done():
        return
    match outcome:
        case Returned(value):
            answer.set_result(value)
        case Raised(error):
            answer.set_exception(error)
