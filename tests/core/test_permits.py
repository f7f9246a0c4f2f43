"""A permission lifts what its giver saw, and nothing that was set anew and stricter."""

from __future__ import annotations

import pytest

from bot.core.limits import Bound, Counted, Lift, Measure, Period, Scope
from bot.core.permits import HOLDS_MS, Permit, read, written

ADMIN = Lift.ADMIN


def a_day(value: int, set_at: int = 1, lift: Lift = ADMIN) -> Counted:
    return Counted(Scope.MEMBER, Measure.REQUESTS, Period.DAY, value, 9, lift=lift, set_at=set_at)


def bound(measure: Measure, value: int = 1, *words: str) -> Bound:
    return Bound(Scope.MEMBER, measure, ADMIN, value, words, set_at=1)


def given(*limits: Counted | Bound) -> Permit:
    return Permit(1, read(written(limits)), HOLDS_MS)


@pytest.mark.parametrize(
    ("then", "now", "lifted"),
    [
        (a_day(5), a_day(5), True),
        (a_day(5), a_day(5, set_at=2), True),
        (a_day(5), a_day(6, set_at=2), True),
        (a_day(5), a_day(4, set_at=2), False),
        (a_day(5), a_day(0, set_at=2), False),
        (a_day(0), a_day(0), True),
        (a_day(0), a_day(0, set_at=2), False),
        (bound(Measure.JOB, 5), bound(Measure.JOB, 4), False),
        (bound(Measure.JOB, 5), bound(Measure.JOB, 6), True),
        (bound(Measure.MODEL, 1, "a", "b"), bound(Measure.MODEL, 1, "b", "a", "c"), True),
        (bound(Measure.MODEL, 1, "a", "b"), bound(Measure.MODEL, 1, "a"), False),
        (bound(Measure.RESOLUTION, 1, "720p"), bound(Measure.RESOLUTION, 1, "480p"), False),
        (bound(Measure.RESOLUTION, 1, "720p"), bound(Measure.RESOLUTION, 1, "4k"), True),
        (bound(Measure.HOURS, 1, "9", "18"), bound(Measure.HOURS, 1, "8", "18"), True),
        (bound(Measure.HOURS, 1, "9", "18"), bound(Measure.HOURS, 1, "9", "17"), False),
        (bound(Measure.SECONDS, 5), bound(Measure.SECONDS, 0), False),
    ],
)
def test_a_limit_is_lifted_while_it_is_no_stricter_than_it_was_met(
    then: Counted | Bound, now: Counted | Bound, lifted: bool
) -> None:
    assert given(then).lifts(now) is lifted


def test_what_an_operator_holds_and_what_was_not_there_is_lifted_by_nobody() -> None:
    assert not given(a_day(1, lift=Lift.OPERATOR)).lifts(a_day(1, lift=Lift.OPERATOR))
    assert not given().lifts(a_day(100))
    weekly = Counted(Scope.MEMBER, Measure.REQUESTS, Period.WEEK, 5, 9, lift=ADMIN)
    assert not given(a_day(5)).lifts(weekly)


def test_a_permission_covers_so_many_jobs_for_so_long() -> None:
    permit = given(a_day(1))
    assert permit.covers(1, HOLDS_MS - 1)
    assert not permit.covers(1, HOLDS_MS)
    assert not permit.covers(2, 0)
