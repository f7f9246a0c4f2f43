"""Bare options: `9:16`, `8s`, `720p` as the last run of words, each after an optional `for|in|на|в|and|и`.

Only the very end of a text is read so; "a 5s countdown in a 16:9 cinema at night" keeps its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.core.changes import setting
from bot.core.errors import Refusal
from bot.core.parsing.cleaning import HOLE
from bot.core.parsing.findings import Fault, Finding, Said
from bot.core.parsing.values import RATIO, RESOLUTION, UNIT, read_bare_ratio, read_resolution, read_seconds

_REACH = 64
"""No bare option with its little word is longer."""

_LITTLE = r"(?:(?:for|in|and|на|в|и|\+|&) )?"
_SECONDS = rf"(?<![\d.,])\d{{1,4}}(?:[.,]\d{{1,2}})?(?: ?{UNIT}| ?[sс]|[\"″])"
_TAIL = re.compile(
    rf"(?:^|[\s,;{HOLE}]){_LITTLE}(?:(?P<ratio>{RATIO})|(?P<seconds>{_SECONDS})|(?P<resolution>{RESOLUTION}))$",
    re.IGNORECASE,
)
_LOOSE_END = f" \n,;.!{HOLE}"


def peel(text: str) -> tuple[str, list[Finding]]:
    """The text without its last run of options (a hole in their place), and what they say in their order."""
    findings: list[Finding] = []
    while (match := _TAIL.search(_tail(text))) is not None:
        finding = _read(match, text)
        if finding is None:
            break
        findings.insert(0, finding)
        text = _before(text, match)
    return (f"{text}{HOLE}", findings) if findings else (text, findings)


def read_bare(word: str) -> Said | None:
    """One word that is an option by itself (`9:16`, `8s`, `720p`)."""
    match = _TAIL.match(word)
    finding = _read(match, word) if match else None
    return finding if isinstance(finding, Said) else None


def _tail(text: str) -> str:
    return text.rstrip(_LOOSE_END)[-_REACH:]


def _before(text: str, match: re.Match[str]) -> str:
    end = text.rstrip(_LOOSE_END)
    return end[: len(end) - (len(match.string) - match.start())]


def _read(match: re.Match[str], text: str) -> Finding | None:
    kind, raw = str(match.lastgroup), match[str(match.lastgroup)]
    if raw.endswith('"') and text.count('"') % 2 == 0:
        return None  # it ends a quotation
    name, read = _READERS[kind]
    value = read(raw)
    if value is not None:
        return Said(name, value, raw)
    if kind != "seconds":
        return None
    whole = max(int(re.split(r"[.,]", raw)[0]), 1)
    mends = [setting("duration_s", seconds) for seconds in (whole, whole + 1)]
    return Fault(name, Refusal("fault-bad-duration", mends, value=raw))


_READERS: dict[str, tuple[str, Callable[[str], str | int | None]]] = {
    "ratio": ("ratio", read_bare_ratio),
    "seconds": ("duration_s", read_seconds),
    "resolution": ("resolution", read_resolution),
}
