"""Albums of which one item alone is seen: in a group Telegram shows a bot only what is addressed to it."""

from __future__ import annotations

from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("requests")


async def is_torn(tx: Transaction, place: Place, row: Row) -> bool:
    """Whether a request has one item of an album, its own or the one replied to: an album has two at least."""
    message_id = row["message_id"] if row["album_id"] is not None else row["reply_to_message_id"]
    if place.is_private or message_id is None:
        return False
    seen = await tx.all(Q.media_of_message, chat_id=row["chat_id"], message_id=message_id)
    return len(seen) == 1 and seen[0]["album_id"] is not None


async def with_note(env: Env, tx: Transaction, person: Person, place: Place, row: Row, html: Html) -> Html:
    """What a card says, and of a torn album what to do about it."""
    if not await is_torn(tx, place, row):
        return html
    return Html(f"{html}\n{env.texts.render(person.language, 'card-one-of-album')}")
