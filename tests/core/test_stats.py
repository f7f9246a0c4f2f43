"""Figures of a period: steps that follow the clock, jobs folded into shares, tables that are text to a spreadsheet."""

from __future__ import annotations

import csv
import io
from zoneinfo import ZoneInfo

import pytest

from bot.core.drawing import Bar, Column, Drawing, Stack
from bot.core.stats import Outcome, Share, Stats, blocks_of, largest, outcome_of, steps_of, ticks_of
from bot.core.tables import dollars, lines, moment, told

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = 1_774_659_600_000  # 2026-03-28 02:00 in Berlin; the clocks change in the night after
HOUR, DAY = 3_600_000, 86_400_000


def test_a_day_has_as_many_hours_as_its_clocks_give_it() -> None:
    for at, hours in ((SATURDAY, 24), (SATURDAY + DAY, 23)):
        steps = steps_of("day", at, BERLIN)
        assert len(steps) == hours + 1
        assert steps[-1] - steps[0] == hours * HOUR


@pytest.mark.parametrize(("period", "days"), [("week", 7), ("month", 30)])
def test_the_last_days_end_with_today_and_begin_at_the_reset_hour(period: str, days: int) -> None:
    steps = steps_of(period, SATURDAY + 4 * DAY, BERLIN, 4)
    assert len(steps) == days + 1
    assert steps[0] < steps[-2] <= SATURDAY + 4 * DAY < steps[-1]
    assert {moment(step)[11:13] for step in steps} == {"02", "03"}, "four o'clock, before and after the change"


@pytest.mark.parametrize(
    ("state", "error", "outcome"),
    [
        ("DELIVERED", None, Outcome.DELIVERED),
        ("DELIVERING", None, Outcome.DELIVERED),
        ("FAILED", "task-failed", Outcome.FAILED),
        ("FAILED", None, Outcome.FAILED),
        ("FAILED", "refused-face", Outcome.REFUSED),
        ("CANCELLED", None, Outcome.CANCELLED),
        ("UNCERTAIN", None, Outcome.OPEN),
        ("QUEUED", None, Outcome.OPEN),
    ],
)
def test_a_job_ended_in_one_way(state: str, error: str | None, outcome: Outcome) -> None:
    assert outcome_of(state, error) is outcome


def test_what_is_added_is_found_in_its_step_its_side_and_its_model() -> None:
    stats = Stats((0, 10, 20))
    stats.add(9, 5, ("1", "Ann"), "a", Outcome.DELIVERED)
    stats.add(10, 7, ("2", "Bob"), "b", Outcome.DELIVERED)
    stats.add(19, 0, ("1", "Ann"), "a", Outcome.FAILED)
    stats.add(15, 3, ("service", "the service"), None, None)
    for outside in (-1, 20):
        stats.add(outside, 100, ("1", "Ann"), "a", Outcome.DELIVERED)
    assert stats.spent == [5, 10]
    assert (stats.total.spent, stats.total.jobs) == (15, 3)
    assert {share.name: (share.spent, share.jobs) for share in stats.sides.values()} == {
        "Ann": (5, 2), "Bob": (7, 1), "the service": (3, 0),
    }  # fmt: skip
    assert stats.models["a"].outcomes == {Outcome.DELIVERED: 1, Outcome.FAILED: 1}


def test_the_smallest_shares_are_told_together_and_nothing_is_lost() -> None:
    shares = [Share(str(number), number, 1, {Outcome.DELIVERED: 1}) for number in range(10)]
    shown = largest(shares, 4, "others")
    assert [share.name for share in shown] == ["9", "8", "7", "others"]
    assert sum(share.spent for share in shown) == 45
    assert shown[-1].outcomes == {Outcome.DELIVERED: 7}
    assert len(largest(shares, 10, "others")) == 10


def test_lines_behind_the_columns_are_round_and_few() -> None:
    for most in (1, 9, 10, 99, 762_300, 1_000_000, 2_400_001, 4_999_999, 7_300_000, 9_999_999, 123_456_789):
        ticks = ticks_of(most)
        assert 1 <= len(ticks) <= 4
        assert ticks[-1] <= most
    assert ticks_of(0) == []
    assert sum(spent for _, spent in blocks_of(range(30), 7)) == sum(range(30))


@pytest.mark.parametrize("text", ["=SUM(A1)", "+1-2", "-1+cmd", "@x", "\tx"])
def test_a_name_is_no_formula(text: str) -> None:
    (row,) = csv.reader(io.StringIO(lines([[text, dollars(-5), 'Anna, "A"']]), newline=""))
    assert row == [f"'{text}", "-0.000005", 'Anna, "A"']


def test_a_row_is_told_in_the_units_of_people() -> None:
    row = {"id": 7, "booked_at": SATURDAY, "finished_at": None, "amount_microusd": -762_300, "cost_microusd": None}
    assert told(row) == {
        "id": 7, "booked_at": "2026-03-28T01:00:00.000Z", "finished_at": "", "amount_usd": "-0.762300", "cost_usd": "",
    }  # fmt: skip


def test_a_drawing_survives_its_way_to_the_child() -> None:
    drawn = Drawing("t", "s", ("a", "b", "c"), (Column("x", 1),), ((1, "$1"),), (Bar("n", "o", 1, "$1"),),
                    (Stack("m", (1, 0)),), ("yes", "no"))  # fmt: skip
    assert Drawing.from_data(drawn.to_data()) == drawn
