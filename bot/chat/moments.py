"""Moments that Telegram shows each reader in their own zone (Bot API 9.5), and their words where it can't. Pure.

An older server refuses the element it does not know, and with it the whole message: nothing is in the chat then, so the
same message goes out with the words. A server knows of no time that is farther off than three years
(https://core.telegram.org/constructor/messageEntityFormattedDate).
"""

from __future__ import annotations

import re
from typing import Final

TAG: Final = "tg-time"
FARTHEST_MS: Final = 1098 * 86_400_000
_MOMENT: Final = re.compile(rf'<{TAG} unix="(\d+)"[^>]*>(.*?)</{TAG}>', re.DOTALL)
REFUSED: Final = (TAG, "invalid date format")
"""What a refusal of a moment says."""


def plain_after(html: str, until_ms: int) -> str:
    """Those after a time as their words; 0: all of them.

    >>> plain_after('until <tg-time unix="7" format="dt">tomorrow</tg-time>', 0)
    'until tomorrow'
    """
    return _MOMENT.sub(lambda found: found[0] if int(found[1]) * 1000 <= until_ms else found[2], html)


def is_refused(refusal: str) -> bool:
    """Whether a refusal is about a moment.

    >>> is_refused("Can't parse entities: Invalid date format used"), is_refused("chat not found")
    (True, False)
    """
    return any(sign in refusal.lower() for sign in REFUSED)


def is_unknown(refusal: str) -> bool:
    """Whether a refusal says that this server has no such element.

    >>> is_unknown('unsupported start tag "tg-time" at byte offset 6')
    True
    """
    return f'unsupported start tag "{TAG}"' in refusal.lower()
