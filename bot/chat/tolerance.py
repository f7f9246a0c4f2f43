"""What became of a message, and sending it so that it arrives whatever Telegram may refuse about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from telegram.error import BadRequest

from bot.chat import moments
from bot.chat.amend import amended
from bot.chat.payload import Album, Card, File, Invoice, Kept, Text

M = TypeVar("M", bound=Text | File | Invoice | Album | Kept)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a row. `card` is what its slot shows now; `gone`: the slot shows nothing any more.

    `message_id` 0: Telegram's servers put the message in later. `note` tells of a fall-back.
    """

    message_id: int | None = None
    file_id: str | None = None
    card: Card | None = None
    gone: bool = False
    note: str | None = None


class CardGivenUp(Exception):
    """A person deleted the card, it was made again, and was deleted again."""


class Tolerance:
    """Sends, and remembers what this server can't do, so that it is asked for it once."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._knows_moments = True

    async def send(self, message: M, send: Callable[[M], Awaitable[Sent]]) -> Sent:
        """Sends, and sends again without what Telegram refused about it."""
        message, notes = self._fitting(message), list[str]()
        while True:
            try:
                sent = await send(message)
            except BadRequest as error:
                self._knows_moments = self._knows_moments and not moments.is_unknown(error.message)
                mended = amended(message, error.message)
                if mended is None:
                    raise
                message, note = mended
                notes.append(note)
            else:
                return sent if not notes else replace(sent, note="; ".join(notes))

    def _fitting(self, message: M) -> M:
        """With those moments alone that this server takes."""
        until_ms = self._now_ms() + moments.FARTHEST_MS if self._knows_moments else 0
        text = moments.plain_after(message.words.text, until_ms)
        return message if text == message.words.text else replace(message, words=replace(message.words, text=text))
