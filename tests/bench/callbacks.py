"""How soon the end of a task is seen when its provider calls back, with looks a minute apart: the whole service."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from bot.sandbox.providers.ark import Status
from bot.sandbox.telegram import ANN, WorldOptions
from tests.bench.report import Line, table
from tests.flows.stage import BRISK, World, staged, until
from tests.flows.talk import Talk

JOBS = 60
APART_S = 1.5
"""The provider renders on this machine too: its work must not be what is measured."""
MINUTE_MS = 60_000
MOST_MS = 1_000
GIVE_UP_S = 120.0


async def run() -> list[str]:
    """Jobs one after another, each ending by itself; the time from an end to the look that sees it."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        films = folder / "films"
        await asyncio.to_thread(films.mkdir)
        async with staged(folder, films, patch, WorldOptions(started=True)) as world:
            return _told(await _delays(world))


async def _delays(world: World) -> list[int]:
    world.ark.knobs.render_s = 0.5
    seldom = replace(BRISK, poll_ms=MINUTE_MS, floor_ms=MINUTE_MS)
    async with world.bot(
        linked=True,
        pace=seldom,
        user_active_jobs=JOBS,
        user_requests_per_day=2 * JOBS,
        user_requests_per_minute=2 * JOBS,
        max_active_jobs=JOBS,
        user_usd_per_month=1_000,
        service_usd_per_day=1_000,
    ):
        for number in range(JOBS):
            await Talk(world.ann, ANN).say(f"/video dog {number} runs")
            await asyncio.sleep(APART_S)
        await until(lambda: world.books.states == ["DELIVERED"] * JOBS, GIVE_UP_S)
    return [_seen_after_ms(world, task_id) for task_id in world.ark.tasks]


def _seen_after_ms(world: World, task_id: str) -> int:
    task = world.ark.tasks[task_id]
    assert task.status is Status.SUCCEEDED
    looks = [call.at_ms for call in world.ark.wire.of("get") if call.path.endswith(task_id)]
    return min(at_ms for at_ms in looks if at_ms >= task.changed_ms) - task.changed_ms


def _told(delays: list[int]) -> list[str]:
    ranked = sorted(delays)
    p50, p99 = ranked[len(ranked) // 2], ranked[len(ranked) * 99 // 100]
    cells = [f"{p50} ms", f"{p99} ms", f"{p99 / MINUTE_MS:.4f}"]
    return table(
        f"Ends told by callbacks, {JOBS} jobs, looks a minute apart",
        ["p50", "p99", "p99 / interval"],
        [Line("from the end to the look", cells, kept=p99 <= MOST_MS)],
    )
