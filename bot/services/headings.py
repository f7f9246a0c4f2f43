"""What was ordered in a chat with a client can't be answered by a reply: its first line says whose and which it is."""

from __future__ import annotations

from typing import Final

from bot.core.shortening import shortened
from bot.services.directory import Person, Place, person_of
from bot.services.env import Env
from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("business")
BELOW: Final = -(1 << 40)
"""Numbers of messages in clients' chats end here; Telegram answers, reacts to and deletes nothing by them."""
WORDS_CHARS: Final = 60


def number(message_id: int) -> int:
    """Under what a message of a client's chat is kept among those of the owner's chat with the bot.

    >>> number(7) < number(6) < BELOW
    True
    """
    return BELOW - message_id


async def headed(
    env: Env, tx: Transaction, person: Person | None, place: Place, reply_to: int | None, html: str
) -> str:
    """What is said about a message, with that line above it where it answers an order from a client's chat."""
    if reply_to is None or reply_to >= BELOW:
        return html
    order = await tx.one(Q.order, chat_id=place.chat_id, message_id=reply_to)
    reader = person or await person_of(env, tx, place)
    if order is None or reader is None:
        return html
    words = " ".join((order["text"] or "").split())
    told = {"name": order["client_name"], "words": shortened(words, WORDS_CHARS)}
    line = env.texts.render(reader.language, "client-heading", **told)
    return f"{line}\n{html}"
