"""Polling learns a model's usual time: fewer looks, and the result is seen as soon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.schedule import RARE, Interval, Timing, next_look_ms
from tests.bench.polling import BASE_MS, CLOSER_MS, TARGETS, adaptive, fixed_pace, seen

INTERVAL = Interval(BASE_MS, BASE_MS)
TASKS = 1_000
NOISE = 0.04


@pytest.mark.parametrize("floor_ms", TARGETS)
@pytest.mark.parametrize("median_ms", [40_000, 90_000])
def test_fewer_looks_see_the_end_as_soon(median_ms: int, floor_ms: int) -> None:
    fixed, found = seen(median_ms, fixed_pace, TASKS), seen(median_ms, adaptive(floor_ms), TASKS)
    target = TARGETS[floor_ms]
    assert found.looks <= target.looks * fixed.looks
    assert found.p50 <= target.p50 + NOISE
    assert found.p99 <= target.p99


def test_where_it_is_allowed_looks_are_closer_than_the_interval_but_never_than_the_floor() -> None:
    timing = Timing(60_000, 250, 100)
    waits = [next_look_ms(age_ms, timing, Interval(BASE_MS, CLOSER_MS), 0.5) for age_ms in range(0, 600_000, 700)]
    assert CLOSER_MS <= min(waits) < BASE_MS
    assert Interval(1_000, BASE_MS).usual_ms == BASE_MS


def test_a_late_task_is_looked_at_ever_more_seldom() -> None:
    timing = Timing(60_000, 100, 100)
    waits = [next_look_ms(age_ms, timing, INTERVAL, 0.0) for age_ms in (60_000, 150_000, 400_000, 4_000_000)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (BASE_MS, RARE * BASE_MS)


def test_the_first_dense_look_comes_at_the_earliest_plausible_end() -> None:
    timing = Timing(40_000, 200, 10_000)
    assert timing.early_ms - BASE_MS <= next_look_ms(0, timing, INTERVAL, 0.99) <= timing.early_ms
    assert next_look_ms(0, timing, INTERVAL, 0.0) == timing.early_ms


def test_a_long_task_is_looked_at_now_and_then_from_the_start() -> None:
    assert next_look_ms(0, Timing(600_000, 200, 10_000), INTERVAL, 0.0) == RARE * BASE_MS


@given(
    age_ms=st.integers(0, 10**7),
    usual_ms=st.integers(1, 10**6),
    spread=st.integers(0, 3_000),
    samples=st.integers(0, 10**4),
    dice=st.floats(0, 1, exclude_max=True),
)
def test_no_wait_is_shorter_than_the_floor_or_longer_than_its_most(
    age_ms: int, usual_ms: int, spread: int, samples: int, dice: float
) -> None:
    wait_ms = next_look_ms(age_ms, Timing(usual_ms, spread, samples), INTERVAL, dice)
    assert BASE_MS <= wait_ms <= RARE * BASE_MS


def test_the_usual_time_follows_a_model_that_became_slower() -> None:
    timing = Timing(60_000)
    for took_ms in [60_000] * 50 + [120_000] * 80:
        timing = timing.after(took_ms)
    assert 118_000 < timing.usual_ms <= 120_000


def test_little_seen_leaves_much_doubt() -> None:
    one, many = Timing(60_000).after(60_000), Timing(60_000, 0, 1_000)
    assert one.spread > 0.4 > 0.05 > many.spread
    assert one.early_ms < many.early_ms


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=30))
def test_what_is_learnt_stays_positive_and_within_what_was_seen(times: list[int]) -> None:
    timing = Timing(1)
    for took_ms in times:
        timing = timing.after(took_ms)
    assert min(times) - 1 <= timing.usual_ms <= max(times) + 1
    assert timing.spread_permille >= 0
    assert timing.samples == len(times)
