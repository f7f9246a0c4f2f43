"""Every wait of a job ends: whatever is missing, refused or paused, and however long."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.core.errors import NotTaken, Transient
from bot.sandbox.providers.wire import Trouble
from bot.services import draining, lifecycle, pauses
from bot.services.heard import Source
from bot.worker import collect
from bot.worker.tools import Pace
from tests.services.house import MIA, photo
from tests.worker.line import MIAS, Line

HOUR_S = 3_600


async def running(line: Line) -> dict[str, Any]:
    """A job with a task that never ends by itself."""
    line.ark.knobs.queue_s = 10**6
    job = await line.ask()
    await line.turn()
    job = await line.job(job["id"])
    assert job["state"] == "RUNNING"
    return job


async def test_a_queued_job_without_its_adapter_ends_and_is_told(line: Line) -> None:
    await line.ask()
    line.without_provider()
    await line.live(s=HOUR_S, every_s=60)
    job = await line.job()
    assert (job["state"], job["error_key"]) == ("FAILED", "model-gone")
    assert await line.told("end:1")


async def test_a_running_job_without_its_adapter_ends_at_its_deadline(line: Line) -> None:
    job = await running(line)
    line.without_provider()
    await line.live(s=HOUR_S, every_s=60)
    ended = await line.job()
    assert (ended["state"], ended["error_key"]) == ("FAILED", "deadline")
    assert ended["finished_at"] - job["deadline_at"] <= 120_000
    assert await line.house.value("SELECT value FROM counters WHERE measure = 'active'") == 0


async def test_a_refused_key_ends_a_running_job_at_its_deadline(line: Line) -> None:
    job = await running(line)
    line.fail("get", times=1000, status=401, code="AuthenticationError")
    await line.live(s=HOUR_S, every_s=60)
    ended = await line.job()
    assert (ended["state"], ended["error_key"]) == ("FAILED", "deadline")
    assert ended["finished_at"] - job["deadline_at"] <= 120_000


async def test_a_wish_to_cancel_at_an_unreachable_provider_ends_at_the_deadline(line: Line) -> None:
    job = await running(line)
    await line.house.press(await line.house.button("✕", job["slot"]))
    for kind in ("get", "delete"):
        line.fail(kind, times=5000, trouble=Trouble.DROP_BEFORE)
    await line.live(s=HOUR_S, every_s=60)
    ended = await line.job()
    assert (ended["state"], ended["error_key"]) == ("FAILED", "deadline")


async def test_a_finished_task_is_collected_even_after_the_deadline(line: Line) -> None:
    await line.ask()
    await line.turn()
    await line.ark.settle()
    line.house.later(s=2 * HOUR_S)
    await line.turn()
    assert (await line.job())["state"] == "COLLECTING"


async def test_the_wait_for_a_place_does_not_count(line: Line) -> None:
    line.changed(max_active_jobs=0)
    await line.ask()
    await line.live(s=2 * HOUR_S, every_s=60)
    assert (await line.job())["state"] == "QUEUED"
    line.changed(max_active_jobs=1)
    await line.live(s=10)
    job = await line.job()
    assert job["state"] == "RUNNING"
    assert job["deadline_at"] - job["submitted_at"] == 1_800_000
    shown = (await line.house.shown(job["slot"]))["text"]
    assert "Seedance 2.0" in shown


async def test_no_wait_for_a_place_is_longer_than_a_day(line: Line) -> None:
    line.changed(max_active_jobs=0)
    job = await line.ask()
    await line.live(s=25 * HOUR_S, every_s=300)
    ended = await line.job()
    assert (ended["state"], ended["error_key"]) == ("FAILED", "deadline")
    assert ended["finished_at"] - job["created_at"] >= 24 * HOUR_S * 1000


async def test_a_place_is_counted_in_the_transaction_that_takes_it(line: Line) -> None:
    line.changed(max_active_jobs=1)
    for words in ("a dog", "a cat", "a cow"):
        await line.ask(words)
    held = [await lifecycle.take(line.tools.env, number) for number in (1, 2, 3)]
    start = lifecycle.Start("key", 1_000, 1_000, 1)
    started = [await lifecycle.start_submit(line.tools.env, one, start) for one in held if one is not None]
    assert isinstance(started[0], lifecycle.Held)
    assert started[1:] == [lifecycle.NotStarted.FULL] * 2
    assert [job["state"] for job in await line.house.jobs()] == ["SUBMITTING", "QUEUED", "QUEUED"]


async def test_calls_that_are_not_taken_come_rarer(line: Line) -> None:
    line.fail("create", times=5000, status=400, code="ContentSecurityDetectionError")
    await line.ask()
    await line.turn()
    assert (await line.job())["attempts"] == 1
    await line.live(s=600, every_s=1)
    assert 1 < line.calls("create") <= 30


async def test_tries_that_are_not_taken_are_counted_over_the_queue(line: Line) -> None:
    await line.ask()
    waits = []
    for _ in range(5):
        held = await lifecycle.take(line.tools.env, 1)
        assert held is not None
        started = await lifecycle.start_submit(line.tools.env, held, lifecycle.Start("key", 1_000, 1_000, 1))
        assert isinstance(started, lifecycle.Held)
        waits.append(line.tools.pace.back_off_ms(started.row["attempts"]))
        await lifecycle.not_taken(line.tools.env, started, line.house.clock[0])
    assert waits == [1_000, 2_000, 4_000, 8_000, 16_000]


async def test_a_call_that_was_not_taken_gives_the_queues_own_deadline_back(line: Line) -> None:
    job = await line.ask()
    line.house.later(s=60)
    held = await lifecycle.take(line.tools.env, 1)
    assert held is not None
    started = await lifecycle.start_submit(line.tools.env, held, lifecycle.Start("key", 1_000, 5_000_000, 1))
    assert isinstance(started, lifecycle.Held)
    assert started.row["deadline_at"] == line.house.clock[0] + 5_000_000
    await lifecycle.not_taken(line.tools.env, started, line.house.clock[0])
    assert (await line.job())["deadline_at"] == job["deadline_at"]


async def test_a_closed_model_pauses_no_other_model(line: Line) -> None:
    await line.house.hear("hello there", user=MIA, chat=MIAS, source=Source.PLAIN)
    line.fail("create", status=404, code="ModelNotOpen")
    await line.ask("a dog --model seedance-2.0-fast")
    await line.turn()
    await line.ask("a cat")
    await line.turn()
    states = {job["model"]: job["state"] for job in await line.house.jobs()}
    assert states == {"seedance-2.0-fast": "QUEUED", "seedance-2.0": "RUNNING"}
    (alert,) = await line.told("alert-provider-paused")
    assert "seedance-2.0-fast" in alert


async def test_after_a_pause_one_job_finds_out_for_all_and_not_the_same_twice(line: Line) -> None:
    line.fail("create", times=3, status=401, code="AuthenticationError")
    for words in ("a dog", "a cat", "a cow"):
        await line.ask(words)
    line.house.later(s=5)
    await line.turn()
    attempts = [await tries(line)]
    for _ in range(2):
        line.house.later(s=63)
        await line.turn()
        attempts.append(await tries(line))
    assert line.calls("create") == 3
    assert [sum(each) for each in attempts] == [1, 2, 3]
    assert max(attempts[1]) == 1
    line.house.later(s=63)
    await line.turn()
    await line.turn()
    assert {job["state"] for job in await line.house.jobs()} == {"RUNNING"}
    assert await pauses.all_of(line.tools.env) == []


async def tries(line: Line) -> list[int]:
    return [job["attempts"] for job in await line.house.jobs()]


async def test_a_pause_puts_a_deadline_off_but_not_for_ever(line: Line) -> None:
    line.changed(pace=Pace(max_wait_ms=2 * HOUR_S * 1000))
    line.fail("create", times=5000, status=401, code="AuthenticationError")
    job = await line.ask()
    await line.live(s=4 * HOUR_S, every_s=65)
    ended = await line.job()
    assert (ended["state"], ended["error_key"]) == ("FAILED", "deadline")
    assert ended["finished_at"] - job["created_at"] in range(HOUR_S * 1000, 3 * HOUR_S * 1000)


async def test_a_drain_holds_every_job_back_until_it_ends(line: Line) -> None:
    await draining.begin(line.tools.env)
    await line.ask()
    await line.live(s=HOUR_S, every_s=60)
    assert ((await line.job())["state"], line.calls("create")) == ("QUEUED", 0)
    await draining.end(line.tools.env)
    await line.turn()
    assert (await line.job())["state"] == "RUNNING"


@pytest.mark.parametrize("error", [Transient("telegram-file-unavailable"), NotTaken("provider-down")])
async def test_a_network_that_is_down_is_no_fault_of_a_file(line: Line, error: Exception, dog_bytes: bytes) -> None:
    line.chats.files["f1"] = dog_bytes
    line.chats.broken += [error] * 5
    line.ark.knobs.queue_s = 10**6
    await line.ask("it runs", media=photo(1))
    await line.live(s=120, every_s=5)
    job = await line.job()
    assert (job["state"], job["prepare_attempts"]) == ("RUNNING", 1)


async def test_a_create_call_that_lasts_is_never_taken_for_dead(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker could look it up without a trace, release it, and send it once more."""
    monkeypatch.setattr(collect, "RENEW_S", 0.005)
    line.fail("create", trouble=Trouble.SLOW, delay_s=1.0)
    job = await line.ask()
    turn = asyncio.create_task(line.turn())
    while not line.calls("create"):
        await asyncio.sleep(0.005)
    begun_until = (await line.job())["lease_until"]
    line.house.later(s=170)
    while (await line.job())["lease_until"] == begun_until and not turn.done():
        await asyncio.sleep(0.005)
    line.house.later(s=60)
    assert await lifecycle.take(line.tools.env, job["id"]) is None
    assert not turn.done()
    await turn
    assert (await line.job())["state"] == "RUNNING"
