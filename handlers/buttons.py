"""Button presses: done once, answered always."""

from __future__ import annotations

import contextlib

from telegram import Message, Update
from telegram.error import TelegramError

from bot.services import presses
from bot.services.heard import Pressed
from handlers.inbound import chat_ref, user_ref
from handlers.kit import Context, kit_of
from handlers.members import know_admins

MAX_TOAST_CHARS = 200


async def on_press(update: Update, context: Context) -> None:
    """The press is committed first; its answer only stops the button from spinning."""
    query = update.callback_query
    if query is None or query.message is None or query.from_user.is_bot:
        return
    kit, message = kit_of(context), query.message
    chat = chat_ref(message.chat, message if isinstance(message, Message) else None)
    pressed = Pressed(update.update_id, user_ref(query.from_user), chat, message.message_id, query.data or "")
    if await presses.moderates(kit.env, pressed.nonce):
        await know_admins(kit, context.bot, chat)
    toast = await presses.press(kit.env, pressed)
    kit.ring()
    # A press that waited too long can't be answered any more; what it asked for is done all the same.
    with contextlib.suppress(TelegramError):
        await query.answer(text=toast[:MAX_TOAST_CHARS] if toast else None)
