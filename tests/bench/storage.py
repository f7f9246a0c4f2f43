"""Durable admissions a second, 64 in flight: what group commit is worth, beside the best that SQLite itself can do."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from time import perf_counter

from bot.storage.sqlite import SqliteStore, open_store
from bot.storage.sqlite_thread import connect
from tests.storage.miniature import NOW, PRICE, Admit, Person, Q, add_updates

IN_FLIGHT = 64
ROUNDS = 40
REPEATS = 3
COUNT = IN_FLIGHT * ROUNDS

Way = Callable[[SqliteStore, Path], Awaitable[None]]


async def one_by_one(store: SqliteStore, path: Path) -> None:
    """64 callers, one commit each."""
    alone = asyncio.Lock()

    async def admit(serial: int) -> None:
        async with alone:
            await store.transact(Admit(1, serial))

    await _in_flight(admit)


async def group_commit(store: SqliteStore, path: Path) -> None:
    """64 callers, as the product runs them."""

    async def admit(serial: int) -> None:
        await store.transact(Admit(1, serial))

    await _in_flight(admit)


async def raw_batches(store: SqliteStore, path: Path) -> None:
    """The same statements by plain functions on a bare sqlite3 connection, 64 a commit: the ceiling."""
    await asyncio.to_thread(_raw, path)


async def run() -> list[str]:
    """The figures as lines of text; the fastest of a few repeats each, since other work shares the machine."""
    ways: dict[str, Way] = {"one by one": one_by_one, "group commit": group_commit, "raw batches of 64": raw_batches}
    best = dict.fromkeys(ways, 0.0)
    for _ in range(REPEATS):
        for name, way in ways.items():
            best[name] = max(best[name], await _rate(way))
    ceiling = best["raw batches of 64"]
    head = f"storage: durable admissions/s, {IN_FLIGHT} in flight"
    return [head, *(f"  {name:<18}{rate:>9,.0f}   {rate / ceiling:5.2f} of raw" for name, rate in best.items())]


async def main() -> None:
    """Prints the figures."""
    print("\n".join(await run()))  # noqa: T201 - a bench speaks to the terminal


async def _in_flight(admit: Callable[[int], Awaitable[None]]) -> None:
    serials = iter(range(1, COUNT + 1))

    async def caller() -> None:
        for serial in serials:
            await admit(serial)

    await asyncio.gather(*(caller() for _ in range(IN_FLIGHT)))


def _raw(path: Path) -> None:
    with closing(connect(path)) as connection:
        for first in range(1, COUNT + 1, IN_FLIGHT):
            connection.execute("BEGIN IMMEDIATE")
            for serial in range(first, first + IN_FLIGHT):
                _raw_admit(partial(connection.execute), serial)
            connection.execute("COMMIT")


def _raw_admit(execute: Callable[..., object], serial: int) -> None:
    """`Admit` without its seam."""
    from sqlite3 import Cursor

    def one(sql: str, **values: object) -> int:
        cursor = execute(sql, values)
        assert isinstance(cursor, Cursor)
        return int(cursor.fetchone()[0])

    uid = f"job-{serial}"
    execute(Q.close_update.sql, {"update_id": serial, "now": NOW})
    execute(Q.take.sql, {"id": 1, "amount": -PRICE})
    request = one(Q.add_request.sql, user_id=1, message_id=serial, now=NOW)
    job = one(Q.add_job.sql, uid=uid, request_id=request, user_id=1, message_id=serial, quote=PRICE, now=NOW)
    entry = {"id": 1, "kind": "RESERVE", "amount": -PRICE, "job_id": job, "business_id": uid, "now": NOW}
    execute(Q.add_entry.sql, entry)
    execute(Q.add_answer.sql, {"chat_id": 1, "once": uid, "job_id": job, "now": NOW})


async def _rate(way: Way) -> float:
    async with _seeded() as (store, path):
        began = perf_counter()
        await way(store, path)
        elapsed_s = perf_counter() - began
        after = await store.read(lambda tx: tx.one(Q.balance, id=1))
    assert after == {"ledger": 0, "counter": 0, "jobs": COUNT, "answers": COUNT}
    return COUNT / elapsed_s


@asynccontextmanager
async def _seeded() -> AsyncIterator[tuple[SqliteStore, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        store = await open_store(path, now_ms=NOW)
        try:
            await store.transact(Person(1, money=PRICE * COUNT))
            await store.transact(partial(add_updates, count=COUNT))
            yield store, path
        finally:
            await store.close()


if __name__ == "__main__":
    asyncio.run(main())
