"""Previews: the status of a video at the bottom of a private chat, once the chat has moved on from its card.

Telegram shows a preview for half a minute and puts a Stop on it; it is never the only place of anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from bot.core.request import VideoSpec
from bot.services import inbox, jobs, say
from bot.services.cards import in_a_line
from bot.services.directory import ChatRef, Person, Place, person_by_id, see_place
from bot.services.env import Env
from bot.services.say import Priority
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q, OUTBOX, JOBS = load("previews"), load("outbox"), load("jobs")
MOST = 200
"""So many requests are looked at; who has more people at once than that shows no previews to the rest."""

TOLD = frozenset({"cancel-done", "cancel-asked", "cancel-finished"})
"""What a Stop can come to; a second one comes to nothing."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a chat could show: `number` names it at Telegram, `card` is the message that its status stands in."""

    chat: int
    thread_id: int | None
    number: int
    card: int
    html: Html


async def wanted(env: Env, is_wanted: Callable[[int, int], bool]) -> list[Preview]:
    """Of each private chat the newest request at work that is wanted, by its chat's Telegram id and its card."""

    async def use_case(tx: Transaction) -> list[Preview]:
        chosen: dict[int, Row] = {}
        for row in await tx.all(Q.under_way, count=MOST):
            if row["shown"] is not None and is_wanted(row["telegram_id"], row["card_message_id"]):
                chosen.setdefault(row["telegram_id"], row)
        return [await _preview(env, tx, row) for row in chosen.values()]

    return await env.store.read(use_case)


async def _preview(env: Env, tx: Transaction, row: Row) -> Preview:
    person = await person_by_id(env, tx, row["user_id"])
    words = in_a_line(VideoSpec.from_json(row["spec"]).own_words())
    status = Html(json.loads(row["shown"])["text"])
    code = row["code"].lstrip("#") if row["together"] == 1 else "none"
    html = env.texts.render(person.language, "preview", code=code, words=words, status=status)
    return Preview(row["telegram_id"], row["thread_id"], row["id"], row["card_message_id"], html)


async def stop(env: Env, update_id: int, chat: ChatRef, number: int) -> None:
    """Stop was pressed on a preview: what ✕ does, told by the card, which comes down to where the person looks."""

    async def use_case(tx: Transaction) -> None:
        if not await inbox.close(tx, update_id, env.now_ms()):
            return
        place = await see_place(env, tx, chat)
        row = await tx.one(Q.stoppable, request_id=number, chat_id=place.chat_id) if place.is_private else None
        if row is not None and await tx.run(Q.stop, request_id=number, now=env.now_ms()):
            await _stop(env, tx, await person_by_id(env, tx, row["user_id"]), place, row)

    await env.store.transact(use_case)


async def _stop(env: Env, tx: Transaction, person: Person, place: Place, row: Row) -> None:
    """A card that says nothing new stays where it is."""
    if row["together"] > 1:
        if await jobs.cancel_all(env, tx, row["id"]) in {None, "cancel-asked"}:
            await _bring_down(env, tx, place, row)
        return
    said = await jobs.cancel(env, tx, person, place, row["job_id"]) or "cancel-done"
    job = await tx.one(JOBS.get, id=row["job_id"])
    if job is not None and said in TOLD:
        await _bring_down(env, tx, place, row)
        html = env.texts.render(person.language, said)
        await jobs.show_status(env, tx, person, place, job, html, buttons=[], priority=Priority.ANSWER)


async def _bring_down(env: Env, tx: Transaction, place: Place, row: Row) -> None:
    if row["card_message_id"] is not None:
        await say.remove(env, tx, place, row["card_message_id"])
        await tx.run(OUTBOX.drop_card, chat_id=place.chat_id, slot=row["slot"])
