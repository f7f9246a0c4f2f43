"""Admission under load and as SQLite plans it, and the rules of each limit from what is set to what is refused."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import Defect, LimitReached, Refusal
from bot.core.limits import Lift, Scope
from bot.core.money import Microusd
from bot.services import accounts, limiting, permits
from bot.services.directory import Person, Place
from bot.services.limiting import Target
from bot.storage.base import Transaction
from bot.storage.migrate import migrate
from bot.storage.sqlite import open_store
from bot.storage.sqlite_thread import connect
from tests.services.till import START, Till, add_job, ask, env_at, person, place, populate

GROUP, PRICE, HOUR, DAY = 201, 100, 3_600_000, 86_400_000
ADMIN, OPERATOR = Lift.ADMIN, Lift.OPERATOR


@pytest.fixture
def till() -> Iterator[Till]:
    """A small world."""
    opened = Till.opened()
    yield opened
    opened.connection.close()


def limit(
    till: Till, target: Target, kind: str, period: str, value: int | str | None, by: Lift = ADMIN, **more: Any
) -> None:
    till.run(lambda tx: limiting.set_limit(till.env, tx, 1, by, target, kind, period, value, **more))


def fund(till: Till, kind: Any, owner_id: int, amount: int) -> None:
    business_id = f"grant:{next(till.serials)}"
    till.run(lambda tx: accounts.grant(till.env, tx, kind, owner_id, Microusd(amount), business_id, None))


def accept(till: Till, who: Person, where: Place, price: int = PRICE) -> int:
    """The request's id."""
    serial = next(till.serials)
    request, _ = till.run(lambda tx: ask(till.env, tx, who, where, price, serial))
    return request


def refused(till: Till, who: Person, where: Place, price: int = PRICE) -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        accept(till, who, where, price)
    return caught.value


async def test_of_a_thousand_requests_at_once_exactly_as_many_are_accepted_as_the_limits_admit(tmp_path: Path) -> None:
    """Five groups with pools: 30, 30, 30 and 30 by requests, the fifth 17 by money; fifty members, twenty asks each."""
    path = tmp_path / "bot.sqlite3"
    with closing(connect(path)) as connection:
        migrate(connection, START)
        populate(connection, 50, 5)
    store, env = await open_store(path, now_ms=START), env_at(lambda: START)
    serials = itertools.count(1)

    async def found(tx: Transaction) -> None:
        for group in range(201, 206):
            await accounts.grant(
                env, tx, "chat", group, Microusd(17 * PRICE if group == 205 else 10**6), f"g{group}", None
            )
            await limiting.set_limit(env, tx, 1, OPERATOR, Target.chat(group), "requests", "day", 30)
        await limiting.set_limit(env, tx, 1, OPERATOR, Target.service(), "money", "day", 10**9)

    async def one(number: int) -> bool:
        who, where, serial = person(number % 50 + 1), place(201 + number % 5), next(serials)
        try:
            await store.transact(lambda tx: ask(env, tx, who, where, PRICE, serial))
        except LimitReached:
            return False
        return True

    try:
        await store.transact(found)
        answers = await asyncio.gather(*(one(number) for number in range(1_000)))
    finally:
        await store.close()
    assert sum(answers) == 4 * 30 + 17 == 137
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        books = Till(connection)
        assert books.rows("SELECT count(*) FROM jobs") == [(137,)]
        books.check_books()


