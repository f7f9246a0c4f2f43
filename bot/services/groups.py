"""What happens to groups themselves: migration, members leaving, anonymous senders, channels' posts."""

from __future__ import annotations

from bot.services import accounts, admins, inbox, quiet, say
from bot.services.directory import ChatRef, UserRef, migrate_chat, see_person, see_place
from bot.services.env import Env
from bot.services.heard import Asked
from bot.storage.base import Transaction
from bot.storage.queries import load

Q, OUTBOX = load("directory"), load("outbox")


async def migrate(env: Env, update_id: int, old_telegram_id: int, new_telegram_id: int) -> None:
    """A group became a supergroup."""

    async def use_case(tx: Transaction) -> None:
        if await inbox.close(tx, update_id, env.now_ms()):
            await migrate_chat(env, tx, old_telegram_id, new_telegram_id)
            await _hand_over_money(env, tx)

    await env.store.transact(use_case)


async def hand_over_money(env: Env) -> None:
    """The same of what came back since, of videos that ran during the move. Called by upkeep."""
    await env.store.transact(lambda tx: _hand_over_money(env, tx))


async def _hand_over_money(env: Env, tx: Transaction) -> None:
    """What was given to a supergroup before it was known whose it is belongs to the moved group's pool."""
    for row in await tx.all(Q.left_behind):
        name, amount = f"migrated:{row['from_id']}:{env.now_ms()}", row["balance_microusd"]
        await accounts.move(env, tx, ("chat", row["from_id"]), ("chat", row["to_id"]), amount, name, None)


async def explain_anonymous(env: Env, asked: Asked) -> None:
    """An anonymous sender has no account: said once a message."""

    async def use_case(tx: Transaction) -> None:
        if await inbox.close(tx, asked.update_id, env.now_ms()):
            place = await see_place(env, tx, asked.chat)
            key = "anonymous-channel" if place.is_direct else "anonymous"
            html = env.texts.render(place.language or "en", key)
            person = await see_person(env, tx, asked.user)
            await quiet.refuse(env, tx, person, place, html, asked.message_id)

    await env.store.transact(use_case)


async def explain_channel(env: Env, asked: Asked) -> None:
    """A channel's post has no writer whom a video could be charged to: said once a post, without a sound."""

    async def use_case(tx: Transaction) -> None:
        if await inbox.close(tx, asked.update_id, env.now_ms()):
            place = await see_place(env, tx, asked.chat)
            html = env.texts.render(place.language or "en", "channel-post")
            once = f"channel:{asked.update_id}"
            await say.message(env, tx, place, html, reply_to=asked.message_id, once=once, silent=True)

    await env.store.transact(use_case)


async def member_changed(env: Env, update_id: int, chat: ChatRef) -> None:
    """Somebody's standing changed: Telegram is asked again who administrates."""

    async def use_case(tx: Transaction) -> None:
        if await inbox.close(tx, update_id, env.now_ms()):
            await admins.forget(tx, (await see_place(env, tx, chat)).chat_id)

    await env.store.transact(use_case)


async def member_left(env: Env, update_id: int, user: UserRef, chat: ChatRef) -> None:
    """Somebody left, or was made to: the chat's permission is no longer theirs."""

    async def use_case(tx: Transaction) -> None:
        if await inbox.close(tx, update_id, env.now_ms()):
            place = await see_place(env, tx, chat)
            person = await see_person(env, tx, user)
            await tx.run(Q.leave_member, chat_id=place.chat_id, user_id=person.id, now=env.now_ms())
            await admins.forget(tx, place.chat_id)

    await env.store.transact(use_case)


async def reachable(env: Env, update_id: int, chat: ChatRef) -> None:
    """The bot was let in (again): what was parked for the chat goes out."""

    async def use_case(tx: Transaction) -> None:
        if await inbox.close(tx, update_id, env.now_ms()):
            await admins.forget(tx, (await see_place(env, tx, chat)).chat_id)

    await env.store.transact(use_case)


async def put_out(env: Env, update_id: int, telegram_id: int) -> None:
    """The bot was blocked or put out: what would be sold for the chat is not, and who administrates it is unknown."""

    async def use_case(tx: Transaction) -> None:
        if not await inbox.close(tx, update_id, env.now_ms()):
            return
        chat = await tx.one(Q.chat_of, telegram_id=telegram_id)
        if chat is not None:
            await tx.run(OUTBOX.mark_unreachable, chat_id=chat["id"], now=env.now_ms())
            await admins.forget(tx, chat["id"])

    await env.store.transact(use_case)


async def apologise(env: Env, user: UserRef, chat: ChatRef, message_id: int, update_id: int) -> None:
    """An update that broke our code three times: one calm sentence, no traceback."""

    async def use_case(tx: Transaction) -> None:
        place, person = await see_place(env, tx, chat), await see_person(env, tx, user)
        html = env.texts.render(person.language, "something-broke")
        await say.message(env, tx, place, html, reply_to=message_id, once=f"broke:{update_id}")

    await env.store.transact(use_case)
