"""Metrics: what is booked comes out, labels stay few, and measuring changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import Transient, Uncertain
from bot.providers.base import Task
from bot.storage.base import Transaction
from bot.storage.sqlite import open_store
from bot.telemetry import metered
from bot.telemetry.heartbeat import Heartbeat
from bot.telemetry.metrics import Levels, Metrics
from bot.telemetry.stalls import watch_loop
from tests.providers.kit import bench_of, of
from tests.storage.miniature import NOW, ad_hoc


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"kinetogram_{name}", labels)


def ticks(*seconds: float) -> Iterator[float]:
    return iter(seconds)


async def test_calls_to_a_provider_are_counted_by_outcome(tmp_path: Path) -> None:
    metrics = Metrics()
    async with bench_of("ark", tmp_path) as bench:
        provider = metered.provider(bench.provider, "ark", metrics)
        task = await provider.submit(of(bench))
        await provider.check(task)
        await bench.server.settle()
    assert value(metrics, "provider_call_seconds_count", provider="ark", call="submit", outcome="ok") == 1
    assert value(metrics, "provider_call_seconds_count", provider="ark", call="check", outcome="ok") == 1


class Fails:
    """A provider's calls, as far as they are measured."""

    name = "ark"

    def __init__(self, error: BaseException | None) -> None:
        self.error = error

    async def check(self, task: Task) -> str:
        if self.error is not None:
            raise self.error
        return task.id

    def down(self) -> bool:
        return False


class _Odd(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Uncertain("x"), "Uncertain"),
        (Transient("x"), "Transient"),
        (_Odd(), "other"),
        (asyncio.CancelledError(), "other"),
    ],
)
async def test_a_failure_is_counted_and_raised_as_it_is(error: BaseException, outcome: str) -> None:
    metrics, clock = Metrics(), ticks(10.0, 12.5)
    provider = metered.provider(Fails(error), "ark", metrics, lambda: next(clock))
    with pytest.raises(type(error)) as raised:
        await provider.check(Task("t", "k"))
    assert raised.value is error
    assert value(metrics, "provider_call_seconds_sum", provider="ark", call="check", outcome=outcome) == 2.5


async def test_what_is_not_measured_passes_through() -> None:
    provider = metered.provider(Fails(None), "ark", Metrics())
    assert (provider.name, provider.down(), await provider.check(Task("t", "k"))) == ("ark", False, "t")
    with pytest.raises(AttributeError):
        provider.nothing  # type: ignore[attr-defined]  # noqa: B018 - that it is missing is the point


async def test_use_cases_are_timed(tmp_path: Path) -> None:
    metrics = Metrics()
    plain = await open_store(tmp_path / "bot.db", now_ms=NOW)
    store = metered.store(plain, metrics)

    async def one(tx: Transaction) -> object:
        return await tx.one(ad_hoc("SELECT 1 AS yes"))

    try:
        assert (await store.transact(one), await store.read(one)) == ({"yes": 1}, {"yes": 1})
    finally:
        await store.close()
    assert value(metrics, "use_case_seconds_count", kind="transact") == 1
    assert value(metrics, "use_case_seconds_count", kind="read") == 1


async def test_a_stall_of_the_loop_is_seen() -> None:
    metrics, clock = Metrics(), ticks(0.0, 0.05, 1.0, 1.25, 2.0)

    async def sleep(_: float) -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError):  # the clock runs out
        await watch_loop(metrics.stalled, 0.05, lambda: next(clock), sleep)
    assert value(metrics, "loop_stall_seconds_count") == 2
    assert value(metrics, "loop_longest_stall_seconds") == pytest.approx(0.2)


def test_flows_are_booked() -> None:
    metrics = Metrics()
    metrics.message("sent")
    metrics.updates(3)
    metrics.committed(64)
    assert value(metrics, "messages_total", outcome="sent") == 1
    assert value(metrics, "updates_total") == 3
    assert value(metrics, "commit_batch_bucket", le="64.0") == 1
    assert value(metrics, "commit_batch_bucket", le="32.0") == 0


def test_a_pause_that_ended_is_shown_no_more() -> None:
    metrics = Metrics()
    metrics.stand(Levels(paused=frozenset({"ark"})))
    assert value(metrics, "provider_paused", provider="ark") == 1
    metrics.stand(Levels())
    assert value(metrics, "provider_paused", provider="ark") is None


def test_two_services_in_one_process_share_nothing() -> None:
    first, second = Metrics(), Metrics()
    first.updates(5)
    assert value(second, "updates_total") == 0


def test_every_name_is_prefixed_and_explained() -> None:
    metrics = Metrics()
    metrics.stand(Levels(jobs={"QUEUED": 1}, paused=frozenset({"ark"})))
    helps = [line.split(" ", 3) for line in metrics.render().decode().splitlines() if line.startswith("# HELP ")]
    assert len(helps) > 15
    assert [words for words in helps if not words[2].startswith("kinetogram_") or len(words) < 4 or not words[3]] == []


@settings(deadline=None)
@given(gaps=st.lists(st.integers(0, 3_000), max_size=10))
def test_a_heart_that_beats_often_enough_is_alive(gaps: list[int]) -> None:
    now = [NOW]
    heartbeat = Heartbeat(lambda: now[0], max_age_ms=1_000)
    for gap in gaps:
        now[0] += gap
        assert heartbeat.alive() is (gap <= 1_000)
        heartbeat.beat()
    assert heartbeat.alive()
