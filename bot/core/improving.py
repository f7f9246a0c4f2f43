"""Words that somebody else proposes for a prompt: whether they may be shown.

They say the same of the same files: nothing is lost or invented, nothing in them is a setting.

>>> reviewed("@image1 runs along the sea in soft light", "@image1 runs")
'@image1 runs along the sea in soft light'
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping

from bot.core.errors import Refusal
from bot.core.media import MediaKind
from bot.core.parsing.bare import peel
from bot.core.parsing.cleaning import clean
from bot.core.parsing.links import find_links
from bot.core.parsing.names import mentioned
from bot.core.parsing.options import extract
from bot.core.parsing.references import References, find_references
from bot.core.request import Label

MAX_CHARS = 3_000
"""More would not fit into one message beside its buttons."""
AT_HOME = 0.25
JAPANESE = frozenset({"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH", "CJK"})
"""Written together."""
EVERY: Mapping[MediaKind, int] = dict.fromkeys(MediaKind, 10**9)
"""What a label names is looked at elsewhere."""


def reviewed(proposal: str, own: str) -> str:
    """The proposal as it would be said. Raises Refusal that says why it is not shown."""
    words = clean(proposal).strip()
    if not any(char.isalnum() for char in words) or words.casefold() == clean(own).strip().casefold():
        raise Refusal("improve-none")
    if len(words) > MAX_CHARS:
        raise Refusal("improve-too-long")
    found = find_references(words, EVERY)
    same = _labels(found) == _labels(find_references(own, EVERY)) and _others(words) <= _others(own)
    if found.faults or not same:
        raise Refusal("improve-references")
    if found.roles or extract(words)[1] or peel(words)[1]:
        raise Refusal("improve-settings")
    if not _is_in_the_writing_of(words, own):
        raise Refusal("improve-language")
    return words


def _labels(found: References) -> set[Label]:
    return {part for part in found.prompt if isinstance(part, Label)}


def _others(words: str) -> set[str]:
    """Names and links to media: in words of one's own they mean something."""
    return {*mentioned(words), *(link.url for link in find_links(words))}


def _is_in_the_writing_of(words: str, own: str) -> bool:
    """Whether what most letters of some words are written in is at home in one's own words, which may mix two."""
    most, mine = _scripts(words).most_common(1), _scripts(own)
    return not most or not mine or mine[most[0][0]] >= AT_HOME * mine.total()


def _scripts(words: str) -> Counter[str]:
    """Letters by their writing: `LATIN`, `CYRILLIC`, … Labels do not count."""
    said = "".join(part for part in find_references(words, EVERY).prompt if isinstance(part, str))
    names = (unicodedata.name(char, "?").split()[0] for char in said if char.isalpha())
    return Counter("CJK" if name in JAPANESE else name for name in names)
