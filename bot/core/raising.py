"""How far a member's limit must be raised for one request. Pure: settings that would be enough, the roundest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.core.limits import Bound, Counted, Facts, Measure, Scope, lines_of
from bot.core.money import Microusd, usd
from bot.core.quotas import Kind, Setting

COUNTS = (1, 2, 3, 5, 10, 15, 20, 30, 50, 100)
A_DAY_AT_MOST = frozenset({"minute", "hour", "day"})
"""The periods in which /quota counts videos."""
DOLLAR, HALF = usd("1"), usd("0.5")


def raised(limit: Counted | Bound, orders: Sequence[tuple[Microusd, Facts]]) -> Iterator[Setting]:
    """For these jobs together; nothing for limits that are not the member's own, or that are no amount.

    >>> from bot.core.limits import Period
    >>> used = Counted(Scope.MEMBER, Measure.MONEY, Period.WEEK, usd("2"), usd("1.36"))
    >>> [setting.value for setting in raised(used, [(usd("1.89"), Facts())])]
    [4000000, 3250000]
    """
    if limit.scope is not Scope.MEMBER:
        return
    prices, count = [price for price, _ in orders], len(orders)
    match limit:
        case Counted(measure=Measure.MONEY):
            yield from _settings(Kind.MONEY, limit.period.value, _rounded(limit.used + sum(prices), DOLLAR))
        case Counted(measure=Measure.REQUESTS) if limit.period in A_DAY_AT_MOST:
            yield from _settings(Kind.REQUESTS, limit.period.value, _stepped(limit.used + count))
        case Counted(measure=Measure.ACTIVE):
            yield from _settings(Kind.ACTIVE, "", [limit.used + count])
        case Bound():
            yield from _bounds(limit, max(prices), [facts for _, facts in orders])
        case _:
            return


def _bounds(limit: Bound, price: int, facts: Sequence[Facts]) -> Iterator[Setting]:
    resolutions = [fact.resolution for fact in facts if fact.resolution]
    seconds = [fact.duration_s for fact in facts if fact.duration_s]
    models = [fact.model for fact in facts if fact.model]
    match limit.measure:
        case Measure.JOB:
            yield from _settings(Kind.JOB, "", _rounded(price, HALF))
        case Measure.SECONDS if seconds:
            yield Setting(Kind.SECONDS, "", max(seconds))
        case Measure.RESOLUTION if resolutions:
            yield Setting(Kind.RESOLUTION, "", max(resolutions, key=lines_of))
        case Measure.MODEL if models:
            yield Setting(Kind.MODEL, "", ",".join(dict.fromkeys((*limit.words, *models))))
        case _:
            return


def _settings(kind: Kind, period: str, values: Sequence[int]) -> Iterator[Setting]:
    for value in dict.fromkeys(values):
        yield Setting(kind, period, value)


def _rounded(need: int, step: int) -> list[int]:
    return [-(-need // step) * step, need]


def _stepped(need: int) -> list[int]:
    return [next((step for step in COUNTS if step >= need), need), need]
