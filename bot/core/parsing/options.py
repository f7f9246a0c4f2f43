"""Options with two dashes, or with what a phone makes of them, anywhere in a text.

Two dashes make an option of any word: ours is read, one that is almost ours is a fault, a provider's or an unknown
one is taken out. One long dash does so only before a word that we know, because people also write with dashes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.core.changes import replacing, setting
from bot.core.errors import Mend, Refusal
from bot.core.parsing.bare import peel, read_bare
from bot.core.parsing.cleaning import DASHES, HOLE, LONG_DASHES, harmless
from bot.core.parsing.findings import Fault, Finding, Said, Stripped, Value
from bot.core.parsing.values import (
    MAX_COUNT,
    MAX_SEED,
    PRESETS,
    RATIO,
    UNIT,
    read_count,
    read_model,
    read_preset,
    read_ratio,
    read_resolution,
    read_seconds,
    read_seed,
)

_OPTION = re.compile(
    rf"(?P<dash>(?<![{DASHES}])[{DASHES}]{{2,}}|(?<![\w{DASHES}])[{LONG_DASHES}])"
    rf"(?:(?P<name>[^\W\d_]+(?:[{DASHES}_][^\W\d_]+)*)|(?=\d))"
)
_EQUALS = re.compile(r" *[=:\uff1a] *| *")
_TOKEN = re.compile(rf"-?[^\s{DASHES}{HOLE}=]\S*")
_LOOSE = ",;.!?)"
_FLAG_VALUE = re.compile(rf" *=[^\s{HOLE}]*| (?:true|false|on|off|adaptive|auto|raw|-?\d[^\s,;{HOLE}{DASHES}]*)(?!\w)")
_WORD_VALUE = re.compile(rf"[\w{DASHES}]*(?:=[^\s{HOLE}]*)?")
_SWITCH = re.compile(
    rf" *[=:\uff1a] *(on|off|true|false|yes|no|вкл|выкл|да|нет)(?!\w)"
    rf"| (off|false|true|вкл|выкл)(?!\w)| (on|yes|no|да|нет)(?=[ ,.]*(?:$|[\n{HOLE}{DASHES}]))",
    re.IGNORECASE,
)
_OFF = {"off", "false", "no", "выкл", "нет"}
_QUOTES = {'"': '"', "“": "”", "„": "“”", "«": "»", "‘": "’", "'": "'", "”": "”"}


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


_NEVER_PROSE = _words("rs rt frames fps framespersecond cf camerafixed camera-fixed wm watermark")
_OTHER_FLAGS = _words("v q s iw niji stylize style chaos weird tile cfg steps guidance motion quality size")
"""Inline flags of some provider; their value goes with them. The first, Ark's, are no words even after one dash."""


@dataclass(frozen=True, slots=True)
class _Option:
    """How one option reads its value: `shape` finds its end, `read` understands it, `fault` says that it can't.

    `shy`: after a single long dash it is an option only with a value that makes sense ("—for once" is prose).
    """

    option: str
    read: Callable[[str], Value | None]
    fault: str
    shape: re.Pattern[str] = _TOKEN
    shy: bool = False


@dataclass(frozen=True, slots=True)
class _Taken:
    """From where the option starts to `end` it is taken out of the text."""

    end: int
    findings: tuple[Finding, ...]


_END = rf"(?= *(?:$|[\n,.;!){DASHES}{HOLE}]))"
_SECONDS_SHAPE = re.compile(rf"\d[\d.,]*(?<![.,])(?: ?{UNIT}| ?[\"″]|[sс]| [sс]{_END})?(?!\w)", re.IGNORECASE)
_RATIO_SHAPE = re.compile(rf"{RATIO}(?![\w:])")
_PRESET_SHAPE = re.compile(rf"[^\s{DASHES}{HOLE}=,;+&\uff0c][^\s,;+&\uff0c{HOLE}]*")
_MORE = re.compile(r" ?[,\uff0c] ?(?:and |и )?| ?[+&] ?| (?:and|и) ", re.IGNORECASE)
_MODEL_SHAPE = re.compile(r"[\"“„”«][^\"“”»\n]{1,64}[\"“”»]|[\w./-]+(?: \d\.\d(?![\w.]))?")


def _named(option: _Option, names: str) -> dict[str, _Option]:
    return dict.fromkeys(names.split(), option)


