"""From what was said to the whole order: every choice made against one model, or all faults at once.

Rules where the words leave a choice:
- A label that the prompt does not name comes from the message, its album or the reply: it is added in front. From the
  tray it stays unused, unless a button gave it a role.
- One picture without a role and without other media is the first frame; a frame is not named in front of the prompt,
  because its role says more than its name would.
- The ratio is the one said, else the preset's, else the default, else the nearest to the first picture or video, else
  16:9. Nearest counts as guessed when more than a twentieth of the picture would be cut.
- A model without a negative prompt gets it as a sentence of the prompt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.catalog import Model
from bot.core.errors import Faults, Refusal
from bot.core.media import MediaKind, Note
from bot.core.request import (
    Attachment,
    Label,
    Options,
    Origin,
    ParsedRequest,
    Prompt,
    Reference,
    Role,
    VideoSpec,
    render,
)
from bot.core.resolve.files import Transport, check_files
from bot.core.resolve.findings import Case, Findings
from bot.core.resolve.output import choose_duration, choose_ratio, choose_resolution, fit_seconds, given_duration
from bot.core.resolve.roles import cast

TELEGRAM_MAX_BYTES = 20 << 20
"""The most that a bot may fetch from Telegram's own server (getFile); a local Bot API server has no such limit."""

_KIND_ORDER = list(MediaKind)
_ROLE_ORDER = list(Role)


@dataclass(frozen=True, slots=True)
class Resolution:
    """A whole order and what must be said about it.

    `added`: media that the prompt did not name; `unused`: tray items that stay behind; `guessed`: something was cut or
    chosen without being asked, so it does not start without a tap; `input_video_s`: what a quote counts.
    """

    spec: VideoSpec
    unused: tuple[Label, ...] = ()
    notes: tuple[Note, ...] = ()
    guessed: bool = False
    added: tuple[Label, ...] = ()
    count: int = 1
    input_video_s: float = 0.0


def resolve(
    parsed: ParsedRequest,
    labelled: Mapping[Label, Attachment],
    model: Model,
    defaults: Options,
    *,
    can_link: bool,
    faults: Sequence[Refusal] = (),
    others: Sequence[Model] = (),
    max_download_bytes: int = TELEGRAM_MAX_BYTES,
) -> Resolution:
    """Raises Faults with all that is wrong, `faults` of the text first. `others` are models that a mend may offer."""
    findings = Findings([*faults])

    def faults_at(other: Model) -> frozenset[str]:
        try:
            resolve(parsed, labelled, other, defaults, can_link=can_link, max_download_bytes=max_download_bytes)
        except Faults as refused:
            return frozenset(fault.key for fault in refused.faults)
        return frozenset()

    case = Case(parsed.options, defaults, model, others, findings, faults_at)
    used, added, unused = _share_out(parsed, labelled)
    roles = cast(used, parsed.roles, model, findings)
    used.sort(key=lambda label: (_ROLE_ORDER.index(roles[label]), _KIND_ORDER.index(label.kind), label.ordinal))
    files = {label: labelled[label] for label in used}
    input_video_s = check_files(files, case, Transport(can_link, max_download_bytes))
    references = tuple(Reference(label, roles[label], file.media_id) for label, file in files.items())
    prompt, negative = _worded(parsed, [label for label in added if roles[label] is Role.REFERENCE], case)
    _check_prompt(prompt, references, case)
    spec = replace(_order(case, files, roles, input_video_s), prompt=prompt, references=references, negative=negative)
    if findings.faults:
        raise Faults([fit_seconds(fault, model.seconds_of(spec)) for fault in findings.faults])
    return Resolution(
        spec=spec,
        unused=tuple(unused),
        notes=tuple(findings.notes),
        guessed=findings.guessed,
        added=tuple(added),
        count=parsed.options.count or defaults.count or 1,
        input_video_s=input_video_s,
    )


def ordinals(spec: VideoSpec) -> dict[Label, int]:
    """1-based numbers per kind in the order in which the references are sent, without gaps, for a provider's wire."""
    numbers: dict[Label, int] = {}
    counts: dict[MediaKind, int] = {}
    for reference in spec.references:
        kind = reference.label.kind
        counts[kind] = counts.get(kind, 0) + 1
        numbers[reference.label] = counts[kind]
    return numbers


