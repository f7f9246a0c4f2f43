"""Questions that a person answers by replying: each is bound to its person, answered once, and goes when it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.codes import nonce
from bot.services import say
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Heard
from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("questions")
WITH_FILES = frozenset({"swap"})
"""Purposes that a file answers, with words or without."""


@dataclass(frozen=True, slots=True)
class Question:
    """What an answer is for."""

    id: int
    purpose: str
    data: Mapping[str, Any]


async def ask(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    purpose: str,
    data: Mapping[str, str | int],
    words: tuple[str, str],
    reply_to: int | None,
) -> None:
    """Asks; `words` are the question and what stands in the empty field, `purpose` is a key of `answers.TAKERS`."""
    html, placeholder = words
    expires_at = env.now_ms() + env.policy.button_ms
    slot = f"question:{nonce(env.random_bytes(12))}"
    await tx.run(
        Q.ask,
        user_id=person.id,
        chat_id=place.chat_id,
        purpose=purpose,
        data=json.dumps(dict(data)),
        slot=slot,
        expires_at=expires_at,
    )
    await say.card(env, tx, place, slot, html, person=person, reply_to=reply_to, placeholder=placeholder)


async def answered(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard) -> Question | None:
    """The question that a message answers, if it does: from now on it is answered, and its card goes."""
    if heard.edited or heard.reply is None or not heard.reply.to_bot or not (heard.words or heard.media):
        return None
    message_id = heard.reply.message_id
    row = await tx.one(Q.asked_in, chat_id=place.chat_id, user_id=person.id, message_id=message_id, now=env.now_ms())
    if row is None or not (heard.words or row["purpose"] in WITH_FILES) or await tx.run(Q.answer, id=row["id"]) == 0:
        return None
    await say.remove_card(env, tx, place, row["slot"])
    return Question(row["id"], row["purpose"], json.loads(row["data"]))
