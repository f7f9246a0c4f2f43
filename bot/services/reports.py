"""Numbers for health and metrics; every query walks an index of what is open, never what is over."""

from __future__ import annotations

from datetime import tzinfo

from bot.core.job import ACTIVE, State
from bot.core.limits import Measure, Period, Scope, period_start
from bot.storage.base import Store, Transaction
from bot.storage.queries import load
from bot.telemetry.metrics import Levels

Q, ACCOUNTS, JOBS = load("reports"), load("accounts"), load("jobs")
SERVICE_OWNER = 0


async def alive(store: Store) -> None:
    """One trivial read. Raises what the store raises when it can't."""

    async def use_case(tx: Transaction) -> None:
        await tx.one(Q.alive)

    await store.read(use_case)


async def levels(store: Store, now: int, zone: tzinfo) -> Levels:
    """What stands at `now` (ms UTC), in one snapshot. `zone` is the one of the service's day."""
    today = period_start(Period.DAY, now, zone)

    async def use_case(tx: Transaction) -> Levels:
        [inbox], [outbox], [parked] = await tx.all(Q.inbox), await tx.all(Q.outbox), await tx.all(Q.parked)
        jobs = {row["state"]: row for row in await tx.all(Q.jobs)}
        return Levels(
            inbox_open=inbox["open"],
            inbox_age_ms=_age(inbox["oldest"], now),
            jobs={state.value: jobs[state]["jobs"] if state in jobs else 0 for state in sorted(ACTIVE)},
            queue_age_ms=_age(jobs[State.QUEUED]["oldest"] if State.QUEUED in jobs else None, now),
            outbox_waiting=outbox["waiting"],
            outbox_lag_ms=_age(outbox["due"], now),
            outbox_parked=parked["parked"],
            spent_today_microusd=await _spent(tx, today),
            paused=frozenset(row["provider"] for row in await tx.all(JOBS.pauses)),
        )

    return await store.read(use_case)


async def _spent(tx: Transaction, today: int) -> int:
    row = await tx.one(
        ACCOUNTS.counter,
        scope=Scope.SERVICE,
        scope_id=SERVICE_OWNER,
        measure=Measure.MONEY,
        period=Period.DAY,
        period_start=today,
    )
    return int(row["value"]) if row is not None else 0


def _age(since: int | None, now: int) -> int:
    return 0 if since is None else max(0, now - since)
