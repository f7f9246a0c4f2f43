"""A create call whose answer comes when its job has gone on without it: what was taken there is never forgotten."""

from __future__ import annotations

import asyncio

from bot.core.job import State
from bot.providers.base import LookUp, Order, Task
from bot.providers.ring import Ring
from bot.sandbox.providers.wire import Trouble
from bot.services import lifecycle
from bot.services.heard import Source
from tests.services.house import MIA
from tests.worker.line import MIAS, Line
from tests.worker.rendering import until_rendered
from tests.worker.test_review_late import HOUR_S, cancel, held_by, watched


class Frozen(Ring):
    """Its first create call is answered, but the process sleeps until `go` before anything is done with it."""

    def __init__(self, line: Line) -> None:
        super().__init__([line.provider])
        self.answered, self.go = asyncio.Event(), asyncio.Event()

    async def submit(self, order: Order) -> Task:
        task = await super().submit(order)
        if not self.answered.is_set():
            self.answered.set()
            await self.go.wait()
        return task


async def frozen(line: Line, queue_s: int = 10**9) -> tuple[Frozen, asyncio.Task[None]]:
    """A job whose create call is answered while its worker sleeps beyond its hold; another worker has looked at it."""
    await line.house.hear("hello there", user=MIA, chat=MIAS, source=Source.PLAIN)
    ring = Frozen(line)
    line.changed(providers={"ark": ring})
    line.ark.knobs.queue_s = queue_s
    await line.ask()
    turn = asyncio.create_task(line.turn())
    await ring.answered.wait()
    line.house.later(s=200)
    await line.turn()
    assert (await line.job())["state"] == "UNCERTAIN"
    return ring, turn


async def wake(ring: Frozen, turn: asyncio.Task[None]) -> None:
    ring.go.set()
    await turn


async def put_back(line: Line) -> None:
    """Two listings seemed to prove that there is no task."""
    await lifecycle.not_taken(line.tools.env, await held_by(line), line.house.clock[0])
    assert (await line.job())["state"] == "QUEUED"


async def test_the_task_of_a_lost_hold_is_watched(line: Line) -> None:
    await wake(*await frozen(line))
    job = await line.job()
    assert (job["state"], [job["task_id"]]) == ("RUNNING", list(line.ark.tasks))


async def test_the_task_of_a_job_that_was_put_back_is_not_made_twice(line: Line) -> None:
    one = await frozen(line)
    await put_back(line)
    await wake(*one)
    await line.turn()
    assert ((await line.job())["state"], line.calls("create")) == ("RUNNING", 1)


async def test_the_task_of_a_job_that_was_released_comes_late_and_free(line: Line) -> None:
    one = await frozen(line, queue_s=0)
    await until_rendered(line)
    line.fail("list", times=500, status=500)
    await line.live(s=HOUR_S, every_s=60)
    assert (await line.job())["error_key"] == "uncertain-released"
    await wake(*one)
    lists = line.calls("list")
    line.ark.wire.heal()
    await watched(line, s=HOUR_S)
    assert (len(await line.told("deliver:1")), line.calls("list")) == (1, lists)
    assert [why for why, _ in await line.losses()] == ["uncertain", "uncertain:void", "late"]


async def test_the_task_of_a_cancelled_job_is_stopped_and_costs_nothing(line: Line) -> None:
    one = await frozen(line)
    await put_back(line)
    assert await cancel(line) is None
    await wake(*one)
    job = await line.job()
    assert (job["state"], job["task_id"], line.calls("delete")) == ("CANCELLED", next(iter(line.ark.tasks)), 1)
    assert sum(amount for _, amount in await line.losses()) == 0
    assert len(await line.told("alert-task-nobodys:1:")) == 1


async def test_a_second_task_that_can_not_be_stopped_is_the_operators_risk(line: Line) -> None:
    one = await frozen(line)
    await put_back(line)
    await line.turn()
    first, second = line.ark.tasks
    line.fail("delete", trouble=Trouble.DROP_BEFORE, times=9)
    await wake(*one)
    job = await line.job()
    assert (job["state"], job["task_id"]) == (State.RUNNING, second)
    assert await line.losses() == [("uncertain", job["quote_microusd"])]
    assert len(await line.told(f"alert-task-nobodys:1:{first}")) == 1


class Pondering(Ring):
    """Its look-ups are answered, but the process sleeps until `go` before anything is done with one."""

    def __init__(self, line: Line) -> None:
        super().__init__([line.provider])
        self.answered, self.go = asyncio.Event(), asyncio.Event()

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:
        found = await super().look_up(trace, key_name, since_ms)
        self.answered.set()
        await self.go.wait()
        return found


async def test_a_task_that_is_found_for_a_job_that_was_cancelled_meanwhile_is_stopped(line: Line) -> None:
    ring = Pondering(line)
    line.changed(providers={"ark": ring})
    line.ark.knobs.queue_s = 10**9
    line.fail("create", trouble=Trouble.DROP_AFTER)
    await line.ask()
    await line.turn()
    line.house.later(s=10)
    turn = asyncio.create_task(line.turn())
    await ring.answered.wait()
    line.house.later(s=200)
    await put_back(line)
    assert await cancel(line) is None
    ring.go.set()
    await turn
    assert ((await line.job())["state"], line.calls("delete")) == ("CANCELLED", 1)
    assert sum(amount for _, amount in await line.losses()) == 0
