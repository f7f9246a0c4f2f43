"""Who comes, goes, rises and falls: a person who left an allowed chat is no longer let in by it."""

from __future__ import annotations

import asyncio

import structlog
from telegram import Bot, ChatMember, ChatMemberRestricted, Update, User
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.services import admins, groups, membership
from bot.services.directory import ChatRef
from handlers.inbound import chat_ref, user_ref
from handlers.kit import Context, Kit, kit_of

log = structlog.get_logger(__name__)

GONE = frozenset({ChatMember.LEFT, ChatMember.BANNED})
PARENTS_KEPT = 1_000
MEMBERSHIP_S = 8.0
"""For all chats together: nobody waits longer for the word that they are not let in."""


async def on_own_member(update: Update, context: Context) -> None:
    """The bot itself was blocked, put out, or let in again: what was kept for the chat goes out."""
    change, kit = update.my_chat_member, kit_of(context)
    if change is None:
        return
    if change.new_chat_member.status in GONE:
        await groups.put_out(kit.env, update.update_id, change.chat.id)
        return
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
    governed = await parent_of(kit, bot, chat.telegram_id) if chat.is_direct else chat.telegram_id
    if governed is None:
        return
    try:
        found = await bot.get_chat_administrators(governed)
    except TelegramError as error:
        log.warning("administrators-unknown", error=type(error).__name__)
        return
    await admins.keep(kit.env, chat, [user_ref(one.user) for one in found if not one.user.is_bot], asked_at)


async def parent_of(kit: Kit, bot: Bot, chat_id: int) -> int | None:
    """The channel whose direct messages a chat holds, by Telegram's id; None while Telegram can't tell."""
    known = kit.parents.get(chat_id)
    if known is not None:
        return known
    try:
        found = await bot.get_chat(chat_id)
    except TelegramError as error:
        log.warning("parent-unknown", error=type(error).__name__)
        return None
    if found.parent_chat is None:
        return None
    if len(kit.parents) >= PARENTS_KEPT:
        kit.parents.clear()
    kit.parents[chat_id] = found.parent_chat.id
    return found.parent_chat.id


async def know_member(kit: Kit, bot: Bot, user: User, chat: ChatRef) -> None:
    """Asks Telegram whether a stranger belongs to an allowed chat; what it can't tell lets nobody in."""
    ref, now = user_ref(user), kit.env.now_ms()
    if not kit.lookups.is_due(user.id, now):
        return
    chats = await membership.chats_to_ask(kit.env, ref, chat)
    if not chats:
        return
    try:
        async with asyncio.timeout(MEMBERSHIP_S):
            found = await _first_with(bot, user.id, chats)
    except (TelegramError, TimeoutError) as error:
        log.warning("membership-unknown", error=type(error).__name__)
        return
    kit.lookups.note(user.id, now)
    if found is not None:
        await membership.note(kit.env, ref, found)


async def _first_with(bot: Bot, user_id: int, chats: list[int]) -> int | None:
    for chat_id in chats:
        try:
            member = await bot.get_chat_member(chat_id, user_id)
        except (BadRequest, Forbidden):
            continue  # not known there, or we are not there any more
        if member.status not in GONE and not (isinstance(member, ChatMemberRestricted) and not member.is_member):
            return chat_id
    return None
