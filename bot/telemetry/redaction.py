"""Takes secrets out of text: what is known to be one, and what looks like one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus

STARS = "***"
MIN_SECRET_CHARS = 4
"""Shorter "secrets" would blot out ordinary words."""
MAX_CHARS = 20_000
MAX_DEPTH = 6

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\d{6,}(?::|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE), STARS),
    (re.compile(r"\b(Bearer|Basic)(\s+|%20|\+)[^\s\"',;}\])]+", re.IGNORECASE), rf"\1 {STARS}"),
    (re.compile(r"(/media/)(?!\{)[^/\s\"'?#]+"), rf"\1{STARS}"),
    (re.compile(r"(/callbacks/[^/\s\"'?#]+/)(?!\{)[^/\s\"'?#]+"), rf"\1{STARS}"),
    (
        re.compile(r"([?&](?:[\w-]*(?:key|token|secret|signature|sig|credential)[\w-]*)=)[^&\s\"'#]+", re.IGNORECASE),
        rf"\1{STARS}",
    ),
)


class Redactor:
    """Removes Telegram tokens, Bearer values, link tokens, signed queries and every given secret.

    >>> Redactor(["s3cret-key"])("key is s3cret-key")
    'key is ***'
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= MIN_SECRET_CHARS}, key=len, reverse=True)
        self._known = re.compile("|".join(map(_pattern, known))) if known else None

    def __call__(self, text: str) -> str:
        """The text without secrets; the middle of an overlong one is left out."""
        text = _without_middle(text, 4 * MAX_CHARS)  # what is cut in two here is left out below
        if self._known is not None:
            text = self._known.sub(STARS, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return _without_middle(text, MAX_CHARS)

    def plain(self, value: Any, depth: int = 0) -> Any:
        """A value as JSON's own types, with no secret in any string, key or representation."""
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self(str(value))
            case Mapping() if depth < MAX_DEPTH:
                return {self(str(key)): self.plain(item, depth + 1) for key, item in value.items()}
            case list() | tuple() | set() | frozenset() if depth < MAX_DEPTH:
                return [self.plain(item, depth + 1) for item in value]
            case _:
                return self(_shown(value))


def _pattern(secret: str) -> str:
    """A secret as it stands, in a URL, in JSON, in a representation, in a representation of that."""
    return "".join(map(_letter, secret))


@cache
def _letter(letter: str) -> str:
    if letter.isascii() and (letter.isalnum() or letter in "-_.~"):
        return re.escape(letter)
    raw = letter.encode(errors="surrogatepass")
    hexed = "".join(f"\\x{byte:02x}" for byte in raw)
    forms = {letter, quote(raw), quote_plus(raw), repr(letter)[1:-1], json.dumps(letter)[1:-1], hexed}
    return rf"\\*(?i:{'|'.join(sorted(map(_escaped, forms), key=len, reverse=True))})"


def _escaped(form: str) -> str:
    """Each time that a text is quoted once more its backslashes double."""
    return "".join(r"\\+" if sign == "\\" else re.escape(sign) for sign in form)


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - a log line must not fail for a broken representation
        return f"<{type(value).__name__}>"


def _without_middle(text: str, max_chars: int) -> str:
    if len(text) <= max_chars:
        return text
    half = max_chars // 2
    return f"{text[:half]} … {len(text) - 2 * half} characters left out … {text[-half:]}"
