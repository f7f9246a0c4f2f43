"""UNCERTAIN: the create call may have been taken. Looked up, continued, or proven absent; never sent again blindly."""

from __future__ import annotations

import json
from typing import assert_never

import structlog

from bot.core.errors import KinetogramError
from bot.core.job import Fail, Outcome, Snooze
from bot.providers.base import Absent, CannotLookUp, Found, LookUp, Provider, SeeksByOrder, Sought, Task
from bot.services import lifecycle, taking
from bot.services.lifecycle import Held
from bot.storage.queries import load
from bot.worker.tools import Tools

Q = load("jobs")
SLACK_MS = 600_000
"""How long before this call another one may have gone out whose task could be taken for ours."""

log = structlog.get_logger(__name__)


async def look_up(tools: Tools, held: Held) -> Outcome | None:
    """One look-up, or the end that the deadline brings: told and released, and watched on."""
    now = tools.env.now_ms()
    provider = tools.provider_of(held)
    if now >= held.row["deadline_at"]:
        return Fail("uncertain-released")
    if provider is None:
        return Snooze(now + tools.pace.pause_ms)
    try:
        found = await ask(tools, held, provider)
    except KinetogramError:
        return Snooze(now + tools.pace.look_up_ms)
    return await _read(tools, held, provider, found)


async def ask(tools: Tools, held: Held, provider: Provider) -> LookUp:
    """Whether the provider knows a task with our trace, or one that can only be our order."""
    since = held.row["submitted_at"] or held.row["created_at"]
    if isinstance(provider, SeeksByOrder):
        offer = tools.env.catalog.offer(held.row["provider"], held.row["model"])
        return (
            CannotLookUp() if offer is None else await provider.seek(await _sought(tools, held, offer.wire_id, since))
        )
    return await provider.look_up(held.row["trace"], held.row["key_name"] or "", since)


async def _sought(tools: Tools, held: Held, wire_id: str, since: int) -> Sought:
    name = held.row["provider"]
    taken = await lifecycle.rows(tools.env, Q.tasks_since, provider=name, since=since - SLACK_MS)
    rivals = await lifecycle.rows(tools.env, Q.unanswered, provider=name, id=held.id)
    return Sought(
        spec=held.spec,
        wire_id=wire_id,
        trace=held.row["trace"],
        key_name=held.row["key_name"] or "",
        since_ms=since,
        until_ms=_ended_at(held),
        held=frozenset(row["task_id"] for row in taken),
        rivals=bool(rivals),
    )


async def _read(tools: Tools, held: Held, provider: Provider, found: LookUp) -> Outcome | None:
    now = tools.env.now_ms()
    match found:
        case Found(task):
            if not await taking.taken(tools.env, held, task.id, task.key_name, now):
                await stop_nobodys(tools, held, provider, task)
            return None
        case CannotLookUp():
            release_at = _ended_at(held) + tools.pace.blind_release_ms
            return Fail("uncertain-released") if now >= release_at else Snooze(release_at)
        case Absent():
            return await _absent(tools, held)
        case _ as never:
            assert_never(never)


async def stop_nobodys(tools: Tools, held: Held, provider: Provider, task: Task) -> None:
    """A task that no job goes on with: stopped there where that can be done, and then it costs nothing."""
    log.warning("task-nobodys", job=held.row["code"], task=task.id)
    try:
        outcome = await provider.cancel(task)
    except KinetogramError as error:
        log.warning("task-not-stopped", job=held.row["code"], reason=error.key)
    else:
        if outcome == "cancelled":
            await lifecycle.forget_risk(tools.env, held)


async def _absent(tools: Tools, held: Held) -> Outcome | None:
    again_at = await next_proof(tools, held)
    if again_at is not None:
        return Snooze(again_at)
    await lifecycle.not_taken(tools.env, held, tools.env.now_ms())
    return None


async def next_proof(tools: Tools, held: Held) -> int | None:
    """After a complete listing without our task: when to list again; None when it is proven that there is none.

    The proof is two such listings, far enough from the call and from each other.
    """
    now, pace = tools.env.now_ms(), tools.pace
    first_at = _ended_at(held) + pace.absence_first_ms
    if now < first_at:
        return min(now + pace.look_up_ms, first_at)
    absent_at = json.loads(held.row["lookup"]).get("absent_at")
    if absent_at is None:
        await lifecycle.note(tools.env, Q.set_lookup, id=held.id, lookup=json.dumps({"absent_at": now}))
        return now + pace.absence_again_ms
    again_at = int(absent_at) + pace.absence_again_ms
    return again_at if now < again_at else None


def _ended_at(held: Held) -> int:
    return int(held.row["submit_ended_at"] or held.row["updated_at"])
