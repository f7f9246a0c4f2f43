"""Button presses: each can be answered once, within 150 seconds."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from bot.sandbox.telegram.errors import bad
from bot.sandbox.telegram.updates import CALLBACK_LIFE_MS

_KEEP = 2000


@dataclass(slots=True)
class Press:
    """One press of a button."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    at_ms: int
    is_answered: bool = False


class Presses:
    """The last presses by their query id."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Press] = OrderedDict()

    def add(self, user_id: int, chat_id: int, message_id: int, at_ms: int) -> Press:
        """A new press; the same button pressed again is another one."""
        press = Press(str(secrets.randbits(62)), user_id, chat_id, message_id, at_ms)
        self._kept[press.id] = press
        if len(self._kept) > _KEEP:
            self._kept.popitem(last=False)
        return press

    def answer(self, query_id: str, now_ms: int) -> Press:
        """Mark as answered; raises ApiError 400 when it is unknown, old or answered already."""
        press = self._kept.get(query_id)
        if press is None or press.is_answered or now_ms - press.at_ms >= CALLBACK_LIFE_MS:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        press.is_answered = True
        return press

    def recent(self, query_id: str, user_id: int, chat_id: int, since_ms: int) -> bool:
        """Whether this person pressed something in that chat after `since_ms`."""
        press = self._kept.get(query_id)
        return press is not None and (press.user_id, press.chat_id) == (user_id, chat_id) and press.at_ms > since_ms
