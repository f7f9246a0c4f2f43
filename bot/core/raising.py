"""How far a member's limit must be raised for one request. Pure: settings that would be enough, the roundest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.core.limits import Bound, Counted, Facts, Measure, Scope
from bot.core.money import Microusd, usd
from bot.core.quotas import Kind, Setting

COUNTS = (1, 2, 3, 5, 10, 15, 20, 30, 50, 100)
A_DAY_AT_MOST = frozenset({"minute", "hour", "day"})
"""The periods in which /quota counts videos."""
DOLLAR, HALF = usd("1"), usd("0.5")


def raised(limit: Counted | Bound, price: Microusd, count: int, facts: Facts) -> Iterator[Setting]:
    """For `count` jobs of `price` each; nothing for limits that are not the member's own, or that are no amount.

    >>> from bot.core.limits import Period
    >>> used = Counted(Scope.MEMBER, Measure.MONEY, Period.WEEK, usd("2"), usd("1.36"))
    >>> [setting.value for setting in raised(used, usd("1.89"), 1, Facts())]
    [4000000, 3250000]
    """
    if limit.scope is not Scope.MEMBER:
        return
    match limit:
        case Counted(measure=Measure.MONEY):
            yield from _settings(Kind.MONEY, limit.period.value, _rounded(limit.used + price * count, DOLLAR))
        case Counted(measure=Measure.REQUESTS) if limit.period in A_DAY_AT_MOST:
            yield from _settings(Kind.REQUESTS, limit.period.value, _stepped(limit.used + count))
        case Counted(measure=Measure.ACTIVE):
            yield from _settings(Kind.ACTIVE, "", [limit.used + count])
        case Bound(measure=Measure.JOB):
            yield from _settings(Kind.JOB, "", _rounded(price, HALF))
        case Bound(measure=Measure.SECONDS) if facts.duration_s is not None:
            yield Setting(Kind.SECONDS, "", facts.duration_s)
        case Bound(measure=Measure.RESOLUTION) if facts.resolution is not None:
            yield Setting(Kind.RESOLUTION, "", facts.resolution)
        case Bound(measure=Measure.MODEL) if facts.model is not None:
            yield Setting(Kind.MODEL, "", ",".join((*limit.words, facts.model)))
        case _:
            return


def _settings(kind: Kind, period: str, values: Sequence[int]) -> Iterator[Setting]:
    for value in dict.fromkeys(values):
        yield Setting(kind, period, value)


def _rounded(need: int, step: int) -> list[int]:
    return [-(-need // step) * step, need]


def _stepped(need: int) -> list[int]:
    return [next((step for step in COUNTS if step >= need), need), need]
