"""Guest messages: answered here and at once, with one video of the person who named the bot."""

from __future__ import annotations

import contextlib

from telegram import (
    InlineQueryResult,
    InlineQueryResultArticle,
    InlineQueryResultCachedVideo,
    InputTextMessageContent,
    Message,
    Update,
    User,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.services import guests
from bot.services.inline import Clip
from handlers.inbound import user_ref, words_of
from handlers.kit import Context, kit_of


async def on_guest(update: Update, context: Context) -> None:
    """One's own video, or the way to make one. A query that can't be answered any more is no fault."""
    message = update.guest_message
    if message is None or message.guest_query_id is None:
        return
    user = _person(message)
    ref, text = user_ref(user) if user else None, words_of(message) or ""
    found = await guests.answer(kit_of(context).env, update.update_id, ref, text, context.bot.username)
    if found is not None:
        with contextlib.suppress(TelegramError):
            await context.bot.answer_guest_query(message.guest_query_id, _result(found))


def _person(message: Message) -> User | None:
    """Who wrote it themselves: no other bot, and nobody in a channel's or a group's name."""
    user = message.from_user
    return None if user is None or user.is_bot or message.sender_chat is not None else user


def _result(found: Clip | guests.Guidance) -> InlineQueryResult:
    if isinstance(found, guests.Guidance):
        content = InputTextMessageContent(found.html, parse_mode=ParseMode.HTML)
        return InlineQueryResultArticle("how", found.title, content)
    return InlineQueryResultCachedVideo(
        found.code, found.file_id, found.title, caption=found.caption, parse_mode=ParseMode.HTML
    )
