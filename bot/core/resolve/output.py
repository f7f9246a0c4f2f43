"""Seconds, resolution and ratio of the output: as said, else by default, else a fault with its nearest mends."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from bot.core.catalog import Model
from bot.core.changes import setting
from bot.core.errors import Mend, Refusal
from bot.core.media import MediaKind
from bot.core.parsing.values import PRESETS, ratio_value
from bot.core.request import Attachment, Label, Options
from bot.core.resolve.findings import Case, Findings

USUAL_DURATION_S = 5
USUAL_RESOLUTION = "720p"
USUAL_RATIO = "16:9"
CUT_SEEN = 0.05
_THOUSANDS = {"2k": 1440, "4k": 2160, "8k": 4320}


def choose_duration(case: Case, resolution: str, *, referenced: bool, ended: bool = False) -> int:
    """Whole seconds that the model makes at the chosen resolution, with references or without."""
    offered = case.model.seconds_for(resolution, referenced=referenced, ended=ended)
    asked, default = case.said.duration_s, case.defaults.duration_s
    wanted = (default or USUAL_DURATION_S) if asked is None else asked
    nearest = _nearest(offered, wanted)
    if asked is not None and asked != nearest:
        mends = [setting("duration_s", nearest), *case.another(lambda other: _lasts(other, asked, case))]
        case.findings.refuse("fault-duration", mends, seconds=asked, made=_listed(offered), model=case.model.title)
    elif wanted != nearest:
        guessed = default is not None
        case.findings.note("note-duration-nearest", guessed=guessed, seconds=nearest, model=case.model.title)
    return nearest


def _lasts(other: Model, asked: int, case: Case) -> bool:
    """Whether another model makes this request so long, and brings no fault of its own; a ratio is looked at later."""
    known = {fault.key for fault in case.findings.faults} | {"fault-ratio"}
    return asked in other.seconds_for() and case.faults_at(other) <= known


def fit_seconds(fault: Refusal, offered: Sequence[int]) -> Refusal:
    """Its mends to seconds that are not made of this request become the nearest that are."""
    made = [_made(mend, offered) for mend in fault.mends]
    if made == [*fault.mends]:
        return fault
    return Refusal(fault.key, [mend for place, mend in enumerate(made) if mend not in made[:place]], **fault.data)


def _made(mend: Mend, offered: Sequence[int]) -> Mend:
    seconds = mend.value.get("duration_s")
    if not isinstance(seconds, int) or seconds in offered:
        return mend
    return setting("duration_s", _nearest(offered, seconds))


def _nearest(offered: Sequence[int], wanted: int) -> int:
    return min(offered, key=lambda seconds: (abs(seconds - wanted), -seconds))


def given_duration(case: Case, input_video_s: float) -> int | None:
    """Where the output lasts as long as the video given: that, at most; None elsewhere."""
    if not case.model.as_long_as_input:
        return None
    low, high = case.model.durations_s
    seconds = min(max(math.ceil(input_video_s), low), high)
    if case.said.duration_s not in {None, seconds}:
        case.findings.note("note-duration-nearest", guessed=True, seconds=seconds, model=case.model.title)
    return seconds


def _listed(seconds: Sequence[int]) -> str:
    """`4–15` where every second is made, else `4, 6, 8`."""
    low, high = seconds[0], seconds[-1]
    whole = len(seconds) == high - low + 1
    return f"{low}–{high}" if whole and low != high else ", ".join(map(str, seconds))


def choose_resolution(case: Case, *, framed: bool) -> str:
    """One of the model's, in its own spelling."""
    wanted = case.said.resolution or case.defaults.resolution or USUAL_RESOLUTION
    offered = sorted(case.model.resolutions_for(framed=framed), key=_lines)
    own = next((name for name in offered if name.casefold() == wanted.casefold()), None)
    if own is not None:
        return own
    below = [name for name in offered if _lines(name) < _lines(wanted)]
    above = [name for name in offered if _lines(name) >= _lines(wanted)]
    nearest = (*below[-1:], *above[:1])
    if case.said.resolution:
        mends = [setting("resolution", name) for name in nearest]
        mends += case.another(lambda other: wanted.casefold() in map(str.casefold, other.resolutions))
        data = {"resolution": wanted, "offered": ", ".join(offered), "model": case.model.title}
        case.findings.faults.append(Refusal("fault-resolution", mends, **data))
    else:
        case.findings.note("note-resolution-nearest", guessed=True, resolution=nearest[0], model=case.model.title)
    return nearest[0]


