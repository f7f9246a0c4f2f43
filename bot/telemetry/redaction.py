"""Takes secrets out of text: what is known to be one, and what looks like one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
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
    (re.compile(r"(/media/)[^/\s\"'?#]+"), rf"\1{STARS}"),
    (re.compile(r"(/callbacks/[^/\s\"'?#]+/)[^/\s\"'?#]+"), rf"\1{STARS}"),
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
        forms = {form for secret in secrets if len(secret) >= MIN_SECRET_CHARS for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """The text without secrets; the middle of an overlong one is left out."""
        if self._known is not None:
            text = self._known.sub(STARS, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return _bounded(text)

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


def _forms(secret: str) -> set[str]:
    """A secret as it may stand in a URL, in JSON, in a representation."""
    return {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
    }


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - a log line must not fail for a broken representation
        return f"<{type(value).__name__}>"


def _bounded(text: str) -> str:
    if len(text) <= MAX_CHARS:
        return text
    half = MAX_CHARS // 2
    return f"{text[:half]} … {len(text) - 2 * half} characters left out … {text[-half:]}"
