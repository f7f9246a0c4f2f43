"""The operator's own texts: one Fluent file a language in a folder, laid over what is here, without code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import babel
from fluent.runtime import FluentResource
from fluent.syntax import ast

from bot.core.errors import OperatorFault
from bot.texts import sources

SUFFIX: Final = ".ftl"
_TAG: Final = re.compile(r"<(/?)(\w+)[^>]*>")
MARKUP: Final = frozenset({"b", "i", "code"})


def read_own(folder: Path) -> dict[str, str]:
    """The files by their language: `de.ftl` is German. Raises OperatorFault that says where and what is wrong."""
    try:
        found = {path.stem: path.read_text(encoding="utf-8-sig") for path in sorted(folder.iterdir()) if _is_text(path)}
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorFault("texts-wrong", where=str(folder), why=type(error).__name__) from None
    for language, text in found.items():
        _check(language, text)
    return found


def _is_text(path: Path) -> bool:
    return path.suffix == SUFFIX


def _check(language: str, text: str) -> None:
    for place, why in _faults(language, text):
        raise OperatorFault("texts-wrong", where=f"{language}{SUFFIX}{place}", why=why)


def _faults(language: str, text: str) -> Iterator[tuple[str, str]]:
    """Where, and what is wrong there."""
    if not _is_known(language):
        yield "", "a file is named by the two letters of its language, like de.ftl"
        return
    english = {message.id.name: message for message in sources.messages(sources.FALLBACK)}
    for entry in FluentResource(text).body:
        if isinstance(entry, ast.Junk) and entry.span is not None:
            yield f", line {text.count(chr(10), 0, entry.span.start) + 1}", "this is not Fluent"
        elif isinstance(entry, ast.Message):
            yield from ((f", {entry.id.name}", why) for why in _wrong_in(entry, english))


def _is_known(language: str) -> bool:
    try:
        return len(language) == 2 and bool(babel.Locale.parse(language))
    except (babel.UnknownLocaleError, ValueError):
        return False


def _wrong_in(message: ast.Message, english: Mapping[str, ast.Message]) -> Iterator[str]:
    if message.id.name not in english:
        yield "there is no such text"
        return
    unknown = sources.variables(message) - sources.variables(english[message.id.name])
    if unknown:
        yield f"it is not told {', '.join(f'${name}' for name in sorted(unknown))}"
    if not _is_closed(sources.written(message)):
        yield f"its markup is not closed, or is other than {', '.join(sorted(MARKUP))}"


def _is_closed(text: str) -> bool:
    tags = _TAG.findall(text)
    opened, closed = (Counter(name for slash, name in tags if slash == end) for end in ("", "/"))
    return opened == closed and opened.keys() <= MARKUP
