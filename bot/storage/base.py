"""The seam to a database: a Store runs use cases, a use case is a coroutine over one Transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

from bot.storage.queries import Query

Row = Mapping[str, Any]
"""One result row by column name."""

Value = str | int | float | bytes | None
T = TypeVar("T")


class Transaction(Protocol):
    """What a use case may await, and nothing else: it holds one open transaction."""

    async def one(self, query: Query, **values: Value) -> Row | None:
        """The first row, or None."""
        ...

    async def all(self, query: Query, **values: Value) -> list[Row]:
        """Every row."""
        ...

    async def run(self, query: Query, **values: Value) -> int:
        """Rows changed: a compare-and-set answers 1 or 0."""
        ...


UseCase = Callable[[Transaction], Awaitable[T]]


class Store(Protocol):
    """A database that runs use cases."""

    async def transact(self, use_case: UseCase[T]) -> T:
        """Runs a writing use case; returns when its commit is durable.

        An exception of the use case rolls back its own changes alone and is raised here. A use case that awaits
        anything but its transaction is a Defect.
        """
        ...

    async def read(self, use_case: UseCase[T]) -> T:
        """Runs a use case on a reading connection: a consistent snapshot, no writes."""
        ...

    async def close(self) -> None: ...
