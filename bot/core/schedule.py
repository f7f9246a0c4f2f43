"""When to look next: seldom while nothing can have happened, densely around a model's usual time, then slower again.

Usual time and spread are learnt per provider, model and resolution (exponential averages). Times are milliseconds.
"""

from __future__ import annotations

SPREADS = 2.0
"""A task that ends more than two spreads from the usual time is rare: before that few looks are enough."""

LEARN = 0.2
MAX_FACTOR = 6
JITTER = 0.2


def learnt(took_ms: int, usual_ms: int | None, spread_ms: int) -> tuple[int, int]:
    """The usual time and its spread after one more finished task.

    >>> learnt(60_000, None, 0), learnt(80_000, 60_000, 20_000)
    ((60000, 20000), (64000, 20000))
    """
    if usual_ms is None:
        return took_ms, max(took_ms // 3, 1)
    error_ms = took_ms - usual_ms
    return max(round(usual_ms + LEARN * error_ms), 1), max(round(spread_ms + LEARN * (abs(error_ms) - spread_ms)), 1)


def next_poll_ms(now_ms: int, age_ms: int, usual_ms: int, spread_ms: int, base_ms: int, dice: float) -> int:
    """The moment of the next look at a task that is `age_ms` old; `dice` in [0, 1) spreads many tasks apart.

    Never closer than `base_ms`, never further than `MAX_FACTOR` of it.
    """
    most_ms = MAX_FACTOR * base_ms
    earliest_ms, latest_ms = usual_ms - SPREADS * spread_ms, usual_ms + SPREADS * spread_ms
    if age_ms < earliest_ms:
        wait_ms = earliest_ms - age_ms
    elif age_ms <= latest_ms:
        wait_ms = base_ms
    else:
        wait_ms = base_ms + (age_ms - latest_ms) / 10
    return now_ms + round(min(max(wait_ms, base_ms) * (1 + JITTER * dice), most_ms))
