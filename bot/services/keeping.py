"""Retention: trays, buttons, warnings, permissions and kept files that have had their time."""

from __future__ import annotations

from collections.abc import Sequence

from bot.services import business, gathering, improving
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

REQUESTS, BUTTONS, JOBS, QUESTIONS = load("requests"), load("buttons"), load("jobs"), load("questions")
LIMITS, SHARED = load("limits"), load("shared")
BATCH = 100
LONG_OVER_MS = 7 * 24 * 3_600_000
"""A warning is forgotten so long after its period's end, a permission so long after it was given and used."""


async def tidy(env: Env, now: int) -> None:
    """Expired trays, buttons, questions and proposals go, and warnings and permissions that are long over."""

    async def use_case(tx: Transaction) -> None:
        await tx.run(REQUESTS.expire_tray, now=now)
        await tx.run(BUTTONS.prune, now=now)
        await tx.run(QUESTIONS.expire, now=now)
        await tx.run(LIMITS.prune_warnings, before=now - LONG_OVER_MS)
        await improving.prune(env, tx)
        await tx.run(SHARED.tidy, before=now - gathering.KEEP_MS)
        await business.tidy(env, tx, drafts_before=now - gathering.KEEP_MS)
        await tx.run(LIMITS.prune_passes, before=now - LONG_OVER_MS, limit=BATCH)

    await env.store.transact(use_case)


async def to_erase(env: Env, before: int, max_bytes: int) -> list[Row]:
    """Kept files that have had their time, oldest first: from before `before`, and the oldest above `max_bytes` in all.

    Rows with `job_id`, `kind` and `path` (below DATA_DIR): the caller unlinks them, then says so with `erased`.
    """

    async def use_case(tx: Transaction) -> list[Row]:
        old = await tx.all(JOBS.old_files, before=before, limit=BATCH)
        total = await tx.one(JOBS.kept_bytes)
        over = (total["bytes"] if total else 0) - sum(row["size_bytes"] for row in old) - max_bytes
        if over > 0 and len(old) < BATCH:
            old += await _oldest(tx, env.now_ms(), over, {(row["job_id"], row["kind"]) for row in old})
        return old

    return await env.store.read(use_case)


async def erased(env: Env, files: Sequence[Row]) -> None:
    """These files are gone."""

    async def use_case(tx: Transaction) -> None:
        for row in files:
            await tx.run(JOBS.mark_erased, job_id=row["job_id"], kind=row["kind"], now=env.now_ms())

    await env.store.transact(use_case)


async def inputs_to_erase(env: Env) -> list[int]:
    """Jobs whose references' files are not needed any more."""

    async def use_case(tx: Transaction) -> list[Row]:
        return await tx.all(JOBS.old_inputs, now=env.now_ms(), limit=BATCH)

    return [row["id"] for row in await env.store.read(use_case)]


async def inputs_erased(env: Env, job_ids: Sequence[int]) -> None:
    """The references' files of these jobs are gone."""

    async def use_case(tx: Transaction) -> None:
        for job_id in job_ids:
            await tx.run(JOBS.forget_inputs, id=job_id)

    await env.store.transact(use_case)


async def _oldest(tx: Transaction, now: int, over: int, known: set[tuple[int, str]]) -> list[Row]:
    chosen: list[Row] = []
    for row in await tx.all(JOBS.old_files, before=now, limit=BATCH):
        if over <= 0:
            break
        if (row["job_id"], row["kind"]) not in known:
            chosen.append(row)
            over -= row["size_bytes"]
    return chosen
