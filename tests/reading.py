"""What the bot laid down, as a person's eye takes it: compared without what only a machine sees."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

from bot.sandbox.telegram import Person
from bot.texts.formats import JOINER, NO_BREAK

_MOMENT = re.compile(r"<tg-time [^>]*>(.*?)</tg-time>")


def as_read(text: str) -> str:
    """A text of the bot with its moments as their words, and every space a plain one."""
    return _MOMENT.sub(r"\1", text).replace(NO_BREAK, " ").replace(JOINER, "")


def payload(raw: str) -> dict[str, Any]:
    """What a row of the outbox asks for, each of its texts as it is read."""
    found: dict[str, Any] = all_as_read(json.loads(raw))
    return found


def all_as_read(value: Any) -> Any:
    """JSON with each of its texts as it is read."""
    match value:
        case str():
            return as_read(value)
        case list():
            return [all_as_read(item) for item in value]
        case dict():
            return {key: all_as_read(item) for key, item in value.items()}
        case _:
            return value


class Reader(Person):
    """A person who reads: what the bot wrote comes with plain spaces, and buttons are pressed by such words."""

    async def messages(self, chat: int, limit: int = 100) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = all_as_read(await super().messages(chat, limit))
        return found

    async def _stream(self) -> AsyncIterator[dict[str, Any] | None]:
        async for event in super()._stream():
            yield all_as_read(event)
