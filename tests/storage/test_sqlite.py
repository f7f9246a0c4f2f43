"""What only the SQLite driver promises: group commit, and calm when the disk or another process is in the way."""

# ruff: noqa: ASYNC240 - a test may stop its own loop for a file

from __future__ import annotations

import asyncio
import resource
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import OperatorFault, Refusal, Transient
from bot.storage import sqlite_batch
from bot.storage.base import Transaction
from bot.storage.sqlite import SqliteStore, _snapshot, open_store
from bot.storage.sqlite_batch import MAX_BATCH, Outcome, Waiting
from bot.storage.sqlite_thread import connect
from tests.storage.miniature import NOW, Person, Q, ad_hoc

COUNT = ad_hoc("SELECT COUNT(*) AS count FROM users")
ENDLESS = ad_hoc("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) AS i FROM n")
FILL = ad_hoc("INSERT INTO inbox (update_id, lane, payload, received_at) VALUES (:id, '', :payload, 0)")
MEGABYTE = "x" * 1_000_000
LONG_S = 2.0
"""A batch's time in these tests."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(path) as store:
        yield store


@asynccontextmanager
async def opened(path: Path, patience_s: float = 30) -> AsyncIterator[SqliteStore]:
    store = await open_store(path, now_ms=NOW, patience_s=patience_s)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
def batches(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the batches that the store commits from here on; a slow machine has time to fill them."""
    monkeypatch.setattr(sqlite_batch, "MAX_BATCH_S", LONG_S)
    sizes: list[int] = []
    commit = store._group._commit

    async def counted(batch: Sequence[Waiting]) -> list[Outcome]:
        outcomes = await commit(batch)
        sizes.append(len(outcomes))
        return outcomes

    store._group._commit = counted
    return sizes


async def users(store: SqliteStore) -> int:
    row = await store.read(lambda tx: tx.one(COUNT))
    assert row is not None
    return int(row["count"])


def stopped(store: SqliteStore) -> bool:
    """Whether its threads end: one that does not would keep the process alive."""
    threads = [thread._thread for thread in (store._writer, *store._readers)]
    for thread in threads:
        thread.join(5)
    return not any(thread.is_alive() for thread in threads)