_OPTIONS: dict[str, _Option] = {
    **_named(_Option("model", read_model, "fault-bad-model", _MODEL_SHAPE), "model"),
    **_named(_Option("model", read_model, "fault-bad-model", _MODEL_SHAPE, shy=True), "модель"),
    **_named(_Option("ratio", read_ratio, "fault-bad-ratio", _RATIO_SHAPE), "ar ratio aspect aspect-ratio"),
    **_named(_Option("ratio", read_ratio, "fault-bad-ratio", _RATIO_SHAPE, shy=True), "формат"),
    **_named(_Option("duration_s", read_seconds, "fault-bad-duration", _SECONDS_SHAPE), "dur duration"),
    **_named(_Option("duration_s", read_seconds, "fault-bad-duration", _SECONDS_SHAPE, shy=True), "seconds sec сек"),
    **_named(_Option("resolution", read_resolution, "fault-bad-resolution"), "res resolution"),
    **_named(_Option("resolution", read_resolution, "fault-bad-resolution", shy=True), "разрешение"),
    **_named(_Option("seed", read_seed, "fault-bad-seed"), "seed"),
    **_named(_Option("seed", read_seed, "fault-bad-seed", shy=True), "зерно"),
    **_named(_Option("count", read_count, "fault-bad-count", shy=True), "n count"),
    **_named(_Option("preset", read_preset, "fault-bad-preset", _PRESET_SHAPE, shy=True), "for для"),
}
_SILENT = _words("no-audio noaudio no-sound mute silent без-звука")
_AUDIO = _words("audio sound звук")
_UNCOVERED = _words("no-spoiler nospoiler без-спойлера")
_SPOILER = _words("spoiler спойлер под-спойлер под-спойлером")
_NEGATIVE = _words("negative no")
_NAMES = frozenset(_OPTIONS) | _SILENT | _AUDIO | _UNCOVERED | _SPOILER | _NEGATIVE


def extract(text: str) -> tuple[str, list[Finding]]:
    """The text with a hole for each option, and what they say in their order."""
    kept, findings, at = "", list[Finding](), 0
    while (match := _OPTION.search(text, at)) is not None:
        taken = _take(text, match)
        if taken is None:
            at = match.end()
        else:
            kept += f"{text[: match.start()]} {HOLE} "
            text, at = text[taken.end :], 0
            findings.extend(taken.findings)
    return kept + text, findings


def _take(text: str, match: re.Match[str]) -> _Taken | None:
    """What an option and its value say; None for prose."""
    inside = text[: match.start()][-1:].isalnum()
    sure = len(match["dash"]) > 1 and not inside
    name = _folded(match["name"] or "")
    if not name:
        return _take_bare(text, match.end()) if not inside else None
    if name in _NEVER_PROSE or (sure and name in _OTHER_FLAGS):
        return _stripped(text, match, _FLAG_VALUE)
    if name in _NAMES:
        return _take_ours(text, match.end(), name, sure=sure)
    return _misspelt(text, match, name) or _stripped(text, match, _WORD_VALUE) if sure else None


def _folded(name: str) -> str:
    return re.sub(f"[{DASHES}_]", "-", name.casefold())


def _take_bare(text: str, at: int) -> _Taken | None:
    """`--9:16` is `9:16`."""
    token = _TOKEN.match(text, at)
    raw = token[0].rstrip(_LOOSE) if token else ""
    said = read_bare(raw)
    return _Taken(at + len(raw), (said,)) if said else None


def _take_ours(text: str, at: int, name: str, *, sure: bool) -> _Taken | None:
    if name in _SILENT | _UNCOVERED:
        return _Taken(at, (Said("audio" if name in _SILENT else "spoiler", value=False, raw=name),))
    if name in _AUDIO | _SPOILER:
        return _take_switch(text, at, "audio" if name in _AUDIO else "spoiler")
    if name in _NEGATIVE:
        return _take_negative(text, at, sure=sure or name == "negative")
    return _take_value(text, at, name, sure=sure)


def _take_switch(text: str, at: int, option: str) -> _Taken:
    match = _SWITCH.match(text, at)
    word = match[match.lastindex or 0].casefold() if match else "on"
    return _Taken(match.end() if match else at, (Said(option, word not in _OFF, f"{option} {word}"),))


def _take_value(text: str, at: int, name: str, *, sure: bool) -> _Taken | None:
    option = _OPTIONS[name]
    at = _after_equals(text, at)
    found = option.shape.match(text, at) or _TOKEN.match(text, at)
    raw = found[0].rstrip(_LOOSE) if found else ""
    value = option.read(raw.strip("".join(_QUOTES) + "»”")) if raw else None
    if value is not None:
        return _with_more(text, option, _Taken(at + len(raw), (Said(option.option, value, raw),)))
    if option.shy and not sure:
        return None
    return _Taken(at + len(raw), (Fault(option.option, _unread(option, name, raw)),))


def _with_more(text: str, option: _Option, taken: _Taken) -> _Taken:
    """`9:16,1:1` and `reels, square`: shapes may stand in a list; what follows a comma otherwise is prose."""
    if option.option not in {"ratio", "preset"}:
        return taken
    comma = _MORE.match(text, taken.end)
    found = option.shape.match(text, comma.end()) if comma else None
    raw = found[0].rstrip(_LOOSE) if found else ""
    value = option.read(raw) if raw else None
    if comma is None or found is None or (value is None and comma[0] not in {",", "\uff0c"}):
        return taken
    finding: Finding = Fault(option.option, _unread(option, "", raw)) if value is None else _said(option, value, raw)
    return _with_more(text, option, _Taken(found.start() + len(raw), (*taken.findings, finding)))


