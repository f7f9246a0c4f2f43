"""Which limits apply to a person in a place, with their counts.

One rule: every limit that applies must allow. What is set for a scope replaces its default (a member's is the row of
each member, a person's that of their tier or else the settings, the service's the settings); a ceiling is one more
limit, held by the operator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.errors import Defect
from bot.core.limits import (
    COUNTED,
    SLIDING_MS,
    UNLIMITED,
    Bound,
    Counted,
    Lift,
    Measure,
    Period,
    Scope,
    first_whole_day,
    period_end,
    period_start,
)
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, ACCOUNTS = load("limits"), load("accounts")
AccountKind = Literal["user", "chat", "service"]
SERVICE_ID = 0


@dataclass(frozen=True, slots=True)
class Stream:
    """What is counted together: everything that one scope, or one account, took.

    `is_whole`: what was given back counts all the same; an operator's ceiling counts so.
    """

    scope: Literal["service", "chat", "topic", "member", "user", "account"]
    id: int
    member_id: int = 0
    is_whole: bool = field(default=False, compare=False)

    @property
    def key(self) -> dict[str, str | int]:
        """As its rows are found."""
        return {"scope": self.scope, "scope_id": self.id, "member_id": self.member_id}


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose account pays here."""

    kind: Literal["user", "chat"]
    account_id: int


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a scope's days begin."""

    zone: ZoneInfo
    reset_hour: int = 0


@dataclass(frozen=True, slots=True)
class Applying:
    """One limit that applies: what was set, or its default."""

    scope: Scope
    measure: Measure
    period: Period
    value: int | None
    words: str = ""
    lift: Lift = Lift.OPERATOR
    is_everywhere: bool = False
    is_ceiling: bool = False
    set_at: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """All that apply now. `own_money` are the payer's own, lifted by their balance; `watched` names each count."""

    hard: tuple[Counted, ...]
    own_money: tuple[Counted, ...]
    bounds: tuple[Bound, ...]
    watched: tuple[tuple[Counted, Stream], ...] = field(default=())


async def account_id(tx: Transaction, kind: AccountKind, owner_id: int) -> int:
    """An owner's account, made when first needed."""
    row = await tx.one(ACCOUNTS.account, kind=kind, owner_id=owner_id)
    if row is None:
        raise Defect("account-not-made")
    return int(row["id"])


async def payer_of(tx: Transaction, person: Person, place: Place) -> Payer:
    """In a group its pool pays where one is open, else each asker."""
    pool = None if place.is_private else await pool_of(tx, place.chat_id)
    return Payer("user", await account_id(tx, "user", person.id)) if pool is None else Payer("chat", pool)


async def pool_of(tx: Transaction, chat_id: int) -> int | None:
    """The account of a chat's open pool."""
    row = await tx.one(ACCOUNTS.pool, chat_id=chat_id)
    return None if row is None else int(row["id"])


async def weigh_pool(tx: Transaction, chat_id: int, given: int = 0) -> None:
    """Opens or closes a chat's pool, after so much more was `given` to it or its operator's terms changed."""
    await tx.run(ACCOUNTS.weigh_pool, chat_id=chat_id, given=given)


async def count_all(env: Env, tx: Transaction, person: Person, place: Place, payer: Payer) -> Limits:
    """Every limit that applies to a request made now, counted."""
    rows = await tx.all(Q.applying, **_ids(person, place))
    view = _View(env, tx, person, place, payer, await clocks_of(env, tx, person, place))
    hard: list[tuple[Counted, Stream]] = []
    own: list[tuple[Counted, Stream]] = []
    bounds: list[Bound] = []
    for limit in _chosen(env, rows):
        if not view.applies(limit):
            continue
        if limit.measure not in COUNTED:
            bounds.extend(_bound(limit, view.clock(limit.scope)))
        elif (counted := await view.count(limit)) is not None:
            (own if view.is_own_money(limit) else hard).append((counted, view.stream(limit)))
    return Limits(tuple(c for c, _ in hard), tuple(c for c, _ in own), tuple(bounds), (*hard, *own))


def _ids(person: Person, place: Place) -> dict[str, int | None]:
    """A private chat has no limits of its own: there the person's apply."""
    chat_id, topic_id = (None, None) if place.is_private else (place.chat_id, place.topic_id)
    return {"chat_id": chat_id, "topic_id": topic_id, "user_id": person.id}


def defaults(env: Env) -> Iterator[Applying]:
    """What holds where nothing is set."""
    policy = env.policy
    yield Applying(Scope.USER, Measure.MONEY, Period.MONTH, policy.user_microusd_per_month)
    yield Applying(Scope.SERVICE, Measure.MONEY, Period.DAY, policy.service_microusd_per_day)
    yield Applying(Scope.USER, Measure.REQUESTS, Period.DAY, policy.user_requests_per_day)
    yield Applying(Scope.USER, Measure.REQUESTS, Period.MINUTE, policy.user_requests_per_minute)
    yield Applying(Scope.USER, Measure.ACTIVE, Period.NOW, policy.user_active_jobs)


def _chosen(env: Env, rows: Sequence[Row]) -> list[Applying]:
    """Defaults, each replaced by what was set for it (a tier's, then a person's own; each member's, then a member's),
    then the ceilings.
    """
    chosen = {(limit.scope, limit.measure, limit.period): limit for limit in defaults(env)}
    for row in sorted(rows, key=lambda row: int(row["member_id"])):
        limit = _applying(row)
        if not row["is_ceiling"]:
            chosen[limit.scope, limit.measure, limit.period] = limit
    return [*chosen.values(), *(_applying(row) for row in rows if row["is_ceiling"])]


