"""Names of saved references in a text: `@hero`. A label in any language is never a name, and a name never a label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from bot.core.errors import Refusal
from bot.core.parsing.cleaning import clean
from bot.core.parsing.references import is_label
from bot.core.request import Label

MAX_CHARS = 32
_LETTER = "[A-Za-zЀ-ӿ]"
_SIGN = "[A-Za-z0-9_Ѐ-ӿ]"
_NAME = re.compile(f"{_LETTER}{_SIGN}{{0,{MAX_CHARS - 1}}}")
_MENTION = re.compile(rf"(?<!{_SIGN})[@＠﹫](?P<name>{_LETTER}{_SIGN}{{0,{MAX_CHARS - 1}}})(?!{_SIGN})")
NEAR = 0.75
MAX_MENTIONS = 12


def folded(name: str) -> str:
    """As a name is found: case and ё make no other one.

    >>> folded("Герой_Пётр")
    'герой_петр'
    """
    return name.casefold().replace("ё", "е")


def name_of(words: str) -> str:
    """The one name in some words, with or without @. Raises Refusal."""
    name = clean(words).strip().lstrip("@＠﹫")
    if _NAME.fullmatch(name) is None:
        raise Refusal("library-bad-name", max=MAX_CHARS)
    if is_label(name):
        raise Refusal("library-name-is-label", name=name)
    return name


def mentioned(text: str) -> list[str]:
    """Every @name that is no label, as typed, each once.

    >>> mentioned("@hero and @Hero meet @photo1 and a@b.org")
    ['hero']
    """
    found = {folded(match["name"]): match["name"] for match in reversed(list(_mentions(text)))}
    return list(reversed(found.values()))[:MAX_MENTIONS]


def _mentions(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _MENTION.finditer(clean(text)) if not is_label(match["name"]))


def named(text: str, labels: Mapping[str, Label]) -> str:
    """The text with each name that has a label as that label; `labels` by folded name."""
    if not labels:
        return text

    def as_label(match: re.Match[str]) -> str:
        label = labels.get(folded(match["name"]))
        return match[0] if label is None or is_label(match["name"]) else f"@{label}"

    return _MENTION.sub(as_label, clean(text))


def expanded(text: str, phrases: Mapping[str, str]) -> str:
    """The text with each name of saved words as those words, once: a name inside them stands for itself.

    >>> expanded("a dog @Noir runs", {"noir": "in black and white"})
    'a dog in black and white runs'
    """
    if not phrases:
        return text

    def as_words(match: re.Match[str]) -> str:
        return match[0] if is_label(match["name"]) else phrases.get(folded(match["name"]), match[0])

    return _MENTION.sub(as_words, clean(text))


def nearly(text: str, saved: Iterable[str]) -> list[tuple[str, str]]:
    """Each @name of a text that is not saved but close to a saved one, with that one."""
    by_fold = {folded(name): name for name in saved}
    found = []
    for name in mentioned(text) if by_fold else ():
        near = get_close_matches(folded(name), by_fold, n=1, cutoff=NEAR)
        if near and near[0] != folded(name):
            found.append((name, by_fold[near[0]]))
    return found
