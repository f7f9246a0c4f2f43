"""A payment and its refund, with the process gone at every commit: totals are equal after the restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Literal, NoReturn, TypeVar

import pytest

from bot.app import Base, base
from bot.chat import sender
from bot.sandbox.telegram import ANN, MIA
from bot.settings import Settings
from bot.storage.base import Row, Store, Transaction, UseCase
from bot.storage.queries import Query
from tests.flows import stage
from tests.flows.stage import World, until
from tests.flows.talk import Talk, words

T = TypeVar("T")
When = Literal["before", "after"]
RATE = "0.013"
STAR = 13_000
STRIDE = 4
"""Without `--crash-full` every fourth commit; which ones, the first one says."""


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


async def people(world: World, stars: int) -> str:
    """What Ann and the operator do, whatever becomes of the bot meanwhile. The charge."""
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    till = world.telegram.exchange.stars
    await ann.say(f"/topup {stars}")
    shown = await ann.sees(lambda m: m.get("invoice", {}).get("stars") == stars)
    await world.ann.pay(ANN, shown["id"])
    await until(lambda: any(one.stars == stars for one in till.transactions))
    charge = next(one.charge for one in till.transactions if one.stars == stars)
    await ann.reads(charge, "arrived")
    await mia.say(f"/refund {charge}")
    await ann.reads(charge, "with you again")
    return charge


async def story(world: World, stars: int, at: int, when: When) -> bool:
    """One story; whether the process ended in it."""
    mortal = Mortal(at, when)
    script = asyncio.create_task(people(world, stars))
    dying = asyncio.create_task(mortal.died.wait())
    world.patch.setattr(stage, "base", lambda settings: mortal_base(mortal, settings))
    async with world.bot(stars_usd_rate=RATE):
        await asyncio.wait({script, dying}, return_when=asyncio.FIRST_COMPLETED)
        mortal.bury()
    world.patch.setattr(stage, "base", base)
    dying.cancel()
    if mortal.died.is_set():
        async with world.bot(stars_usd_rate=RATE):
            await settled(world, await script)
    else:
        await settled(world, await script)
    return mortal.died.is_set()


async def settled(world: World, charge: str) -> None:
    """The books say of the charge what Telegram says."""
    state = "SELECT state FROM payments WHERE charge = ?"
    await until(lambda: world.books.value(state, charge) == "refunded")
    rows = world.books.rows(
        "SELECT kind, amount_microusd FROM entries WHERE business_id LIKE ? ORDER BY id", f"%{charge}%"
    )
    amount = STAR * next(one.stars for one in world.telegram.exchange.stars.transactions if one.charge == charge)
    assert [(row["kind"], row["amount_microusd"]) for row in rows] == [("TOPUP", amount), ("REFUND", -amount)]
    assert world.telegram.exchange.stars.balance == 0
    world.books.check()


@pytest.mark.crash
@pytest.mark.timeout(600)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_payment_survives_the_end_of_the_process_at_every_commit(
    world: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    monkeypatch.setattr(sender, "GRACE_S", 0.1)
    world.refusals.add(400)  # a refund that is asked for twice
    async with world.bot(stars_usd_rate=RATE):
        mia = Talk(world.mia, MIA)
        await mia.say("/start")
        await mia.sees(lambda m: bool(words(m)))
    stride = 1 if request.config.getoption("--crash-full") else STRIDE
    at, deaths = 2 if when == "before" else 3, 0
    while await story(world, 100 + at, at, when):
        deaths += 1
        at += stride
    assert deaths * stride >= 12