def test_admission_reads_no_table_from_end_to_end(till: Till) -> None:
    """Every statement of a whole life of a job, as SQLite plans it."""
    limit(till, Target.members(GROUP), "requests", "hour", 100)
    limit(till, Target.topic(GROUP, GROUP), "money", "week", 10**6)
    said: list[str] = []
    till.connection.set_trace_callback(said.append)
    request = accept(till, person(1), place(GROUP, GROUP))
    till.run(lambda tx: permits.give(till.env, tx, person(1), place(GROUP, GROUP), request, 1))
    till.run(lambda tx: add_job(till.env, tx, person(1), place(GROUP, GROUP), PRICE, request, "again"))
    job = till.job(1)
    till.run(lambda tx: accounts.settle(till.env, tx, job, Microusd(PRICE + 1)))
    other = till.job(2)
    till.run(lambda tx: accounts.release(till.env, tx, other))
    till.connection.set_trace_callback(None)
    own = [sql for sql in said if sql.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}]
    assert len(own) > 40
    till.connection.execute(
        "PRAGMA foreign_keys = OFF"
    )  # an insertion's plan shows a look for referers that never runs
    assert scans(till, own) == []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:  # plans that were made before are kept
        till.connection.backup(copy)
        copy.execute("DROP INDEX accepts_job")
        assert "SCAN accepts" in scans(Till(copy), own), "a missing index is seen"


