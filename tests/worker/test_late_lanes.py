"""Tasks that outlive their jobs are looked at side by side, each by one worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.providers.base import Downloaded
from bot.providers.ring import Ring
from bot.services import lifecycle
from bot.worker import collect
from bot.worker.tools import Pace
from tests.worker.line import Line
from tests.worker.rendering import until_rendered


class Stuck(Ring):
    """Its first download stands still until `go`."""

    def __init__(self, line: Line) -> None:
        super().__init__([line.provider])
        self.begun, self.go = asyncio.Event(), asyncio.Event()

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        if not self.begun.is_set():
            self.begun.set()
            await self.go.wait()
        return await super().fetch(url, path, max_bytes)


async def overdue(line: Line, jobs: int) -> Stuck:
    """Jobs that ended at their deadline, whose videos are finished by now."""
    ring = Stuck(line)
    line.changed(providers={"ark": ring}, pace=Pace(late_turn_ms=5))
    line.ark.knobs.render_s = 45 * 60
    for number in range(jobs):
        await line.ask(f"dog number {number} runs")
    await line.live(s=40 * 60, every_s=60)
    assert {row["error_key"] for row in await line.house.jobs()} == {"deadline"}
    await until_rendered(line)
    line.house.later(s=10 * 60)
    return ring


@asynccontextmanager
async def watching(line: Line) -> AsyncIterator[None]:
    """Upkeep runs."""
    task = asyncio.create_task(line.upkeep.run())
    try:
        async with asyncio.timeout(20):
            yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def delivered(line: Line, count: int) -> None:
    while len(await line.told("deliver:")) < count:
        await asyncio.sleep(0.01)


async def test_a_slow_late_download_holds_no_other_up(line: Line) -> None:
    ring = await overdue(line, jobs=3)
    async with watching(line):
        await ring.begun.wait()
        await delivered(line, 2)
        assert [row["run_at"] > 0 for row in await line.house.jobs()].count(True) == 1
        ring.go.set()
        await delivered(line, 3)
    assert line.calls("file") == 2 * 3, "each film and its last frame, once"
    assert [why for why, _ in await line.losses()] == ["late"] * 3


async def test_a_late_download_that_lasts_is_not_begun_by_another_worker(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "RENEW_S", 0.005)
    ring = await overdue(line, jobs=1)
    first = asyncio.create_task(line.upkeep._late())
    await ring.begun.wait()
    before = line.calls("get")
    for _ in range(5):
        held_until = (await line.job())["lease_until"]
        line.house.later(s=100)
        while (await line.job())["lease_until"] == held_until:
            await asyncio.sleep(0.005)
        await line.upkeep._late()
    assert line.calls("get") == before
    ring.go.set()
    await first
    job = await line.job()
    assert (job["run_at"], job["lease_until"], line.calls("file")) == (0, 0, 2)


async def test_who_lost_its_hold_of_a_late_output_delivers_nothing(line: Line) -> None:
    ring = await overdue(line, jobs=1)
    first = asyncio.create_task(line.upkeep._late())
    await ring.begun.wait()
    line.house.later(s=200)
    await line.upkeep._late()
    ring.go.set()
    await first
    assert (await line.job())["run_at"] == 0
    assert len(await line.told("deliver:1")) == 1
    assert [why for why, _ in await line.losses()] == ["late"]


async def test_a_restart_goes_on_at_once_with_what_a_dead_worker_held(line: Line) -> None:
    ring = await overdue(line, jobs=1)
    dead = asyncio.create_task(line.upkeep._late())
    await ring.begun.wait()
    dead.cancel()
    await asyncio.gather(dead, return_exceptions=True)
    await line.upkeep._late()
    assert await line.told("deliver:1") == []
    assert await lifecycle.free_all(line.tools.env) == 1
    await line.upkeep._late()
    assert len(await line.told("deliver:1")) == 1
