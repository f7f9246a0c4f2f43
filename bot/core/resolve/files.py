"""References against what a model takes, by what Telegram tells of them before anything is fetched.

Telegram's numbers may be missing (a document has no seconds) and its seconds are whole. What is unknown is no fault:
the file is measured later. What conversion can mend is no fault either; what it cuts is noted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.core.catalog import Model
from bot.core.changes import leaving_out
from bot.core.errors import Refusal
from bot.core.media import InputLimits, MediaInfo, MediaKind, plan, planned_duration_ms, refuse_total
from bot.core.request import Attachment, Label
from bot.core.resolve.findings import Case, Findings

_SAID = ("trimmed", "padded")
_STAND_IN = (1280, 720)
_TOLD_ROUNDED_MS = 1000
_UNKNOWN_VIDEO_MS = 15_000


@dataclass(frozen=True, slots=True)
class Transport:
    """How files come and go: the most that can be fetched, and whether a provider can be given a link of ours."""

    can_link: bool
    max_download_bytes: int


def check_files(used: Mapping[Label, Attachment], case: Case, transport: Transport) -> float:
    """Adds the faults and notes of all references; returns the seconds of input video to quote for."""
    model, findings = case.model, case.findings
    _check_counts(used, case)
    input_ms = 0.0
    for kind in MediaKind:
        limits = model.inputs.get(kind)
        of_kind = {label: attachment for label, attachment in used.items() if label.kind is kind}
        if limits is None or not of_kind:
            continue
        told = [_check_one(label, file, limits, transport, findings) for label, file in of_kind.items()]
        _check_total(told, limits, findings)
        if kind is MediaKind.VIDEO:
            input_ms = _quoted_ms(told, limits)
            _check_links(list(of_kind), case, transport)
    return input_ms / 1000


def _check_counts(used: Mapping[Label, Attachment], case: Case) -> None:
    model, findings = case.model, case.findings
    for kind in MediaKind:
        of_kind = [label for label in used if label.kind is kind]
        count, most = len(of_kind), _most_among(model, kind, used)
        if count and not most:
            mends = [leaving_out(of_kind), *case.another(partial(_takes_kind, kind))]
            findings.refuse("fault-kind-not-taken", mends, kind=kind.value, model=model.title)
        elif count > most:
            mends = [leaving_out(of_kind[most:]), *case.another(lambda other: _takes(other, used))]
            findings.refuse("fault-too-many", mends, kind=kind.value, count=count, max=most)
    if len(used) > model.max_files:
        mends = [leaving_out(list(used)[model.max_files :]), *case.another(lambda other: _takes(other, used))]
        findings.refuse("fault-too-many-files", mends, count=len(used), max=model.max_files)
    _check_company({label.kind for label in used}, case)


def _check_company(kinds: set[MediaKind], case: Case) -> None:
    """What must be there, and what can't be there alone."""
    for kind in sorted(case.model.needs - kinds):
        case.findings.refuse("fault-needs-kind", kind=kind.value, model=case.model.title)
    if kinds == {MediaKind.AUDIO} and case.model.audio_needs_visual:
        mends = case.another(lambda other: not other.audio_needs_visual and bool(_most(other, MediaKind.AUDIO)))
        case.findings.refuse("fault-audio-alone", mends, model=case.model.title)


def _most(model: Model, kind: MediaKind) -> int:
    return model.max_counts.get(kind, 0) if kind in model.inputs else 0


def _most_among(model: Model, kind: MediaKind, used: Iterable[Label]) -> int:
    """The most of a kind among these: some models take fewer pictures beside a video."""
    most, fewer = _most(model, kind), model.images_beside_video
    filmed = kind is MediaKind.IMAGE and any(label.kind is MediaKind.VIDEO for label in used)
    return most if fewer is None or not filmed else min(most, fewer)


def _takes_kind(kind: MediaKind, model: Model) -> bool:
    return bool(_most(model, kind))


def _takes(model: Model, used: Mapping[Label, Attachment]) -> bool:
    """Whether a model takes that many of each kind."""
    counts = {kind: sum(label.kind is kind for label in used) for kind in MediaKind}
    return len(used) <= model.max_files and all(
        count <= _most_among(model, kind, used) for kind, count in counts.items()
    )


def _check_one(
    label: Label, file: Attachment, limits: InputLimits, transport: Transport, findings: Findings
) -> int | None:
    """How long the file will be, None where nobody knows."""
    size_bytes = file.size_bytes or 0
    if size_bytes > transport.max_download_bytes:
        mb, most = _mb(size_bytes), _mb(transport.max_download_bytes)
        findings.refuse("fault-file-too-big-for-telegram", [leaving_out([label])], label=f"@{label}", mb=mb, max=most)
    info = _told(file, limits)
    decision = plan(info, limits)
    if isinstance(decision, Refusal):
        findings.faults.append(Refusal(decision.key, [leaving_out([label])], label=f"@{label}", **decision.data))
        return None
    for note in decision.notes:
        if note.key.endswith(_SAID):
            findings.note(note.key, guessed=True, label=f"@{label}", **note.data)
    return planned_duration_ms(info, decision) if file.duration_ms else None


def _told(file: Attachment, limits: InputLimits) -> MediaInfo:
    """What Telegram tells as a measurement; harmless values stand in for what it does not."""
    width, height = (file.width, file.height) if file.width and file.height else _STAND_IN
    return MediaInfo(
        kind=file.kind,
        mime=file.mime or "",
        container="",
        size_bytes=0,
        width=width,
        height=height,
        duration_ms=file.duration_ms or int(limits.duration_ms.nearest(0)),
    )


def _check_total(told: Iterable[int | None], limits: InputLimits, findings: Findings) -> None:
    fault = refuse_total([duration_ms for duration_ms in told if duration_ms], limits)
    if fault is not None:
        findings.faults.append(fault)


def _quoted_ms(told: Iterable[int | None], limits: InputLimits) -> float:
    """The most that the videos together can last: told seconds may have been rounded down by almost one."""
    longest = limits.duration_ms.high if math.isfinite(limits.duration_ms.high) else _UNKNOWN_VIDEO_MS
    each = (longest if ms is None else min(ms + _TOLD_ROUNDED_MS, max(longest, ms)) for ms in told)
    return min(sum(each), limits.total_duration_ms)


def _check_links(videos: Sequence[Label], case: Case, transport: Transport) -> None:
    if case.model.video_by_link_only and not transport.can_link:
        mends = [
            leaving_out(videos),
            *case.another(lambda other: not other.video_by_link_only and bool(_most(other, MediaKind.VIDEO))),
        ]
        case.findings.refuse("fault-needs-public-url", mends, model=case.model.title)


def _mb(size_bytes: int) -> int:
    return math.ceil(size_bytes / (1 << 20))
