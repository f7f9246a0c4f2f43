"""Limits decided purely: counts go in, a split of the price or a LimitReached comes out.

All limits that apply must allow. A payer's *means* are the allowance (what their own money limits still allow: the
operator's money, used first) plus their balance (granted or paid). A balance lifts only its owner's money limits.
Zero forbids. What an operator holds is asked first, so that a refusal which a chat's administrators may lift is one
that only they stand in the way of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import assert_never

from bot.core.errors import LimitReached
from bot.core.money import Microusd

UNLIMITED = 10**15
"""The value of a limit that an operator took away: more than all the money there is."""


def is_unlimited(amount: int) -> bool:
    """Whether a limit, or what is left of one, is that of a limit taken away.

    >>> is_unlimited(UNLIMITED - 5_000_000), is_unlimited(10**12)
    (True, False)
    """
    return amount > UNLIMITED // 2


class Scope(StrEnum):
    """Whom a limit counts."""

    SERVICE = "service"
    CHAT = "chat"
    TOPIC = "topic"
    MEMBER = "member"
    USER = "user"


class Measure(StrEnum):
    """What a limit limits: three are counted, the others look at one job."""

    MONEY = "money"
    REQUESTS = "requests"
    ACTIVE = "active"
    JOB = "job"
    MODEL = "model"
    RESOLUTION = "resolution"
    SECONDS = "seconds"
    HOURS = "hours"


COUNTED = frozenset({Measure.MONEY, Measure.REQUESTS, Measure.ACTIVE})


class Period(StrEnum):
    """The time it counts over: minute and hour slide, calendar periods follow the scope's zone, `now` is no time."""

    NOW = "now"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    EVER = "ever"


SLIDING_MS = {Period.MINUTE: 60_000, Period.HOUR: 3_600_000}


class Lift(StrEnum):
    """Who set a limit and may lift it: the operator, or the administrators of the chat."""

    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Counted:
    """A limit with its count so far. `resets_at` is None where time alone frees nothing."""

    scope: Scope
    measure: Measure
    period: Period
    value: int
    used: int
    resets_at: int | None = None
    lift: Lift = Lift.OPERATOR
    set_at: int = field(default=0, compare=False)

    @property
    def left(self) -> int:
        """Never below zero, even after a limit was lowered under its use."""
        return max(self.value - self.used, 0)

    @property
    def is_unlimited(self) -> bool:
        """Whether the operator took it away; it is counted all the same."""
        return is_unlimited(self.value)

    @property
    def key(self) -> str:
        """The text that names it; scope and period are told as its data."""
        return f"limit-{self.measure}"

    def allows(self, amount: int) -> bool:
        """Whether that much more fits. Zero forbids even what costs nothing."""
        return self.value > 0 and self.used + amount <= self.value


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of each job of an order; a bound on what is not known yet waits."""

    model: str | None = None
    resolution: str | None = None
    duration_s: int | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit that needs no count: the price of one job, its model, resolution or seconds, the hours of the day.

    `value` is micro-dollars or seconds; `words` are models, one resolution, or two hours of the day. Value zero with no
    words forbids.
    """

    scope: Scope
    measure: Measure
    lift: Lift
    value: int = 0
    words: tuple[str, ...] = ()
    zone: tzinfo = UTC
    set_at: int = field(default=0, compare=False)

    def check(self, price: Microusd, facts: Facts) -> None:
        """Raises LimitReached, its key naming what is bounded."""
        if not self.value and not self.words:
            raise LimitReached("limit-forbidden", (), **_whose(self))
        match self.measure:
            case Measure.JOB:
                self._most(price, price_microusd=price, left_microusd=self.value, limit_microusd=self.value)
            case Measure.SECONDS:
                self._most(facts.duration_s, left=self.value, limit=self.value)
            case Measure.MODEL:
                self._holds(facts.model is None or facts.model in self.words, limit=", ".join(self.words))
            case Measure.RESOLUTION:
                low = facts.resolution is None or lines_of(facts.resolution) <= lines_of(self.words[0])
                self._holds(low, limit=self.words[0])
            case Measure.HOURS:
                self._open(facts.at)
            case Measure.MONEY | Measure.REQUESTS | Measure.ACTIVE:
                raise AssertionError(self.measure)
            case _ as never:
                assert_never(never)

    def _most(self, amount: int | None, **data: int) -> None:
        self._holds(amount is None or amount <= self.value, **data)

    def _holds(self, holds: bool, **data: str | int) -> None:  # noqa: FBT001 - what is claimed
        if not holds:
            raise LimitReached(f"limit-{self.measure}", (), **_whose(self), **data)

    def _open(self, at: int | None) -> None:
        start, end = (int(word) for word in self.words)
        if at is None or is_open(start, end, _local(at, self.zone).hour):
            return
        opens, closes = (opens_at(hour, at, self.zone) for hour in (start, end))
        self._holds(False, resets_at=opens, closes_at=closes)  # noqa: FBT003 - it does not hold


