"""What a person or a chat wants unless it is said otherwise, and the one order in which all of that counts.

    locked by the topic or the chat ▶ a tap ▶ the words ▶ a preset ▶ the video that it comes from ▶ the person's
        ▶ the topic's ▶ the chat's ▶ the service's

A topic is its chat, said more exactly: what is set for it stands in the place of the chat's, under the chat's lock too,
and so below a person's own as the chat's does (SPEC, "Which model"). What a topic is to be made of whoever asks, its
administrators lock there.

A tap and a preset are in the options that were said (`core.parsing`, `core.resolve.output`); the service's own values
stand where a model is chosen and an output is sized. The rest is written here, once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.errors import Refusal
from bot.core.media import Note
from bot.core.request import Options, ParsedRequest, Prompt, render
from bot.core.resolve import Resolution
from bot.core.wordlist import has_one_of

ON = "on"
"""Of what is either wanted or not."""
OFFER, DO = "offer", "do"
"""After a stuck job a smaller video is offered, or made at once."""

LOCKABLE = ("model", "ratio", "duration_s", "resolution")
"""What a chat may fix for all its members."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Set by a person for themselves, or by a chat's administrators for it; None is "not set".

    `quiet`: from which hour to which nothing makes a sound. `spoiler`: videos come covered. `protect` (a chat's):
    Telegram lets nobody forward or save them. `locked` (a chat's): those of its options that hold
    whatever is said.
    """

    model: str | None = None
    ratio: str | None = None
    duration_s: int | None = None
    resolution: str | None = None
    confirm_above_microusd: int | None = None
    zone: str | None = None
    quiet: tuple[int, int] | None = None
    downgrade: str | None = None
    locked: frozenset[str] = frozenset()
    spoiler: str | None = None
    protect: str | None = None

    @property
    def options(self) -> Options:
        return Options(model=self.model, ratio=self.ratio, duration_s=self.duration_s, resolution=self.resolution)

    @property
    def locks(self) -> Options:
        """The options that hold whatever is said."""
        return Options(**{name: getattr(self, name) for name in LOCKABLE if name in self.locked})

    def with_value(self, name: str, value: object) -> Preferences:
        """With one of them set; None takes it back, and its lock with it."""
        changed = replace(self, **{name: value})  # type: ignore[arg-type]  # fields by name, checked by who offers them
        return changed if value is not None else replace(changed, locked=self.locked - {name})

    def within(self, chat: Preferences) -> Preferences:
        """A chat's as they hold in its topic, whose own these are: each option that the topic sets is the topic's.

        >>> Preferences(model="b").within(Preferences(model="a", ratio="1:1", locked=frozenset({"model"}))).locks.model
        'b'
        """
        own = {name: getattr(self, name) for name in LOCKABLE if getattr(self, name) is not None}
        return replace(chat, **own, locked=chat.locked | (self.locked & own.keys()))

    def with_lock(self, name: str) -> Preferences:
        """With one of them held for all, or held no more."""
        return replace(self, locked=self.locked ^ {name})

    def is_quiet(self, at_ms: int, zone: ZoneInfo) -> bool:
        """Whether nothing should make a sound at a moment, told the zone of who set it."""
        if self.quiet is None:
            return False
        start, end = self.quiet
        hour = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).hour
        return start <= hour < end if start < end else hour >= start or hour < end

    def to_json(self) -> str:
        """Stored with its owner; `from_json` is its inverse."""
        said = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps({**said, "locked": sorted(self.locked)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Preferences:
        """Reads what `to_json` wrote, of this version or a later one; `{}` is none."""
        if text == "{}":
            return NOTHING_SET
        known = {each.name for each in fields(cls)}
        data: dict[str, Any] = {name: value for name, value in json.loads(text).items() if name in known}
        data["locked"] = frozenset(data.get("locked", ()))
        data["quiet"] = tuple(data["quiet"]) if data.get("quiet") else None
        return cls(**data)


NOTHING_SET = Preferences()


def first_set(*layers: Options) -> Options:
    """Each option as the first of the layers that sets it has it.

    >>> first_set(Options(ratio="9:16"), Options(ratio="1:1", duration_s=8)).duration_s
    8
    """
    chosen: dict[str, Any] = {}
    for layer in layers:
        for each in fields(Options):
            value = getattr(layer, each.name)
            if value is not None:
                chosen.setdefault(each.name, value)
    return Options(**chosen)


@dataclass(frozen=True, slots=True)
class Told:
    """What has to be said of a request: options that the chat decided, and names that are almost saved ones."""

    overruled: tuple[str, ...] = ()
    near: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a request is read, beside its words: what holds unless said, what holds whatever is said, and
    the names in the asker's library. `refused_words` are folded phrases that are not taken; `phrases` the asker's saved
    words by folded name.
    """

    defaults: Options = field(default_factory=Options)
    locks: Options = field(default_factory=Options)
    names: tuple[str, ...] = ()
    refused_words: tuple[str, ...] = ()
    phrases: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, parent: Options, person: Preferences, chat: Preferences, names: Iterable[str] = ()) -> Terms:
        """The order of the layers."""
        return cls(first_set(parent, person.options, chat.options), chat.locks, tuple(names))

    def takes(self, prompt: Prompt, negative: str | None) -> bool:
        """Whether none of the refused words is in it."""
        return not has_one_of(self.refused_words, render(prompt, str), negative or "")

    def model(self, said: str | None, offered: Iterable[str]) -> str | None:
        """The model that is wanted; a preferred one that is offered no more is passed over."""
        preferred = self.defaults.model
        return said or (preferred if preferred in {*offered, "auto"} else None)

    def lay_over(self, parsed: ParsedRequest) -> tuple[ParsedRequest, tuple[str, ...]]:
        """The request as the chat allows it, and the options that were said otherwise."""
        said, locks = parsed.options, self.locks
        fixed = {name: getattr(locks, name) for name in LOCKABLE if getattr(locks, name) is not None}
        overruled = tuple(name for name in fixed if getattr(said, name) not in {None, fixed[name]})
        if "ratio" in fixed and (said.preset is not None or said.ratios is not None):
            fixed, overruled = {**fixed, "preset": None, "ratios": None}, (*overruled, "ratio")
        return replace(parsed, options=replace(said, **fixed)), tuple(dict.fromkeys(overruled))

    def noted(self, resolution: Resolution, told: Told) -> Resolution:
        """With a note for all that is not as it was said: such a request waits for a tap."""
        notes = [Note("note-locked", {"option": name, "value": _shown(self.locks, name)}) for name in told.overruled]
        notes += [Note("note-name-near", {"name": name, "near": near}) for name, near in told.near]
        if not notes:
            return resolution
        return replace(resolution, notes=(*resolution.notes, *notes), guessed=True)


NO_TERMS = Terms()


def _shown(options: Options, name: str) -> str:
    return str(getattr(options, name))


def options_json(options: Options) -> str:
    """Options as JSON, those that are set."""
    return json.dumps({name: value for name, value in asdict(options).items() if value is not None}, ensure_ascii=False)


def options_from(text: str) -> Options:
    """The inverse of `options_json`; unknown ones are passed over."""
    known = {each.name for each in fields(Options)}
    data: Mapping[str, Any] = json.loads(text)
    return Options(**{name: value for name, value in data.items() if name in known})


def quiet_of(text: str) -> tuple[int, int]:
    """`22-7` as hours. Raises Refusal.

    >>> quiet_of("22-7")
    (22, 7)
    """
    start, _, end = text.partition("-")
    if not (start.isdigit() and end.isdigit() and int(start) < 24 and int(end) < 24 and int(start) != int(end)):
        raise Refusal("settings-no-hours")
    return int(start), int(end)
