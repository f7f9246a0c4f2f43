"""The values that people give to options, in the forms that they type them."""

from __future__ import annotations

import re
from fractions import Fraction

PRESETS = {
    "reels": "9:16",
    "tiktok": "9:16",
    "shorts": "9:16",
    "story": "9:16",
    "square": "1:1",
    "youtube": "16:9",
    "cinema": "21:9",
}
"""Where a video will be posted, and the ratio that posts there as it is."""

_PRESET_NAMES = {
    **{name: name for name in PRESETS},
    "reel": "reels",
    "stories": "story",
    "short": "shorts",
    "yt": "youtube",
    "рилс": "reels",
    "тикток": "tiktok",
    "шортс": "shorts",
    "сторис": "story",
    "квадрат": "square",
    "ютуб": "youtube",
    "кино": "cinema",
}
_RATIO_WORDS = {
    "vertical": "9:16",
    "portrait": "9:16",
    "вертикально": "9:16",
    "horizontal": "16:9",
    "landscape": "16:9",
    "горизонтально": "16:9",
    "square": "1:1",
    "квадрат": "1:1",
}
_RESOLUTION_WORDS = {
    "hd": "720p",
    "fhd": "1080p",
    "fullhd": "1080p",
    "1440p": "2K",
    "2k": "2K",
    "uhd": "4k",
    "2160p": "4k",
    "4k": "4k",
}
_BARE_RATIOS = {
    "16:9", "9:16", "4:3", "3:4", "1:1", "21:9", "9:21", "16:10", "10:16", "18:9", "9:18", "19:9", "9:19", "20:9",
    "9:20", "17:9", "32:9", "9:32", "2.39:1", "2.35:1", "1.85:1", "1.91:1",
}  # fmt: skip

MAX_SEED = 2**31 - 1
MAX_COUNT = 10

COLON = ":\uff1a\u2236\ua789"
CROSS = "x×*хX"
RATIO = rf"\d{{1,4}}(?:[.,]\d{{1,2}})? ?[{COLON}{CROSS}Х/] ?\d{{1,4}}(?:\.\d{{1,2}})?"
"""As typed: `9:16 9x16 9×16 9/16 9∶16`."""

UNIT = "(?:seconds?|secs?|секунд[уыа]?|сек)\\.?"
"""Words for a second; `s` and `с` are told apart by what follows."""

RESOLUTION = "(?:\\d{3,4}[pPpпП]|[24][kKкК])"
_SPLIT = re.compile(f"[{COLON}{CROSS}Х/]")
_SECONDS = re.compile(rf"(\d{{1,6}}(?:[.,]\d{{1,3}})?)\s*(?:{UNIT}|[sс\"″])?", re.IGNORECASE)


def read_ratio(text: str) -> str | None:
    """`9:16` of whatever form; None for what is no ratio of two sizes."""
    word = text.casefold()
    if word in _RATIO_WORDS:
        return _RATIO_WORDS[word]
    sides = [_side(side) for side in _SPLIT.split(text.replace(",", "."))]
    return ":".join(sides) if len(sides) == 2 and all(sides) else None


def _side(text: str) -> str:
    """A plain positive number, or nothing."""
    digits = text.strip()
    if not re.fullmatch(r"\d{1,4}(?:\.\d{1,2})?", digits) or not float(digits):
        return ""
    return f"{float(digits):g}"


def ratio_value(ratio: str) -> Fraction | None:
    """Width by height; None for "adaptive" and the like.

    >>> ratio_value("1080:1920") == ratio_value("9:16")
    True
    """
    width, _, height = ratio.partition(":")
    return Fraction(width) / Fraction(height) if height else None


def read_bare_ratio(text: str) -> str | None:
    """A ratio that stands alone at the end of a text, where `10:30` is a time and `24/7` is no ratio at all.

    With a colon both sides are single digits or the pair is a screen's; with other signs only a screen's will do.
    """
    ratio = read_ratio(text)
    if ratio is None or ratio in _BARE_RATIOS:
        return ratio
    return ratio if re.fullmatch(f"[1-9] ?[{COLON}] ?[1-9]", text) else None


def read_seconds(text: str) -> int | None:
    """Whole seconds; None for what is no number or no whole one."""
    match = _SECONDS.fullmatch(text.strip())
    seconds = float(match[1].replace(",", ".")) if match else 0.5
    return int(seconds) if seconds == int(seconds) else None


def read_resolution(text: str) -> str | None:
    """`720p` of `720`, `720п`, `hd`; `2K` and `4k` as the makers write them."""
    word = text.casefold().replace("п", "p").replace("к", "k")
    if re.fullmatch(r"\d{3,4}", word):
        word += "p"
    if word in _RESOLUTION_WORDS:
        return _RESOLUTION_WORDS[word]
    return word if re.fullmatch(r"\d{3,4}p", word) else None


def read_whole(text: str, low: int, high: int) -> int | None:
    """A whole number from `low` to `high`."""
    if not re.fullmatch(r"\d{1,12}", text):
        return None
    return int(text) if low <= int(text) <= high else None


def read_seed(text: str) -> int | None:
    """A seed, from 0 to 2³¹-1."""
    return read_whole(text, 0, MAX_SEED)


def read_count(text: str) -> int | None:
    """How many videos, from 1 to `MAX_COUNT`."""
    return read_whole(text, 1, MAX_COUNT)


def read_preset(text: str) -> str | None:
    """A preset's own name, also of its short and Russian forms."""
    return _PRESET_NAMES.get(text.casefold())


def read_model(text: str) -> str | None:
    """A model's name as far as a name can be told from other words; the catalog knows whether it exists.

    >>> read_model("Seedance 2.0")
    'seedance-2.0'
    """
    name = "-".join(text.casefold().split())
    return name if re.fullmatch(r"[a-z0-9](?:[a-z0-9._/-]{0,62}[a-z0-9])?", name) else None
