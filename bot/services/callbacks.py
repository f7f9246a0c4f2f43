"""A provider says that a task moved. It is believed in nothing: the job is only looked at now instead of later."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Literal

from bot.storage.base import Row, Store, Transaction
from bot.storage.queries import load

Q = load("jobs")


@dataclass(frozen=True, slots=True)
class Heard:
    """`unknown`: no job of that provider has the token. `ignored`: it speaks of another task, or there is nothing left
    to look at. `noted`: the job is due.
    """

    what: Literal["unknown", "ignored", "noted"]
    job_id: int | None = None


async def hear(store: Store, provider: str, token: str, task_id: str | None, now: int) -> Heard:
    """What a callback for `token`, which speaks of the provider's task `task_id` (None: of none), leads to.

    Strangers cost one read; raises what the store raises.
    """
    job = await store.read(lambda tx: _job(tx, token))
    if job is None or not _same(job["callback_token"], token) or job["provider"] != provider:
        return Heard("unknown")
    if task_id is None or job["task_id"] not in {None, task_id}:
        return Heard("ignored", job["id"])
    moved = await store.transact(lambda tx: tx.run(Q.nudge, id=job["id"], now=now))
    return Heard("noted" if moved else "ignored", job["id"])


async def hear_event(store: Store, provider: str, task_id: str, now: int) -> Heard:
    """The same for a signed event about one of the account's tasks, which may be another program's."""
    job = await store.read(lambda tx: tx.one(Q.by_task, provider=provider, task_id=task_id))
    if job is None:
        return Heard("ignored")
    moved = await store.transact(lambda tx: tx.run(Q.nudge, id=job["id"], now=now))
    return Heard("noted" if moved else "ignored", job["id"])


async def _job(tx: Transaction, token: str) -> Row | None:
    found = await tx.one(Q.by_callback, token=token)
    return None if found is None else await tx.one(Q.get, id=found["id"])


def _same(kept: str, given: str) -> bool:
    return hmac.compare_digest(kept.encode(), given.encode())
