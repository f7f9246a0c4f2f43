"""Objects, numbers and texts out of other people's JSON, where a 5 may be "5"."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def fields(body: bytes) -> Mapping[str, Any]:
    """The JSON object that a body is; an empty one for everything else.

    >>> fields(b'{"id": "t-1"}'), fields(b"[1]"), fields(b"<html>")
    ({'id': 't-1'}, {}, {})
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def whole(value: Any) -> int | None:
    """An int out of an int, a float or a text of one; None for everything else.

    >>> whole("108900"), whole(5.0), whole(True), whole("soon")
    (108900, 5, None, None)
    """
    number = real(value)
    return None if number is None else int(number)


def real(value: Any) -> float | None:
    """A finite float out of a number or a text of one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e15 else None  # NaN and infinities compare False


def text(value: Any) -> str | None:
    """A text that is not empty, or a number as text (ids come as numbers too)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None
