"""Business mode: an owner orders with /video in their own chat with a client; all that is said of it is said in their
private chat with the bot.

A message of such a chat has the client's id as its chat, which is that client's private chat with the bot as well: so
no chat of ours is ever looked up by it. Its number is one of another account's; here it is kept below all others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot.services import asking, inbox, say
from bot.services.directory import ChatRef, Person, Place, UserRef, may_ask, place_by_id, see_person, see_place
from bot.services.env import Env
from bot.services.headings import number
from bot.services.heard import Heard
from bot.services.refusals import error_text
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, DIRECTORY, REQUESTS = load("business"), load("directory"), load("requests")
ITEM_MS: Final = 60_000
"""So long an item of an owner's album waits for the one that orders."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Connection:
    """What Telegram tells of one; `chat_id` is the owner's private chat with the bot."""

    id: str
    owner: UserRef
    chat_id: int
    can_reply: bool
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class Client:
    """Whom the owner talks to, by Telegram's id."""

    id: int
    name: str


async def is_on(env: Env, connection: str) -> bool:
    """Whether a connection is known, and known to be on."""
    row = await env.store.read(lambda tx: tx.one(Q.connection, connection=connection))
    return row is not None and bool(row["is_enabled"])


async def follow(env: Env, told: Connection, update_id: int | None = None) -> None:
    """Made, changed, switched off or on: kept, and its owner is told once what the bot does there."""

    async def use_case(tx: Transaction) -> None:
        if update_id is not None and not await inbox.close(tx, update_id, env.now_ms()):
            return
        person = await see_person(env, tx, told.owner)
        row = await tx.one(
            Q.follow,
            connection=told.id,
            user_id=person.id,
            user_chat_id=told.chat_id,
            can_reply=int(told.can_reply),
            is_enabled=int(told.is_enabled),
            now=env.now_ms(),
        )
        place = await _home(env, tx, row, told.owner.name) if row is not None and told.is_enabled else None
        if place is not None and not person.is_blocked:
            await _explain(env, tx, person, place, told)

    await env.store.transact(use_case)


async def _home(env: Env, tx: Transaction, row: Row, name: str) -> Place | None:
    """The owner's private chat; None: nothing reaches it, as far as known. A business account's word proves nothing."""
    known = await tx.one(DIRECTORY.chat_of, telegram_id=row["user_chat_id"])
    if known is None:
        return await see_place(env, tx, ChatRef(row["user_chat_id"], "private", name))
    return await place_by_id(tx, known["id"], None) if known["unreachable_at"] is None else None


async def _explain(env: Env, tx: Transaction, person: Person, place: Place, told: Connection) -> None:
    if await may_ask(env.policy, tx, person, place):
        html = env.texts.render(person.language, "business-hello", right="yes" if told.can_reply else "no")
    else:
        html = error_text(env, person.language, asking.stranger(env, person))
    await say.message(env, tx, place, html, person=person, once=f"connected:{told.id}")


async def hear(env: Env, heard: Heard, connection: str, client: Client) -> None:
    """An owner's own message in a client's chat: an order, an edit of one, or one more item of an album."""

    async def use_case(tx: Transaction) -> None:
        if not await inbox.close(tx, heard.update_id, env.now_ms()):
            return
        row = await tx.one(Q.connection, connection=connection)
        if row is None or row["owner_telegram_id"] != heard.user.telegram_id or not row["is_enabled"]:
            return
        place = await _home(env, tx, row, heard.user.name)
        if place is None:
            log.info("business-order-unanswerable", connection=row["id"])
            return
        at_home = _at_home(heard, row)
        if heard.source is None:
            await asking.join(env, tx, at_home)
        else:
            await _take_in(env, tx, place, at_home, client)

    await env.store.transact(use_case)


def _at_home(heard: Heard, row: Row) -> Heard:
    """The message as if it had been written in the owner's private chat."""
    reply = replace(heard.reply, message_id=number(heard.reply.message_id), to_bot=False) if heard.reply else None
    chat = ChatRef(row["user_chat_id"], "private", heard.user.name)
    return replace(heard, chat=chat, message_id=number(heard.message_id), reply=reply)


async def _take_in(env: Env, tx: Transaction, place: Place, heard: Heard, client: Client) -> None:
    """What is said about the order begins with whom it is for; a message that ordered nothing leaves no name behind."""
    where = {"chat_id": place.chat_id, "message_id": heard.message_id}
    await tx.run(Q.note_order, **where, client_id=client.id, client_name=client.name, now=env.now_ms())
    await asking.take_in(env, tx, heard)
    request = await tx.one(REQUESTS.of_message, **where)
    if request is None and heard.album_id is not None:
        request = await tx.one(REQUESTS.of_album, chat_id=place.chat_id, album_id=heard.album_id)
    if request is None:
        await tx.run(Q.drop_order, **where)


async def apologise(env: Env, connection: str, user: UserRef, update_id: int) -> None:
    """An owner's order that broke our code three times: said where it would have been answered."""

    async def use_case(tx: Transaction) -> None:
        row = await tx.one(Q.connection, connection=connection)
        if row is None or row["owner_telegram_id"] != user.telegram_id:
            return
        person, place = await see_person(env, tx, user), await _home(env, tx, row, user.name)
        if place is not None:
            html = env.texts.render(person.language, "something-broke")
            await say.message(env, tx, place, html, person=person, once=f"broke:{update_id}")

    await env.store.transact(use_case)


async def tidy(env: Env, tx: Transaction, drafts_before: int) -> None:
    """Items of albums that ordered nothing go after a moment; whom drafts were for, with their buttons."""
    await tx.run(Q.prune_items, before=env.now_ms() - ITEM_MS)
    await tx.run(Q.prune_orders, before=drafts_before)
