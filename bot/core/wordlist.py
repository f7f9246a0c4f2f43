"""Lists of words that are not taken in a request: what counts as the same word, and whether a text has one of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import groupby

_BETWEEN = re.compile(r"[,;\n]+")
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_UNSEEN = re.compile("[\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Letters and marks that take no room on a screen: fillers and selectors of a variant."""
_CYRILLIC = "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u043a\u043c\u0442\u043d\u0432\u0456\u0455"
_LATIN = "aeopcyxkmtnbis"
"""Letters that are taken for each other, small or capital; no Russian word has the last two."""
_TO_LATIN, _TO_CYRILLIC = str.maketrans(_CYRILLIC, _LATIN), str.maketrans(_LATIN[:-2], _CYRILLIC[:-2])
_LATIN_DIGITS, _CYRILLIC_DIGITS = str.maketrans("013457", "oieast"), str.maketrans("0346", "\u043e\u0437\u0447\u0431")
FEWEST_SPELLED = 3
SHORTEST = 4
"""Of words in which digits may stand for letters: `5s`, `4k` and `mp3` mean themselves."""
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


def undisguised(words: str) -> str:
    """Folded words as they are read: neither look-alikes of another script nor digits for letters make another word.

    >>> undisguised("b\u043emb g0ld 5s mp3")
    'bomb gold 5s mp3'
    """
    return " ".join(_in_letters(_in_one_script(word)) for word in words.split())


def _in_one_script(word: str) -> str:
    latin = {char for char in word if "a" <= char <= "z"}
    cyrillic = {char for char in word if "\u0430" <= char <= "\u045f"}
    if not latin or not cyrillic:
        return word
    if cyrillic <= set(_CYRILLIC) and len(cyrillic) <= len(latin):
        return word.translate(_TO_LATIN)
    return word.translate(_TO_CYRILLIC) if latin <= set(_LATIN[:-2]) else word


def _in_letters(word: str) -> str:
    digits = sum(char.isdigit() for char in word)
    if not 0 < digits < len(word) - digits or len(word) < SHORTEST:
        return word
    is_cyrillic = any("\u0430" <= char <= "\u045f" for char in word)
    return word.translate(_CYRILLIC_DIGITS if is_cyrillic else _LATIN_DIGITS)


def _runs(words: str) -> Iterator[tuple[bool, str]]:
    """The words, each with whether it was spelled: letter by letter, with digits for some or not.

    >>> [run for is_spelled, run in _runs("a red d 0 g and a 5 6 7") if is_spelled]
    ['d0g', 'a567']
    """
    for is_single, group in groupby(words.split(), key=lambda word: len(word) == 1):
        run = list(group)
        if is_single and len(run) >= FEWEST_SPELLED and any(map(str.isalpha, run)):
            yield True, "".join(run)
        else:
            yield from ((False, word) for word in run)


def _readings(run: str) -> set[str]:
    """A spelled word, with the single letters before and after it, as a reader of either script takes it.

    >>> "abomb" in _readings("ab0mb"), "dog" in _readings("d\u043eg")
    (True, True)
    """
    scripts = {run, run.translate(_TO_LATIN), run.translate(_TO_CYRILLIC)}
    return scripts | set(map(_in_letters, scripts))


def has_one_of(phrases: Collection[str], *texts: str) -> bool:
    """Whether one of the folded phrases stands in one of the texts, word for word, as written or as read aloud.

    >>> has_one_of(["red flag"], "Two RED\u200b flags", "a red  flag?")
    True
    >>> has_one_of(["red flag"], "Two red flags")
    False
    >>> has_one_of(["red flag"], "a r-e-d-f-l-a-g")
    True
    """
    if not phrases:
        return False
    written, listed = [folded(text) for text in texts], [undisguised(phrase) for phrase in phrases]
    runs = [list(_runs(text)) for text in written]
    read = [undisguised(text) for text in written] + [undisguised(" ".join(run for _, run in some)) for some in runs]
    if _stands(phrases, written) or _stands(listed, read):
        return True
    joined = [phrase.replace(" ", "") for phrase in listed]
    names = [name for name in joined if len(name) >= FEWEST_SPELLED and not name.isdigit()]
    spelled = {reading for some in runs for is_spelled, run in some if is_spelled for reading in _readings(run)}
    return any(name in reading for reading in spelled for name in names)


def _stands(phrases: Collection[str], texts: Collection[str]) -> bool:
    whole = [f" {text} " for text in texts]
    return any(f" {phrase} " in text for phrase in phrases for text in whole)
