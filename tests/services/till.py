"""The money of a small world on the real schema, driven step by step: people, chats, jobs, and the books behind them.

Each use case runs in a transaction of its own on one connection; `lost` plays a crash before the commit.
"""

# ruff: noqa: S608 - the names in these queries are our own

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from bot.core.limits import SLIDING_MS, Counted, Measure, Scope, period_start
from bot.core.money import Microusd
from bot.services import accounts, counting
from bot.services.directory import Person, Place
from bot.services.env import Env, Policy
from bot.storage.base import Row, Transaction, UseCase
from bot.storage.queries import Query
from bot.storage.sqlite_transaction import SqliteTransaction
from tests.fresh import in_memory

T = TypeVar("T")
START = 1_774_659_600_000  # 2026-03-28 02:00 in Berlin, a day before the clocks change
POLICY = Policy(
    operator_ids=frozenset(),
    open_access=True,
    service_microusd_per_day=Microusd(20_000),
    user_microusd_per_month=Microusd(3_000),
    user_requests_per_day=6,
    user_active_jobs=3,
    confirm_above_microusd=Microusd(0),
    zone=ZoneInfo("Europe/Berlin"),
    can_link=False,
)
OPEN = ("QUEUED", "SUBMITTING", "RUNNING", "COLLECTING", "UNCERTAIN")
MODEL, SPEC = "seedance", json.dumps({"resolution": "720p", "duration_s": 5})


def query(sql: str) -> Query:
    """A query of the tests'."""
    return Query("test.query", sql, "Of a test.")


ADD_REQUEST = query(
    "INSERT INTO requests (user_id, chat_id, topic_id, message_id, source, state, created_at, updated_at)"
    " VALUES (:user_id, :chat_id, :topic_id, :serial, 'command', 'draft', :now, :now) RETURNING id"
)
ADD_JOB = query(
    "INSERT INTO jobs (uid, code, request_id, ordinal, user_id, chat_id, topic_id, message_id, slot, account_id,"
    " provider, model, spec, state, run_at, created_at, updated_at, deadline_at, trace, callback_token,"
    " quote_microusd) VALUES (:uid, '#AAAA', :request_id, (SELECT count(*) FROM jobs WHERE request_id = :request_id),"
    " :user_id, :chat_id, :topic_id, 1, 'card', :account_id, 'ark', :model, :spec, 'QUEUED', :now, :now, :now, :now,"
    " :uid, :uid, :price) RETURNING id"
)
END_JOB = query("UPDATE jobs SET state = :state, cost_microusd = :cost, error_key = :error WHERE id = :id RETURNING *")


def person(user_id: int) -> Person:
    """A person of this world."""
    return Person(user_id, user_id, f"p{user_id}", "en", False, True, False, None)


def place(chat_id: int, topic_id: int | None = None, *, is_private: bool = False) -> Place:
    """A place of this world."""
    kind = cast("Any", "private" if is_private else "supergroup")
    return Place(chat_id, -chat_id, kind, f"c{chat_id}", topic_id, True, None)


def env_at(now_ms: Any, policy: Policy = POLICY) -> Env:
    """Money asks an Env for its policy and its clock alone."""
    nothing = cast("Any", None)
    return Env(nothing, nothing, nothing, policy, now_ms, lambda count: b"\0" * count, Path())


def populate(connection: sqlite3.Connection, users: int, groups: int, now: int = START) -> None:
    """Users 1.., their private chats 101.., groups 201.. with a topic each."""
    for user in range(1, users + 1):
        connection.execute("INSERT INTO users (id, created_at) VALUES (?, ?)", (user, now))
        connection.execute("INSERT INTO chats (id, kind, created_at) VALUES (?, 'private', ?)", (100 + user, now))
    for group in range(201, 201 + groups):
        connection.execute("INSERT INTO chats (id, kind, created_at) VALUES (?, 'group', ?)", (group, now))
        connection.execute("INSERT INTO topics (id, chat_id, thread_id) VALUES (?, ?, 1)", (group, group))
        connection.execute(
            "INSERT INTO telegram_ids (kind, telegram_id, owner_id) VALUES ('chat', ?, ?)", (-group, group)
        )


