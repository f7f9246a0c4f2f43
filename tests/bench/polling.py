"""Looking at tasks when they may be done, beside a fixed pace: how often, and how late their end is seen.

A simulation of `core.schedule` alone: the usual time is learnt as the tasks end, from the first one on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from statistics import fmean, quantiles

from bot.core.schedule import Interval, Timing, next_look_ms
from tests.bench.report import Line, table

BASE_MS = 5_000
FIRST_GUESS_MS = 90_000
TASKS = 20_000
SIGMA = 0.25
MEDIANS_MS = (40_000, 90_000, 240_000)
CLOSER_MS = 3_000

Pace = Callable[[int, Timing, float], int]
"""From a task's age, what is known of its model and the dice to the wait until the next look."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a pace cost over many tasks; delays as parts of the interval."""

    looks: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Target:
    """At most: looks as a part of fixed looks, delays as parts of the interval, to two digits."""

    looks: float
    p50: float
    p99: float

    def kept(self, seen: Seen, fixed: Seen) -> bool:
        shares = (seen.looks / fixed.looks, self.looks), (seen.p50, self.p50), (seen.p99, self.p99)
        return all(round(share, 2) <= most for share, most in shares)


TARGETS = {BASE_MS: Target(0.7, 0.5, 1.1), CLOSER_MS: Target(1.0, 0.35, 1.1)}
"""By the provider's floor."""


async def run() -> list[str]:
    """A line for each pace and median of the tasks' times."""
    head = (
        f"polling, times log-normal (sigma {SIGMA}), interval {BASE_MS // 1000} s, delays in intervals "
        "(floor 5 s: <= 0.7 of fixed looks, p50 <= 0.5, p99 <= 1.1; floor 3 s: <= 1.0, p50 <= 0.35)"
    )
    lines = [line for median_ms in MEDIANS_MS for line in _compared(median_ms)]
    return table(head, ["looks a task", "of fixed", "p50 delay", "p99 delay"], lines)


def _compared(median_ms: int) -> list[Line]:
    fixed, label = seen(median_ms, fixed_pace), f"tasks of {median_ms // 1000} s"
    lines = [Line(f"{label}, fixed", _cells(fixed, fixed))]
    for floor_ms, target in TARGETS.items():
        found = seen(median_ms, adaptive(floor_ms))
        name = f"{label}, adaptive, floor {floor_ms // 1000} s"
        lines.append(Line(name, _cells(found, fixed), target.kept(found, fixed)))
    return lines


def _cells(found: Seen, fixed: Seen) -> Sequence[str]:
    return f"{found.looks:.1f}", f"{found.looks / fixed.looks:.2f}", f"{found.p50:.2f}", f"{found.p99:.2f}"


def adaptive(floor_ms: int) -> Pace:
    interval = Interval(BASE_MS, floor_ms)
    return lambda age_ms, timing, dice: next_look_ms(age_ms, timing, interval, dice)


def fixed_pace(age_ms: int, timing: Timing, dice: float) -> int:
    return BASE_MS


def seen(median_ms: int, pace: Pace, tasks: int = TASKS) -> Seen:
    dice = random.Random(7)
    timing = Timing(FIRST_GUESS_MS)
    looks, delays = list[int](), list[float]()
    for _ in range(tasks):
        took_ms = round(dice.lognormvariate(log(median_ms), SIGMA))
        count, late_ms = _watch(took_ms, pace, timing, dice)
        looks.append(count)
        delays.append(late_ms / BASE_MS)
        timing = timing.after(took_ms + late_ms)
    percents = quantiles(delays, n=100)
    return Seen(fmean(looks), percents[49], percents[98])


def _watch(took_ms: int, pace: Pace, timing: Timing, dice: random.Random) -> tuple[int, int]:
    """Looks at one task until its end is seen: how many, and how late."""
    age_ms, looks = 0, 0
    while age_ms < took_ms:
        age_ms += pace(age_ms, timing, dice.random())
        looks += 1
    return looks, age_ms - took_ms
