"""What every storage driver promises."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from signal import SIGKILL

import pytest

from bot.core.errors import Defect, LimitReached, Refusal
from bot.storage.base import Store, Transaction, Value
from tests.storage.drivers import opened
from tests.storage.miniature import NOW, PRICE, Admit, Person, Q, ad_hoc, add_updates

COUNT = ad_hoc("SELECT COUNT(*) AS count FROM users")


async def users(store: Store) -> int:
    row = await store.read(lambda tx: tx.one(COUNT))
    assert row is not None
    return int(row["count"])


async def _broken(tx: Transaction) -> None:
    await Person(99)(tx)
    raise Refusal("no")


# One use case


async def test_a_use_case_answers_what_it_returns(store: Store) -> None:
    await store.transact(Person(1, money=PRICE))
    await store.transact(partial(add_updates, count=1))
    assert await store.transact(Admit(1, 1)) == 1
    assert await store.transact(Admit(1, 1)) is None


async def test_a_use_case_that_raises_changes_nothing(store: Store) -> None:
    with pytest.raises(Refusal, match="no"):
        await store.transact(_broken)
    assert await users(store) == 0


async def test_an_error_that_is_not_ours_arrives_unchanged(store: Store) -> None:
    async def divide(tx: Transaction) -> float:
        await Person(1)(tx)
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        await store.transact(divide)
    assert await users(store) == 0


async def test_a_runtime_error_of_the_use_case_is_its_own(store: Store) -> None:
    async def fail(tx: Transaction) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        await store.transact(fail)


async def test_a_use_case_sees_its_own_writes(store: Store) -> None:
    async def write_and_look(tx: Transaction) -> object:
        await Person(1)(tx)
        return await tx.one(COUNT)

    assert await store.transact(write_and_look) == {"count": 1}


async def test_a_failed_statement_ends_its_use_case_even_when_it_is_caught(store: Store) -> None:
    async def stubborn(tx: Transaction) -> str:
        await Person(1)(tx)
        try:
            await Person(1)(tx)
        except Defect:
            return "never mind"
        return "not reached"

    with pytest.raises(Defect, match="query-failed"):
        await store.transact(stubborn)
    assert await users(store) == 0


async def test_a_transaction_is_over_with_its_use_case(store: Store) -> None:
    kept: list[Transaction] = []

    async def keep(tx: Transaction) -> None:
        kept.append(tx)

    await store.transact(keep)
    await store.read(keep)
    for tx in kept:
        with pytest.raises(Defect, match="transaction-over"):
            await tx.one(COUNT)


@pytest.mark.parametrize("value", ["Кот 🐈 with\nlines", "", "a\x00b", None])
async def test_text_comes_back_as_it_was(store: Store, value: str | None) -> None:
    row = await store.transact(lambda tx: tx.one(ad_hoc("SELECT CAST(:value AS TEXT) AS value"), value=value))
    assert row == {"value": value}


async def test_rows_are_mappings_in_the_order_of_the_query(store: Store) -> None:
    for id_ in (2, 1):
        await store.transact(Person(id_))
    rows = await store.read(lambda tx: tx.all(Q.names))
    assert rows == [{"id": 1, "name": "user 1"}, {"id": 2, "name": "user 2"}]
    assert await store.read(lambda tx: tx.one(ad_hoc("SELECT id FROM users WHERE id = 3"))) is None


async def test_run_counts_the_rows_that_it_changed(store: Store) -> None:
    for id_ in (1, 2, 3):
        await store.transact(Person(id_))
    with_first = ad_hoc("WITH some AS (SELECT 1 AS id UNION SELECT 2) UPDATE users SET name = 'x' WHERE id IN some")
    with_first = ad_hoc(with_first.sql.replace("IN some", "IN (SELECT id FROM some)"))
    with_none = ad_hoc(with_first.sql.replace("WHERE id IN", "WHERE id > 9 AND id IN"))

    async def count(tx: Transaction) -> list[int]:
        return [
            await tx.run(Q.rename, id=1, name="new"),
            await tx.run(Q.rename, id=9, name="new"),
            await tx.run(Q.ids, id=2, name="new"),
            await tx.run(with_first),
            await tx.run(with_none),
            await tx.run(ad_hoc("INSERT INTO users (id, created_at) VALUES (1, 0) ON CONFLICT DO NOTHING")),
        ]

    assert await store.transact(count) == [1, 0, 2, 2, 0, 0]


async def test_one_row_of_a_statement_that_changes_several_changes_them_all(store: Store) -> None:
    for id_ in (1, 2, 3):
        await store.transact(Person(id_))
    assert await store.transact(lambda tx: tx.one(Q.ids, id=2, name="new")) == {"id": 1}
    rows = await store.read(lambda tx: tx.all(Q.names))
    assert [row["name"] for row in rows] == ["new", "new", "user 3"]


BAD_VALUES: list[tuple[str, dict[str, Value]]] = [
    ("SELECT 1 FRM users", {}),
    ("SELECT :missing", {}),
    ("UPDATE users SET created_at = :at", {"at": 2**63}),
    ("UPDATE users SET name = :name", {"name": "\ud800"}),
]


@pytest.mark.parametrize(("sql", "values"), BAD_VALUES)
async def test_a_wrong_statement_is_a_defect_without_the_values(
    store: Store, sql: str, values: dict[str, Value]
) -> None:
    with pytest.raises(Defect, match=r"query-failed.*test\.ad_hoc") as caught:
        await store.transact(lambda tx: tx.run(ad_hoc(sql), **values))
    assert not any(str(value) in str(caught.value) for value in values.values())


# A use case awaits nothing but its transaction


async def _sleep(tx: Transaction) -> None:
    await Person(1)(tx)
    await asyncio.sleep(10)


async def _yield(tx: Transaction) -> None:
    await Person(1)(tx)
    await asyncio.sleep(0)


async def _clean_up(tx: Transaction) -> None:
    try:
        await _yield(tx)
    finally:
        await Person(2)(tx)


async def _stubborn(tx: Transaction) -> None:
    try:
        await _yield(tx)
    except BaseException:  # noqa: BLE001 - the worst that a use case can do
        await asyncio.sleep(0)


async def _wait_for(future: asyncio.Future[None], tx: Transaction) -> None:
    await Person(1)(tx)
    await future


@pytest.mark.parametrize("use_case", [_sleep, _yield, _clean_up, _stubborn])
async def test_a_use_case_that_waits_is_a_defect(
    store: Store, use_case: Callable[[Transaction], Awaitable[None]]
) -> None:
    with pytest.raises(Defect, match="use-case-suspended"):
        await store.transact(use_case)
    assert await users(store) == 0


async def test_a_use_case_that_waits_for_the_outside_is_a_defect(store: Store) -> None:
    future = asyncio.get_running_loop().create_future()
    with pytest.raises(Defect, match="use-case-suspended"):
        await store.transact(partial(_wait_for, future))
    assert await users(store) == 0


async def test_a_reading_use_case_may_not_wait_either(store: Store) -> None:
    with pytest.raises(Defect, match="use-case-suspended"):
        await store.read(lambda _: asyncio.sleep(0))
    assert await users(store) == 0


# Many use cases


async def test_a_failure_among_many_is_its_own_alone(store: Store) -> None:
    async def person(tx: Transaction, id_: int) -> int:
        await Person(id_)(tx)
        if id_ % 3 == 0:
            raise Refusal("no", id=id_)
        return id_

    calls = (store.transact(partial(person, id_=id_)) for id_ in range(1, 31))
    answers = await asyncio.gather(*calls, return_exceptions=True)
    refused = [answer.data["id"] for answer in answers if isinstance(answer, Refusal)]
    assert refused == list(range(3, 31, 3))
    assert [answer for answer in answers if isinstance(answer, int)] == [i for i in range(1, 31) if i % 3]
    assert await users(store) == 20


async def test_a_broken_constraint_among_many_is_its_own_alone(store: Store) -> None:
    calls = (store.transact(Person(id_ % 10)) for id_ in range(20))
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(answer, Defect) for answer in answers) == 10
    assert await users(store) == 10


async def test_a_caller_that_leaves_does_not_break_the_others(store: Store) -> None:
    calls = [asyncio.create_task(store.transact(Person(id_))) for id_ in range(1, 21)]
    await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert answers[1::2] == [None] * 10
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::2])
    rows = await store.read(lambda tx: tx.all(Q.names))
    assert {row["id"] for row in rows} >= set(range(2, 21, 2))
    await store.transact(Person(50))


async def test_compare_and_set_has_one_winner(store: Store) -> None:
    await store.transact(partial(add_updates, count=1))
    calls = (store.transact(lambda tx: tx.run(Q.close_update, update_id=1, now=NOW)) for _ in range(20))
    assert sorted(await asyncio.gather(*calls)) == [0] * 19 + [1]


async def _admit(store: Store, serial: int) -> int | None:
    try:
        return await store.transact(Admit(1, serial))
    except LimitReached:
        return None


async def test_of_twenty_requests_with_money_for_one_exactly_one_is_taken(store: Store) -> None:
    await store.transact(Person(1, money=PRICE))
    await store.transact(partial(add_updates, count=20))
    jobs = await asyncio.gather(*(_admit(store, serial) for serial in range(1, 21)))
    assert sum(job is not None for job in jobs) == 1
    balance = await store.read(lambda tx: tx.one(Q.balance, id=1))
    assert balance == {"ledger": 0, "counter": 0, "jobs": 1, "answers": 1}


async def _process(verb: str, driver: str, folder: Path, first: int, count: int) -> Process:
    arguments = ("-m", "tests.storage.process", verb, driver, str(folder), str(first), str(count))
    return await create_subprocess_exec(sys.executable, *arguments, stdout=PIPE)


async def test_two_processes_take_exactly_one_of_twenty(store: Store, driver: str, tmp_path: Path) -> None:
    await store.transact(Person(1, money=PRICE))
    await store.transact(partial(add_updates, count=20))
    processes = [await _process("admit", driver, tmp_path, first, 10) for first in (1, 11)]
    printed = [(await process.communicate())[0] for process in processes]
    assert sorted(printed) == [b"0\n", b"1\n"]
    balance = await store.read(lambda tx: tx.one(Q.balance, id=1))
    assert balance == {"ledger": 0, "counter": 0, "jobs": 1, "answers": 1}


async def test_all_that_was_acknowledged_survives_a_kill(driver: str, tmp_path: Path) -> None:
    async with opened(driver, tmp_path) as store:
        await store.transact(Person(1, money=PRICE * 6000))
        await store.transact(partial(add_updates, count=6000))
    process = await _process("write", driver, tmp_path, 1, 6000)
    assert process.stdout is not None
    for _ in range(100):
        await process.stdout.readline()
    process.kill()
    rest, _ = await process.communicate()
    assert process.returncode == -SIGKILL
    acknowledged = 100 + rest.count(b"\n")
    async with opened(driver, tmp_path) as store:
        balance = await store.read(lambda tx: tx.one(Q.balance, id=1))
    assert balance is not None
    assert acknowledged <= balance["jobs"] == balance["answers"]
    assert balance["ledger"] == balance["counter"] == PRICE * (6000 - balance["jobs"])


# Reading


async def test_a_read_sees_every_commit_that_was_awaited(store: Store) -> None:
    for id_ in range(1, 21):
        await store.transact(Person(id_))
        assert await asyncio.gather(*(users(store) for _ in range(3))) == [id_] * 3


async def test_a_read_may_not_write(store: Store) -> None:
    with pytest.raises(Defect, match="read-writes"):
        await store.read(Person(1))
    assert await users(store) == 0


async def test_many_reads_wait_for_a_connection(store: Store) -> None:
    await store.transact(Person(1))
    assert await asyncio.gather(*(users(store) for _ in range(50))) == [1] * 50


# The end


async def test_closing_finishes_what_was_accepted(driver: str, tmp_path: Path) -> None:
    async with opened(driver, tmp_path) as store:
        calls = [asyncio.create_task(store.transact(Person(id_))) for id_ in range(1, 21)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*calls) == [None] * 20
    async with opened(driver, tmp_path) as store:
        assert await users(store) == 20


async def test_a_closed_store_takes_nothing(store: Store) -> None:
    await store.close()
    await store.close()
    with pytest.raises(Defect, match="database-closed"):
        await store.transact(Person(1))
    with pytest.raises(Defect, match="database-closed"):
        await users(store)
