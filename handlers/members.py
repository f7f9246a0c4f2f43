"""Who comes and goes: a person who left an allowed chat is no longer let in by it."""

from __future__ import annotations

from telegram import ChatMember, Update

from bot.services import groups
from handlers.inbound import chat_ref, user_ref
from handlers.kit import Context, kit_of

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
    if change is not None and change.new_chat_member.status in GONE:
        member = change.new_chat_member.user
        await groups.member_left(kit_of(context).env, update.update_id, user_ref(member), chat_ref(change.chat))
