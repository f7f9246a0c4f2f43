"""The dispatcher on a real inbox: order, independence, faults of the database and of our own code."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import Transient
from bot.intake.dispatch import Dispatcher
from bot.intake.lanes import arrival
from bot.services import inbox
from bot.storage.base import Row, Transaction
from bot.storage.queries import Query
from bot.storage.sqlite import SqliteStore, open_store
from tests.fresh import lay

NOW = 1_800_000_000_000
DAY_MS = 24 * 3_600_000
STATES = Query(
    "tests.states", "SELECT update_id, state, attempts FROM inbox ORDER BY id", "What became of each update."
)
Handle = Callable[[Mapping[str, Any]], Awaitable[None]]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await open_store(lay(tmp_path / "inbox.db"), now_ms=NOW)
    yield opened
    await opened.close()


def update(update_id: int, chat: int) -> dict[str, Any]:
    return {"update_id": update_id, "message": {"message_id": update_id, "chat": {"id": chat}, "text": "x"}}


async def keep(store: SqliteStore, *updates: dict[str, Any]) -> int:
    return await inbox.keep(store, [arrival(one) for one in updates], NOW)


async def states(store: SqliteStore) -> dict[int, tuple[str, int]]:
    async def use_case(tx: Transaction) -> list[Row]:
        return await tx.all(STATES)

    return {row["update_id"]: (row["state"], row["attempts"]) for row in await store.read(use_case)}


async def nobody(_: Mapping[str, Any]) -> None:
    """Nobody is told."""


@contextlib.asynccontextmanager
async def dispatching(store: SqliteStore, handle: Handle, give_up: Handle = nobody) -> AsyncIterator[Dispatcher]:
    dispatcher = Dispatcher(store, handle, give_up, lambda: NOW, pauses_s=(0.0,))
    task = asyncio.create_task(dispatcher.run())
    try:
        async with asyncio.timeout(10):
            yield dispatcher
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await done():
            await asyncio.sleep(0.005)


async def until_closed(store: SqliteStore, *update_ids: int) -> None:
    async def closed() -> bool:
        found = await states(store)
        return all(found.get(one, ("open", 0))[0] != "open" for one in update_ids)

    await until(closed)


async def test_a_chats_updates_are_handled_in_order_while_another_chat_goes_on(store: SqliteStore) -> None:
    seen: list[int] = []
    slow = asyncio.Event()

    async def handle(raw: Mapping[str, Any]) -> None:
        if raw["update_id"] == 1:
            await slow.wait()
        seen.append(raw["update_id"])
        if raw["update_id"] == 3:
            slow.set()

    await keep(store, update(1, 10), update(2, 10), update(3, 20))
    async with dispatching(store, handle):
        await until_closed(store, 1, 2, 3)
    assert seen == [3, 1, 2]


async def test_an_update_that_breaks_our_code_is_given_up_after_three_tries_and_its_lane_goes_on(
    store: SqliteStore,
) -> None:
    told: list[int] = []

    async def handle(raw: Mapping[str, Any]) -> None:
        if raw["update_id"] == 1:
            raise KeyError("ours")

    async def give_up(raw: Mapping[str, Any]) -> None:
        told.append(raw["update_id"])

    await keep(store, update(1, 10), update(2, 10))
    async with dispatching(store, handle, give_up):
        await until_closed(store, 1, 2)
    assert (told, await states(store)) == ([1], {1: ("failed", 3), 2: ("closed", 1)})


async def test_a_busy_database_costs_a_pause_and_no_attempt(store: SqliteStore) -> None:
    calls = 0

    async def handle(_: Mapping[str, Any]) -> None:
        nonlocal calls
        calls += 1
        if calls <= 5:
            raise Transient("database-busy")

    await keep(store, update(1, 10))
    async with dispatching(store, handle):
        await until_closed(store, 1)
    assert (calls, await states(store)) == (6, {1: ("closed", 1)})


class Stumbling:
    """A store that fails a few times before each kind of call works."""

    def __init__(self, inner: SqliteStore, stumbles: int) -> None:
        self._inner = inner
        self._left = stumbles

    async def transact(self, use_case: Any) -> Any:
        self._stumble()
        return await self._inner.transact(use_case)

    async def read(self, use_case: Any) -> Any:
        self._stumble()
        return await self._inner.read(use_case)

    async def close(self) -> None:
        await self._inner.close()

    def _stumble(self) -> None:
        if self._left > 0:
            self._left -= 1
            raise Transient("database-busy")


@pytest.mark.parametrize("stumbles", range(1, 9))
async def test_no_bad_moment_of_the_database_stops_a_lane(store: SqliteStore, stumbles: int) -> None:
    handled: list[int] = []

    async def handle(raw: Mapping[str, Any]) -> None:
        handled.append(raw["update_id"])

    await keep(store, update(1, 10), update(2, 10))
    stumbling = Stumbling(store, stumbles)
    dispatcher = Dispatcher(stumbling, handle, nobody, lambda: NOW, pauses_s=(0.0,))
    task = asyncio.create_task(dispatcher.run())
    try:
        while {state for state, _ in (await states(store)).values()} != {"closed"}:
            dispatcher.wake()
            await asyncio.sleep(0.005)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert sorted(set(handled)) == [1, 2]


async def test_what_a_dead_process_left_open_is_handled_by_the_next(store: SqliteStore) -> None:
    seen: list[int] = []

    async def handle(raw: Mapping[str, Any]) -> None:
        seen.append(raw["update_id"])

    await keep(store, update(7, 10))
    async with dispatching(store, handle) as dispatcher:
        assert dispatcher.caught_up is False
        await until_closed(store, 7)

        async def caught_up() -> bool:
            return dispatcher.caught_up

        await until(caught_up)
    assert seen == [7]


async def test_ids_only_grow_so_nothing_is_missed_after_the_inbox_was_emptied(store: SqliteStore) -> None:
    seen: list[int] = []

    async def handle(raw: Mapping[str, Any]) -> None:
        seen.append(raw["update_id"])

    await keep(store, update(1, 10), update(2, 10))
    async with dispatching(store, handle) as dispatcher:
        await until_closed(store, 1, 2)
        await inbox.prune(store, NOW + 30 * DAY_MS)
        await keep(store, update(3, 10))
        dispatcher.wake()
        await until_closed(store, 3)
    assert seen == [1, 2, 3]


async def test_a_repeated_update_is_kept_once(store: SqliteStore) -> None:
    assert [await keep(store, update(1, 10)), await keep(store, update(1, 10))] == [1, 0]


def test_an_update_is_stored_as_it_came() -> None:
    raw = {"update_id": 5, "message": {"chat": {"id": -100}, "text": "привет \U0001f3ac"}}
    kept = arrival(raw)
    assert (kept.lane, json.loads(kept.payload)) == ("-100", raw)


@pytest.mark.parametrize("raw", [{}, {"update_id": "5"}, {"update_id": True}])
def test_an_update_without_a_whole_number_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="update_id"):
        arrival(raw)


@pytest.mark.parametrize(
    ("body", "lane"),
    [
        ({"message": {"chat": {"id": 5}, "from": {"id": 9}}}, "5"),
        ({"edited_message": {"chat": {"id": 5}}}, "5"),
        ({"callback_query": {"from": {"id": 9}, "message": {"chat": {"id": 5}}}}, "5"),
        ({"callback_query": {"from": {"id": 9}}}, "9"),
        ({"my_chat_member": {"chat": {"id": 7}, "from": {"id": 9}}}, "7"),
        ({"poll": {"id": "x"}}, "other"),
    ],
)
def test_messages_and_presses_of_a_chat_share_its_lane(body: dict[str, Any], lane: str) -> None:
    assert arrival({"update_id": 1, **body}).lane == lane
