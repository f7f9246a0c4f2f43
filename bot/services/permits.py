"""What a moderator allowed a person once: given, found, used up, taken back."""

from __future__ import annotations

import json

from bot.core import permits
from bot.core.permits import HOLDS_MS, Permit
from bot.services.counting import count_all, payer_of
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.storage.base import Transaction
from bot.storage.queries import load

L, APPROVALS, DIRECTORY = load("limits"), load("approvals"), load("directory")


async def give(
    env: Env, tx: Transaction, person: Person, place: Place, request_id: int, actor_id: int | None, jobs: int = 1
) -> int:
    """So many jobs of a request pass the limits that the chat's administrators hold now; each goes through once.

    Answers until when they may start.
    """
    now, limits = env.now_ms(), await count_all(env, tx, person, place, await payer_of(tx, person, place))
    met, until = permits.written((*limits.hard, *limits.bounds)), now + HOLDS_MS
    whom = {"request_id": request_id, "user_id": person.id}
    await tx.run(L.give_pass, **whom, jobs=jobs, met=met, given_by=actor_id, now=now, expires_at=until)
    data = json.dumps({"request": request_id, "jobs": jobs, "user": person.id})
    chat_id = None if place.is_private else place.chat_id
    await tx.run(DIRECTORY.note_audit, now=now, actor_id=actor_id, chat_id=chat_id, action="allow-once", data=data)
    return until


async def of(tx: Transaction, person: Person, request_id: int) -> Permit | None:
    """What a person was allowed of a request."""
    row = await tx.one(L.pass_of, request_id=request_id, user_id=person.id)
    return None if row is None else Permit(row["jobs_left"], permits.read(row["met"]), row["expires_at"])


async def use(tx: Transaction, person: Person, request_id: int) -> None:
    """One job goes through."""
    await tx.run(L.use_pass, request_id=request_id, user_id=person.id)


async def take_back(tx: Transaction, person: Person, chat_id: int | None) -> None:
    """Of a person who is kept out of a chat (None: of everything), for all that waits for a tap."""
    whom = {"user_id": person.id, "chat_id": chat_id}
    await tx.run(APPROVALS.recall_all, **whom)
    await tx.run(APPROVALS.drop_passes, **whom)
