"""Amounts of dollars as people write them. Pure."""

from __future__ import annotations

import re

from bot.core.errors import Refusal
from bot.core.money import Microusd, usd

FRACTION = r"[.,]\d{1,6}"
"""What may follow an amount's whole dollars."""
_EITHER = re.compile(r"([1-9]\d{0,2})[.,](\d{3})$")


def dollars(text: str) -> Microusd:
    """`5`, `0.50`, `2,5`. Three digits after a sign may be thousands or a fraction: that is asked about.

    Raises Refusal that names both readings.

    >>> dollars("0,005"), dollars("1000.125")
    (5000, 1000125000)
    """
    either = _EITHER.match(text)
    if either is not None:
        whole, rest = either.groups()
        less = f"{whole}.{rest}".rstrip("0").rstrip(".")
        raise Refusal("amount-ambiguous", word=text, less=f"${less}", more=f"${whole}{rest}")
    return usd(text.replace(",", "."))
