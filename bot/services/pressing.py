"""A valid press, and what it does: the shape of every button's action."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.services.directory import Person, Place, place_by_id
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

JOBS = load("jobs")


@dataclass(frozen=True, slots=True)
class Press:
    """One valid press: who, where, with what data, under which nonce, on which of the message's buttons."""

    person: Person
    place: Place
    data: Mapping[str, Any]
    nonce: str
    message_id: int = 0
    slot: str | None = None


Act = Callable[[Env, Transaction, Press], Awaitable[str | None]]


async def job_of(tx: Transaction, press: Press) -> tuple[Row, Place] | None:
    """The job of a button, with its place; None when it is known no more."""
    row = await tx.one(JOBS.get, id=press.data["job"])
    if row is None or row["erased_at"] is not None:
        return None
    return row, await place_by_id(tx, row["chat_id"], row["topic_id"])