class Gate:
    """A use case that holds the database thread until it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()

    async def __call__(self, tx: Transaction) -> str:
        await Person(1000)(tx)
        self.entered.set()
        assert self.open.wait(10)
        return "through"


# Group commit


async def test_use_cases_that_arrive_together_share_a_commit(store: SqliteStore, batches: list[int]) -> None:
    await asyncio.gather(*(store.transact(Person(id_)) for id_ in range(64)))
    assert batches == [64]


async def test_callers_that_go_on_join_the_next_batch(store: SqliteStore, batches: list[int]) -> None:
    async def caller(first: int) -> None:
        for id_ in range(first, first + 5):
            await store.transact(Person(id_))

    await asyncio.gather(*(caller(first) for first in range(0, 100, 5)))
    assert batches == [20] * 5


async def test_a_batch_is_bounded_in_number(store: SqliteStore, batches: list[int]) -> None:
    await asyncio.gather(*(store.transact(Person(id_)) for id_ in range(MAX_BATCH * 2 + 1)))
    assert batches == [MAX_BATCH, MAX_BATCH, 1]


async def test_a_batch_is_bounded_in_time_and_keeps_the_order(store: SqliteStore, batches: list[int]) -> None:
    ran: list[int] = []

    async def slow(tx: Transaction, id_: int) -> None:
        await Person(id_)(tx)
        ran.append(id_)
        if id_ == 2:
            time.sleep(LONG_S * 1.2)  # noqa: ASYNC251 - it runs in the database thread

    await asyncio.gather(*(store.transact(partial(slow, id_=id_)) for id_ in range(5)))
    assert ran == list(range(5))
    assert batches == [3, 2]


async def test_use_cases_run_in_the_order_of_their_calls(store: SqliteStore) -> None:
    insert = ad_hoc("INSERT INTO users (name, created_at) VALUES (:name, 0)")
    calls = (store.transact(partial(lambda tx, n: tx.run(insert, name=str(n)), n=n)) for n in range(50))
    await asyncio.gather(*calls)
    rows = await store.read(lambda tx: tx.all(Q.names))
    assert [row["name"] for row in rows] == [str(n) for n in range(50)]


async def test_nothing_is_answered_before_its_commit(store: SqliteStore) -> None:
    gate = Gate()
    first = asyncio.create_task(store.transact(Person(1)))
    second = asyncio.create_task(store.transact(gate))
    await asyncio.to_thread(gate.entered.wait, 10)
    assert not first.done()
    assert await users(store) == 0
    gate.open.set()
    assert await second == "through"
    assert first.done()
    assert await users(store) == 2


# Callers that leave


async def test_an_abandoned_use_case_that_has_not_begun_is_skipped(store: SqliteStore) -> None:
    gate = Gate()
    holding = asyncio.create_task(store.transact(gate))
    await asyncio.to_thread(gate.entered.wait, 10)
    waiting = [asyncio.create_task(store.transact(Person(id_))) for id_ in (1, 2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    gate.open.set()
    assert await holding == "through"
    await waiting[1]
    assert [row["id"] for row in await store.read(lambda tx: tx.all(Q.names))] == [2, 1000]


async def test_an_abandoned_use_case_that_has_begun_completes(store: SqliteStore) -> None:
    gate = Gate()
    leaving = asyncio.create_task(store.transact(gate))
    await asyncio.to_thread(gate.entered.wait, 10)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    gate.open.set()
    await store.transact(Person(1))
    assert await users(store) == 2


async def test_a_wait_has_a_deadline(path: Path) -> None:
    gate = Gate()
    async with opened(path, patience_s=0.05) as store:
        calls = [store.transact(gate), store.transact(Person(1))]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert [str(answer) for answer in answers] == ["database-slow"] * 2
        assert all(isinstance(answer, Transient) for answer in answers)
        gate.open.set()
    async with opened(path) as store:
        assert [row["id"] for row in await store.read(lambda tx: tx.all(Q.names))] == [1000]


async def test_a_timeout_of_the_use_case_is_its_own(store: SqliteStore) -> None:
    async def late(tx: Transaction) -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        await store.transact(late)
    with pytest.raises(TimeoutError, match="mine"):
        await store.read(late)


async def test_an_endless_read_is_stopped_and_its_connection_is_free_again(path: Path) -> None:
    async with opened(path, patience_s=0.05) as store:
        for _ in range(4):
            with pytest.raises(Transient, match="database-slow"):
                await store.read(lambda tx: tx.one(ENDLESS))
        store._patience_s = 10
        assert await users(store) == 0


async def endless_after_a_while(tx: Transaction) -> None:
    """An interruption that comes in the while finds no statement."""
    time.sleep(0.2)  # noqa: ASYNC251  # in the connection's own thread
    await tx.one(ENDLESS)


async def test_a_read_is_stopped_that_becomes_endless_after_its_time(path: Path) -> None:
    async with opened(path, patience_s=0.05) as store:
        for _ in range(4):
            with suppress(Transient):  # the two connections are busy for a moment yet
                await store.read(endless_after_a_while)
        async with asyncio.timeout(10):
            while store._idle.qsize() < 2:
                await asyncio.sleep(0.02)
        store._patience_s = 10
        assert await users(store) == 0


class MetAtTheEnd(sqlite3.Connection):
    """Interruptions come when the transaction ends: about one of ten thousand does."""

    left = 3

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        if sql == "ROLLBACK" and self.left:
            self.left -= 1
            error = sqlite3.OperationalError("interrupted")
            error.sqlite_errorcode = sqlite3.SQLITE_INTERRUPT
            raise error
        return super().execute(sql, parameters)


async def test_an_interruption_that_meets_the_end_of_a_read_leaves_no_transaction_open(
    store: SqliteStore, path: Path
) -> None:
    await store.transact(Person(1))
    with closing(sqlite3.connect(path, isolation_level=None, factory=MetAtTheEnd)) as connection:
        for _ in range(2):
            assert [row["id"] for row in _snapshot(lambda tx: tx.all(Q.names), connection)] == [1]
        assert connection.left == 0


async def test_closing_stops_what_becomes_endless_after_its_deadline(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.sqlite.CLOSING_S", 0.05)
    store = await open_store(path, now_ms=NOW)
    endless = asyncio.create_task(store.transact(endless_after_a_while))
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        with pytest.raises(Transient, match="database-slow"):
            await store.close()
        with pytest.raises(Transient, match="database-slow"):
            await endless
    assert stopped(store)


async def test_a_read_is_one_snapshot(store: SqliteStore) -> None:
    gate = Gate()

    async def twice(tx: Transaction) -> list[object]:
        before = await tx.one(COUNT)
        gate.entered.set()
        assert gate.open.wait(10)
        return [before, await tx.one(COUNT)]

    reading = asyncio.create_task(store.read(twice))
    await asyncio.to_thread(gate.entered.wait, 10)
    await store.transact(Person(1))
    gate.open.set()
    assert await reading == [{"count": 0}, {"count": 0}]
    assert await users(store) == 1


async def test_a_crowd_beyond_the_bound_is_sent_away(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.sqlite_batch.MAX_WAITING", 10)
    answers = await asyncio.gather(*(store.transact(Person(id_)) for id_ in range(12)), return_exceptions=True)
    assert answers[:10] == [None] * 10
    assert [str(answer) for answer in answers[10:]] == ["database-busy {'waiting': 10}"] * 2


async def test_closing_has_a_deadline_and_still_closes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.sqlite.CLOSING_S", 0.05)
    store = await open_store(path, now_ms=NOW)
    endless = asyncio.create_task(store.transact(lambda tx: tx.one(ENDLESS)))
    await asyncio.sleep(0)
    with pytest.raises(Transient, match="database-slow"):
        await store.close()
    with pytest.raises(Transient, match="database-slow"):
        await endless
    assert stopped(store)


# The disk


@contextmanager
def no_file_may_grow_beyond(size_bytes: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def _refuse(tx: Transaction) -> None:
    raise Refusal("no")


async def test_a_failed_commit_fails_its_whole_batch_and_the_next_one_works(store: SqliteStore, path: Path) -> None:
    await store.transact(Person(1))
    wal_bytes = path.with_name("bot.db-wal").stat().st_size
    with no_file_may_grow_beyond(wal_bytes):
        calls = (store.transact(use_case) for use_case in (Person(2), _refuse, Person(3)))
        answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Transient] * 3
    assert [getattr(answer, "key", "") for answer in answers] == ["database-disk-fault"] * 3
    assert len({id(answer) for answer in answers}) == 3
    await asyncio.gather(*(store.transact(Person(id_)) for id_ in (2, 3)))
    assert await users(store) == 3


async def test_a_full_disk_is_transient_and_space_heals_it(store: SqliteStore) -> None:
    await store.transact(Person(1))
    await store._writer.call(lambda connection: connection.execute("PRAGMA max_page_count = 100").fetchone())

    async def fill(tx: Transaction) -> None:
        await tx.run(FILL, id=1, payload=MEGABYTE)

    calls = (store.transact(use_case) for use_case in (Person(2), fill, Person(3)))
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [str(answer).split()[0] for answer in answers] == ["database-disk-full"] * 3
    assert await users(store) == 1
    await store._writer.call(lambda connection: connection.execute("PRAGMA max_page_count = 100000").fetchone())
    await asyncio.gather(*(store.transact(use_case) for use_case in (Person(2), fill, Person(3))))
    assert await users(store) == 3


async def test_a_use_case_that_catches_the_full_disk_commits_nothing_behind_its_back(store: SqliteStore) -> None:
    await store._writer.call(lambda connection: connection.execute("PRAGMA max_page_count = 100").fetchone())

    async def stubborn(tx: Transaction) -> None:
        try:
            await tx.run(FILL, id=1, payload=MEGABYTE)
        except Transient:
            await Person(1)(tx)

    answers = await asyncio.gather(store.transact(stubborn), store.transact(Person(2)), return_exceptions=True)
    assert [str(answer).split()[0] for answer in answers] == ["database-disk-full"] * 2
    assert await users(store) == 0


async def test_a_damaged_file_is_for_the_operator(path: Path) -> None:
    path.write_bytes(b"this is not a database at all" * 1000)
    with pytest.raises(OperatorFault, match="database-corrupt"):
        await open_store(path, now_ms=NOW)


@pytest.mark.parametrize("place", ["damaged", "a folder"])
async def test_a_file_that_can_not_be_opened_leaves_no_thread(path: Path, place: str) -> None:
    if place == "damaged":
        path.write_bytes(b"this is not a database at all" * 1000)
    else:
        path.mkdir()
    before = {thread for thread in threading.enumerate() if "_connection_worker" in thread.name}
    for _ in range(20):
        with pytest.raises(OperatorFault):
            await open_store(path, now_ms=NOW)
        left = {thread for thread in threading.enumerate() if "_connection_worker" in thread.name}
        assert left <= before


async def test_a_database_of_a_newer_version_is_not_opened(path: Path) -> None:
    async with opened(path) as store:
        future = ad_hoc(
            "INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES (9999, 'later', '', 0)"
        )
        await store.transact(lambda tx: tx.run(future))
    with pytest.raises(OperatorFault, match=r"database-newer.*9999_later"):
        await open_store(path, now_ms=NOW)


async def test_a_missing_folder_is_for_the_operator(path: Path) -> None:
    with pytest.raises(OperatorFault, match="database-unusable"):
        await open_store(path / "nowhere" / "bot.db", now_ms=NOW)


# Other processes


async def test_a_long_writer_elsewhere_is_transient(store: SqliteStore, path: Path) -> None:
    await store._writer.call(lambda connection: connection.execute("PRAGMA busy_timeout = 20").fetchone())
    with closing(connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Transient, match="database-busy"):
            await store.transact(Person(1))
        assert await users(store) == 0
        other.execute("ROLLBACK")
    await store.transact(Person(1))


async def test_a_command_beside_the_service_writes_and_is_seen(store: SqliteStore, path: Path) -> None:
    async with opened(path) as other:
        calls = [(store if id_ % 2 else other).transact(Person(id_)) for id_ in range(40)]
        await asyncio.gather(*calls)
        assert await users(store) == await users(other) == 40


async def test_a_store_closes_while_another_process_writes(path: Path) -> None:
    with closing(connect(path)) as other:
        async with opened(path) as store:
            for id_ in range(200):
                await store.transact(Person(id_))
            await store.transact(lambda tx: tx.all(ad_hoc("SELECT * FROM accounts WHERE kind = 'user'")))
            other.execute("BEGIN IMMEDIATE")
        assert stopped(store)


# The file


async def test_commits_are_durable_and_references_are_kept(store: SqliteStore) -> None:
    def pragmas(connection: sqlite3.Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "mmap_size", "query_only")
        return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    common = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "mmap_size": 0}
    assert await store._writer.call(pragmas) == {**common, "query_only": 0}
    for reader in store._readers:
        assert await reader.call(pragmas) == {**common, "query_only": 1}


async def test_the_files_are_readable_by_their_owner_alone(store: SqliteStore, path: Path) -> None:
    await store.transact(Person(1))
    assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {
        "bot.db": 0o600,
        "bot.db-shm": 0o600,
        "bot.db-wal": 0o600,
    }


async def test_a_closed_store_leaves_one_file(path: Path) -> None:
    async with opened(path) as store:
        await store.transact(Person(1))
    assert [file.name for file in path.parent.iterdir()] == ["bot.db"]
