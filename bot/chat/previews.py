"""Previews of a message that is being made (`sendMessageDraft`), and which messages of a chat are its newest.

A server before 9.3 knows no previews, one before 10.3 no Stop on them, and a person's app may show none: what is shown
here is shown elsewhere too, so a preview that does not get through is left.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import structlog
import telegram
from telegram.constants import ParseMode
from telegram.error import BadRequest, EndPointNotFound, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.chat.files import retry_after_s
from bot.chat.limiter import Kind, Limiter, Priority

OFF_MS: Final = 3_600_000
CHATS_KEPT: Final = 10_000
NEWEST_KEPT: Final = 8
DEADLINE_S: Final = 10.0

log = structlog.get_logger(__name__)


class Bottoms:
    """The newest messages of each private chat, anybody's, as far as this process has seen them.

    What arrives is noted in the loop's thread, what was sent in the database's, where it is recorded.
    """

    def __init__(self) -> None:
        self._newest: OrderedDict[int, tuple[int, ...]] = OrderedDict()
        self._one_writes = threading.Lock()

    def note(self, chat: int, message_id: int) -> None:
        """A message is in a chat: a new one, or one that was seen before. A group's is left: there are no previews."""
        if chat < 0:
            return
        with self._one_writes:
            known = {*self._newest.get(chat, ()), message_id}
            self._newest[chat] = tuple(sorted(known)[-NEWEST_KEPT:])
            self._newest.move_to_end(chat)
            if len(self._newest) > CHATS_KEPT:
                self._newest.popitem(last=False)

    def below(self, chat: int, message_id: int) -> int:
        """How many messages stand below one, up to `NEWEST_KEPT`."""
        return sum(other > message_id for other in self._newest.get(chat, ()))

    def last(self, chat: int) -> int:
        """The newest one; 0: none was seen."""
        return max(self._newest.get(chat, ()), default=0)


class Previews:
    """Shows them where they can be shown; where they can't, they are not tried again for an hour."""

    def __init__(self, bot: telegram.Bot, limiter: Limiter, now_ms: Callable[[], int]) -> None:
        self._bot = bot
        self._limiter = limiter
        self._now_ms = now_ms
        self._off_until = 0
        self._chats_off: dict[int, int] = {}

    def may(self, chat: int) -> bool:
        """Whether one could go out to a chat now."""
        now = self._now_ms()
        if max(self._off_until, self._chats_off.get(chat, 0)) > now:
            return False
        return self._limiter.delay_ms(chat, Kind.FREE, Priority.DECORATION, now) == 0

    async def show(self, chat: int, thread_id: int | None, number: int, html: str) -> bool:
        """A preview under a number of the chat's, in the place of the one before; False: it did not get through."""
        self._limiter.note_started(chat, Kind.FREE, Priority.DECORATION)
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await self._bot.send_message_draft(
                    chat,
                    number,
                    html,
                    message_thread_id=thread_id,
                    parse_mode=ParseMode.HTML,
                    api_kwargs={"can_stop": True},
                )
        except (TelegramError, TimeoutError) as error:
            self._note(chat, error)
            return False
        finally:
            self._limiter.note_sent(chat, Kind.FREE, Priority.DECORATION, self._now_ms())

    def _note(self, chat: int, error: Exception) -> None:
        now = self._now_ms()
        match error:
            case EndPointNotFound() | InvalidToken():  # the library takes any 404 for a wrong token
                self._off_until = now + OFF_MS
                log.info("previews-unknown")
            case RetryAfter():
                self._off_until = now + round(retry_after_s(error) * 1000)
                log.info("previews-later")
            case BadRequest() | Forbidden():
                if len(self._chats_off) >= CHATS_KEPT:
                    self._chats_off.clear()
                self._chats_off[chat] = now + OFF_MS
                log.info("preview-refused", why=error.message)
            case _:  # the network: the next one comes soon
                log.info("preview-lost", error=type(error).__name__)