def scans(till: Till, statements: list[str]) -> list[str]:
    """The steps of all plans that read a table, or an index, from end to end."""
    steps = [step[3] for sql in statements for step in till.rows(f"EXPLAIN QUERY PLAN {sql}")]
    tables = {row[0] for row in till.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [step for step in steps if step.startswith("SCAN") and step.split()[1] in tables]


def test_a_members_own_limit_replaces_each_members_default_and_off_brings_it_back(till: Till) -> None:
    here = place(GROUP)
    limit(till, Target.members(GROUP), "requests", "day", 1)
    limit(till, Target.member(GROUP, 1), "requests", "day", 2)
    accept(till, person(1), here)
    accept(till, person(1), here)
    accept(till, person(2), here)
    fault = refused(till, person(2), here)
    assert (fault.key, fault.data["scope"], fault.data["liftable"]) == ("limit-requests", "member", "admin")
    limit(till, Target.member(GROUP, 1), "requests", "day", "off")
    assert refused(till, person(1), here).data["limit"] == 1
    limit(till, Target.member(GROUP, 1), "requests", "day", "unlimited")
    accept(till, person(1), here)


def test_zero_forbids_and_a_moderator_may_allow_it_once(till: Till) -> None:
    here = place(GROUP)
    request = accept(till, person(1), here)
    limit(till, Target.members(GROUP), "requests", "day", 0)
    assert refused(till, person(1), here).key == "limit-forbidden"
    till.run(lambda tx: permits.give(till.env, tx, person(1), here, request, 2))
    till.run(lambda tx: add_job(till.env, tx, person(1), here, PRICE, request, "allowed"))
    with pytest.raises(LimitReached, match="limit-forbidden"):
        till.run(lambda tx: add_job(till.env, tx, person(1), here, PRICE, request, "once-only"))


def test_allow_once_lifts_nothing_that_an_operator_holds(till: Till) -> None:
    here = place(GROUP)
    request = accept(till, person(1), here)
    till.run(lambda tx: permits.give(till.env, tx, person(1), here, request, 2))
    limit(till, Target.service(), "money", "day", 150, OPERATOR)
    with pytest.raises(LimitReached) as caught:
        till.run(lambda tx: add_job(till.env, tx, person(1), here, PRICE, request, "too-much"))
    assert (caught.value.data["scope"], caught.value.data["liftable"]) == ("service", "operator")
    assert till.rows("SELECT jobs_left FROM passes") == [(1,)], "what was refused used nothing up"


def test_a_minute_slides_and_says_when_it_frees(till: Till) -> None:
    here = place(GROUP)
    limit(till, Target.user(1), "active", "", "unlimited", OPERATOR)
    limit(till, Target.members(GROUP), "requests", "minute", 2)
    accept(till, person(1), here)
    till.now += 40_000
    accept(till, person(1), here)
    till.now += 19_999
    assert refused(till, person(1), here).data["resets_at"] == START + 60_000
    till.now += 1
    accept(till, person(1), here)
    assert refused(till, person(1), here).data["resets_at"] == START + 100_000


def test_what_the_pool_pays_does_not_count_for_the_person_unless_everywhere(till: Till) -> None:
    here = place(GROUP)
    fund(till, "chat", GROUP, 10_000)
    for _ in range(7):  # more than a person's six a day
        job = accept(till, person(1), here)
        row = till.job(job)
        till.run(lambda tx, row=row: accounts.settle(till.env, tx, row, Microusd(PRICE)))  # type: ignore[misc]
        till.connection.execute("UPDATE jobs SET state = 'DELIVERED', cost_microusd = ? WHERE id = ?", (PRICE, job))
    limit(till, Target.user(1), "requests", "day", 7, OPERATOR, everywhere=True)
    fault = refused(till, person(1), here)
    assert (fault.key, fault.data["scope"]) == ("limit-requests", "user")
    till.check_books()


def test_a_members_share_of_the_pool_holds_whatever_the_pool_has(till: Till) -> None:
    here = place(GROUP)
    fund(till, "chat", GROUP, 10_000)
    limit(till, Target.members(GROUP), "money", "week", 250)
    accept(till, person(1), here)
    accept(till, person(1), here)
    fault = refused(till, person(1), here)
    assert (fault.key, fault.data["scope"], fault.data["left_microusd"]) == ("limit-money", "member", 50)
    accept(till, person(2), here)


def test_an_administrator_of_a_group_that_nobody_funded_makes_no_money(till: Till) -> None:
    here = place(GROUP)
    for kind, period in (("money", "month"), ("money", "ever"), ("requests", "day")):
        for target in (Target.chat(GROUP), Target.members(GROUP), Target.member(GROUP, 1)):
            limit(till, target, kind, period, 10**9)
            limit(till, target, kind, period, "unlimited")
    fault = refused(till, person(1), here, 3_001)
    assert (fault.data["scope"], fault.data["left_microusd"], fault.data["liftable"]) == ("user", 3_000, "operator")
    with pytest.raises(LimitReached):
        till.run(lambda tx: accounts.move(till.env, tx, ("chat", GROUP), ("user", 1), Microusd(1), "m", 1))
    for target in (Target.service(), Target.user(1)):
        with pytest.raises(Refusal, match="quota-operators-only"):
            limit(till, target, "money", "month", 10**9)


def test_a_ceiling_stops_settings_above_it_and_holds_by_itself(till: Till) -> None:
    here = place(GROUP)
    till.run(lambda tx: limiting.ceiling(till.env, tx, 1, GROUP, Scope.MEMBER, "requests", "day", 2))
    with pytest.raises(Refusal, match="quota-above-ceiling"):
        limit(till, Target.members(GROUP), "requests", "day", 3)
    limit(till, Target.members(GROUP), "requests", "day", "unlimited")
    accept(till, person(1), here)
    accept(till, person(1), here)
    assert refused(till, person(1), here).data["liftable"] == "operator"
    till.run(lambda tx: limiting.ceiling(till.env, tx, 1, GROUP, Scope.MEMBER, "requests", "day", None))
    accept(till, person(1), here)


@pytest.mark.parametrize(
    ("kind", "top", "within", "above"),
    [
        ("model", "a,b", "b", "b,c"),
        ("resolution", "720p", "480p", "1080p"),
        ("hours", "8-20", "9-19", "9-21"),
        ("seconds", 10, 10, 11),
        ("model", 0, 0, "a"),
    ],
)
def test_words_have_ceilings_too(till: Till, kind: str, top: Any, within: Any, above: Any) -> None:
    till.run(lambda tx: limiting.ceiling(till.env, tx, 1, GROUP, Scope.MEMBER, kind, "", top))
    limit(till, Target.members(GROUP), kind, "", within)
    with pytest.raises(Refusal, match="quota-above-ceiling"):
        limit(till, Target.members(GROUP), kind, "", above)


def test_what_an_operator_set_an_administrator_cannot_change(till: Till) -> None:
    limit(till, Target.chat(GROUP), "requests", "day", 5, OPERATOR)
    for value in (9, 1, "off", "unlimited"):
        with pytest.raises(Refusal, match="quota-operators-only"):
            limit(till, Target.chat(GROUP), "requests", "day", value)
    rows = till.run(lambda tx: limiting.settings_of(tx, Target.chat(GROUP)))
    assert [(row["measure"], row["value"], row["lift"]) for row in rows] == [("requests", 5, "operator")]


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [
        ("job", PRICE - 1, "limit-job"),
        ("model", "other,another", "limit-model"),
        ("resolution", "480p", "limit-resolution"),
        ("seconds", 4, "limit-seconds"),
        ("hours", "9-23", "limit-hours"),  # it is two in the morning
        ("model", 0, "limit-forbidden"),
    ],
)
def test_limits_on_one_job_are_held_where_it_is_reserved(till: Till, kind: str, value: Any, key: str) -> None:
    limit(till, Target.members(GROUP), kind, "", value)
    fault = refused(till, person(1), place(GROUP))
    assert (fault.key, fault.data["scope"], fault.data["liftable"]) == (key, "member", "admin")
    limit(till, Target.members(GROUP), kind, "", "unlimited")
    accept(till, person(1), place(GROUP))


