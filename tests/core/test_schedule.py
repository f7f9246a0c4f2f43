"""Polling learns a model's usual time: fewer looks, and the result is seen as soon."""

from __future__ import annotations

import random
import statistics

from hypothesis import given
from hypothesis import strategies as st

from bot.core.schedule import MAX_FACTOR, learnt, next_poll_ms

BASE_MS = 5_000


def polls(took_ms: int, usual_ms: int, spread_ms: int, dice: random.Random) -> tuple[int, int]:
    """How often a task was looked at, and how late its end was seen."""
    now, looks = 0, 0
    while now < took_ms:
        now = next_poll_ms(now, now, usual_ms, spread_ms, BASE_MS, dice.random())
        looks += 1
    return looks, now - took_ms


def fixed(took_ms: int, dice: random.Random) -> tuple[int, int]:
    now, looks = 0, 0
    while now < took_ms:
        now += round(BASE_MS * (1 + 0.2 * dice.random()))
        looks += 1
    return looks, now - took_ms


def test_it_polls_less_than_half_as_often_as_a_fixed_pace_and_sees_the_end_as_soon() -> None:
    dice = random.Random(7)
    usual_ms, spread_ms = 90_000, 15_000
    tasks = [max(int(dice.gauss(usual_ms, spread_ms)), 10_000) for _ in range(2_000)]
    ours = [polls(took_ms, usual_ms, spread_ms, dice) for took_ms in tasks]
    theirs = [fixed(took_ms, dice) for took_ms in tasks]
    assert sum(looks for looks, _ in ours) < 0.5 * sum(looks for looks, _ in theirs)
    assert statistics.median(late for _, late in ours) <= 1.05 * statistics.median(late for _, late in theirs)


def test_a_late_task_is_looked_at_ever_more_seldom() -> None:
    waits = [next_poll_ms(0, age_ms, 60_000, 5_000, BASE_MS, 0.0) for age_ms in (75_000, 150_000, 400_000, 4_000_000)]
    assert waits == sorted(waits)
    assert waits[-1] == MAX_FACTOR * BASE_MS


def test_the_first_look_waits_for_the_earliest_plausible_end() -> None:
    assert next_poll_ms(1_000, 0, 30_000, 5_000, BASE_MS, 0.0) == 21_000


@given(
    age_ms=st.integers(0, 10**7),
    usual_ms=st.integers(1, 10**6),
    spread_ms=st.integers(0, 10**6),
    dice=st.floats(0, 1, exclude_max=True),
)
def test_no_wait_is_shorter_than_the_pace_or_longer_than_its_most(
    age_ms: int, usual_ms: int, spread_ms: int, dice: float
) -> None:
    wait_ms = next_poll_ms(0, age_ms, usual_ms, spread_ms, BASE_MS, dice)
    assert BASE_MS <= wait_ms <= MAX_FACTOR * BASE_MS


def test_the_usual_time_follows_a_model_that_became_slower() -> None:
    usual_ms, spread_ms = learnt(60_000, None, 0)
    for _ in range(20):
        usual_ms, spread_ms = learnt(120_000, usual_ms, spread_ms)
    assert 118_000 < usual_ms <= 120_000
    assert spread_ms < 20_000


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=30))
def test_what_is_learnt_stays_positive_and_within_what_was_seen(times: list[int]) -> None:
    usual_ms, spread_ms = learnt(times[0], None, 0)
    for took_ms in times[1:]:
        usual_ms, spread_ms = learnt(took_ms, usual_ms, spread_ms)
    assert min(times) <= usual_ms <= max(times)
    assert spread_ms >= 1
