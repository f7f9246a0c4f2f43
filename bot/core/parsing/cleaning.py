"""Letters that phones, keyboards and tricksters produce, brought to a few; and prompts made tidy and harmless."""

from __future__ import annotations

import re
import unicodedata

from bot.core.request import Label, Prompt

_DASH_SIGNS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
DASHES = re.escape(_DASH_SIGNS)
"""For the inside of a character class: hyphens, dashes and minus signs, everything that a phone makes of `--`."""

LONG_DASHES = "\u2013\u2014\u2015\u2212\u2e3a\u2e3b\ufe58"
"""Those that alone may be a phone's `--`."""

HOLE = "\U000f0000"
"""Where an option was taken out. Private characters never come through `clean`, so it can't be typed."""

_INVISIBLE = re.compile("[\u200c\u200d]+")
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")
_SPACES = re.compile(" {2,}")
_BREAKS = re.compile(" *\n[ \n]*")
_SEPARATORS = f",;:{_DASH_SIGNS}"
_HOLES = re.compile(f"([,;:]?)[ {HOLE}]*{HOLE}[ {HOLE}]*([,.;:!?)\n]?)")
_FLAG = re.compile(f"[{DASHES}]{{2,}}(\\w?)")


def clean(text: str) -> str:
    """Any text as printable composed characters, plain spaces and single line ends.

    Joiners stay where emoji and scripts need them, and go where they would only hide a dash, an @ or a Latin letter.
    """
    text = "".join(map(_plain, _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))))
    return _SPACES.sub(" ", _INVISIBLE.sub(_joiner, text))


def _plain(char: str) -> str:
    if char in "\n\u200c\u200d" or "\U000e0020" <= char <= "\U000e007f":
        return char
    category = unicodedata.category(char)
    if category in {"Cf", "Cs", "Co"}:
        return ""
    return " " if category in {"Zs", "Cc"} else char


def _joiner(match: re.Match[str]) -> str:
    around = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    useless = any(not char or char in _DASH_SIGNS or char in "@＠﹫" or char.isascii() for char in around)
    return "" if useless else match[0][0]


def harmless(text: str) -> str:
    """Two dashes or more become one long one, apart from the word: nothing that a provider could read as a flag.

    >>> harmless("a dog --rs 720p, well-known - and -–fps")
    'a dog — rs 720p, well-known - and — fps'
    """
    return _FLAG.sub(lambda match: f"— {match[1]}" if match[1] else "—", text)


def tidy(parts: Prompt) -> Prompt:
    """A prompt without the holes that options left: no doubled spaces or commas, nothing dangling at the ends."""
    tidied: list[str | Label] = []
    for index, part in enumerate(parts):
        if isinstance(part, str):
            part = harmless(_filled(_trimmed(part, first=index == 0, last=index == len(parts) - 1)))
        if part != "":
            tidied.append(part)
    return tuple(tidied)


def _trimmed(text: str, *, first: bool, last: bool) -> str:
    """Where an end was taken out, the commas and dashes beside it go too; another end keeps them."""
    if first:
        text = text.lstrip(f" \n{HOLE}{_SEPARATORS}" if text.lstrip().startswith(HOLE) else None)
    if last:
        text = text.rstrip(f" \n{HOLE}{_SEPARATORS}" if text.rstrip().endswith(HOLE) else None)
    return text


def _filled(text: str) -> str:
    text = _HOLES.sub(_filling, text)
    return _BREAKS.sub("\n", _SPACES.sub(" ", text))


def _filling(match: re.Match[str]) -> str:
    before, after = match[1], match[2]
    opened = not before and match.string[: match.start()].endswith(("(", "\n"))
    return after or ("" if opened else f"{before} ")
