"""The loop: claims jobs that are due, runs one step of each, writes its outcome. Nothing here decides."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from bot.core.errors import KinetogramError, Transient
from bot.core.job import Outcome, Retry
from bot.services import lifecycle
from bot.services.lifecycle import Held
from bot.worker import watch
from bot.worker.steps import step
from bot.worker.tools import Tools

IDLE_S = 0.5
GRACE_S = 8.0
"""How long a stop waits for the answer of a create call: without it the job is uncertain for minutes, and where the
provider can't be asked, lost."""
STEP_S = 1_800.0
"""Longer than any transcode; a step that hangs beyond it is given up and its lease runs out."""

log = structlog.get_logger(__name__)


class Worker:
    """Runs until cancelled; then create calls that are out get `GRACE_S` to end, and what else it held goes on later.

    `alone`: no other process works on this database, so what is leased at the start of `run()` was held by a process
    that has ended, and goes on at once.
    """

    def __init__(self, tools: Tools, width: int = 16, *, alone: bool = True) -> None:
        self._tools = tools
        self._width = width
        self._alone = alone
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Something may be due now."""
        self._news.set()

    async def run(self) -> None:
        """Claims and steps, for ever."""
        try:
            if self._alone:
                await self._free_all()
            while True:
                self._news.clear()
                await self._turn()
                # Not wait_for: before Python 3.12 it loses a cancellation that comes together with the news.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_S):
                        await self._news.wait()
        finally:
            await self._stop()

    async def _stop(self) -> None:
        tasks = dict(self._tasks)
        orders = {task for job_id, task in tasks.items() if job_id in self._tools.orders}
        for task in set(tasks.values()) - orders:
            task.cancel()
        if orders:
            _, late = await asyncio.wait(orders, timeout=GRACE_S)
            for task in late:
                task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _free_all(self) -> None:
        try:
            freed = await lifecycle.free_all(self._tools.env)
        except Transient as error:
            log.warning("leases-not-freed", reason=error.key)  # they end by themselves
        else:
            log.info("leases-freed", jobs=freed)

    async def _turn(self) -> None:
        try:
            for job_id in await lifecycle.due(self._tools.env, self._width):
                if job_id not in self._tasks and len(self._tasks) < self._width:
                    await self._claim(job_id)
        except Transient as error:
            log.warning("claim-failed", reason=error.key)

    async def _claim(self, job_id: int) -> None:
        held = await lifecycle.take(self._tools.env, job_id)
        if held is None:
            return
        task = asyncio.create_task(self._step(held), name=f"job {held.row['code']}")
        self._tasks[job_id] = task
        task.add_done_callback(lambda _: self._done(job_id))

    def _done(self, job_id: int) -> None:
        del self._tasks[job_id]
        self._news.set()

    async def _step(self, held: Held) -> None:
        structlog.contextvars.bind_contextvars(job=held.row["code"])
        try:
            async with asyncio.timeout(STEP_S):
                outcome = await step(self._tools, held)
                if outcome is not None:
                    log.info("step", state=held.state.value, outcome=type(outcome).__name__)
                    await lifecycle.apply(self._tools.env, held, outcome)
        except Exception:
            log.exception("step-broke", state=held.state.value)
            await self._later(held)

    async def _later(self, held: Held) -> None:
        """Our own defect must not spin: the job is tried again with back-off, and ends some time after its deadline."""
        pace, now = self._tools.pace, self._tools.env.now_ms()
        outcome: Outcome = Retry(now + pace.back_off_ms(held.row["attempts"]), "step-broke")
        if now >= held.row["deadline_at"] + pace.late_ms:
            outcome = watch.deadline(self._tools, held)
        try:
            await lifecycle.apply(self._tools.env, held, outcome)
        except KinetogramError as error:
            log.warning("step-not-put-back", reason=error.key)
