"""Telegram's HTML: what is markup and what is somebody's text."""

from __future__ import annotations

import html
import re
import unicodedata

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


class Html(str):
    """Text that is Telegram HTML already: put into a message as it is."""

    __slots__ = ()


def escaped(text: str) -> Html:
    """Somebody's text inside a message.

    Its `<`, `>` and `&` stay characters; it can't turn the direction of what follows it.

    >>> escaped("<b>&\\u202e")
    '&lt;b&gt;&amp;'
    """
    clean = text.translate(_BIDI_CONTROLS)
    if any(unicodedata.bidirectional(char) in {"R", "AL"} for char in clean):
        clean = f"{_FIRST_STRONG_ISOLATE}{clean}{_POP_ISOLATE}"
    return Html(html.escape(clean, quote=False))


def without_markup(text: str) -> str:
    """The words of some Telegram HTML.

    >>> without_markup("<b>5 &lt; 6</b>")
    '5 < 6'
    """
    return html.unescape(_TAG.sub("", text))
