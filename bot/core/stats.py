"""Who made and spent how much: jobs folded into the figures of a period. Pure; rows come one by one, in any number."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum

from bot.core.job import State
from bot.core.limits import Period, period_end, period_start

HOUR_MS = 3_600_000
DAYS = {"week": 7, "month": 30}
TICKS = (1, 2, 5)


class Outcome(StrEnum):
    """How a job ended, in the order in which it is shown."""

    DELIVERED = "delivered"
    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    OPEN = "open"


def outcome_of(state: str, error_key: str | None) -> Outcome:
    """
    >>> outcome_of("DELIVERING", None), outcome_of("FAILED", "refused-face"), outcome_of("QUEUED", None)
    (<Outcome.DELIVERED: 'delivered'>, <Outcome.REFUSED: 'refused'>, <Outcome.OPEN: 'open'>)
    """
    match State(state):
        case State.DELIVERING | State.DELIVERED:
            return Outcome.DELIVERED
        case State.CANCELLED:
            return Outcome.CANCELLED
        case State.FAILED:
            return Outcome.REFUSED if (error_key or "").startswith("refused-") else Outcome.FAILED
        case _:
            return Outcome.OPEN


def steps_of(period: str, now: int, zone: tzinfo, reset_hour: int = 0) -> tuple[int, ...]:
    """Where the steps of a period begin, and where the last one ends: today by the hour, else the last days.

    A day begins at the scope's reset hour; with a change of the clocks it has 23 or 25 hours.
    """
    begins = period_start(Period.DAY, now, zone, reset_hour)
    ends = period_end(Period.DAY, now, zone, reset_hour) or begins
    if period == "day":
        return (*range(begins, ends, HOUR_MS), ends)
    days = [begins]
    while len(days) < DAYS[period]:
        days.insert(0, period_start(Period.DAY, days[0] - 1, zone, reset_hour))
    return (*days, ends)


@dataclass(slots=True)
class Share:
    """What one person, chat or model took."""

    name: str
    spent: int = 0
    jobs: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=dict)

    def add(self, spent: int, outcome: Outcome | None) -> None:
        self.spent += spent
        if outcome is not None:
            self.jobs += 1
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


@dataclass(slots=True)
class Stats:
    """The figures of a period. `steps` are as `steps_of` gives them; what is outside of them is left out."""

    steps: tuple[int, ...]
    spent: list[int] = field(init=False)
    total: Share = field(default_factory=lambda: Share(""))
    sides: dict[str, Share] = field(default_factory=dict)
    models: dict[str, Share] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.spent = [0] * (len(self.steps) - 1)

    def add(self, at: int, spent: int, side: tuple[str, str], model: str | None, outcome: Outcome | None) -> None:
        """One job of a side (its key and its name); without a model, money that no job of the period's took."""
        if not self.steps[0] <= at < self.steps[-1]:
            return
        self.spent[bisect_right(self.steps, at) - 1] += spent
        self.total.add(spent, outcome)
        self.sides.setdefault(side[0], Share(side[1])).add(spent, outcome)
        if model is not None:
            self.models.setdefault(model, Share(model)).add(spent, outcome)


def largest(shares: Iterable[Share], most: int, rest: str) -> list[Share]:
    """The shares by what they spent, at most so many; beyond that the smallest are told together as `rest`."""
    ranked = sorted(shares, key=lambda share: (-share.spent, -share.jobs, share.name))
    if len(ranked) <= most:
        return ranked
    shown, others = ranked[: most - 1], Share(rest)
    for share in ranked[most - 1 :]:
        others.spent += share.spent
        others.jobs += share.jobs
        for outcome, count in share.outcomes.items():
            others.outcomes[outcome] = others.outcomes.get(outcome, 0) + count
    return [*shown, others]


def blocks_of(spent: Sequence[int], width: int) -> list[tuple[int, int]]:
    """Sums of neighbours, told by the place of their first: thirty days are too many to be read one by one.

    >>> blocks_of([1, 2, 3, 4, 5], 2)
    [(0, 3), (2, 7), (4, 5)]
    """
    return [(at, sum(spent[at : at + width])) for at in range(0, len(spent), width)]


def ticks_of(most: int) -> list[int]:
    """Two or more round amounts up to the highest bar, as lines behind the bars.

    >>> ticks_of(7_300_000), ticks_of(0)
    ([2000000, 4000000, 6000000], [])
    """
    if most <= 0:
        return []
    unit = 10 ** (len(str(most)) - 1)
    for step in (unit // 10 * 5, unit, unit * 2, unit * 5):
        if step and 2 <= most // step <= 4:
            return list(range(step, most + 1, step))
    return [most]
