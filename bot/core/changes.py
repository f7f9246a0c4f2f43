"""What buttons changed: laid over what the text says, so that a mend needs no new message.

Mends speak these actions:

    set_duration {duration_s}   set_ratio {ratio}   set_resolution {resolution}   set_model {model}
    set_count {count}           set_preset {preset} set_seed {seed}               set_audio {audio: 0 | 1}
    set_ratios {ratios}         several, joined by commas: a video each
    replace {old, new}          a word of the text, as typed
    set_sounds {audio1: "song" | "speech", ...}               what a sound is for; said in the prompt too
    set_roles {image1: "first" | "last" | "reference", ...}   a label of the tray that gets a role is used
    leave_out {labels}      attachments that stay behind, joined by commas
    skip_lines {skip: 1}    lines of a list that can't be made are passed over
    set_words {words}       other words in the place of the text's own; "" brings those back
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.core.errors import Mend
from bot.core.request import SAID_OF, Attachment, Label, Options, ParsedRequest, Prompt, Role, Sound

_MENDS = {
    "duration_s": ("set_duration", "mend-duration", "seconds"),
    "ratio": ("set_ratio", "mend-ratio", "ratio"),
    "ratios": ("set_ratios", "mend-ratio", "ratio"),
    "resolution": ("set_resolution", "mend-resolution", "resolution"),
    "model": ("set_model", "mend-model", "model"),
    "count": ("set_count", "mend-count", "count"),
    "preset": ("set_preset", "mend-preset", "preset"),
    "seed": ("set_seed", "mend-seed", "seed"),
    "audio": ("set_audio", "mend-audio", "on"),
}
EXTRA = ("mend-replace", "mend-use", "mend-all-references", "mend-role", "mend-leave-out", "mend-skip-lines")
MAX_NAMED = 3
MEND_KEYS = (*(key for _, key, _ in _MENDS.values()), *EXTRA)


def setting(option: str, value: str | int, **shown: str | int) -> Mend:
    """A mend that sets one option; `shown` replaces what its button says.

    >>> setting("duration_s", 15).action
    'set_duration'
    """
    action, key, name = _MENDS[option]
    return Mend(action, {option: int(value) if option == "audio" else value}, key, {name: value, **shown})


def replacing(old: str, new: str) -> Mend:
    """A mend that changes a word of the text."""
    key = "mend-use" if new.startswith("@") else "mend-replace"
    return Mend("replace", {"old": old, "new": new}, key, {"text": new})


def dropping(old: str, label: Label) -> Mend:
    """A mend that takes a label, as it was typed, out of the text."""
    return Mend("replace", {"old": old, "new": ""}, "mend-leave-out", {"labels": f"@{label}"})


def leaving_out(labels: Sequence[Label]) -> Mend:
    """A mend that leaves attachments behind."""
    value = {"labels": ",".join(map(str, labels))}
    named = ", ".join(f"@{label}" for label in labels[:MAX_NAMED]) + (" …" if len(labels) > MAX_NAMED else "")
    return Mend("leave_out", value, "mend-leave-out", {"labels": named})


def skipping(count: int) -> Mend:
    """A mend that passes over so many lines of a list."""
    return Mend("skip_lines", {"skip": 1}, "mend-skip-lines", {"count": count})


def casting(roles: Mapping[Label, Role]) -> Mend:
    """A mend that gives roles. One label is named on the button; several become plain references."""
    value = {str(label): role.value for label, role in roles.items()}
    if len(roles) > 1:
        first = next((f"@{label}" for label, role in roles.items() if role is Role.FIRST), None)
        if first is not None:
            return Mend("set_roles", value, "mend-role", {"label": first, "role": Role.FIRST.value})
        return Mend("set_roles", value, "mend-all-references")
    ((label, role),) = value.items()
    return Mend("set_roles", value, "mend-role", {"label": f"@{label}", "role": role})


@dataclass(frozen=True, slots=True)
class Changes:
    """All that was tapped on a draft so far. `options` win over the text; so do `roles`.

    `words`: what is said in the place of the text's own prompt, which keeps its options and roles.
    """

    options: Options = field(default_factory=Options)
    roles: Mapping[Label, Role] = field(default_factory=dict)
    sounds: Mapping[Label, Sound] = field(default_factory=dict)
    replaced: tuple[tuple[str, str], ...] = ()
    left_out: frozenset[Label] = frozenset()
    skips: bool = False
    words: str | None = None

    def after(self, action: str, value: Mapping[str, str | int]) -> Changes:
        """With one more mend. Raises ValueError for an action that is none of ours."""
        if action == "skip_lines":
            return replace(self, skips=True)
        if action == "set_words":
            return replace(self, words=str(value["words"]) or None)
        if action == "leave_out":
            return self.without({Label.read(label) for label in str(value["labels"]).split(",")})
        if action == "replace":
            return replace(self, replaced=(*self.replaced, (str(value["old"]), str(value["new"]))))
        if action == "set_roles":
            roles = {Label.read(label): Role(str(role)) for label, role in value.items()}
            return replace(self, roles={**self.roles, **roles}, left_out=self.left_out - roles.keys())
        if action == "set_sounds":
            sounds = {Label.read(label): Sound(str(sound)) for label, sound in value.items()}
            return replace(self, sounds={**self.sounds, **sounds})
        if action in {name for name, _, _ in _MENDS.values()}:
            return replace(self, options=_with(self.options, value))
        raise ValueError(f"not a mend: {action!r}")

    def without(self, out: AbstractSet[Label]) -> Changes:
        """Without attachments that stay behind."""
        if not out:
            return self
        roles = {label: role for label, role in self.roles.items() if label not in out}
        sounds = {label: sound for label, sound in self.sounds.items() if label not in out}
        return replace(self, roles=roles, sounds=sounds, left_out=self.left_out | out)

    def sounding(self, attached: Mapping[Label, Attachment]) -> Changes:
        """With what was said of each sound before there was a draft; of what is not there any more, nothing."""
        said = {label: file.sound for label, file in attached.items() if file.sound is not None}
        there = attached.keys() - self.left_out
        return replace(self, sounds={label: use for label, use in {**said, **self.sounds}.items() if label in there})

    def cast(self, parsed: ParsedRequest) -> ParsedRequest:
        """The parsed request with the roles and the uses of sounds that were tapped, without what was left out."""
        if not self.roles and not self.sounds and not self.left_out:
            return parsed
        prompt = tuple(part for part in parsed.prompt if part not in self.left_out)
        for label, sound in self.sounds.items():
            prompt = (*prompt, _stop(prompt), label, SAID_OF[sound])
        roles = {label: role for label, role in {**parsed.roles, **self.roles}.items() if label not in self.left_out}
        return replace(parsed, prompt=prompt, roles=roles, left_out=self.left_out)

    def to_json(self) -> str:
        """Stored with the draft; `from_json` is its inverse."""
        said = {name: value for name, value in asdict(self.options).items() if value is not None}
        roles = {str(label): role.value for label, role in self.roles.items()}
        sounds = {str(label): sound.value for label, sound in self.sounds.items()}
        kept: dict[str, Any] = {"options": said, "roles": roles, "sounds": sounds, "replaced": self.replaced}
        kept |= {"left_out": sorted(map(str, self.left_out)), "skips": self.skips}
        if self.words is not None:
            kept["words"] = self.words
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Changes:
        """Reads what `to_json` wrote; `{}` is no change."""
        data = json.loads(text)
        roles = {Label.read(label): Role(role) for label, role in data.get("roles", {}).items()}
        sounds = {Label.read(label): Sound(sound) for label, sound in data.get("sounds", {}).items()}
        replaced = tuple((old, new) for old, new in data.get("replaced", ()))
        out = frozenset(map(Label.read, data.get("left_out", ())))
        options, skips = Options(**data.get("options", {})), data.get("skips", False)
        return cls(options, roles, sounds, replaced, out, skips, data.get("words"))


def _stop(prompt: Prompt) -> str:
    """What parts a sentence from the words before it."""
    last = prompt[-1] if prompt else ""
    if not isinstance(last, str):
        return ". "
    words = last.rstrip()
    return "" if not words else " " if words.endswith((".", "!", "?", "…")) else ". "


_SHAPES = ("ratio", "ratios", "preset")


def _with(options: Options, value: Mapping[str, str | int]) -> Options:
    """Ratio, ratios and preset replace each other, so the last tap counts."""
    changes: dict[str, str | int | bool | None] = dict(value)
    if "audio" in changes:
        changes["audio"] = bool(changes["audio"])
    if changes.keys() & _SHAPES:
        changes = dict.fromkeys(_SHAPES) | changes
    return replace(options, **changes)  # type: ignore[arg-type]  # the fields are those of Options
