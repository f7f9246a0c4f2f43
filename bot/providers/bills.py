"""What a provider says that a task cost, read out of its JSON: a count, or words that are none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from bot.core.shortening import shortened
from bot.providers.faults import clean

MOST = 10**15
"""No count is above it. A greater one is taken for this one, and costs more than is believed of any order."""
ODD_CHARS = 40


def count(value: Any) -> float | None:
    """What may be counted: a number or a text of one, not below nothing.

    >>> count("108900"), count(10**400), count(-5), count("soon")
    (108900.0, 1000000000000000.0, None, None)
    """
    number = signed(value)
    return number if number is not None and number >= 0 else None


def signed(value: Any) -> float | None:
    """The same, which may be taken back too."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except OverflowError:
        number = MOST if value > 0 else -MOST  # type: ignore[operator]  # only an int is too large for a float
    except ValueError:
        return None
    return None if math.isnan(number) else float(min(max(number, -MOST), MOST))


def whole(value: Any) -> int | None:
    """A count of things that are not divided."""
    number = count(value)
    return None if number is None else int(number)


def odd(*values: Any) -> str:
    """What stands where a count belongs, if none of these is one; "" where nothing stands.

    >>> odd(None, -5), odd("", None), odd("soon", 7)
    ('-5', '', '')
    """
    said = [value for value in values if value is not None and value != ""]
    if not said or any(count(value) is not None for value in said):
        return ""
    return written(said[0])


def no_object(value: Any) -> str:
    """What stands where an object with counts belongs, if it is none; "" where nothing stands."""
    return "" if value is None or isinstance(value, Mapping) else written(value)


def written(value: Any) -> str:
    """Such words, fit to be shown."""
    return shortened(clean(str(value)) or "?", ODD_CHARS)
