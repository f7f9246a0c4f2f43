"""After a time away: everybody whose videos went on meanwhile is told, once."""

from __future__ import annotations

from itertools import groupby

from bot.services import say
from bot.services.directory import person_by_id, place_by_id
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("away")
ALIVE = "alive"
NOTABLE_MS = 3 * 60_000
"""A restart is not worth a word; the sign of life itself is up to a minute old."""
MINUTE_MS = 60_000
NAMED = 6


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
    for _, jobs in groupby(await tx.all(Q.on_their_way), key=_whose):
        await _tell_one(env, tx, list(jobs), since, round((now - since) / MINUTE_MS))


def _whose(row: Row) -> tuple[int, int, int | None]:
    return row["user_id"], row["chat_id"], row["topic_id"]


def _stands(env: Env, language: str, job: Row) -> str:
    state = str(job["state"]).lower()
    return f"{job['code']} {env.texts.plain(language, f'state-{state}')}"


async def _tell_one(env: Env, tx: Transaction, jobs: list[Row], since: int, minutes: int) -> None:
    """How each of their videos stands; in a group it answers the newest of their requests."""
    first, newest = jobs[0], jobs[-1]
    person = await person_by_id(env, tx, first["user_id"])
    place = await place_by_id(tx, first["chat_id"], first["topic_id"])
    told = [_stands(env, person.language, job) for job in jobs[:NAMED]]
    more = ["…"] if len(jobs) > NAMED else []
    html = env.texts.render(person.language, "away", minutes=minutes, count=len(jobs), jobs=", ".join([*told, *more]))
    once = ":".join(["away", str(since), *map(str, _whose(first))])
    reply_to = None if place.is_private else newest["message_id"]
    await say.message(env, tx, place, html, person=person, reply_to=reply_to, once=once)
