"""A request: what a person asked for, from its words to the order that a provider gets.

    text + attachments ──parsing──▶ ParsedRequest ──resolve──▶ VideoSpec ──a provider's wire──▶ its own JSON

Labels are `@image1`, `@video1`, `@audio1`: kind and ordinal (1-based, counted within the kind) in the fixed order
message, album, reply, tray.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.core.media import MediaKind


class Role(StrEnum):
    """What a reference does in the video."""

    FIRST = "first"
    LAST = "last"
    REFERENCE = "reference"


class Sound(StrEnum):
    """What a sound is for, where its sender said so."""

    SONG = "song"
    SPEECH = "speech"


SAID_OF = {Sound.SONG: " is the soundtrack.", Sound.SPEECH: " is the voice that speaks."}
"""As the models are told behind the prompt: in English, whatever language that has."""
SOUND_OF: Mapping[object, Sound] = {said: sound for sound, said in SAID_OF.items()}
STOPS = (". ", " ", "")
"""What parts it from the words before, as a part of its own."""


class Origin(StrEnum):
    """Where an attachment came from, in the order in which labels are given."""

    PARENT = "parent"
    MESSAGE = "message"
    REPLY = "reply"
    LIBRARY = "library"
    TRAY = "tray"
    BROUGHT = "brought"


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """`@image1`: a kind and a 1-based ordinal within it."""

    kind: MediaKind
    ordinal: int

    def __str__(self) -> str:
        return f"{self.kind.value}{self.ordinal}"

    @classmethod
    def read(cls, text: str) -> Label:
        """The inverse of str(): `image1`. Raises ValueError."""
        for kind in MediaKind:
            if text.startswith(kind.value):
                return cls(kind, int(text.removeprefix(kind.value)))
        raise ValueError(f"not a label: {text!r}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """What Telegram tells of one attached file, before anything is fetched. Unknown numbers are None.

    `name`: of a saved reference, as it is found in a text. `is_out`: it was taken out again; its label stays its own.
    """

    media_id: int
    kind: MediaKind
    origin: Origin = Origin.MESSAGE
    mime: str | None = None
    size_bytes: int | None = None
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    sound: Sound | None = None
    name: str | None = None
    is_out: bool = False


Prompt = tuple[str | Label, ...]
"""The words with the references inside them: `("", Label(image, 1), " sings")`."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the text (or a button) asks for; None is "not said". `ratios`: several, joined by commas, a video each.
    `spoiler`: whether it comes covered, until a tap.
    """

    model: str | None = None
    ratio: str | None = None
    duration_s: int | None = None
    resolution: str | None = None
    seed: int | None = None
    count: int | None = None
    audio: bool | None = None
    negative: str | None = None
    preset: str | None = None
    ratios: str | None = None
    spoiler: bool | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """One labelled attachment of a resolved request."""

    label: Label
    role: Role
    media_id: int


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """The text, understood; nothing checked against a model yet.

    `roles` are those that the text gave (`@image1 first`); `stripped` the provider flags that were taken out;
    `left_out` the attachments that a button left behind.
    """

    prompt: Prompt
    options: Options = field(default_factory=Options)
    roles: Mapping[Label, Role] = field(default_factory=dict)
    stripped: tuple[str, ...] = ()
    left_out: frozenset[Label] = frozenset()


def versions(parsed: ParsedRequest) -> tuple[ParsedRequest, ...]:
    """The same request once for each ratio that it asks for; most ask for one, or for none."""
    if parsed.options.ratios is None:
        return (parsed,)
    options = [replace(parsed.options, ratio=ratio, ratios=None) for ratio in parsed.options.ratios.split(",")]
    return tuple(replace(parsed, options=one) for one in options)


@dataclass(frozen=True, slots=True)
class VideoSpec:
    """The whole order, provider-neutral: every choice made, nothing to guess.

    `width`/`height` are the output's pixels for the model, ratio and resolution; `ratio` is never "adaptive" here
    unless the mode takes nothing else. `seed` None lets the model choose. `spoiler` None: as the settings have it
    when it is sent.
    """

    model: str
    prompt: Prompt
    references: tuple[Reference, ...]
    duration_s: int
    resolution: str
    ratio: str
    width: int
    height: int
    audio: bool = True
    seed: int | None = None
    negative: str | None = None
    spoiler: bool | None = None

    def words(self, name: Callable[[Label], str] = lambda label: f"@{label}") -> str:
        """The prompt as one text, references in the words of `name`."""
        return render(self.prompt, name)

    def own_words(self, name: Callable[[Label], str] = lambda label: f"@{label}") -> str:
        """The prompt as its person wrote it: without what the models are told of its sounds."""
        return render(self._own()[0], name)

    def sounds(self) -> dict[Label, Sound]:
        """What the models are told of its sounds."""
        return self._own()[1]

    def _own(self) -> tuple[Prompt, dict[Label, Sound]]:
        prompt, sounds = self.prompt, dict[Label, Sound]()
        while (
            prompt[-3:-2]
            and prompt[-3] in STOPS
            and isinstance(label := prompt[-2], Label)
            and (sound := SOUND_OF.get(prompt[-1]))
        ):
            prompt, sounds[label] = prompt[:-3], sound
        return prompt, sounds

    def to_json(self) -> str:
        """Stored with the job; `from_json` is its inverse."""
        return json.dumps(
            {
                "model": self.model,
                "prompt": [part if isinstance(part, str) else {"label": str(part)} for part in self.prompt],
                "references": [
                    {"label": str(ref.label), "role": ref.role.value, "media_id": ref.media_id}
                    for ref in self.references
                ],
                "duration_s": self.duration_s,
                "resolution": self.resolution,
                "ratio": self.ratio,
                "width": self.width,
                "height": self.height,
                "audio": self.audio,
                "seed": self.seed,
                "negative": self.negative,
                "spoiler": self.spoiler,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> VideoSpec:
        """Reads what `to_json` wrote."""
        data = json.loads(text)
        data["prompt"] = tuple(part if isinstance(part, str) else Label.read(part["label"]) for part in data["prompt"])
        data["references"] = tuple(
            Reference(Label.read(ref["label"]), Role(ref["role"]), ref["media_id"]) for ref in data["references"]
        )
        return cls(**data)


def render(prompt: Prompt, name: Callable[[Label], str]) -> str:
    """A prompt in somebody's words for references."""
    return "".join(part if isinstance(part, str) else name(part) for part in prompt).strip()


def label_attachments(attachments: Sequence[Attachment]) -> dict[Label, Attachment]:
    """Labels by kind in the order given."""
    counts: dict[MediaKind, int] = {}
    labelled: dict[Label, Attachment] = {}
    for attachment in attachments:
        counts[attachment.kind] = counts.get(attachment.kind, 0) + 1
        labelled[Label(attachment.kind, counts[attachment.kind])] = attachment
    return labelled
