"""How words stand in their chat, as the library's arguments. Pure."""

from __future__ import annotations

from typing import Any

from telegram import InlineKeyboardMarkup, ReplyParameters
from telegram.constants import ParseMode

from bot.chat.payload import Words


def placed(words: Words) -> dict[str, Any]:
    """How any message of words stands in its chat."""
    reply = ReplyParameters(words.reply_to, allow_sending_without_reply=True) if words.reply_to else None
    topic = "direct_messages_topic_id" if words.is_direct else "message_thread_id"
    return {
        "parse_mode": parse_mode(words),
        "reply_markup": words.buttons,
        "reply_parameters": reply,
        topic: words.thread_id,
        "disable_notification": words.silent or None,
        "protect_content": words.protected or None,
    }


def placed_bare(words: Words) -> dict[str, Any]:
    """The same of an album: each item has words of its own, none has buttons."""
    return {name: value for name, value in placed(words).items() if name not in {"parse_mode", "reply_markup"}}


def inline(words: Words) -> InlineKeyboardMarkup | None:
    """An edit takes no other keyboard."""
    return words.buttons if isinstance(words.buttons, InlineKeyboardMarkup) else None


def parse_mode(words: Words) -> str | None:
    return ParseMode.HTML if words.is_html else None
