"""Lists of words that are not taken in a request: what counts as the same word, and whether a text has one of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_BETWEEN = re.compile(r"[,;\n]+")
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_UNSEEN = re.compile("[\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Letters and marks that take no room on a screen: fillers and selectors of a variant."""
_QUOTES = " \t\"'«»“”„‘’"


def folded(text: str) -> str:
    """Its words with one space between them: case, ё, wide letters, accents put over them and what can't be seen make
    no other word.

    >>> folded("ПАРОВО\u0301З, чёрный_ящик and So\u00adda!")
    'паровоз черный ящик and soda'
    """
    shown = _UNSEEN.sub("", text)
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", shown).casefold()).replace("ё", "е")
    seen = "".join(char for char in _MARKS.sub("", plain) if unicodedata.category(char) != "Cf")
    return " ".join(_WORD.findall(seen))


def phrases_of(text: str) -> dict[str, str]:
    """Words and phrases with commas, semicolons or line ends between them: how each is looked for, and was written.

    One without a letter or a digit is looked for as "".
    """
    written = [part.strip(_QUOTES) for part in _BETWEEN.split(text)]
    return {folded(part): part for part in written if part}


def has_one_of(phrases: Collection[str], *texts: str) -> bool:
    """Whether one of the folded phrases stands in one of the texts, word for word.

    >>> has_one_of(["red flag"], "Two RED\u200b flags", "a red  flag?")
    True
    >>> has_one_of(["red flag"], "Two red flags")
    False
    """
    whole = [f" {folded(text)} " for text in texts] if phrases else []
    return any(f" {phrase} " in text for phrase in phrases for text in whole)
