"""Labels in a text: `@image1`, `@Photo 2`, `@фото1`; and the roles that stand right after them.

A role is one of `first | last | reference` (also `start`, `end`, `ref`, `первый`, `последний`, `референс`), with or
without `as`, `frame`, `кадр` and brackets. It is understood as an option and taken out of the prompt only where it
can't be prose: in brackets; with `frame` or `кадр`; or before the end of the text, of the line or of the clause,
another label, or an option. "@image1 first runs, then jumps" keeps its word. First and last are for pictures only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.changes import dropping, replacing
from bot.core.errors import Refusal
from bot.core.media import MediaKind
from bot.core.parsing.cleaning import DASHES, HOLE
from bot.core.request import Label, Prompt, Role

_WORDS: Mapping[MediaKind, str] = {
    MediaKind.IMAGE: "image|img|photo|picture|pic|фото|фотка|картинк[аиуе]|изображени[ея]",
    MediaKind.VIDEO: "video|vid|clip|видео|ролик",
    MediaKind.AUDIO: "audio|voice|song|music|sound|аудио|голос|песн[яюи]|музык[аиуе]|звук",
}
_LETTER = "[A-Za-z0-9_Ѐ-ӿ]"
_LABEL = re.compile(
    rf"[@＠﹫](?:{'|'.join(f'(?P<{kind.value}>{words})' for kind, words in _WORDS.items())})"
    rf"(?:(?:[_#№{DASHES}]?|[ ](?!\d+[:x×/∶.,]\d))(?P<number>\d{{1,9}}))?(?!{_LETTER})",
    re.IGNORECASE,
)
_LETTER_BEFORE = re.compile(f"{_LETTER}$")

_ROLE_WORDS: Mapping[Role, str] = {
    Role.FIRST: "first|start(?:ing)?|перв(?:ый|ым|ая)|начальн(?:ый|ым)",
    Role.LAST: "last|end(?:ing)?|последн(?:ий|им|яя)|конечн(?:ый|ым)",
    Role.REFERENCE: "reference|ref|референс",
}
_ROLE_WORD = "|".join(f"(?P<{role.value}>{words})" for role, words in _ROLE_WORDS.items())
_PHRASE = rf"(?:as (?:the |a )?|как )?(?:{_ROLE_WORD})(?P<frame>[ -](?:frame|кадр(?:ом)?))?(?!\w)"
_BRACKETS = re.compile(rf" ?\( ?{_PHRASE} ?\)", re.IGNORECASE)
_OPEN = re.compile(rf" ?[:=]? ?{_PHRASE}", re.IGNORECASE)
_CLAUSE_END = re.compile(rf" *(?:$|[\n,.;:!?){HOLE}]|[{DASHES}]|(?:and |и |then |& ?)?[@＠﹫])", re.IGNORECASE)
MAX_CHOICES = 3


@dataclass(frozen=True, slots=True)
class References:
    """A text with its labels found. Labels without an attachment stay as words, each with a fault."""

    prompt: Prompt
    roles: Mapping[Label, Role] = field(default_factory=dict)
    faults: tuple[Refusal, ...] = ()


def is_label(word: str) -> bool:
    """Whether a word after @ means an attachment, in any language.

    >>> is_label("Photo2"), is_label("голос"), is_label("photographer")
    (True, True, False)
    """
    return _LABEL.fullmatch(f"@{word}") is not None


def find_references(text: str, attached: Mapping[MediaKind, int]) -> References:
    """Splits a text at its labels; `attached` counts what there is of each kind."""
    parts: list[str | Label] = []
    roles: dict[Label, Role] = {}
    faults: dict[str, Refusal] = {}
    at = 0
    matches = [*_labels(text)]
    named = {_named(match) for match in matches}
    for match in matches:
        label = _meant(match, attached, named)
        if isinstance(label, Refusal):
            faults.setdefault(match[0], label)
            continue
        parts += [text[at : match.start()], label]
        role, at = _role(text, match.end(), label)
        if role is not None:
            roles[label] = role
    return References((*parts, text[at:]), roles, tuple(faults.values()))


def _labels(text: str) -> Iterator[re.Match[str]]:
    """Labels that are not the inside of an e-mail address or a longer name; one may follow another at once."""
    end = 0
    for match in _LABEL.finditer(text):
        if match.start() == end or not _LETTER_BEFORE.search(text, 0, match.start()):
            end = match.end()
            yield match


def _named(match: re.Match[str]) -> Label:
    kind = next(kind for kind in MediaKind if match[kind.value] is not None)
    return Label(kind, int(match["number"] or 1))


def _meant(match: re.Match[str], attached: Mapping[MediaKind, int], named: Collection[Label]) -> Label | Refusal:
    """A label without its attachment may be another that nothing names yet, or be left out of the text."""
    label = _named(match)
    kind, count = label.kind, attached.get(label.kind, 0)
    if match["number"] is None and count > 1:
        choices = [replacing(match[0], f"@{Label(kind, n)}") for n in range(1, min(count, MAX_CHOICES) + 1)]
        return Refusal("fault-which-attachment", choices, label=match[0], kind=kind.value, count=count)
    if 1 <= label.ordinal <= count:
        return label
    free = [other for n in range(count, 0, -1) if (other := Label(kind, n)) not in named]
    mends = [*(replacing(match[0], f"@{other}") for other in free[:1]), dropping(match[0], label)]
    return Refusal("fault-no-attachment", mends, label=f"@{label}", kind=kind.value, count=count)


def _role(text: str, at: int, label: Label) -> tuple[Role | None, int]:
    """The role that stands at `at`, and where the prompt goes on."""
    match = _BRACKETS.match(text, at) or _OPEN.match(text, at)
    if match is None or not _is_option(match):
        return None, at
    role = next(role for role in Role if match[role.value] is not None)
    if role is not Role.REFERENCE and label.kind is not MediaKind.IMAGE:
        return None, at
    return role, match.end()


def _is_option(match: re.Match[str]) -> bool:
    if match.re is _BRACKETS or match["frame"]:
        return True
    return _CLAUSE_END.match(match.string, match.end()) is not None