def _said(option: _Option, value: Value, raw: str) -> Said:
    return Said(option.option, value, raw)


def _after_equals(text: str, at: int) -> int:
    match = _EQUALS.match(text, at)
    return match.end() if match else at


def _unread(option: _Option, name: str, raw: str) -> Refusal:
    if not raw:
        return Refusal("fault-no-value", _usual(option.option), option=f"--{name}")
    match option.option:
        case "duration_s":
            return Refusal(option.fault, _rounded(raw) or _usual("duration_s"), value=raw)
        case "count":
            return Refusal(option.fault, _clamped(raw), value=raw, max=MAX_COUNT)
        case "preset":
            near = [setting("preset", name) for name in get_close_matches(raw.casefold(), PRESETS, 1)]
            return Refusal(option.fault, near or _usual("preset"), value=raw, known=", ".join(PRESETS))
        case "seed":
            return Refusal(option.fault, value=raw, max=MAX_SEED)
        case _:
            return Refusal(option.fault, _usual(option.option), value=raw)


_USUAL: dict[str, tuple[str | int, ...]] = {
    "duration_s": (5, 10),
    "ratio": ("9:16", "1:1", "16:9"),
    "resolution": ("480p", "720p"),
    "preset": ("reels", "square", "youtube"),
    "count": (1, 2),
}


def _usual(option: str) -> list[Mend]:
    """What most people want where nobody can tell what was meant."""
    return [setting(option, value) for value in _USUAL.get(option, ())]


def _rounded(raw: str) -> list[Mend]:
    """7.5 s was meant as 8 s."""
    match = re.match(r"(\d{1,3})[.,](\d)", raw)
    return [setting("duration_s", int(match[1]) + (match[2] >= "5"))] if match else []


def _clamped(raw: str) -> list[Mend]:
    return [setting("count", MAX_COUNT)] if re.fullmatch(r"\d{1,12}", raw) and int(raw) > MAX_COUNT else []


def _take_negative(text: str, at: int, *, sure: bool) -> _Taken | None:
    """What stands in quotes, else all up to the next option or the end of the line."""
    at = _after_equals(text, at)
    closing = _QUOTES.get(text[at : at + 1], "")
    ends = [end for end in (text.find(char, at + 1) for char in closing) if end > 0]
    if ends:
        return _negative(text[at + 1 : min(ends)], min(ends) + 1)
    if not sure:
        return None
    end = _value_end(text, at)
    value, findings = peel(text[at:end]) if not text[end:].strip() else (text[at:end], [])
    return _negative(value.lstrip("".join(_QUOTES)), end, findings)


def _value_end(text: str, at: int) -> int:
    line_end = text.find("\n", at)
    option = next((match.start() for match in _OPTION.finditer(text, at) if _begins(match)), len(text))
    return min(option, line_end if line_end >= 0 else len(text))


def _begins(match: re.Match[str]) -> bool:
    return len(match["dash"]) > 1 or _folded(match["name"] or "") in _NAMES | _NEVER_PROSE


def _negative(words: str, end: int, more: list[Finding] | None = None) -> _Taken:
    value = harmless(" ".join(words.replace(HOLE, " ").split())).strip(" ,;")
    if not value:
        return _Taken(end, (Fault("negative", Refusal("fault-no-value", option="--negative")), *(more or ())))
    return _Taken(end, (Said("negative", value, value), *(more or ())))


def _stripped(text: str, match: re.Match[str], shape: re.Pattern[str]) -> _Taken:
    value = shape.match(text, match.end())
    end = value.end() if value else match.end()
    return _Taken(end, (Stripped(text[match.start() : end]),))


def _misspelt(text: str, match: re.Match[str], name: str) -> _Taken | None:
    """One letter away from an option of ours of three letters or more: almost surely that one."""
    meant = next((own for own in sorted(_NAMES) if len(own) > 2 and len(name) > 2 and edits(name, own) == 1), None)
    if meant is None:
        return None
    mend = replacing(match[0], f"--{meant}")
    refusal = Refusal("fault-option-unknown", [mend], option=match[0], meant=f"--{meant}")
    return _Taken(_stripped(text, match, _FLAG_VALUE).end, (Fault(None, refusal),))


def edits(one: str, other: str) -> int:
    """Insertions, deletions, changes and swaps of neighbours between two words.

    >>> edits("durr", "dur"), edits("sede", "seed"), edits("cat", "dog")
    (1, 1, 3)
    """
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one):
        older, above = above, row
        row = [i + 1]
        for j, target in enumerate(other):
            row.append(min(above[j + 1] + 1, row[j] + 1, above[j] + (char != target)))
            if i and j and char == other[j - 1] and one[i - 1] == target:
                row[-1] = min(row[-1], older[j - 1] + 1)
    return row[-1]