def _applying(row: Row) -> Applying:
    return Applying(
        Scope(row["scope"]),
        Measure(row["measure"]),
        Period(row["period"]),
        row["value"],
        row["words"],
        Lift(row["lift"]),
        bool(row["is_everywhere"]),
        bool(row["is_ceiling"]),
        row["updated_at"],
    )


def _bound(limit: Applying, clock: Clock) -> Iterator[Bound]:
    if limit.value is not None:
        separator = "-" if limit.measure is Measure.HOURS else ","
        words = tuple(word for word in limit.words.split(separator) if word)
        yield Bound(limit.scope, limit.measure, limit.lift, limit.value, words, clock.zone, limit.set_at)


async def clocks_of(env: Env, tx: Transaction, person: Person, place: Place) -> dict[str, Clock]:
    """Where the days begin of the service, of the chat and of the person."""
    row = await tx.one(Q.clocks, chat_id=place.chat_id, user_id=person.id)
    clocks = {"service": Clock(env.policy.zone)}
    for name in ("chat", "user"):
        zone, hour = (row[f"{name}_zone"], row[f"{name}_hour"]) if row else (None, 0)
        clocks[name] = Clock(zone_of(env, zone), hour or 0)
    return clocks


def zone_of(env: Env, name: str | None) -> ZoneInfo:
    """A scope's zone; the service's own where none is set or the name means nothing here."""
    try:
        return ZoneInfo(name) if name else env.policy.zone
    except (ZoneInfoNotFoundError, ValueError):
        return env.policy.zone


class _View:
    """One person in one place at one moment; counts are read once each."""

    def __init__(
        self, env: Env, tx: Transaction, person: Person, place: Place, payer: Payer, clocks: dict[str, Clock]
    ) -> None:
        self._env, self._tx, self._person, self._place, self._payer = env, tx, person, place, payer
        self._clocks, self._now = clocks, env.now_ms()
        self._read: dict[tuple[Stream, int], Row | None] = {}

    def applies(self, limit: Applying) -> bool:
        """A person's limits hold for what their own account pays, or everywhere."""
        return limit.scope is not Scope.USER or limit.is_everywhere or self._payer.kind == "user"

    def is_own_money(self, limit: Applying) -> bool:
        """The payer's own money limits are their allowance: the person's, or what an operator gives a pool.

        A ceiling gives nothing: it is what the chat's administrators may set at most.
        """
        if limit.measure is not Measure.MONEY or limit.lift is not Lift.OPERATOR or limit.is_ceiling:
            return False
        return limit.scope.value == self._payer.kind

    def stream(self, limit: Applying) -> Stream:
        """What a limit counts."""
        person, place = self._person, self._place
        match limit.scope:
            case Scope.SERVICE:
                return Stream("service", SERVICE_ID)
            case Scope.CHAT:
                own = self.is_own_money(limit)
                return Stream("account", self._payer.account_id) if own else Stream("chat", place.chat_id)
            case Scope.TOPIC:
                return Stream("topic", place.topic_id or 0)
            case Scope.MEMBER:
                return Stream("member", place.chat_id, person.id, is_whole=limit.is_ceiling)
            case Scope.USER:
                return Stream("user", person.id) if limit.is_everywhere else Stream("account", self._payer.account_id)
            case _ as never:
                assert_never(never)

    def clock(self, scope: Scope) -> Clock:
        """A scope's zone and reset hour."""
        names = {Scope.SERVICE: "service", Scope.USER: "user"}
        return self._clocks[names.get(scope, "chat")]

    async def count(self, limit: Applying) -> Counted | None:
        """A limit with its count; None for one that was taken away."""
        lasting = limit.scope is Scope.USER or self.is_own_money(limit)  # of these somebody is always told the count
        value = UNLIMITED if limit.value is None and lasting else limit.value
        if value is None or (value == UNLIMITED and limit.period in SLIDING_MS):
            return None
        if limit.period in SLIDING_MS:
            return await self._slide(limit, value)
        clock = self.clock(limit.scope)
        stream = self.stream(limit)
        row = await self._taken(stream, period_start(limit.period, self._now, clock.zone, clock.reset_hour))
        ends = period_end(limit.period, self._now, clock.zone, clock.reset_hour)
        used = self._used(limit, stream, row) if row is not None else 0
        return Counted(limit.scope, limit.measure, limit.period, value, used, ends, limit.lift, limit.set_at)

    def _used(self, limit: Applying, stream: Stream, row: Row) -> int:
        if self.is_own_money(limit) and not limit.is_everywhere:
            return int(row["lent"])
        back = 0 if stream.is_whole or limit.measure is Measure.ACTIVE else row[f"{limit.measure}_back"]
        return int(row[limit.measure.value] - back)

    async def _taken(self, stream: Stream, since: int) -> Row | None:
        if (stream, since) not in self._read:
            if since == 0:
                row = await self._tx.one(Q.taken_ever, **stream.key)
            else:
                row = await self._tx.one(Q.taken_since, **stream.key, since=since, first_day=first_whole_day(since))
            self._read[stream, since] = row
        return self._read[stream, since]

    async def _slide(self, limit: Applying, value: int) -> Counted:
        """Exact, reading no more moments than the limit lets in."""
        stream, width = self.stream(limit), SLIDING_MS[limit.period]
        since, whole = self._now - width, int(stream.is_whole)
        rows = await self._tx.all(Q.newest_accepts, **stream.key, since=since, whole=whole, most=value)
        frees = rows[-1]["at"] + width if rows and len(rows) == value else None
        return Counted(limit.scope, limit.measure, limit.period, value, len(rows), frees, limit.lift, limit.set_at)
