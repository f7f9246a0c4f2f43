"""In a group: what a reply to something of the bot's means, that names neither the bot nor a command.

- Media is laid in the sender's tray (SPEC, "The tray").
- Words to a video ask for another one with it, if its asker writes them (three or more: one or two are applause), or
  anybody who names it (`@video1`). They get a card: nothing starts without a tap.
- Words to the sender's own open card are its new words.
- All else is talk: a "thank you" below a video, a remark below a limit. It is never answered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.core.parsing.references import is_label
from bot.services import approvals, submission
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Heard, Source
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("requests")
WISH_WORDS: Final = 3


def is_to_bot(place: Place, heard: Heard) -> bool:
    """Whether it is such a reply at all."""
    return not place.is_private and heard.source is None and heard.reply is not None and heard.reply.to_bot


async def as_wish(tx: Transaction, person: Person, place: Place, heard: Heard) -> Heard | None:
    """The reply as a request, if it is one."""
    if heard.words is None or heard.reply is None or heard.media is not None:
        return None
    job = await tx.one(Q.job_shown_in, chat_id=place.chat_id, message_id=heard.reply.message_id)
    if job is None or not _is_wish(heard.words, own=job["user_id"] == person.id):
        return None
    return replace(heard, source=Source.PLAIN, text=heard.words)


def _is_wish(words: str, *, own: bool) -> bool:
    said = words.split()
    names = [word.strip("@,.!?;:") for word in said if word.startswith("@")]
    return (own and len(said) >= WISH_WORDS) or any(map(is_label, names))


async def rewrites_card(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard) -> bool:
    """New words for the person's own open card, if that is what was replied to."""
    row = await _card(tx, person, place, heard)
    if row is None or heard.words is None:
        return False
    await tx.run(Q.rewrite, id=row["id"], text=heard.words, lines=row["lines"], now=env.now_ms())
    await approvals.withdraw(env, tx, row["id"])
    fresh = await tx.one(Q.get, id=row["id"])
    if fresh is not None:
        await submission.consider(env, tx, person, place, fresh, card=True)
    return True


async def _card(tx: Transaction, person: Person, place: Place, heard: Heard) -> Row | None:
    message_id = heard.reply.message_id if heard.reply is not None else 0
    return await tx.one(Q.draft_shown_in, user_id=person.id, chat_id=place.chat_id, message_id=message_id)
