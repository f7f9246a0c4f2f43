"""What one admission costs as the ledger grows: the check, the hold and the counters, inside their transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from functools import partial
from itertools import count
from statistics import median
from time import perf_counter

from bot.app.base import Base
from bot.core.money import Microusd
from bot.services import accounts
from bot.services.directory import Person, Place
from bot.storage.base import Transaction
from tests.bench.house import PEOPLE, add_jobs, filled
from tests.bench.report import Line, table

SMALL, LARGE = 10_000, 1_000_000
ENTRIES_A_JOB = 3
"""Held, given back, settled."""
TARGET = 1.25
ROUNDS, ADMISSIONS = 40, 50
OLD_JOBS = SMALL // ENTRIES_A_JOB
PRICE = Microusd(1_000)
GROUP = PEOPLE + 1
_GROUP = (
    "INSERT INTO chats (id, kind, created_at) VALUES (:group, 'supergroup', 0)",
    "INSERT INTO accounts (id, kind, owner_id) VALUES (:group, 'chat', :group)",
    """INSERT INTO entries (account_id, kind, bucket, amount_microusd, business_id, effective_at, booked_at)
    VALUES (:group, 'GRANT', 'balance', 1000000000000, 'grant', 0, 0)""",
    """INSERT INTO counters (scope, scope_id, measure, period, period_start, value)
    VALUES ('account', :group, 'balance', 'ever', 0, 1000000000000)""",
)
_ENTRIES = """
INSERT INTO entries (account_id, kind, bucket, amount_microusd, job_id, business_id, effective_at, booked_at)
SELECT iif(id % 2, account_id, :group), kind, iif(id % 2, 'allowance', 'balance'), amount, id, uid || ':' || kind, 0, 0
FROM jobs, (SELECT 'RESERVE' AS kind, -1000 AS amount UNION ALL SELECT 'RELEASE', 1000 UNION ALL SELECT 'SETTLE', -1000)
ORDER BY id"""


def fill(entries: int, connection: sqlite3.Connection) -> None:
    """Half of the ledger is one group's, which pays from its pool; the other is spread over a thousand people."""
    add_jobs(connection, entries // ENTRIES_A_JOB)
    for sql in (*_GROUP, _ENTRIES):
        connection.execute(sql, {"group": GROUP})


async def run() -> list[str]:
    """Both sizes of a ledger are open at once and asked in turns."""
    async with AsyncExitStack() as stack:
        houses = [await stack.enter_async_context(filled(partial(fill, entries))) for entries in (SMALL, LARGE)]
        lines = [
            _line("a person, one of a thousand", await _in_turns(houses, in_group=False)),
            _line("a group that has half of it", await _in_turns(houses, in_group=True)),
        ]
    head = f"one admission (standing, check, reserve) by the entries in the ledger (<= {TARGET}x)"
    return table(head, [f"{SMALL:,}: us", f"{LARGE:,}: us", "ratio"], lines)


def _line(label: str, took_us: Sequence[float]) -> Line:
    small_us, large_us = took_us
    ratio = large_us / small_us
    return Line(label, (f"{small_us:.0f}", f"{large_us:.0f}", f"{ratio:.2f}"), ratio <= TARGET)


async def _in_turns(houses: Sequence[Base], *, in_group: bool) -> list[float]:
    """Microseconds of one admission in each house, the median of all."""
    serials = count(1 + in_group * ROUNDS * ADMISSIONS * len(houses))
    took: list[list[float]] = [[] for _ in houses]
    for _ in range(ROUNDS):
        for root, times in zip(houses, took, strict=True):
            times += await root.store.transact(partial(_admit, root, serials, in_group))
    return [median(times) * 1e6 for times in took]


async def _admit(root: Base, serials: Iterator[int], in_group: bool, tx: Transaction) -> list[float]:
    """Several admissions of several people, each timed alone."""
    times = []
    for _ in range(ADMISSIONS):
        serial = next(serials)
        number = serial * 7 % PEOPLE + 1
        person, place = _person(number), _place(number, in_group)
        job_id, uid, now = serial % OLD_JOBS + 1, f"bench-{serial}", root.env.now_ms()
        began = perf_counter()
        at = await accounts.standing(root.env, tx, person, place)
        accounts.check(at, PRICE)
        await accounts.reserve(root.env, tx, person, place, job_id, uid, PRICE, now)
        times.append(perf_counter() - began)
        assert at.payer == ("chat" if in_group else "user")
    return times


def _person(number: int) -> Person:
    return Person(
        number, number, "", "en", is_operator=False, is_allowed=True, is_blocked=False, confirm_above_microusd=None
    )


def _place(number: int, in_group: bool) -> Place:
    if in_group:
        return Place(GROUP, GROUP, "supergroup", "", None, is_allowed=True, language=None)
    return Place(number, number, "private", "", None, is_allowed=True, language=None)