def lines_of(resolution: str) -> int:
    """The lines of `720p` or `4k`; more than any for a name that we can't read, so that a ceiling stops it.

    >>> lines_of("720p") < lines_of("1080p") < lines_of("4k") < lines_of("huge")
    True
    """
    number = resolution[:-1]
    if not number.isdecimal():
        return 1 << 30
    return int(number) * LINES_A_UNIT.get(resolution[-1].lower(), 1 << 20)


LINES_A_UNIT = {"p": 1, "k": 540}


def is_open(start: int, end: int, hour: int) -> bool:
    """Whether an hour of the day lies in `start`-`end`; 22-6 goes over midnight, equal hours are the whole day."""
    if start < end:
        return start <= hour < end
    return hour >= start or hour < end


def opens_at(start: int, at_ms: int, zone: tzinfo) -> int:
    """When the clock shows that hour next."""
    local = _local(at_ms, zone)
    opening = local.replace(hour=start, minute=0, second=0, microsecond=0, fold=0)
    return _ms(opening if opening > local else opening + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Split:
    """Where a held price comes from."""

    from_allowance: Microusd
    from_balance: Microusd


def _start(period: Period, local: datetime, reset_hour: int) -> datetime:
    day = (local - timedelta(hours=reset_hour)).replace(hour=reset_hour, minute=0, second=0, microsecond=0, fold=0)
    if _ms(day + timedelta(days=1)) <= local.timestamp() * 1000:  # begun already, then the clock was set back
        day += timedelta(days=1)
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.NOW | Period.EVER | Period.MINUTE | Period.HOUR:
            return datetime.fromtimestamp(0, UTC)
        case _ as never:
            assert_never(never)


def _ms(moment: datetime) -> int:
    """An hour that the clock leaps over is the moment of the leap: a period must not begin after it was entered."""
    late, early = (int(moment.replace(fold=fold).timestamp() * 1000) for fold in (0, 1))
    if late <= early or moment.tzinfo is None:
        return late
    before = _local(early, moment.tzinfo).utcoffset()
    while late - early > 1:
        middle = (early + late) // 2
        is_before = _local(middle, moment.tzinfo).utcoffset() == before
        early, late = (middle, late) if is_before else (early, middle)
    return late


def period_start(period: Period, at_ms: int, zone: tzinfo, reset_hour: int = 0) -> int:
    """When the period that holds `at_ms` began; 0 for `now`, `ever` and those that slide.

    >>> from zoneinfo import ZoneInfo
    >>> period_start(Period.DAY, 1_774_746_000_000, ZoneInfo("Europe/Berlin"))  # 2026-03-29, a day of 23 hours
    1774738800000
    """
    return _ms(_start(period, _local(at_ms, zone), reset_hour))


def period_end(period: Period, at_ms: int, zone: tzinfo, reset_hour: int = 0) -> int | None:
    """When it ends and the count starts anew; None for `now`, `ever` and those that slide."""
    start = _start(period, _local(at_ms, zone), reset_hour)
    match period:
        case Period.DAY:
            return _ms(start + timedelta(days=1))
        case Period.WEEK:
            return _ms(start + timedelta(days=7))
        case Period.MONTH:
            return _ms((start + timedelta(days=32)).replace(day=1))
        case Period.NOW | Period.EVER | Period.MINUTE | Period.HOUR:
            return None
        case _ as never:
            assert_never(never)


def _local(at_ms: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, zone)


def allowance(own_money: Sequence[Counted]) -> Microusd:
    """What the payer's own money limits still allow; without any limit, nothing: nobody gave money."""
    return Microusd(min((limit.left for limit in own_money), default=0))


def admit(
    hard: Sequence[Counted],
    own_money: Sequence[Counted],
    balance: Microusd,
    price: Microusd,
    count: int = 1,
    *,
    bounds: Sequence[Bound] = (),
    facts: Facts = Facts(),
    total: Microusd | None = None,
) -> Split:
    """`count` jobs of `price` each (or, of different prices, `total` together), or LimitReached naming a limit.

    `hard` limits hold whoever pays; `own_money` are the payer's, lifted by their balance.
    """
    total = Microusd(price * count) if total is None else total
    if balance < 0:
        raise LimitReached("limit-balance-owed", (), owed_microusd=-balance, liftable=Lift.OPERATOR.value)

    def hold(lift: Lift) -> None:
        for _, refusal in in_the_way(lift, hard, bounds, price, count, facts, total=total):
            raise refusal

    hold(Lift.OPERATOR)
    split = _split(own_money, balance, total)
    hold(Lift.ADMIN)
    return split


def in_the_way(
    lift: Lift,
    hard: Sequence[Counted],
    bounds: Sequence[Bound],
    price: Microusd,
    count: int,
    facts: Facts,
    *,
    total: Microusd,
) -> Iterator[tuple[Counted | Bound, LimitReached]]:
    """Of the limits that `lift` holds, each that says no to `count` such jobs, with its refusal."""
    for limit in hard:
        if limit.lift is lift and not limit.allows(total if limit.measure is Measure.MONEY else count):
            yield limit, _reached(limit, total, limit.left)
    for bound in bounds:
        if bound.lift is lift:
            try:
                bound.check(price, facts)
            except LimitReached as refusal:
                yield bound, refusal


def _split(own_money: Sequence[Counted], balance: Microusd, total: Microusd) -> Split:
    free = allowance(own_money)
    if lacking(own_money, balance, total):
        raise _means_reached(own_money, free + balance, total)
    from_allowance = Microusd(min(free, total))
    return Split(from_allowance, Microusd(total - from_allowance))


def lacking(own_money: Sequence[Counted], balance: Microusd, total: Microusd) -> Microusd:
    """How much larger the balance must be at least to pay so much; a debt is filled first.

    A limit of zero forbids without any money, even what costs nothing; some money lifts it.
    """
    least = int(any(limit.value == 0 for limit in own_money))
    return Microusd(max(max(total - allowance(own_money), least) - balance, 0))


def _whose(limit: Counted | Bound) -> dict[str, str | int]:
    return {"scope": limit.scope.value, "liftable": limit.lift.value}


def _reached(limit: Counted, total: Microusd, left: int) -> LimitReached:
    data = {**_whose(limit), "period": limit.period.value}
    if limit.value == 0 and left == 0:
        return LimitReached("limit-forbidden", (), **data)
    if limit.resets_at is not None:
        data["resets_at"] = limit.resets_at
    if limit.measure is Measure.MONEY:
        money = {"price_microusd": total, "left_microusd": left, "limit_microusd": limit.value}
        return LimitReached(limit.key, (), **data, **money)
    return LimitReached(limit.key, (), **data, left=left, limit=limit.value)


def _means_reached(own_money: Sequence[Counted], left: int, total: Microusd) -> LimitReached:
    """The tightest of the payer's own limits; without any it is a pool that holds too little."""
    if own_money:
        return _reached(min(own_money, key=lambda limit: limit.left), total, left)
    pool = Counted(Scope.CHAT, Measure.MONEY, Period.EVER, left, 0)
    return _short(pool, total)


def _short(pool: Counted, total: Microusd) -> LimitReached:
    money = {"price_microusd": total, "left_microusd": pool.left, "limit_microusd": pool.value}
    return LimitReached(pool.key, (), **_whose(pool), period=pool.period.value, **money)


WARN_PERCENT = 80


def is_near(limit: Counted, amount: int) -> bool:
    """Whether taking that much leaves a limit at 80 % or beyond. What slides or counts jobs at once is no warning."""
    lasting = limit.period not in SLIDING_MS and limit.period is not Period.NOW
    return lasting and limit.value > 0 and (limit.used + amount) * 100 >= limit.value * WARN_PERCENT


QUARTER_MS = 15 * 60_000
DAY_MS = 24 * 3_600_000


def quarter_of(at_ms: int) -> int:
    """The quarter of an hour that holds a moment. Every zone's day begins on one."""
    return at_ms - at_ms % QUARTER_MS


def utc_day_of(at_ms: int) -> int:
    """The UTC day that holds a moment."""
    return at_ms - at_ms % DAY_MS


def first_whole_day(at_ms: int) -> int:
    """The first UTC day that begins at or after a moment."""
    return utc_day_of(at_ms + DAY_MS - 1)
