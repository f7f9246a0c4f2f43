"""The picture of a card's references: wanted when several are shown, made beside the conversation, never waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.services import submission
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, REQUESTS = load("sheets"), load("requests")
WANTED_MS = 60_000
"""A picture that was not made by then is made no more."""
MAX_ATTEMPTS = 2
SOME = 2
KEEP_MS = 9 * 24 * 3_600_000
ERASED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Part:
    """One reference on the picture."""

    label: str
    media: Row


async def due(env: Env) -> list[Row]:
    """Pictures to make now."""
    since = env.now_ms() - WANTED_MS
    return await env.store.read(lambda tx: tx.all(Q.due, since=since, most=MAX_ATTEMPTS, limit=SOME))


async def begin(env: Env, sheet: Row) -> list[Part]:
    """Counts the attempt; answers what is to be shown."""

    async def use_case(tx: Transaction) -> list[Part]:
        await tx.run(Q.attempt, request_id=sheet["request_id"], parts=sheet["parts"])
        pairs = [part.split(":") for part in sheet["parts"].split()]
        found = [(label, await tx.one(Q.media, id=int(media_id))) for label, media_id in pairs]
        return [Part(label, media) for label, media in found if media is not None]

    return await env.store.transact(use_case)


async def made(env: Env, sheet: Row, path: str) -> None:
    """The picture is there: an open card shows it from now on."""

    async def use_case(tx: Transaction) -> None:
        if await tx.run(Q.made, request_id=sheet["request_id"], parts=sheet["parts"], path=path) == 0:
            return
        row = await tx.one(REQUESTS.get, id=sheet["request_id"])
        if row is not None and row["state"] == "draft":
            person, place = await submission.whose(env, tx, row)
            await submission.consider(env, tx, person, place, row, card=True)

    await env.store.transact(use_case)


async def old(env: Env) -> list[Row]:
    """Pictures whose cards are long over."""
    before = env.now_ms() - KEEP_MS
    return await env.store.read(lambda tx: tx.all(Q.old, before=before, limit=ERASED_AT_ONCE))


async def erased(env: Env, rows: Sequence[Row]) -> None:
    """Their files are gone."""

    async def use_case(tx: Transaction) -> None:
        for row in rows:
            await tx.run(Q.erase, request_id=row["request_id"], now=env.now_ms())

    if rows:
        await env.store.transact(use_case)
