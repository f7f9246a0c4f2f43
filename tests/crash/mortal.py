"""A bot whose process ends at a chosen commit, just before it or just after it, and is started again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any, Literal, NoReturn, TypeVar

from bot.app import Base, base
from bot.settings import Settings
from bot.storage.base import Row, Store, Transaction, UseCase
from bot.storage.queries import Query
from tests.flows import stage
from tests.flows.stage import World

T = TypeVar("T")
When = Literal["before", "after"]


class Gone(Exception):
    """Undoes what the last transaction wrote."""


class Watched:
    """A transaction that knows whether it changed anything."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.changed = 0

    async def one(self, query: Query, **values: Any) -> Row | None:
        return await self._tx.one(query, **values)

    async def all(self, query: Query, **values: Any) -> list[Row]:
        return await self._tx.all(query, **values)

    async def run(self, query: Query, **values: Any) -> int:
        changed = await self._tx.run(query, **values)
        self.changed += changed
        return changed


class Mortal:
    """A store whose process ends at its n-th commit: just before it, or just after. Then nothing happens any more."""

    def __init__(self, at: int, when: When) -> None:
        self._at = at
        self._when = when
        self._commits = 0
        self._store: Store | None = None
        self._buried = asyncio.Event()
        self.died = asyncio.Event()

    def bury(self) -> None:
        """What hangs in the dead process may end."""
        self._buried.set()

    def over(self, store: Store) -> Mortal:
        self._store = store
        return self

    async def transact(self, use_case: UseCase[T]) -> T:
        store = await self._alive()

        async def watched(tx: Transaction) -> tuple[T, bool]:
            seen = Watched(tx)
            result = await use_case(seen)
            last = bool(seen.changed) and self._is_last()
            if last and self._when == "before":
                raise Gone
            return result, last

        try:
            result, last = await store.transact(watched)
        except Gone:
            return await self._die()
        return await self._die() if last else result

    async def _die(self) -> NoReturn:
        self.died.set()
        await self._buried.wait()
        raise asyncio.CancelledError

    def _is_last(self) -> bool:
        self._commits += 1
        return self._commits == self._at

    async def read(self, use_case: UseCase[T]) -> T:
        return await (await self._alive()).read(use_case)

    async def close(self) -> None:
        """Its owner closes the store."""

    async def _alive(self) -> Store:
        if self.died.is_set():
            await self._die()
        assert self._store is not None
        return self._store


@asynccontextmanager
async def mortal_base(mortal: Mortal, settings: Settings) -> AsyncIterator[Base]:
    async with base(settings) as root:
        store: Any = mortal.over(root.store)
        yield replace(root, store=store, env=replace(root.env, store=store))


async def survived(world: World, mortal: Mortal, people: Awaitable[T], **settings: Any) -> T:
    """What people do, whatever becomes of the bot meanwhile; after its end it is started again, once."""
    script = asyncio.ensure_future(people)
    dying = asyncio.create_task(mortal.died.wait())
    world.patch.setattr(stage, "base", lambda chosen: mortal_base(mortal, chosen))
    async with world.bot(**settings):
        await asyncio.wait({script, dying}, return_when=asyncio.FIRST_COMPLETED)
        mortal.bury()
    world.patch.setattr(stage, "base", base)
    dying.cancel()
    if not mortal.died.is_set():
        return await script
    async with world.bot(**settings):
        return await script


async def at_every_commit(
    first: int, stride: int, story: Callable[[int, Mortal], Awaitable[None]], whens: tuple[When, ...]
) -> int:
    """Plays a story with its process gone at commit `first`, then further on, until it lives through; the deaths."""
    for number, when in zip(count(), _turns(whens)):
        mortal = Mortal(first + number * stride, when)
        await story(number, mortal)
        if not mortal.died.is_set():
            return number
    raise AssertionError("a story without an end")


def _turns(whens: tuple[When, ...]) -> Iterator[When]:
    """One after the other, for ever."""
    while True:
        yield from whens