async def ask(env: Env, tx: Transaction, who: Person, where: Place, price: int, serial: int) -> tuple[int, int]:
    """A request with one job: (request's id, job's id). Raises LimitReached."""
    now = env.now_ms()
    ids = {"user_id": who.id, "chat_id": where.chat_id, "topic_id": where.topic_id}
    request = await tx.one(ADD_REQUEST, **ids, serial=serial, now=now)
    assert request is not None
    return request["id"], await add_job(env, tx, who, where, price, request["id"], f"uid-{serial}")


async def add_job(env: Env, tx: Transaction, who: Person, where: Place, price: int, request_id: int, uid: str) -> int:
    """One more job of a request, its price held. Raises LimitReached."""
    payer = await counting.payer_of(tx, who, where)
    ids = {"user_id": who.id, "chat_id": where.chat_id, "topic_id": where.topic_id, "account_id": payer.account_id}
    job = await tx.one(
        ADD_JOB, **ids, uid=uid, request_id=request_id, model=MODEL, spec=SPEC, price=price, now=env.now_ms()
    )
    assert job is not None
    await accounts.reserve(env, tx, who, where, job["id"], uid, Microusd(price))
    return int(job["id"])


@dataclass
class Till:
    """The world with its clock."""

    connection: sqlite3.Connection
    now: int = START
    serials: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def opened(cls, users: int = 3, groups: int = 2) -> Till:
        """A fresh world in memory."""
        connection = in_memory()
        populate(connection, users, groups)
        connection.execute("PRAGMA foreign_keys = ON")
        return cls(connection)

    @property
    def env(self) -> Env:
        """What use cases are given."""
        return env_at(lambda: self.now)

    def run(self, use_case: UseCase[T], *, lost: bool = False) -> T:
        """One use case; what it raises rolls it back."""
        with self._transaction(lost=lost):
            return SqliteTransaction(self.connection).drive(use_case)

    @contextmanager
    def _transaction(self, *, lost: bool) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("ROLLBACK" if lost else "COMMIT")

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(sql, values).fetchall()

    def job(self, job_id: int) -> Row:
        """A job as the services are given it."""
        cursor = self.connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,))
        return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))

    def open_jobs(self) -> list[int]:
        """Jobs that hold money."""
        return [row[0] for row in self.rows(f"SELECT id FROM jobs WHERE state IN {OPEN} ORDER BY id")]

    def dump(self) -> list[str]:
        """Everything, to compare."""
        return list(self.connection.iterdump())

    def check_books(self) -> None:
        """Balances are the ledger's sums, counts a recount, holds the open jobs', and each job's money is right."""
        assert self._balances() == self._booked(), "a balance is the sum of its entries"
        for grain, width in (("quarter", 900_000), ("day", 86_400_000), ("ever", 1 << 62)):
            assert self._tallies(grain) == self._recounted(grain, width), f"{grain} tallies equal a recount"
            assert self._back(grain) == self._given_back(width), f"{grain}: what was given back equals a recount"
        given = "SELECT id, given_microusd FROM accounts WHERE kind = 'chat' AND given_microusd <> 0 ORDER BY id"
        recounted = "SELECT account_id, given_microusd FROM recount_given WHERE given_microusd <> 0 ORDER BY account_id"
        assert self.rows(given) == self.rows(recounted), "what was given to a chat equals a recount"
        held = "SELECT job_id, from_allowance + from_balance FROM holds ORDER BY job_id"
        quoted = f"SELECT id, quote_microusd FROM jobs WHERE state IN {OPEN} ORDER BY id"
        assert self.rows(held) == self.rows(quoted)
        wrong = self.rows(
            "SELECT jobs.id FROM jobs WHERE -(SELECT coalesce(sum(amount_microusd), 0) FROM entries"
            " WHERE job_id = jobs.id AND account_id = jobs.account_id) <> CASE"
            f" WHEN state IN {OPEN} THEN quote_microusd WHEN state = 'DELIVERED' THEN cost_microusd ELSE 0 END"
        )
        assert wrong == [], "each job's payer paid what its state says"
        debtors = (
            "SELECT scope_id FROM counters WHERE measure = 'balance' AND value < 0 AND scope_id NOT IN"
            " (SELECT account_id FROM entries WHERE kind = 'REFUND')"
        )
        assert self.rows(debtors) == [], "only a refunded payment brings a balance below zero"

    def pools(self) -> set[int]:
        """The chats whose pool is open."""
        return {row[0] for row in self.rows("SELECT owner_id FROM accounts WHERE is_pool = 1")}

    def _balances(self) -> dict[int, int]:
        found = self.rows("SELECT scope_id, value FROM counters WHERE scope = 'account' AND measure = 'balance'")
        return {account: value for account, value in found if value}

    def _booked(self) -> dict[int, int]:
        sums = "SELECT account_id, sum(amount_microusd) FROM entries WHERE bucket = 'balance' GROUP BY account_id"
        return {account: value for account, value in self.rows(sums) if value}

    def _tallies(self, grain: str) -> list[tuple[Any, ...]]:
        return self.rows(
            "SELECT scope, scope_id, member_id, start, money, lent, requests, active FROM tallies"
            " WHERE grain = ? ORDER BY 1, 2, 3, 4",
            grain,
        )

    def _back(self, grain: str) -> list[tuple[Any, ...]]:
        return self.rows(
            "SELECT scope, scope_id, member_id, start, money_back, requests_back FROM tallies"
            " WHERE grain = ? AND (money_back <> 0 OR requests_back <> 0) ORDER BY 1, 2, 3, 4",
            grain,
        )

    def _given_back(self, width: int) -> list[tuple[Any, ...]]:
        """Each job that ended gives back once, and no more than it counts."""
        return self.rows(
            "SELECT scope, scope_id, member_id, at - at % ? AS start,"
            " sum(CASE measure WHEN 'money' THEN amount ELSE 0 END),"
            " sum(CASE measure WHEN 'requests' THEN amount ELSE 0 END)"
            " FROM given_back GROUP BY scope, scope_id, member_id, start ORDER BY 1, 2, 3, 4",
            width,
        )

    def _recounted(self, grain: str, width: int) -> list[tuple[Any, ...]]:
        counts = "sum(money), sum(lent), sum(requests), sum(CASE WHEN :ever THEN active ELSE 0 END)"
        sql = (
            f"SELECT scope, scope_id, member_id, at - at % :width AS start, {counts} FROM recount"
            " GROUP BY scope, scope_id, member_id, start ORDER BY 1, 2, 3, 4"
        )
        values = {"width": width, "ever": grain == "ever"}
        return self.connection.execute(sql, values).fetchall()

    def used(self, limit: Counted, stream: counting.Stream, clock: counting.Clock, *, lent: bool) -> int:
        """A limit's count, made again from the books."""
        if limit.period in SLIDING_MS:
            since = self.now - SLIDING_MS[limit.period] + 1
        else:
            since = period_start(limit.period, self.now, clock.zone, clock.reset_hour)
        column = "lent" if lent else limit.measure.value
        [(used,)] = self.rows(
            f"SELECT coalesce(sum({column}), 0) FROM recount"
            " WHERE scope = ? AND scope_id = ? AND member_id = ? AND at >= ?",
            stream.scope,
            stream.id,
            stream.member_id,
            since,
        )
        return int(used) - (0 if lent or stream.is_whole else self._back_since(limit, stream, since))

    def _back_since(self, limit: Counted, stream: counting.Stream, since: int) -> int:
        [(back,)] = self.rows(
            "SELECT coalesce(sum(amount), 0) FROM given_back"
            " WHERE scope = ? AND scope_id = ? AND member_id = ? AND measure = ? AND at >= ?",
            stream.scope,
            stream.id,
            stream.member_id,
            limit.measure.value,
            since,
        )
        return int(back)


def is_lent(limit: Counted, stream: counting.Stream) -> bool:
    """Whether a limit counts what the operator lends: the own money of a payer."""
    return limit.measure is Measure.MONEY and stream.scope == "account" and limit.scope in {Scope.USER, Scope.CHAT}
