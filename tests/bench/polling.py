"""Looking at tasks when they may be done, beside a fixed pace: how often, and how late their end is seen.

A simulation of `core.schedule` alone: the usual time is learnt as the tasks end, from the first one on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from statistics import fmean, quantiles

from bot.core.schedule import JITTER, learnt, next_poll_ms
from tests.bench.report import Line, table

BASE_MS = 5_000
FIRST_GUESS_MS = 90_000
TASKS = 20_000
SIGMA = 0.25
MEDIANS_MS = (40_000, 90_000, 240_000)
MOST_LOOKS, MOST_P50, MOST_P99 = 0.7, 0.5, 1.1

Pace = Callable[[int, int, int, float], int]
"""From a task's age, the usual time, its spread and the dice to the age at the next look."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a pace cost over many tasks; delays as parts of the interval."""

    looks: float
    p50: float
    p99: float


async def run() -> list[str]:
    """A line for each pace and median of the tasks' times."""
    head = (
        f"polling, times log-normal (sigma {SIGMA}), interval {BASE_MS // 1000} s, delays in intervals "
        f"(<= {MOST_LOOKS} of fixed looks, p50 <= {MOST_P50}, p99 <= {MOST_P99})"
    )
    lines = [line for median_ms in MEDIANS_MS for line in _pair(median_ms)]
    return table(head, ["looks a task", "of fixed", "p50 delay", "p99 delay"], lines)


def _pair(median_ms: int) -> list[Line]:
    fixed, adaptive = _seen(median_ms, _fixed), _seen(median_ms, _adaptive)
    label = f"tasks of {median_ms // 1000} s"
    good = adaptive.looks <= MOST_LOOKS * fixed.looks and adaptive.p50 <= MOST_P50 and adaptive.p99 <= MOST_P99
    return [
        Line(f"{label}, fixed", _cells(fixed, fixed)),
        Line(f"{label}, adaptive", _cells(adaptive, fixed), good),
    ]


def _cells(seen: Seen, fixed: Seen) -> Sequence[str]:
    return f"{seen.looks:.1f}", f"{seen.looks / fixed.looks:.2f}", f"{seen.p50:.2f}", f"{seen.p99:.2f}"


def _adaptive(age_ms: int, usual_ms: int, spread_ms: int, dice: float) -> int:
    return next_poll_ms(age_ms, age_ms, usual_ms, spread_ms, BASE_MS, dice)


def _fixed(age_ms: int, usual_ms: int, spread_ms: int, dice: float) -> int:
    return age_ms + round(BASE_MS * (1 + JITTER * dice))


def _seen(median_ms: int, pace: Pace) -> Seen:
    dice = random.Random(7)
    usual_ms, spread_ms = FIRST_GUESS_MS, FIRST_GUESS_MS
    known: int | None = None
    looks, delays = list[int](), list[float]()
    for _ in range(TASKS):
        took_ms = round(dice.lognormvariate(log(median_ms), SIGMA))
        count, late_ms = _watch(took_ms, pace, usual_ms, spread_ms, dice)
        looks.append(count)
        delays.append(late_ms / BASE_MS)
        known, spread_ms = learnt(took_ms, known, spread_ms)
        usual_ms = known
    percents = quantiles(delays, n=100)
    return Seen(fmean(looks), percents[49], percents[98])


def _watch(took_ms: int, pace: Pace, usual_ms: int, spread_ms: int, dice: random.Random) -> tuple[int, int]:
    """Looks at one task until its end is seen: how many, and how late."""
    age_ms, looks = 0, 0
    while age_ms < took_ms:
        age_ms = pace(age_ms, usual_ms, spread_ms, dice.random())
        looks += 1
    return looks, age_ms - took_ms