def test_a_refunded_payment_leaves_a_debt_that_must_be_filled(till: Till) -> None:
    home, env = place(101, is_private=True), till.env
    till.run(lambda tx: accounts.topup(env, tx, "user", 1, Microusd(500), "topup:1", None))
    accept(till, person(1), home, 3_200)
    assert till.run(lambda tx: accounts.refund(env, tx, "user", 1, Microusd(500), "refund:1", None)) == -200
    fault = refused(till, person(1), home, 0)
    assert (fault.key, fault.data["owed_microusd"]) == ("limit-balance-owed", 200)
    fund(till, "user", 1, 200)
    accept(till, person(1), home, 0)


def test_a_pool_whose_every_payment_went_back_pays_for_nobody(till: Till) -> None:
    here, env = place(GROUP), till.env
    for once in ("topup:1", "topup:2"):
        till.run(partial(pay, till, once))
    assert accept(till, person(1), here, 900)
    refund(till, 1)
    assert till.pools() == {GROUP}
    refund(till, 2)
    assert till.pools() == set()
    accept(till, person(1), here)
    payers = "SELECT kind FROM jobs JOIN accounts ON accounts.id = account_id ORDER BY jobs.id"
    assert till.rows(payers) == [("chat",), ("user",)]
    till.run(lambda tx: accounts.adjust(env, tx, "chat", GROUP, 500, "refund-undone:2", None))
    assert till.pools() == {GROUP}
    till.check_books()


@pytest.mark.parametrize("how", ["limit", "ceiling"])
def test_an_operators_terms_keep_a_pool_open_and_open_none(till: Till, how: str) -> None:
    def terms(value: int | None) -> None:
        if how == "limit":
            limit(till, Target.chat(GROUP), "money", "week", value, OPERATOR)
        else:
            till.run(lambda tx: limiting.ceiling(till.env, tx, 1, GROUP, Scope.CHAT, "money", "week", value))

    terms(700)
    assert till.pools() == set()
    till.run(lambda tx: accounts.topup(till.env, tx, "chat", GROUP, Microusd(500), "topup:1", None))
    refund(till, 1)
    assert till.pools() == {GROUP}
    terms(None)
    assert till.pools() == set()
    terms(700)
    assert till.pools() == set()
    till.check_books()


async def pay(till: Till, once: str, tx: Transaction) -> int:
    return await accounts.topup(till.env, tx, "chat", GROUP, Microusd(500), once, None)


def refund(till: Till, number: int) -> None:
    """A payment of 500 into the group's pool goes back."""
    taken = f"refund:{number}"
    till.run(lambda tx: accounts.refund(till.env, tx, "chat", GROUP, Microusd(500), taken, None))


