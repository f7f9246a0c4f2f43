"""Late: a task that may outlive its job is watched on; its output is free for its person and booked as `late`."""

from __future__ import annotations

import asyncio
from typing import assert_never

import structlog

from bot.core.errors import KinetogramError, MediaUnreadable, OutputTooBig
from bot.core.ledger import Loss
from bot.providers.base import Absent, CannotLookUp, Ended, Found, Provider, Rendering, Succeeded, Task, Waiting
from bot.services import delivery, lifecycle
from bot.services.delivery import Collected
from bot.services.lifecycle import Held
from bot.storage.queries import load
from bot.worker import uncertain, watch
from bot.worker.collect import fetch, holding
from bot.worker.loop import STEP_S
from bot.worker.tools import Tools

Q = load("jobs")

LANES = 8
"""So many looks go on at once: a slow download of one task holds no other up."""
BATCH = 8
RARER = 8
"""A task is looked at again after an eighth of its age."""

log = structlog.get_logger(__name__)


async def turn(tools: Tools) -> None:
    """One look at each job that is due, while there are any."""
    for _ in range(BATCH):
        held = await lifecycle.take_late(tools.env)
        if held is None:
            return
        await look(tools, held)


async def look(tools: Tools, held: Held) -> None:
    """One look at what a job left behind; a fault of it only puts off the next look."""
    try:
        async with holding(tools, held), asyncio.timeout(STEP_S):
            await _look(tools, held)
    except KinetogramError as error:
        log.warning("late-look-failed", job=held.row["code"], reason=error.key)
        await _look_again(tools, held)
    except Exception:
        log.exception("late-look-broke", job=held.row["code"])
        await _look_again(tools, held)


async def _look(tools: Tools, held: Held) -> None:
    provider = tools.provider_of(held)
    if provider is None:
        await _look_again(tools, held)
    elif held.row["task_id"] is not None:
        await _check(tools, held, provider, watch.task_of(held))
    else:
        await _search(tools, held, provider)


async def _check(tools: Tools, held: Held, provider: Provider, task: Task) -> None:
    match await provider.check(task):
        case Succeeded() as status:
            await _collect(tools, held, provider, status)
        case Ended(billed=billed):
            if billed is not None:
                await lifecycle.book_operator(tools.env, held, Loss.REFUSED_BILLED, billed)
            await lifecycle.forget_risk(tools.env, held)
            await delivery.end_watch(tools.env, held)
        case Waiting() | Rendering():
            await _look_again(tools, held)
        case _ as never:
            assert_never(never)


async def _collect(tools: Tools, held: Held, provider: Provider, status: Succeeded) -> None:
    try:
        fetched = await fetch(tools, held, provider, status)
    except (MediaUnreadable, OutputTooBig) as error:
        await delivery.lose(tools.env, held, status.usage, error if isinstance(error, OutputTooBig) else None)
        await delivery.end_watch(tools.env, held)
    else:
        receipt = dict(status.receipt)
        collected = Collected(status.usage, receipt, fetched.output, fetched.playable, fetched.thumbnail)
        await delivery.deliver_late(tools.env, held, collected)


async def _search(tools: Tools, held: Held, provider: Provider) -> None:
    """The create call was never answered: whether there is a task at all is still to be found out."""
    match await uncertain.ask(tools, held, provider):
        case Found(task):
            await lifecycle.note(tools.env, Q.set_task, id=held.id, task_id=task.id, key_name=task.key_name)
            await _check(tools, held, provider, task)
        case CannotLookUp():
            await delivery.end_watch(tools.env, held)
        case Absent():
            again_at = await uncertain.next_proof(tools, held)
            if again_at is None:
                await lifecycle.forget_risk(tools.env, held)
                await delivery.end_watch(tools.env, held)
            else:
                await delivery.watch_on(tools.env, held, again_at)
        case _ as never:
            assert_never(never)


async def _look_again(tools: Tools, held: Held) -> None:
    """Later, and the rarer the older it is, until the provider has forgotten it."""
    now = tools.env.now_ms()
    age_ms = now - held.row["created_at"]
    if age_ms > tools.pace.late_end_ms:
        await delivery.end_watch(tools.env, held)
    else:
        await delivery.watch_on(tools.env, held, now + max(tools.pace.late_ms, age_ms // RARER))
