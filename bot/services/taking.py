"""The answer of a create call, written down whoever holds its job by now: a task that was taken is never forgotten."""

from __future__ import annotations

from typing import assert_never

from bot.core.job import Advance, State, check_move
from bot.core.ledger import Loss
from bot.services import alerts, lifecycle, losses
from bot.services.env import Env
from bot.services.lifecycle import Held
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("jobs")


async def taken(env: Env, held: Held, task_id: str, key_name: str, run_at: int) -> bool:
    """The provider has the task, and so has the job, whoever holds it. False when no job can go on with it."""

    async def use_case(tx: Transaction) -> bool:
        await tx.run(Q.set_task, id=held.id, task_id=task_id, key_name=key_name)
        if await lifecycle.write(env, tx, held, Advance(State.RUNNING, run_at=run_at)):
            return True
        (row,) = await tx.all(Q.get, id=held.id)
        if row["task_id"] == task_id and await _goes_on(env, tx, row, run_at):
            return True
        await _nobodys(env, tx, row, task_id)
        return False

    return await env.store.transact(use_case)


async def _goes_on(env: Env, tx: Transaction, row: Row, run_at: int) -> bool:
    """Whoever holds the job does not know what we know, and finds its hold gone."""
    match State(row["state"]):
        case State.QUEUED | State.SUBMITTING | State.UNCERTAIN:
            check_move(State(row["state"]), State.RUNNING)
            return await tx.run(Q.found_taken, id=row["id"], now=env.now_ms(), run_at=run_at) == 1
        case State.FAILED:
            return await tx.run(Q.watch_taken, id=row["id"], now=env.now_ms(), run_at=run_at) == 1
        case State.RUNNING | State.COLLECTING | State.DELIVERING | State.DELIVERED:
            return True  # a look-up had found it
        case State.CANCELLED:
            return False
        case _ as never:
            assert_never(never)


async def _nobodys(env: Env, tx: Transaction, row: Row, task_id: str) -> None:
    """A task of a job that was cancelled or that has another one: the operator's risk, and told."""
    price = row["quote_microusd"]
    await losses.book(env, tx, row, Loss.UNCERTAIN, price)
    data = {"provider": row["provider"], "task": task_id, "code": row["code"].lstrip("#"), "price_microusd": price}
    await alerts.alert(env, tx, "alert-task-nobodys", f"{row['id']}:{task_id}", **data)
