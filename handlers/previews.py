"""Stop, pressed on a preview: an update that the library does not know by name."""

from __future__ import annotations

from telegram import Chat, Update
from telegram.ext import BaseHandler

from bot.services import previews
from handlers.inbound import chat_ref
from handlers.kit import Context, kit_of

STOPPED = "stopped_message_generation"


class StopHandler(BaseHandler[Update, Context, None]):
    """Updates of this kind alone."""

    def check_update(self, update: object) -> bool:
        return isinstance(update, Update) and STOPPED in update.api_kwargs


async def on_stopped(update: Update, context: Context) -> None:
    """Nothing answers a Stop by itself: what came of it is told by the video's card."""
    told = update.api_kwargs.get(STOPPED)
    if not isinstance(told, dict) or not isinstance(told.get("draft_id"), int):
        return
    chat = Chat.de_json(told["chat"], context.bot)
    kit = kit_of(context)
    await previews.stop(kit.env, update.update_id, chat_ref(chat), told["draft_id"])
    kit.ring()
