"""Once a night our payments are held against Telegram's own list: what is missing is booked, what differs is told.

The list grows at its end, so each reading goes on where the last one stopped; a page and how far we are after it are
one transaction, and a reading that was cut off is taken up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.limits import Period, period_start
from bot.core.stars import Move
from bot.services import alerts, payments, refunds, resuming, subscriptions
from bot.services.directory import UserRef
from bot.services.env import Env
from bot.services.payments import Charge
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("payments")
HOUR_MS = 3_600_000
NIGHT_MS = 4 * HOUR_MS
"""At four o'clock in the service's time zone; a night that was slept through is made up for."""
KEEP_MS = 30 * 24 * HOUR_MS
FRESH_MS = 10 * 60_000
"""What is younger may still be on its way to us as an update."""


@dataclass(slots=True)
class Found:
    """What a page changed."""

    count: int = 0
    credited: int = 0
    refunded: int = 0
    strange: int = 0
    paid: list[str] = field(default_factory=list)
    """The payloads of what was credited."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of the list that is under way; `position` transactions were read, ever."""

    id: int
    started_at: int
    position: int = field(compare=False)


async def begin(env: Env) -> Reading | None:
    """The reading that is due or was cut off; None while it is not due, or where nothing was ever sold."""

    async def use_case(tx: Transaction) -> Reading | None:
        last = await tx.one(Q.last_reconciliation)
        if last is not None and last["ended_at"] is None:
            return _reading(last)
        if not await _is_due(env, tx, last):
            return None
        await tx.run(Q.begin_reconciliation, now=env.now_ms(), position=last["position"] if last is not None else 0)
        begun = await tx.one(Q.last_reconciliation)
        return _reading(begun) if begun is not None else None

    return await env.store.transact(use_case)


async def _is_due(env: Env, tx: Transaction, last: Row | None) -> bool:
    if env.policy.star_microusd is None and await tx.one(Q.any_payment) is None:
        return False
    tonight = period_start(Period.DAY, env.now_ms() - NIGHT_MS, env.policy.zone) + NIGHT_MS
    return last is None or last["started_at"] < tonight


def _reading(row: Row) -> Reading:
    return Reading(row["id"], row["started_at"], row["position"])


async def read_page(env: Env, reading: Reading, moves: Sequence[Move | None]) -> int:
    """Books one page (None: a transaction that is no sale), once. Answers how many of it were old enough to be read."""

    async def use_case(tx: Transaction) -> Found:
        found = Found()
        for move in moves:
            if move is not None and move.at > reading.started_at - FRESH_MS:
                break
            found.count += 1
            if move is not None:
                await _read(env, tx, move, found)
        if found.count:
            await _advance(tx, reading, found)
        return found

    found = await env.store.transact(use_case)
    for payload in found.paid:
        await resuming.after_payment(env, payload)
    return found.count


async def _advance(tx: Transaction, reading: Reading, found: Found) -> None:
    await tx.run(
        Q.advance_reconciliation,
        id=reading.id,
        position=reading.position,
        count=found.count,
        credited=found.credited,
        refunded=found.refunded,
        strange=found.strange,
    )


async def _read(env: Env, tx: Transaction, move: Move, found: Found) -> None:
    until = None if move.period_s is None else move.at + move.period_s * 1000
    charge = Charge(move.charge, UserRef(move.telegram_user_id, "", None, "en"), move.stars, move.payload, until)
    if not move.incoming:
        found.refunded += await refunds.book(env, tx, charge)
        return
    outcome = await payments.credit(env, tx, charge, None)
    if outcome == "credited":
        found.paid.append(charge.payload)
    found.credited += outcome in {"credited", "returned"}
    found.strange += outcome == "strange"
    await tx.run(Q.note_listed, charge=move.charge, now=env.now_ms())


async def end(env: Env, reading: Reading) -> None:
    """The list was read to its end: what we have and it does not is counted, differences are told."""

    async def use_case(tx: Transaction) -> None:
        before = await tx.one(Q.reconciled_before, id=reading.id)
        since = before["started_at"] - FRESH_MS if before is not None else 0
        missing = await tx.one(Q.count_unlisted, since=since, before=reading.started_at - FRESH_MS)
        await tx.run(
            Q.end_reconciliation, id=reading.id, now=env.now_ms(), missing=missing["missing"] if missing else 0
        )
        await prune(env, tx)
        await subscriptions.lapse(env, tx)
        await _tell(env, tx)

    await env.store.transact(use_case)


async def prune(env: Env, tx: Transaction) -> int:
    """Forgets offers that nobody took up a month ago."""
    return await tx.run(Q.prune_invoices, before=env.now_ms() - KEEP_MS)


async def _tell(env: Env, tx: Transaction) -> None:
    row = await tx.one(Q.last_reconciliation)
    names = ("credited", "refunded", "strange", "missing")
    if row is not None and any(row[name] for name in names):
        await alerts.alert(env, tx, "alert-payments", str(row["id"]), **{name: row[name] for name in names})
