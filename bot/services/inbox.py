"""The durable inbox: a raw update is committed here before Telegram counts it delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.storage.base import Row, Store, Transaction
from bot.storage.queries import load

Q = load("inbox")

MAX_ATTEMPTS = 3
FORGOTTEN_AT_ONCE = 500
KEEP_MS = 3 * 24 * 3_600_000
"""Telegram keeps updates for a day; a repeat after three is impossible."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One raw update on its way in. Updates of one `lane` are handled in order. `sender_id`: a person's at Telegram.

    `is_fleeting`: what it says is not ours to keep, and is blanked as soon as it is handled or given up.
    """

    update_id: int
    lane: str
    payload: str
    sender_id: int | None = None
    is_fleeting: bool = False


@dataclass(frozen=True, slots=True)
class OpenUpdate:
    """An update that waits to be handled."""

    id: int
    update_id: int
    lane: str
    payload: str
    attempts: int


async def keep(store: Store, arrivals: Sequence[Arrival], now: int) -> int:
    """Commits the updates; answers how many were new."""

    async def use_case(tx: Transaction) -> int:
        added = 0
        for arrival in arrivals:
            added += await tx.run(
                Q.add,
                update_id=arrival.update_id,
                lane=arrival.lane,
                payload=arrival.payload,
                sender_id=arrival.sender_id,
                is_fleeting=int(arrival.is_fleeting),
                now=now,
            )
        return added

    return await store.transact(use_case)


async def open_after(store: Store, after: int, limit: int) -> list[OpenUpdate]:
    """The open updates with an id above `after`, oldest first."""

    async def use_case(tx: Transaction) -> list[Row]:
        return await tx.all(Q.open_after, after=after, limit=limit)

    return [OpenUpdate(**row) for row in await store.read(use_case)]


async def close(tx: Transaction, update_id: int, now: int) -> bool:
    """Closes the row inside the caller's transaction; False when it was closed before: then nothing may be done."""
    return await tx.run(Q.close, update_id=update_id, now=now) == 1


async def close_alone(store: Store, update_id: int, now: int) -> None:
    """Closes an update that needed nothing."""

    async def use_case(tx: Transaction) -> bool:
        return await close(tx, update_id, now)

    await store.transact(use_case)


async def start_attempt(store: Store, row_id: int) -> None:
    """Counts an attempt before the handlers run."""

    async def use_case(tx: Transaction) -> int:
        return await tx.run(Q.start_attempt, id=row_id)

    await store.transact(use_case)


async def undo_attempt(store: Store, row_id: int) -> None:
    """The attempt did not fail by the update's fault."""

    async def use_case(tx: Transaction) -> int:
        return await tx.run(Q.undo_attempt, id=row_id)

    await store.transact(use_case)


async def fail(store: Store, row_id: int, error: str, now: int) -> None:
    """Gives up on an update."""

    async def use_case(tx: Transaction) -> int:
        return await tx.run(Q.fail, id=row_id, error=error[:500], now=now)

    await store.transact(use_case)


async def prune(store: Store, now: int) -> int:
    """Forgets what was handled days ago."""

    async def use_case(tx: Transaction) -> int:
        return await tx.run(Q.prune, before=now - KEEP_MS)

    return await store.transact(use_case)


async def is_open(tx: Transaction, user_id: int, before: int) -> bool:
    """Whether something that a person sent until a moment is still to be handled."""
    return await tx.one(Q.open_of, user_id=user_id, before=before) is not None


async def forget(tx: Transaction, user_id: int, before: int) -> bool:
    """Blanks what a person sent until a moment, some at a time; False: there is more."""
    return await tx.run(Q.forget, user_id=user_id, before=before, limit=FORGOTTEN_AT_ONCE) < FORGOTTEN_AT_ONCE