def prompt_length(words: str, model: Model) -> int:
    """Code points; UTF-16 units (two for 🐈) where the model counts so."""
    return len(words.encode("utf-16-le")) // 2 if model.prompt_in_utf16 else len(words)


def _share_out(
    parsed: ParsedRequest, labelled: Mapping[Label, Attachment]
) -> tuple[list[Label], list[Label], list[Label]]:
    """Used, of these the ones that the prompt does not name, and unused."""
    named = {part for part in parsed.prompt if isinstance(part, Label)} & labelled.keys()
    wanted = named | (parsed.roles.keys() & labelled.keys())
    there = {label: file for label, file in labelled.items() if label not in parsed.left_out}
    used = [label for label, file in there.items() if label in wanted or file.origin is not Origin.TRAY]
    added = [label for label in used if label not in named]
    return used, added, [label for label in labelled if label not in used]


def _worded(parsed: ParsedRequest, in_front: Iterable[Label], case: Case) -> tuple[Prompt, str | None]:
    """The prompt with what is added to it, and the negative one where the model has such a thing."""
    _note_stripped(parsed.stripped, case.findings)
    prompt: list[str | Label] = []
    for label in in_front:
        prompt += [label, " "]
    prompt += parsed.prompt
    negative = parsed.options.negative
    if negative is None or case.model.takes_negative:
        return tuple(prompt), negative
    case.findings.note("note-negative-in-prompt", negative=negative)
    words = render(tuple(prompt), str)
    stop = "" if not words else " " if words.endswith((".", "!", "?", "…")) else ". "
    return (*prompt, f"{stop}Avoid: {negative}"), None


def _note_stripped(stripped: Sequence[str], findings: Findings) -> None:
    if stripped:
        findings.note("note-flags-removed", guessed=True, flags=" ".join(stripped))


def _check_prompt(prompt: Prompt, references: Sequence[Reference], case: Case) -> None:
    """Labels count as `Image 1`; a prompt may be empty beside media."""
    words = render(prompt, lambda label: f"{label.kind.value.title()} {label.ordinal}")
    count, most = prompt_length(words, case.model), case.model.prompt_max_chars
    if not references and not any(char.isalnum() for char in words):
        case.findings.refuse("fault-empty")
    if count > most:
        roomier = case.another(lambda other: prompt_length(words, other) <= other.prompt_max_chars)
        case.findings.refuse("fault-prompt-too-long", roomier, count=count, max=most, over=count - most)


def _order(
    case: Case, files: Mapping[Label, Attachment], roles: Mapping[Label, Role], input_video_s: float
) -> VideoSpec:
    """The choices; words and references come on top."""
    given = {roles[label] for label in files if label.kind is not MediaKind.AUDIO}
    framed = Role.FIRST in given
    resolution = choose_resolution(case, framed=framed)
    referenced, ended = Role.REFERENCE in given, Role.LAST in given
    duration_s = given_duration(case, input_video_s) or choose_duration(
        case, resolution, referenced=referenced, ended=ended
    )
    sizes = case.model.sizes_for(framed=framed)
    ratio = choose_ratio(case, [ratio for made, ratio in sizes if made == resolution], files)
    width, height = sizes[resolution, ratio]
    return VideoSpec(
        model=case.model.id,
        prompt=(),
        references=(),
        duration_s=duration_s,
        resolution=resolution,
        ratio=ratio,
        width=width,
        height=height,
        audio=_sound(case, {label.kind for label in files}),
        seed=_seed(case),
        spoiler=case.defaults.spoiler if case.said.spoiler is None else case.said.spoiler,
    )


def _sound(case: Case, kinds: Collection[MediaKind]) -> bool:
    said, model = case.said.audio, case.model
    hushed = model.silent_with_video and MediaKind.VIDEO in kinds
    if hushed or not model.makes_sound:
        if hushed or said:
            case.findings.note("note-no-sound", guessed=bool(said), model=model.title)
        return False
    if case.model.takes_audio_switch:
        return (case.defaults.audio if said is None else said) is not False
    if said is False:
        case.findings.note("note-sound-stays", guessed=True, model=case.model.title)
    return True


def _seed(case: Case) -> int | None:
    if case.said.seed is None or case.model.takes_seed:
        return case.said.seed
    case.findings.note("note-seed-ignored", guessed=True, model=case.model.title)
    return None
