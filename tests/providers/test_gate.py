"""The gate: pace, places, pauses and the breaker, on a clock that the test holds."""

from __future__ import annotations

import contextlib

import pytest

from bot.core.errors import Defect, KinetogramError, NotTaken, OperatorFault, Refusal, Transient, Uncertain
from bot.providers.base import Task
from bot.providers.gate import CROWDED_MS, FORGET_MS, Gate, GateLimits
from bot.providers.strikes import KEPT, Strikes
from tests.providers.kit import ACCOUNT, HeldClock

LOST = Uncertain("provider-answer-lost")


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def gate(clock: HeldClock) -> Gate:
    return Gate(clock, GateLimits(concurrency=2, per_minute=3))


def end(gate: Gate, error: KinetogramError | None = None, model: str = "m") -> None:
    """One call that ends so."""
    if error is None:
        with gate.call(model):
            return
    with pytest.raises(type(error)), gate.call(model):
        raise error


def refused(gate: Gate, model: str = "m") -> tuple[str, float | None]:
    with pytest.raises(NotTaken) as caught:
        end(gate, model=model)
    return caught.value.key, caught.value.retry_after_s


def test_the_pace_is_a_sliding_minute(gate: Gate, clock: HeldClock) -> None:
    for _ in range(3):
        end(gate)
        clock.pass_s(10)
    assert refused(gate) == ("provider-busy", 30)
    assert gate.wait_s("m") == 30
    clock.pass_s(30)
    assert gate.wait_s("m") == 0
    end(gate)


def test_a_call_on_its_way_holds_a_place(gate: Gate) -> None:
    with gate.call("m"), gate.call("m"):
        assert refused(gate) == ("provider-busy", 10)
    end(gate)


def test_a_place_is_held_until_a_check_says_that_the_task_is_over(gate: Gate) -> None:
    gate.running("a")
    gate.note("b", over=False)
    assert refused(gate)[0] == "provider-busy"
    gate.note("b", over=True)
    gate.note("never seen", over=True)
    end(gate)


def test_a_task_that_nobody_asks_about_loses_its_place(gate: Gate, clock: HeldClock) -> None:
    gate.running("a")
    gate.running("b")
    clock.pass_s(FORGET_MS / 1000)
    end(gate)


def test_the_breaker_is_of_one_model(clock: HeldClock) -> None:
    gate = Gate(clock)
    for _ in range(5):
        end(gate, LOST, "a")
    assert refused(gate, "a") == ("provider-down", 60)
    assert (gate.down("a"), gate.down("b")) == (True, False)
    end(gate, model="b")


def test_after_a_minute_one_call_probes_and_its_failure_closes_again(clock: HeldClock) -> None:
    gate = Gate(clock)
    for _ in range(5):
        end(gate, LOST)
    clock.pass_s(60)
    with contextlib.suppress(Uncertain), gate.call("m"):
        assert refused(gate) == ("provider-down", 5)
        raise LOST
    assert refused(gate) == ("provider-down", 60)
    clock.pass_s(60)
    end(gate)
    assert gate.wait_s("m") == 0
    end(gate, LOST)
    end(gate)


def test_a_probe_that_is_broken_off_does_not_block_the_next(clock: HeldClock) -> None:
    gate = Gate(clock)
    for _ in range(5):
        end(gate, LOST)
    clock.pass_s(60)
    with pytest.raises(KeyboardInterrupt), gate.call("m"):
        raise KeyboardInterrupt
    end(gate)


def test_a_call_from_before_the_breaker_opened_ends_without_letting_a_second_probe_out(clock: HeldClock) -> None:
    gate = Gate(clock)
    early = gate.call("m")
    early.__enter__()
    for _ in range(5):
        end(gate, LOST)
    clock.pass_s(60)
    with gate.call("m"):
        early.__exit__(Refusal, Refusal("refused-text"), None)
        gate.breakers["m"].failed(clock())
        gate.breakers["m"].opened_at = clock() - 60_000
        assert refused(gate) == ("provider-down", 5)


@pytest.mark.parametrize("error", [Refusal("refused-text"), OperatorFault("provider-key-refused")])
def test_an_answer_of_sense_shows_that_the_house_is_up(clock: HeldClock, error: KinetogramError) -> None:
    gate = Gate(clock)
    for _ in range(4):
        end(gate, LOST)
    end(gate, error)
    for _ in range(4):
        end(gate, LOST)
    end(gate)


@pytest.mark.parametrize("error", [NotTaken("reference-file-lost"), NotTaken("provider-queue-full"), Defect("ours")])
def test_what_is_not_the_houses_fault_is_not_counted(clock: HeldClock, error: KinetogramError) -> None:
    gate = Gate(clock)
    for _ in range(10):
        end(gate, error)
    end(gate)


def test_throttling_is_counted_in_a_row_and_as_told(clock: HeldClock) -> None:
    gate = Gate(clock)
    end(gate, NotTaken("provider-throttled", 20))
    assert refused(gate) == ("provider-throttled", 20)
    assert gate.down("m")
    clock.pass_s(20)
    end(gate)
    end(gate, NotTaken("provider-throttled"))
    assert refused(gate) == ("provider-throttled", 1)
    assert not gate.down("m")


def test_places_that_are_fewer_there_than_here_are_waited_for(clock: HeldClock) -> None:
    gate = Gate(clock, GateLimits(concurrency=5))
    gate.running("one")
    gate.running("two")
    end(gate, NotTaken("provider-busy", 10))
    assert refused(gate) == ("provider-throttled", 10)
    assert not gate.down("m")
    clock.pass_s(10)
    assert refused(gate)[0] == "provider-busy"
    gate.note("one", over=True)
    end(gate)


def test_places_that_were_fewer_there_come_back_by_twos_while_it_is_quiet(clock: HeldClock) -> None:
    gate = Gate(clock, GateLimits(concurrency=7))
    gate.running("1")
    gate.running("2")
    end(gate, NotTaken("provider-busy", 10))
    for places in (2, 4, 7, 7):
        for number in range(places):
            gate.running(str(number + 1))
        clock.pass_s(10)
        assert refused(gate)[0] == "provider-busy", "all that is known of is taken"
        gate.note("1", over=True)
        end(gate)
        clock.pass_s(CROWDED_MS / 1000 - 10)
    gate.note("2", over=True)
    end(gate, NotTaken("provider-busy", 10))
    clock.pass_s(10)
    assert refused(gate)[0] == "provider-busy"


def test_a_place_is_asked_for_though_none_of_ours_runs(clock: HeldClock) -> None:
    gate = Gate(clock, GateLimits(concurrency=5))
    end(gate, NotTaken("provider-busy"))
    clock.pass_s(10)
    end(gate)


def test_only_so_many_missing_tasks_are_remembered() -> None:
    strikes = Strikes(ACCOUNT)
    for number in range(KEPT + 1):
        with pytest.raises(Transient):
            strikes.missing(Task(f"t-{number}", "k"))
    with pytest.raises(Transient) as caught:
        strikes.missing(Task("t-0", "k"))
    assert caught.value.data["times"] == 1
