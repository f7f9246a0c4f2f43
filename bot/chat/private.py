"""Words in a group that one person alone sees (Bot API 10.2 and later), and what is done where Telegram can't.

An older server ignores the wish and posts to the whole group; so a server is tried once with a harmless word, and what
everybody saw of it is taken away at once. A chat that refuses (the bot must be an administrator there) is not asked
again for an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import structlog
import telegram
from telegram.error import BadRequest, TelegramError

HARMLESS: Final = "…"
REFUSED_MS: Final = 3_600_000
CHATS_KEPT: Final = 1000
_NO_RIGHT: Final = ("bot_not_admin", "not enough rights")
_NOT_HERE: Final = "user_not_participant"

log = structlog.get_logger(__name__)


class Whispers:
    """Knows where whispering works. Nothing that must not be lost may be said this way: delivery is not guaranteed."""

    def __init__(self, bot: telegram.Bot, now_ms: Callable[[], int]) -> None:
        self._bot = bot
        self._now_ms = now_ms
        self._works: bool | None = None
        self._refused_until: dict[int, int] = {}

    async def send(self, chat: int, receiver: int, text: str, **place: Any) -> bool:
        """Whether that person alone was told; False: it must be said otherwise, and nothing stands in the chat."""
        if self._works is False or self._refused_until.get(chat, 0) > self._now_ms():
            return False
        try:
            if self._works is None:
                self._works = await self._probe(chat, receiver, place.get("message_thread_id"))
            if not self._works:
                return False
            return await self._whisper(chat, receiver, text, **place) is not None
        except BadRequest as error:
            why = error.message.lower()
            if any(sign in why for sign in _NO_RIGHT):
                self._note_refusal(chat)
            elif _NOT_HERE not in why:
                raise
            return False

    async def _probe(self, chat: int, receiver: int, thread_id: int | None) -> bool:
        told = {"message_thread_id": thread_id, "disable_notification": True}
        number = await self._whisper(chat, receiver, HARMLESS, **told)
        if number is not None:
            await self._take_back(chat, receiver, number)
        log.info("whispers", possible=number is not None)
        return number is not None

    async def _whisper(self, chat: int, receiver: int, text: str, **place: Any) -> int | None:
        """The message's own number; None when the server showed it to everybody: then it is deleted."""
        wish = {"ephemeral_message_parameters": {"receiver_user_id": receiver}}
        message = await self._bot.send_message(chat, text, api_kwargs=wish, **place)
        number = message.api_kwargs.get("ephemeral_message_id")
        if number is None:
            await self._bot.delete_message(chat, message.message_id)
            return None
        return int(number)

    async def _take_back(self, chat: int, receiver: int, number: int) -> None:
        """The probe's word; one that stays disturbs nobody but its receiver."""
        who = {"chat_id": chat, "receiver_user_id": receiver, "ephemeral_message_id": number}
        try:
            await self._bot.do_api_request("deleteEphemeralMessage", api_kwargs=who)
        except TelegramError as error:
            log.info("whisper-stays", why=error.message)

    def _note_refusal(self, chat: int) -> None:
        if len(self._refused_until) >= CHATS_KEPT:
            self._refused_until.clear()
        self._refused_until[chat] = self._now_ms() + REFUSED_MS
