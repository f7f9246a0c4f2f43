"""What each reference does: frames are pictures, alone or as a pair, unless a model mixes them with references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.catalog import Model
from bot.core.changes import casting
from bot.core.errors import Mend
from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.core.resolve.findings import Findings

_PAIR = 2


def cast(labels: Sequence[Label], said: Mapping[Label, Role], model: Model, findings: Findings) -> dict[Label, Role]:
    """A role for each label; what can't stand together is a fault."""
    if len(labels) == 1 and labels[0].kind is MediaKind.IMAGE and labels[0] not in said and model.first_last:
        return {labels[0]: Role.FIRST}
    if model.first_last and not model.takes_references:
        said = {**_as_frames(labels, model), **said}
    roles = {label: said.get(label, Role.REFERENCE) if _may_frame(label) else Role.REFERENCE for label in labels}
    _check(roles, model, findings)
    return roles


def _as_frames(labels: Sequence[Label], model: Model) -> dict[Label, Role]:
    """Where pictures are nothing but frames: the first opens the video, the second ends it."""
    roles = (Role.FIRST, Role.LAST) if model.takes_last else (Role.FIRST,)
    return dict(zip(filter(_may_frame, labels), roles, strict=False))


def _may_frame(label: Label) -> bool:
    return label.kind is MediaKind.IMAGE


def _check(roles: Mapping[Label, Role], model: Model, findings: Findings) -> None:
    firsts, lasts, others = (_having(roles, role) for role in Role)
    frames = [*firsts, *lasts]
    if not model.takes_references and any(map(_may_frame, others)):
        most = 2 if model.takes_last else 1
        findings.refuse("fault-frames-only", _frame_mends(others, frames), model=model.title, max=most)
        return
    if not frames:
        return
    as_references = casting(dict.fromkeys(frames, Role.REFERENCE))
    if not model.first_last:
        findings.refuse("fault-no-frames", [as_references], model=model.title)
    elif lasts and not model.takes_last:
        findings.refuse("fault-no-last-frame", _frame_mends(lasts, firsts), model=model.title)
    elif max(len(firsts), len(lasts)) > 1:
        role = "first" if len(firsts) > 1 else "last"
        findings.refuse("fault-frame-twice", [*_pairs(list(roles)), as_references], role=role)
    elif not firsts:
        starts = [casting({label: Role.FIRST}) for label in (*filter(_may_frame, others), *lasts)]
        findings.refuse("fault-last-without-first", [*starts[:_PAIR], as_references], label=f"@{lasts[0]}")
    elif others and not model.frames_mix_with_references:
        ends = [casting({label: Role.LAST}) for label in others if len(roles) == _PAIR and _may_frame(label)]
        findings.refuse("fault-frames-mixed", [*ends, as_references], model=model.title)


def _pairs(labels: Sequence[Label]) -> list[Mend]:
    """Two pictures and nothing else: either may open the video, the other ends it."""
    if len(labels) != _PAIR or not all(map(_may_frame, labels)):
        return []
    one, other = labels
    return [casting({a: Role.FIRST, b: Role.LAST}) for a, b in ((one, other), (other, one))]


def _frame_mends(labels: Sequence[Label], frames: Sequence[Label]) -> list[Mend]:
    """One tap makes a picture the first frame where there is none yet."""
    return [] if frames else [casting({label: Role.FIRST}) for label in list(filter(_may_frame, labels))[:_PAIR]]


def _having(roles: Mapping[Label, Role], role: Role) -> list[Label]:
    return [label for label, given in roles.items() if given is role]
