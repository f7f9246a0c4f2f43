"""Who comes, goes, rises and falls: a person who left an allowed chat is no longer let in by it."""

from __future__ import annotations

import structlog
from telegram import Bot, ChatMember, Update
from telegram.error import TelegramError

from bot.services import admins, groups
from bot.services.directory import ChatRef
from handlers.inbound import chat_ref, user_ref
from handlers.kit import Context, Kit, kit_of

log = structlog.get_logger(__name__)

GONE = frozenset({ChatMember.LEFT, ChatMember.BANNED})


async def on_own_member(update: Update, context: Context) -> None:
    """The bot itself was blocked, put out, or let in again: what was kept for the chat goes out."""
    change = update.my_chat_member
    if change is not None and change.new_chat_member.status not in GONE:
        kit = kit_of(context)
        await groups.reachable(kit.env, update.update_id, chat_ref(change.chat))
        kit.ring()


async def on_member(update: Update, context: Context) -> None:
    """A change of somebody's membership."""
    change = update.chat_member
    if change is None:
        return
    env, chat = kit_of(context).env, chat_ref(change.chat)
    if change.new_chat_member.status in GONE:
        await groups.member_left(env, update.update_id, user_ref(change.new_chat_member.user), chat)
    else:
        await groups.member_changed(env, update.update_id, chat)


async def know_admins(kit: Kit, bot: Bot, chat: ChatRef) -> None:
    """Asks Telegram who administrates a chat, unless that was asked lately; while it can't be asked, nobody does."""
    if not await admins.is_stale(kit.env, chat):
        return
    asked_at = kit.env.now_ms()
    try:
        found = await bot.get_chat_administrators(chat.telegram_id)
    except TelegramError as error:
        log.warning("administrators-unknown", error=type(error).__name__)
        return
    await admins.keep(kit.env, chat, [user_ref(one.user) for one in found if not one.user.is_bot], asked_at)
