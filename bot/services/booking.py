"""How an entry of the ledger and what a job takes of the counts are written, each with the counters that follow."""

from __future__ import annotations

from bot.core.ledger import Bucket, Entry
from bot.core.limits import Period, period_start, quarter_of, utc_day_of
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, L = load("accounts"), load("limits")
STREAMS = ("chat_id", "topic_id", "user_id", "account_id")


def streams_of(job: Row) -> dict[str, int | None]:
    """What is counted of a job, besides the service."""
    return {name: job[name] for name in STREAMS}


async def tally(env: Env, tx: Transaction, job: Row, money: int, lent: int, *, requests: int, active: int) -> None:
    """Moves what a job takes, in the periods in which it was accepted."""
    at, moved = job["created_at"], {"money": money, "lent": lent, "active": active}
    await tx.run(L.tally, quarter=quarter_of(at), day=utc_day_of(at), requests=requests, **streams_of(job), **moved)
    today = period_start(Period.DAY, at, env.policy.zone)
    await tx.run(Q.total, account_id=job["account_id"], user_id=job["user_id"], day=today, **moved)


async def book(
    env: Env,
    tx: Transaction,
    account_id: int,
    entry: Entry,
    job_id: int | None,
    effective_at: int,
    actor_id: int | None = None,
) -> bool:
    """Appends one entry and moves the balance with it; False when it was booked before."""
    added = await tx.run(
        Q.add_entry,
        account_id=account_id,
        kind=entry.kind,
        bucket=entry.bucket,
        amount_microusd=entry.amount_microusd,
        job_id=job_id,
        business_id=entry.business_id,
        actor_id=actor_id,
        note=entry.note,
        effective_at=effective_at,
        now=env.now_ms(),
    )
    if added and entry.bucket is Bucket.BALANCE:
        await tx.run(Q.move_balance, account_id=account_id, delta=entry.amount_microusd)
    return added == 1
