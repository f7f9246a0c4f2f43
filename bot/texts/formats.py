"""Figures as people read them: money, seconds, sizes, moments. Words and units come from a language's Fluent files."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import babel
from babel.dates import format_datetime, get_timezone_location
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

from bot.core.money import show
from bot.core.parsing.references import is_label
from bot.texts.markup import Html, escaped

BAR_CELLS: Final = 10
MINUTE_S: Final = 60
NO_BREAK: Final = "\u00a0"
"""Stands inside figures: a phone's line never ends between a number and its unit. What is typed or copied into the chat
has plain spaces."""
JOINER: Final = "\u2060"
"""Of no width, stands around the dash of a range: a line may end after it else."""

_UNITS: Final = r"(?:s|min|h|kB|MB|GB|%|с|мин|ч|кБ|МБ|ГБ)(?!\w)"
_COUNTS: Final = r"\{ \$(?:n|seconds|made|min|max|max_mb|mb|limit|value|percent) \}"
"""Placeables that hold a number; after others a lone `с` is the Russian word for `with`."""
_LOOSE: Final = re.compile(rf"({_COUNTS}|(?<![$\w.,])\d[\d.,]*) (?={_UNITS})")
_TO_COPY: Final = re.compile(r"(<code>.*?</code>|<i>.*?</i>)", re.DOTALL)
_LABEL: Final = re.compile(r"@(image|video|audio)(\d+)(?!\w)")
READERS_OWN: Final = "dt"
"""A short date and the time, as the reader's own app writes them; it stands after any preposition of any language."""

_KB, _MB, _GB = 1000, 1_000_000, 1_000_000_000

Say = Callable[..., str]
"""`say(key, **numbers)`: a unit's text in the language at hand."""


def unbroken(source: str) -> str:
    """Fluent texts with their figures held together, and no line that begins with a dot between two things; examples to
    copy stay as they are typed.

    >>> unbroken("limit-seconds = { $limit } s · like <code>8 s</code>; { $code } с 80 %").replace(NO_BREAK, "~")
    'limit-seconds = { $limit }~s~· like <code>8 s</code>; { $code } с 80~%'
    """
    parts = _TO_COPY.split(source)
    return "".join(part if at % 2 else _held(part) for at, part in enumerate(parts))


def _held(part: str) -> str:
    return _LOOSE.sub(rf"\1{NO_BREAK}", part).replace(" · ", f"{NO_BREAK}· ")


def _together(words: str) -> str:
    return words.replace(" ", NO_BREAK)


def whole(words: str) -> str:
    """A title, or a range like `4–15`, that stands on one line.

    >>> whole("Seedance 2.0").replace(NO_BREAK, "~"), whole("4–15").replace(JOINER, "~")
    ('Seedance~2.0', '4~–~15')
    """
    return _together(words).replace("–", f"{JOINER}–{JOINER}")


def money(locale: babel.Locale, microusd: int) -> str:
    """`$1,234.50`; in Russian `$1 234,50`."""
    swapped = {ord(","): get_group_symbol(locale), ord("."): get_decimal_symbol(locale)}
    return show(microusd).translate(swapped)


def number(locale: babel.Locale, count: int) -> str:
    """`1,000`; in Russian `1 000`."""
    return str(format_decimal(count, locale=locale))


def seconds(say: Say, locale: babel.Locale, duration_s: float) -> str:
    """`5 s`, `2.5 s`."""
    return _together(say("unit-seconds", n=format_decimal(round(duration_s, 1), locale=locale)))


def duration(say: Say, duration_s: float) -> str:
    """`40 s`, `1 min 20 s`, `2 h 5 min`: the two largest units, a zero left out."""
    whole = max(0, round(duration_s))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        parts = [("unit-hours", hours), ("unit-minutes", minutes)]
    elif minutes:
        parts = [("unit-minutes", minutes), ("unit-seconds", rest)]
    else:
        parts = [("unit-seconds", whole)]
    return _together(" ".join(say(key, n=str(n)) for key, n in parts if n or len(parts) == 1))


def labels(say: Say, text: str) -> str:
    """Each `@image1` of a text in the language's own word, where that is one that is read too."""

    def own(found: re.Match[str]) -> str:
        label = f"{say(f'unit-{found[1]}')}{found[2]}"
        return f"@{label}" if is_label(label) else found[0]

    return _LABEL.sub(own, text)


def bar(fraction: float) -> str:
    """Ten cells, filled from the left.

    >>> bar(0.42), bar(-1), bar(7)
    ('▓▓▓▓░░░░░░', '░░░░░░░░░░', '▓▓▓▓▓▓▓▓▓▓')
    """
    filled = min(BAR_CELLS, max(0, int(fraction * BAR_CELLS)))
    return "▓" * filled + "░" * (BAR_CELLS - filled)


def size(say: Say, locale: babel.Locale, size_bytes: int) -> str:
    """`340 kB`, `4.2 MB`, `1.3 GB`, in powers of ten as phones show them."""
    key, value = ("unit-kb", size_bytes / _KB) if size_bytes < _MB else ("unit-mb", size_bytes / _MB)
    if size_bytes >= _GB:
        key, value = "unit-gb", size_bytes / _GB
    return _together(say(key, n=format_decimal(round(value, 0 if key == "unit-kb" else 1), locale=locale)))


def calendar(locale: babel.Locale, at_ms: int, zone: ZoneInfo, pattern: str) -> str:
    """A part of a moment in a zone, by a CLDR pattern."""
    return str(format_datetime(datetime.fromtimestamp(at_ms / 1000, zone), pattern, locale=locale))


def place(locale: babel.Locale, zone: ZoneInfo) -> str:
    """The city that a zone is known by: `Berlin`."""
    return str(get_timezone_location(zone, locale=locale, return_city=True))


def moment(say: Say, locale: babel.Locale, at_ms: int, zone: ZoneInfo, now_ms: int | None = None) -> Html:
    """A time for a message: in each reader's own zone where Telegram can (Bot API 9.5), else as `in_zone` tells it."""
    words = escaped(in_zone(say, locale, at_ms, zone, now_ms))
    return Html(f'<tg-time unix="{at_ms // 1000}" format="{READERS_OWN}">{words}</tg-time>')


def in_zone(say: Say, locale: babel.Locale, at_ms: int, zone: ZoneInfo, now_ms: int | None = None) -> str:
    """A time in a zone that it names: `Mon 1 Dec 00:00 (Berlin)`; told `now_ms`, `tomorrow 00:00 (Berlin)`. A line may
    end before the zone alone.
    """
    at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
    where, clock = place(locale, zone), format_datetime(at, "HH:mm", locale=locale)
    days = None
    if now_ms is not None:
        days = (at.date() - datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).date()).days
    near = None if days is None else {0: "moment-today", 1: "moment-tomorrow"}.get(days)
    day = {} if near else {"day": format_datetime(at, "EEE d MMM", locale=locale)}
    return _together(say(near or "moment", clock=clock, place=where, **day)).replace(f"{NO_BREAK}(", " (")
