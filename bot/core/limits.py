"""Limits decided purely: counts go in, a split of the price or a LimitReached comes out.

All limits that apply must allow. A payer's *means* are the allowance (what their own money limits still allow: the
operator's money, used first) plus their balance (granted or paid). A balance lifts only its owner's money limits.
Zero forbids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import assert_never

from bot.core.errors import LimitReached
from bot.core.money import Microusd


class Scope(StrEnum):
    """Whom a limit counts."""

    SERVICE = "service"
    CHAT = "chat"
    TOPIC = "topic"
    MEMBER = "member"
    USER = "user"


class Measure(StrEnum):
    """What a limit counts: micro-dollars, requests, or jobs at once."""

    MONEY = "money"
    REQUESTS = "requests"
    ACTIVE = "active"


class Period(StrEnum):
    """The time it counts over: calendar periods of the scope's zone; `now` for jobs at once."""

    NOW = "now"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    EVER = "ever"


@dataclass(frozen=True, slots=True)
class Counted:
    """A limit with its count so far. `resets_at` is None where time alone frees nothing."""

    scope: Scope
    measure: Measure
    period: Period
    value: int
    used: int
    resets_at: int | None = None

    @property
    def left(self) -> int:
        """Never below zero, even after a limit was lowered under its use."""
        return max(self.value - self.used, 0)

    @property
    def key(self) -> str:
        """The text that names it; scope and period are told as its data."""
        return f"limit-{self.measure}"

    def allows(self, amount: int) -> bool:
        """Whether that much more fits. Zero forbids even what costs nothing."""
        return self.value > 0 and self.used + amount <= self.value


@dataclass(frozen=True, slots=True)
class Split:
    """Where a held price comes from."""

    from_allowance: Microusd
    from_balance: Microusd


def _start(period: Period, local: datetime, reset_hour: int) -> datetime:
    day = (local - timedelta(hours=reset_hour)).replace(hour=reset_hour, minute=0, second=0, microsecond=0, fold=0)
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.NOW | Period.EVER:
            return datetime.fromtimestamp(0, UTC)
        case _ as never:
            assert_never(never)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def period_start(period: Period, at_ms: int, zone: tzinfo, reset_hour: int = 0) -> int:
    """When the period that holds `at_ms` began; 0 for `now` and `ever`.

    >>> from zoneinfo import ZoneInfo
    >>> period_start(Period.DAY, 1_774_746_000_000, ZoneInfo("Europe/Berlin"))  # 2026-03-29, a day of 23 hours
    1774738800000
    """
    return _ms(_start(period, _local(at_ms, zone), reset_hour))


def period_end(period: Period, at_ms: int, zone: tzinfo, reset_hour: int = 0) -> int | None:
    """When it ends and the count starts anew; None for `now` and `ever`."""
    start = _start(period, _local(at_ms, zone), reset_hour)
    match period:
        case Period.DAY:
            return _ms(start + timedelta(days=1))
        case Period.WEEK:
            return _ms(start + timedelta(days=7))
        case Period.MONTH:
            return _ms((start + timedelta(days=32)).replace(day=1))
        case Period.NOW | Period.EVER:
            return None
        case _ as never:
            assert_never(never)


def _local(at_ms: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, zone)


def allowance(own_money: Sequence[Counted]) -> Microusd:
    """What the payer's own money limits still allow; without any limit, nothing: nobody gave money."""
    return Microusd(min((limit.left for limit in own_money), default=0))


def admit(
    hard: Sequence[Counted], own_money: Sequence[Counted], balance: Microusd, price: Microusd, count: int = 1
) -> Split:
    """`count` jobs of `price` each, or LimitReached naming the first limit that says no.

    `hard` limits hold whoever pays; `own_money` are the payer's, lifted by their balance.
    """
    total = Microusd(price * count)
    for limit in hard:
        if not limit.allows(total if limit.measure is Measure.MONEY else count):
            raise _reached(limit, total, limit.left)
    free, owned = allowance(own_money), max(balance, 0)
    from_allowance = Microusd(min(free, total))
    if total - from_allowance > owned or (not owned and any(limit.value == 0 for limit in own_money)):
        raise _means_reached(own_money, free + owned, total)
    return Split(from_allowance, Microusd(total - from_allowance))


def _reached(limit: Counted, total: Microusd, left: int) -> LimitReached:
    if limit.value == 0 and left == 0:
        return LimitReached("limit-forbidden")
    data: dict[str, str | int] = {"scope": limit.scope.value, "period": limit.period.value}
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
    money = {"price_microusd": total, "left_microusd": left, "limit_microusd": left}
    return LimitReached("limit-money", (), scope=Scope.CHAT.value, period=Period.EVER.value, **money)
