"""Retention: trays, buttons and kept files that have had their time."""

from __future__ import annotations

from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

REQUESTS, BUTTONS, JOBS = load("requests"), load("buttons"), load("jobs")
BATCH = 100


async def tidy(env: Env, now: int) -> None:
    """Expired trays and buttons go."""

    async def use_case(tx: Transaction) -> None:
        await tx.run(REQUESTS.expire_tray, now=now)
        await tx.run(BUTTONS.prune, now=now)

    await env.store.transact(use_case)


async def to_erase(env: Env, before: int, max_bytes: int) -> list[str]:
    """Marks kept files as erased, oldest first: those from before `before`, and the oldest above `max_bytes` in all.

    Answers their paths below DATA_DIR; the caller unlinks them.
    """

    async def use_case(tx: Transaction) -> list[str]:
        old = await tx.all(JOBS.old_files, before=before, limit=BATCH)
        total = await tx.one(JOBS.kept_bytes)
        over = (total["bytes"] if total else 0) - sum(row["size_bytes"] for row in old) - max_bytes
        if over > 0 and len(old) < BATCH:
            old += await _oldest(tx, env.now_ms(), over, {(row["job_id"], row["kind"]) for row in old})
        for row in old:
            await tx.run(JOBS.mark_erased, job_id=row["job_id"], kind=row["kind"], now=env.now_ms())
        return [row["path"] for row in old]

    return await env.store.transact(use_case)


async def _oldest(tx: Transaction, now: int, over: int, known: set[tuple[int, str]]) -> list[Row]:
    chosen: list[Row] = []
    for row in await tx.all(JOBS.old_files, before=now, limit=BATCH):
        if over <= 0:
            break
        if (row["job_id"], row["kind"]) not in known:
            chosen.append(row)
            over -= row["size_bytes"]
    return chosen
