"""Outputs that are too large, no films, gone again or late: made to fit, fetched again, or the operator's loss."""

from __future__ import annotations

import asyncio

import pytest

from bot.sandbox.providers.ark.tasks import Status
from bot.services.heard import Source
from tests.services.house import MIA
from tests.worker.line import MIAS, Line
from tests.worker.rendering import until_rendered


async def test_an_output_over_telegram_s_size_is_made_to_fit(line: Line) -> None:
    await line.ask()
    await line.turn()
    await until_rendered(line)
    (task,) = line.ark.tasks.values()
    assert task.output is not None
    line.changed(max_upload_bytes=task.output.size_bytes - 1)
    await collected(line)
    files = await line.house.rows("SELECT kind, size_bytes FROM job_files ORDER BY kind")
    sizes = {row["kind"]: row["size_bytes"] for row in files}
    assert sizes["playable"] < sizes["output"] == task.output.size_bytes


async def test_an_output_over_our_own_room_is_fetched_once_and_lost_by_the_operator(line: Line) -> None:
    line.changed(max_output_bytes=100)
    await line.house.hear("hello there", user=MIA, chat=MIAS, source=Source.PLAIN)
    await line.ask()
    await line.turn()
    await until_rendered(line)
    await line.live(s=300)
    job = await line.job()
    assert (job["state"], job["error_key"], line.calls("file")) == ("FAILED", "output-too-big", 1)
    (reserved, released) = await line.house.rows(
        "SELECT amount_microusd AS n FROM entries WHERE account_id = :id", id=job["account_id"]
    )
    assert reserved["n"] + released["n"] == 0
    assert await line.losses() == [("lost_output", job["quote_microusd"])]
    assert len(await line.told("end:1")) == len(await line.told("alert-output-too-big:1:")) == 1


async def test_a_late_output_over_our_own_room_is_fetched_once(line: Line) -> None:
    line.changed(max_output_bytes=100)
    line.ark.knobs.render_s = 45 * 60
    await line.house.hear("hello there", user=MIA, chat=MIAS, source=Source.PLAIN)
    await line.ask()
    await line.live(s=40 * 60, every_s=60)
    assert (await line.job())["error_key"] == "deadline"
    await until_rendered(line)
    for _ in range(9):
        line.house.later(s=10 * 60)
        await line.upkeep._late()
    assert ((await line.job())["run_at"], line.calls("file")) == (0, 1)
    assert [why for why, _ in await line.losses()] == ["lost_output"]
    assert len(await line.told("alert-output-too-big:1:")) == 1


async def collected(line: Line) -> None:
    """Turns until the job is on its way into the chat."""
    async with asyncio.timeout(20):
        while (await line.job())["state"] != "DELIVERING":
            line.house.later(s=10)
            await line.turn()


async def test_a_task_that_is_said_to_run_again_is_watched_again(line: Line) -> None:
    await line.ask()
    await line.turn()
    await until_rendered(line)
    line.house.later(s=10)
    await line.turn()
    assert (await line.job())["state"] == "COLLECTING"
    (task,) = line.ark.tasks.values()
    task.status = Status.RUNNING
    line.ark.knobs.render_s = 600
    await line.turn()
    assert (await line.job())["state"] == "RUNNING"


async def test_a_task_that_failed_after_all_is_told(line: Line) -> None:
    await line.ask()
    await line.turn()
    await until_rendered(line)
    line.house.later(s=10)
    await line.turn()
    (task,) = line.ark.tasks.values()
    task.status, task.error = Status.FAILED, ("OutputVideoSensitiveContentDetected", "no")
    await line.turn()
    assert ((await line.job())["state"], (await line.job())["error_key"]) == ("FAILED", "refused-output")


async def test_an_output_without_its_adapter_waits_until_the_deadline(line: Line) -> None:
    await line.ask()
    await line.turn()
    await until_rendered(line)
    line.house.later(s=10)
    await line.turn()
    assert (await line.job())["state"] == "COLLECTING"
    line.changed(providers={})
    line.house.later(s=10)
    await line.turn()
    assert (await line.job())["state"] == "COLLECTING"
    line.house.later(s=40 * 60)
    await line.turn()
    assert (await line.job())["state"] == "FAILED"


async def finished_with(line: Line, content: bytes) -> None:
    """The task's output is replaced before anybody fetches it."""
    await line.turn()
    await until_rendered(line)
    (task,) = line.ark.tasks.values()
    other = line.tools.data_dir / "other.mp4"
    await asyncio.to_thread(other.write_bytes, content)
    line.ark._shelf.put(f"{task.id}.mp4", other)


async def test_an_output_that_is_no_film_is_the_operator_s_loss(line: Line, dog_bytes: bytes) -> None:
    await line.ask()
    await finished_with(line, dog_bytes)
    for _ in range(6):
        line.house.later(s=60)
        await line.turn()
    assert ((await line.job())["state"], (await line.job())["error_key"]) == ("FAILED", "output-unreadable")
    assert [why for why, _ in await line.losses()] == ["lost_output"]


async def test_a_late_output_that_is_no_film_is_the_operator_s_loss(line: Line, dog_bytes: bytes) -> None:
    line.ark.knobs.render_s = 45 * 60
    await line.ask()
    await finished_with(line, dog_bytes)
    line.house.later(s=40 * 60)
    await line.turn()
    assert (await line.job())["error_key"] == "deadline"
    line.house.later(s=10 * 60)
    await line.upkeep._late()
    assert (await line.job())["run_at"] == 0
    assert [why for why, _ in await line.losses()] == ["lost_output"]
    assert await line.told("deliver:1") == []


@pytest.mark.parametrize("told", [0, -1])
async def test_a_video_that_is_told_to_have_cost_nothing_costs_its_quote(line: Line, told: int) -> None:
    line.ark.knobs.tokens = told
    await line.ask()
    await line.turn()
    await until_rendered(line)
    await collected(line)
    job = await line.job()
    assert job["cost_microusd"] == job["quote_microusd"] > 0
    assert await line.losses() == []
