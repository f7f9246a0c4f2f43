"""What the bot laid down, as a person's eye takes it: compared without what only a machine sees."""

from __future__ import annotations

import json
import re
from typing import Any

_MOMENT = re.compile(r"<tg-time [^>]*>(.*?)</tg-time>")


def as_read(text: str) -> str:
    """A text of the bot with its moments as their words."""
    return _MOMENT.sub(r"\1", text)


def payload(raw: str) -> dict[str, Any]:
    """What a row of the outbox asks for, each of its texts as it is read."""
    found = _read(json.loads(raw))
    assert isinstance(found, dict)
    return found


def _read(value: Any) -> Any:
    match value:
        case str():
            return as_read(value)
        case list():
            return [_read(item) for item in value]
        case dict():
            return {key: _read(item) for key, item in value.items()}
        case _:
            return value
