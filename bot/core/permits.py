"""What a moderator allowed once, and which limits it lifts: the chat administrators', as it met them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.limits import Bound, Counted, Lift, Measure, Period, is_open, lines_of

DAY_MS = 24 * 3_600_000
HOLDS_MS = DAY_MS
"""So long after it was given something may start by it."""

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Term:
    """What a limit says, and since when. Zero without words forbids."""

    value: int
    words: str
    set_at: int

    @property
    def forbids(self) -> bool:
        return not self.value and not self.words


@dataclass(frozen=True, slots=True)
class Permit:
    """So many jobs of one request, for one person. Nothing starts by it from `expires_at` on."""

    jobs_left: int
    met: Mapping[Key, Term]
    expires_at: int

    def lifts(self, limit: Counted | Bound) -> bool:
        """Whether it was given in the face of this limit: what was set anew and stricter, or to zero, it never met."""
        if limit.lift is not Lift.ADMIN:
            return False
        now, then = _term(limit), self.met.get(_key(limit))
        if then is None or (now.forbids and now != then):
            return False
        return is_within(limit.measure, (then.value, then.words), (now.value, now.words))

    def covers(self, jobs: int, now_ms: int) -> bool:
        """Whether so many jobs may start by it now."""
        return self.jobs_left >= jobs and now_ms < self.expires_at


def _key(limit: Counted | Bound) -> Key:
    period = limit.period if isinstance(limit, Counted) else Period.NOW
    return limit.scope.value, limit.measure.value, period.value


def _term(limit: Counted | Bound) -> Term:
    separator = "-" if limit.measure is Measure.HOURS else ","
    words = () if isinstance(limit, Counted) else limit.words
    return Term(limit.value, separator.join(words), limit.set_at)


def written(limits: Iterable[Counted | Bound]) -> str:
    """The limits that a permission meets, to be kept with it; `read` reads them."""
    own = [(*_key(limit), _term(limit)) for limit in limits if limit.lift is Lift.ADMIN]
    return json.dumps([[*key, term.value, term.words, term.set_at] for *key, term in own])


def read(text: str) -> dict[Key, Term]:
    """What `written` wrote."""
    return {(scope, measure, period): Term(*term) for scope, measure, period, *term in json.loads(text)}


def is_within(measure: Measure, wished: tuple[int | None, str], top: tuple[int | None, str]) -> bool:
    """Whether one limit allows no more than another: values, or words where there are some.

    >>> is_within(Measure.RESOLUTION, (1, "720p"), (1, "1080p")), is_within(Measure.JOB, (2, ""), (1, ""))
    (True, False)
    """
    (value, words), (most, top_words) = wished, top
    if not words:
        return not value or (not top_words and value <= (most or 0))
    match measure:
        case Measure.MODEL:
            return set(words.split(",")) <= set(top_words.split(","))
        case Measure.RESOLUTION:
            return bool(top_words) and lines_of(words) <= lines_of(top_words)
        case _:
            return _hours(words) <= _hours(top_words)


def _hours(words: str) -> set[int]:
    if not words:
        return set()
    start, end = map(int, words.split("-"))
    return {hour for hour in range(24) if is_open(start, end, hour)}
