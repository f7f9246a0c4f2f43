"""After a time away: everybody whose videos went on meanwhile is told, once."""

from __future__ import annotations

from bot.services import say
from bot.services.directory import person_by_id, place_by_id
from bot.services.env import Env
from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("away")
ALIVE = "alive"
NOTABLE_MS = 3 * 60_000
"""A restart is not worth a word; the sign of life itself is up to a minute old."""
MINUTE_MS = 60_000


async def note_alive(env: Env) -> None:
    """A sign of life."""

    async def use_case(tx: Transaction) -> None:
        await tx.run(Q.mark, name=ALIVE, now=env.now_ms())

    await env.store.transact(use_case)


async def tell(env: Env) -> None:
    """At the start: each person with videos on their way hears how long the service was away."""

    async def use_case(tx: Transaction) -> None:
        row, now = await tx.one(Q.marked, name=ALIVE), env.now_ms()
        await tx.run(Q.mark, name=ALIVE, now=now)
        if row is not None and now - row["at"] >= NOTABLE_MS:
            await _tell_all(env, tx, row["at"], now)

    await env.store.transact(use_case)


async def _tell_all(env: Env, tx: Transaction, since: int, now: int) -> None:
    for row in await tx.all(Q.waiting_people):
        person = await person_by_id(env, tx, row["user_id"])
        place = await place_by_id(tx, row["chat_id"], row["topic_id"])
        minutes = round((now - since) / MINUTE_MS)
        html = env.texts.render(person.language, "away", minutes=minutes, count=row["jobs"])
        once = f"away:{since}:{row['user_id']}:{row['chat_id']}:{row['topic_id']}"
        await say.message(env, tx, place, html, once=once)
