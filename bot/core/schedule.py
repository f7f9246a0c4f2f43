"""When to look next: seldom while nothing can have happened, densely while the end is likely, then slower again.

    0 ────────── early ─────────────── late ──────────▶ age
      rare looks       a look every gap      ever rarer

How long a model takes is learnt from finished tasks as a log-normal: its median and the deviation of the logarithm.
`early` and `late` are far quantiles of that, so almost every end falls between them. Times are milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

FAR = 3.0
"""Deviations from the median to `early` and `late`: 997 of 1000 ends lie between."""
UNKNOWN_SPREAD = 0.5
"""The deviation that is assumed before anything was seen; it counts like `DOUBT` samples."""
DOUBT = 3
LEARN_LEAST = 0.05
"""New samples always count so much: a model that became slower is followed."""
RARE = 6
"""Before `early`, and long after `late`, a look comes every so many intervals: an early failure is not unseen."""
DENSE = 2 / 3
"""Where a provider allows it, looks between `early` and `late` are closer than the interval by this."""
PERMILLE = 1000


@dataclass(frozen=True, slots=True)
class Timing:
    """What is known of a model's time: the median, the deviation of the logarithm in thousandths, how many were seen.

    >>> Timing(60_000).after(60_000).samples
    1
    """

    usual_ms: int
    spread_permille: int = 0
    samples: int = 0

    def after(self, took_ms: int) -> Timing:
        """With one more finished task."""
        took_ms, count = max(took_ms, 1), self.samples + 1
        if not self.samples:
            return Timing(took_ms, 0, 1)
        weight = max(1 / count, LEARN_LEAST)
        error = log(took_ms / self.usual_ms)
        spread = self.spread_permille / PERMILLE
        variance = (1 - weight) * (spread**2 + weight * error**2)
        usual_ms = max(round(self.usual_ms * exp(weight * error)), 1)
        return Timing(usual_ms, round(sqrt(variance) * PERMILLE), count)

    @property
    def spread(self) -> float:
        """The deviation to reckon with: wide while little was seen."""
        seen = self.spread_permille / PERMILLE
        return sqrt((DOUBT * UNKNOWN_SPREAD**2 + self.samples * seen**2) / (DOUBT + self.samples))

    @property
    def early_ms(self) -> int:
        """Hardly any task ends sooner."""
        return round(self.usual_ms * exp(-FAR * self.spread))

    @property
    def late_ms(self) -> int:
        """Hardly any task ends later."""
        return round(self.usual_ms * exp(FAR * self.spread))


@dataclass(frozen=True, slots=True)
class Interval:
    """The operator's interval between two looks, and the floor below which the provider must not be asked."""

    base_ms: int
    floor_ms: int

    @property
    def usual_ms(self) -> int:
        return max(self.base_ms, self.floor_ms)

    @property
    def dense_ms(self) -> int:
        """While the end is likely."""
        return max(self.floor_ms, round(self.usual_ms * DENSE))

    @property
    def rare_ms(self) -> int:
        return RARE * self.usual_ms


def next_look_ms(age_ms: int, timing: Timing, interval: Interval, dice: float) -> int:
    """From a task's age to its next look; `dice` in [0, 1) spreads the first dense looks of many tasks apart."""
    if age_ms < timing.early_ms - interval.dense_ms:
        wait_ms = timing.early_ms - age_ms - dice * interval.dense_ms
        return round(min(max(wait_ms, interval.dense_ms), interval.rare_ms))
    overdue_ms = max(age_ms - timing.late_ms, 0)
    return round(min(interval.dense_ms + overdue_ms / 10, interval.rare_ms))
