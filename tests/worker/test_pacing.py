"""How soon a running job is looked at again: by what is known of its model, its provider's floor, and its callbacks."""

from __future__ import annotations

from bot.core.schedule import RARE
from bot.sandbox.providers.ark import Status
from bot.services.pacing import TRUSTED_AFTER
from bot.worker.tools import Pace
from tests.worker.line import Line


async def wait_ms(line: Line) -> int:
    """How long the only job waits for its next look, after one."""
    line.house.later(s=15)
    await line.turn()
    return int((await line.job())["run_at"]) - line.house.clock[0]


async def test_looks_are_rare_while_callbacks_prove_to_work_and_usual_without_them(line: Line) -> None:
    line.ark.knobs.render_s = 600
    await line.ask()
    await line.turn()
    assert await wait_ms(line) < 2 * Pace().poll_ms
    for job_id in range(100, 100 + TRUSTED_AFTER):
        line.tools.ears.heard(job_id)
        line.tools.ears.looked("ark", "seedance-2.0", job_id, over=True)
    assert await wait_ms(line) >= RARE * Pace().poll_ms
    line.tools.ears.looked("ark", "seedance-2.0", 999, over=True)
    line.house.later(s=30)
    assert await wait_ms(line) < 2 * Pace().poll_ms


async def test_a_place_that_becomes_free_calls_who_waited_the_longest(line: Line) -> None:
    line.ark.knobs.render_s = 600
    for number in range(12):
        await line.ask(f"a dog runs {number}")
    await line.turn()
    await line.turn()
    jobs = await line.house.jobs()
    assert [job["state"] for job in jobs] == ["RUNNING"] * 10 + ["QUEUED"] * 2
    assert all(job["run_at"] > line.house.clock[0] for job in jobs[10:])
    line.house.later(s=1)
    await line.house.rows("UPDATE jobs SET run_at = 0 WHERE id = 1")
    await line.ark.advance(jobs[0]["task_id"], Status.FAILED)
    await line.step(1)
    first, second = (await line.house.jobs())[10:]
    assert first["run_at"] == line.house.clock[0]
    assert second["run_at"] > line.house.clock[0]


async def test_a_finished_task_teaches_its_model_s_time(line: Line) -> None:
    await line.ask("a dog runs 6s")
    await line.turn()
    await line.ark.settle()
    await line.live(s=15, every_s=5)
    found = await line.house.rows("SELECT * FROM paces")
    assert [(row["provider"], row["model"], row["duration_s"], row["samples"]) for row in found] == [
        ("ark", "seedance-2.0", 6, 1)
    ]
    assert 0 < found[0]["usual_ms"] <= 60_000