def _lines(resolution: str) -> int:
    digits = re.match(r"\d+", resolution)
    return _THOUSANDS.get(resolution.casefold(), int(digits[0]) if digits else 0)


def choose_ratio(case: Case, offered: Sequence[str], pictures: Mapping[Label, Attachment]) -> str:
    """One of those that are offered at the chosen resolution; where nothing but `adaptive` is, that."""
    if not nearest_ratios(offered, 1):
        if _wanted_ratio(case.said):
            case.findings.note("note-ratio-kept", guessed=True, model=case.model.title)
        return offered[0]
    wanted = _wanted_ratio(case.said) or _wanted_ratio(case.defaults)
    if wanted is None:
        return _like_the_pictures(offered, pictures, case.findings)
    near = nearest_ratios(offered, _value(wanted))
    if math.isclose(_value(near[0]), _value(wanted)):
        _note_cut(case, near[0], pictures)
        return near[0]
    if case.said.ratio:
        mends = [setting("ratio", name) for name in near[:2]]
        case.findings.refuse("fault-ratio", mends, ratio=wanted, offered=", ".join(offered))
    else:
        case.findings.note("note-ratio-nearest", guessed=True, ratio=near[0])
    return near[0]


def _note_cut(case: Case, ratio: str, pictures: Mapping[Label, Attachment]) -> None:
    """A frame that must fill an output of another shape loses its edges."""
    first = _first_seen(pictures)
    shape = _shape(first) if first and case.model.frame_fills_output else None
    if shape is not None and _cut(_value(ratio), shape) > CUT_SEEN:
        case.findings.note("note-frame-cut", guessed=True, ratio=ratio)


def _wanted_ratio(options: Options) -> str | None:
    """`adaptive`, which may come from an earlier video's settings, is no wish."""
    said = options.ratio if options.ratio and ratio_value(options.ratio) else None
    return said or PRESETS.get(options.preset or "")


def nearest_ratios(offered: Sequence[str], value: float) -> list[str]:
    """The offered ratios, the most alike first; `adaptive` is none.

    >>> nearest_ratios(["16:9", "9:16", "3:4", "1:1"], 5 / 7)[:2]
    ['3:4', '9:16']
    """
    known = [name for name in offered if ratio_value(name) is not None]
    return sorted(known, key=lambda name: abs(math.log(_value(name) / value)))


def _like_the_pictures(offered: Sequence[str], pictures: Mapping[Label, Attachment], findings: Findings) -> str:
    first = _first_seen(pictures)
    shape = _shape(first) if first else _value(USUAL_RATIO)
    nearest = nearest_ratios(offered, shape or _value(USUAL_RATIO))[0]
    if first and shape is None:
        findings.note("note-ratio-unknown", guessed=True, ratio=nearest)
    elif first and shape is not None and _cut(_value(nearest), shape) > CUT_SEEN:
        findings.note("note-ratio-nearest", guessed=True, ratio=nearest)
    return nearest


def _first_seen(pictures: Mapping[Label, Attachment]) -> Attachment | None:
    """The first picture, else the first video; a picture said to be the first frame stands first already."""
    seen = [file for label, file in pictures.items() if label.kind is not MediaKind.AUDIO]
    return min(seen, key=lambda file: file.kind is not MediaKind.IMAGE, default=None)


def _shape(file: Attachment) -> float | None:
    return file.width / file.height if file.width and file.height else None


def _cut(ratio: float, shape: float) -> float:
    """The part of a picture that is lost when it fills a frame of another ratio."""
    return 1 - min(ratio, shape) / max(ratio, shape)


def _value(ratio: str) -> float:
    return float(ratio_value(ratio) or 1)