def test_a_zone_that_changes_counts_right_at_once(till: Till) -> None:
    """At 02:00 in Berlin it is still yesterday in Havana: what was taken an hour ago counts in its day too."""
    here = place(GROUP)
    till.now -= 3 * HOUR  # 23:00 the day before, in Berlin
    accept(till, person(1), here)
    till.now += 3 * HOUR
    limit(till, Target.members(GROUP), "requests", "day", 1)
    till.run(lambda tx: limiting.set_clock(till.env, tx, 1, Target.chat(GROUP), "America/Havana", 0))
    assert refused(till, person(1), here).key == "limit-requests"
    till.run(lambda tx: limiting.set_clock(till.env, tx, 1, Target.chat(GROUP), None, 0))
    accept(till, person(1), here)


def test_four_fifths_are_told_once_a_period(till: Till) -> None:
    here = place(GROUP)
    limit(till, Target.user(1), "requests", "day", "unlimited", OPERATOR)
    limit(till, Target.user(1), "active", "", "unlimited", OPERATOR)
    limit(till, Target.members(GROUP), "requests", "day", 5)

    def told() -> list[tuple[str, str, int]]:
        accept(till, person(1), here, 1)
        return till.rows("SELECT scope, measure, count(*) FROM warnings GROUP BY scope, measure")

    assert [told() for _ in range(5)] == [[], [], [], [("member", "requests", 1)], [("member", "requests", 1)]]
    till.now += DAY
    assert [told() for _ in range(4)][-1] == [("member", "requests", 2)]


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Tokyo", 0), ("America/Los_Angeles", 0), (None, 23), (None, 7)])
def test_a_clock_that_is_moved_repeats_no_warning_of_the_period(till: Till, zone: str | None, hour: int) -> None:
    here = place(GROUP)
    for kind, period in (("requests", "day"), ("active", "")):
        limit(till, Target.user(1), kind, period, "unlimited", OPERATOR)
    limit(till, Target.members(GROUP), "requests", "day", 10)
    for _ in range(8):
        accept(till, person(1), here, 1)
    till.run(lambda tx: limiting.set_clock(till.env, tx, 1, Target.chat(GROUP), zone, hour))
    with suppress(LimitReached):
        for _ in range(9):
            accept(till, person(1), here, 1)
    assert till.rows("SELECT count(*) FROM warnings WHERE scope = 'member'") == [(1,)]


def test_a_raised_limit_is_warned_of_once_more_in_its_period(till: Till) -> None:
    here = place(GROUP)
    for kind, period in (("requests", "day"), ("active", "")):
        limit(till, Target.user(1), kind, period, "unlimited", OPERATOR)
    warned = []
    for used, top in enumerate((5, 5, 5, 5, 5, 10, 10, 10, 10, 9, 11, 12), 1):
        till.now += 1
        limit(till, Target.members(GROUP), "requests", "day", top)
        with suppress(LimitReached):
            accept(till, person(1), here, 1)
        if (till.now,) in till.rows("SELECT at FROM warnings WHERE scope = 'member'"):
            warned.append((used, top))
    assert warned == [(4, 5), (8, 10), (11, 11), (12, 12)]


def test_a_reserve_answers_what_it_brought_to_four_fifths(till: Till) -> None:
    home = place(101, is_private=True)

    async def use_case(tx: Transaction) -> tuple[str, ...]:
        _, job_id = await ask(till.env, tx, person(1), home, 2_300, 1)
        await accounts.release(till.env, tx, till.job(job_id))
        at = await accounts.reserve(till.env, tx, person(1), home, job_id, "once-more", Microusd(2_400))
        return tuple(f"{limit.scope} {limit.period}" for limit in at.crossed)

    assert till.run(use_case) == ("user month",)


@pytest.mark.parametrize(("kind", "period"), [("money", "hour"), ("requests", "now"), ("job", "day"), ("luck", "day")])
def test_a_limit_that_nothing_could_count_is_our_own_mistake(till: Till, kind: str, period: str) -> None:
    with pytest.raises(Defect, match="limit-malformed"):
        limit(till, Target.members(GROUP), kind, period, 5)
