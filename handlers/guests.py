"""Guest messages: answered here and at once, with one video of the person who named the bot."""

from __future__ import annotations

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
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.services import guests
from bot.services.inline import Clip
from handlers.inbound import user_ref, words_of
from handlers.kit import Context, kit_of

TRIES = 3


async def on_guest(update: Update, context: Context) -> None:
    """One's own video, or the way to make one. A query that can't be answered any more is no fault."""
    message = update.guest_message
    if message is None or message.guest_query_id is None:
        return
    user = _person(message)
    if user is None:
        return
    text = words_of(message) or ""
    found = await guests.answer(kit_of(context).env, user_ref(user), text, context.bot.username)
    if found is not None:
        await _answer(context, message.guest_query_id, _result(found))


async def _answer(context: Context, query_id: str, result: InlineQueryResult) -> None:
    """What the network lost is said again: Telegram takes one answer alone, and refuses a second."""
    for _ in range(TRIES):
        try:
            await context.bot.answer_guest_query(query_id, result)
        except BadRequest:  # PTB counts it among the troubles of the network
            return
        except NetworkError:
            continue
        except TelegramError:
            return
        else:
            return


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
