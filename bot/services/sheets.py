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
GIVEN_UP_WITHIN_MS = 24 * 3_600_000
SOME = 2
KEEP_MS = 9 * 24 * 3_600_000
REPLACED_MS = 10 * 60_000
ERASED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Part:
    """One reference on the picture: its label as the person reads it, and what it is for."""

    label: str
    role: str
    media: Row


async def due(env: Env) -> list[Row]:
    """Pictures to make now."""
    since = env.now_ms() - WANTED_MS
    return await env.store.read(lambda tx: tx.all(Q.due, since=since, most=MAX_ATTEMPTS, limit=SOME))


async def begin(env: Env, sheet: Row) -> tuple[str, list[Part]]:
    """Counts the attempt; answers in which language what is to be shown."""
    language, *shown = sheet["parts"].split()

    async def use_case(tx: Transaction) -> list[Part]:
        await tx.run(Q.attempt, request_id=sheet["request_id"], parts=sheet["parts"])
        found = []
        for label, media_id, role in (part.split(":") for part in shown):
            media = await tx.one(Q.media, id=int(media_id))
            if media is not None:
                words = env.texts.labels(language, f"@{label}"), env.texts.plain(language, f"role-{role}")
                found.append(Part(*words, media))
        return found

    return language, await env.store.transact(use_case)


async def made(env: Env, sheet: Row, path: str) -> None:
    """The picture is there: an open card shows it from now on."""

    async def use_case(tx: Transaction) -> None:
        if await tx.run(Q.made, request_id=sheet["request_id"], parts=sheet["parts"], path=path):
            await _show(env, tx, sheet["request_id"])

    await env.store.transact(use_case)


async def give_up(env: Env) -> None:
    """Pictures that were tried often enough or for long enough: an open card says so. None may be under way."""
    now = env.now_ms()

    async def use_case(tx: Transaction) -> None:
        told = {"since": now - GIVEN_UP_WITHIN_MS, "before": now - WANTED_MS, "most": MAX_ATTEMPTS, "limit": SOME}
        for row in await tx.all(Q.over, **told):
            await tx.run(Q.erase, request_id=row["request_id"], now=now)
            await _show(env, tx, row["request_id"])

    await env.store.transact(use_case)


async def _show(env: Env, tx: Transaction, request_id: int) -> None:
    row = await tx.one(REQUESTS.get, id=request_id)
    if row is not None and row["state"] == "draft":
        person, place = await submission.whose(env, tx, row)
        await submission.consider(env, tx, person, place, row, card=True)


async def old(env: Env) -> list[Row]:
    """Pictures whose cards are long over."""
    before = env.now_ms() - KEEP_MS
    return await env.store.read(lambda tx: tx.all(Q.old, before=before, limit=ERASED_AT_ONCE))


async def replaced(env: Env) -> list[Row]:
    """Files of pictures that other ones took the place of."""
    before = env.now_ms() - REPLACED_MS
    return await env.store.read(lambda tx: tx.all(Q.replaced, before=before, limit=ERASED_AT_ONCE))


async def unlinked(env: Env, rows: Sequence[Row]) -> None:
    """These are gone."""

    async def use_case(tx: Transaction) -> None:
        for row in rows:
            await tx.run(Q.unlinked, path=row["path"])

    if rows:
        await env.store.transact(use_case)


async def erased(env: Env, rows: Sequence[Row]) -> None:
    """Their files are gone."""

    async def use_case(tx: Transaction) -> None:
        for row in rows:
            await tx.run(Q.erase, request_id=row["request_id"], now=env.now_ms())

    if rows:
        await env.store.transact(use_case)
