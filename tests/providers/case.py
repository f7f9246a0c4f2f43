"""What the conformance suite must know of an adapter: one small record.

How to add a case: write `tests/providers/cases/<name>.py` with

    CASE = Case(
        adapter="ark",                               # its folder's name
        model="seedance-2.0",                        # the model that the suite asks for
        server=lambda key, renders, clock: ...,      # the embedded server, fast: nothing waits but on the clock
        config=lambda base, key: ProviderConfig(...),
        can={Can.LOOK_UP, ...},                      # what this wire can do; the rest is checked to be absent
    )

It is collected by its file's name, and the whole suite runs for it. What only some wires can do is a `Can`: a test that
needs it says `@needs(Can.X)` and runs for the cases that have it; `@lacks(Can.X)` runs for the others, and proves that
it is not there. What a *model* takes (frames, sound, a seed, ...) is read from its catalog entry, not declared again.
`test_every_declared_ability_is_exercised` holds that no `Can` goes without a test.

The server must obey the words of `words` in a prompt, keep `queue_s` 1 and `render_s` 4 seconds, and hold at most ten
tasks at once (`GateLimits` of the configuration are the defaults).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any, TypeVar

import pytest

from bot.core.catalog import Model
from bot.core.media import MediaKind
from bot.providers.config import ProviderConfig
from bot.sandbox.providers.base import Embedded
from bot.sandbox.providers.wire import Clock, Fault, Trouble
from bot.sandbox.render import VideoMaker

F = TypeVar("F", bound=Callable[..., Any])


class Can(StrEnum):
    """What a wire can do (declared), and what a model takes (derived, from `TEXT` on)."""

    LOOK_UP = auto()
    """A task is found by our own trace after a lost answer."""
    CANCEL = auto()
    """A waiting task can be stopped."""
    STOP = auto()
    """A running one too."""
    QUEUE = auto()
    """Waiting is told apart from rendering."""
    PROGRESS = auto()
    """Percent are told."""
    CALLBACKS = auto()
    """It calls back where the order says."""
    SIGNED = auto()
    """And signs that."""
    AT_ONCE = auto()
    """Content is refused in the create call; else by a task that fails."""
    EXPIRY = auto()
    """A task may run out of time there, and says so."""
    GONE = auto()
    """The record of a task may vanish: a 404 in JSON or without a body."""
    KEYED_FILES = auto()
    """An output is fetched with the key."""
    LINK_EXPIRY = auto()
    """The link of an output ends after the knob `url_lifetime_s`."""
    LAST_FRAME = auto()
    """The last frame comes with the output."""
    USAGE = auto()
    """A finished task tells what is billed."""
    BILLED_REFUSALS = auto()
    """A refused output may be billed, and tells so."""
    BODY_LIMIT = auto()
    """References travel in the create body, which may be too large (413)."""

    TEXT = auto()
    FIRST = auto()
    LAST = auto()
    REFERENCES = auto()
    SOUND = auto()
    CLIP = auto()
    SEED = auto()
    SWITCH = auto()
    NEGATIVE = auto()


DERIVED = frozenset(
    {Can.TEXT, Can.FIRST, Can.LAST, Can.REFERENCES, Can.SOUND, Can.CLIP, Can.SEED, Can.SWITCH, Can.NEGATIVE}
)


class Wish(StrEnum):
    """What a prompt may ask of an embedded server, in these words unless the case says otherwise."""

    REFUSE_TEXT = "[nsfw]"
    REFUSE_FACE = "[face]"
    REFUSE_OUTPUT = "[outvideo]"
    REFUSE_SOUND = "[outaudio]"
    REFUSE_COPY = "[copyright]"
    FAIL = "[fail]"
    EXPIRE = "[expire]"


@dataclass(frozen=True, slots=True)
class Case:
    """One adapter under test. See the head of this file."""

    adapter: str
    model: str
    server: Callable[[str, VideoMaker, Clock], Embedded]
    config: Callable[[str, str], ProviderConfig]
    can: frozenset[Can] | set[Can]
    made: Callable[[Any], int] = lambda server: len(server.tasks)
    """How many tasks the server holds."""
    label: Callable[[MediaKind, int], str] = lambda kind, number: f"@{kind.value.capitalize()}{number}"
    """How the n-th reference of a kind is called in the words that arrive."""
    broke: Fault | None = field(default_factory=lambda: Fault(Trouble.STATUS, status=402))
    """How the vendor says that there is no money left."""
    throttled: Fault = field(default_factory=lambda: Fault(Trouble.STATUS, status=429))
    """How it says: too fast."""
    unwished: frozenset[Wish] = frozenset()
    """What this wire has no way to say."""
    words: Mapping[Wish, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Where a call goes by another name: an output that lies inside the task's record is fetched by a `get`."""
    wrong: Mapping[str, Any] = field(default_factory=lambda: {"duration_s": 99})
    """An order that this house does not take."""
    key_refused: str = "provider-key-refused"
    """What the operator is told of a key that does not open the door."""

    def word(self, wish: Wish) -> str:
        """What to write into the prompt."""
        return self.words.get(wish, wish.value)


def taken_by(model: Model) -> frozenset[Can]:
    """What the suite may ask of a model."""
    images, videos, audios = (model.max_counts.get(kind, 0) for kind in MediaKind)
    found = {
        Can.TEXT: not model.needs,
        Can.FIRST: model.first_last and images >= 1,
        Can.LAST: model.first_last and model.takes_last and images >= 2,
        Can.REFERENCES: model.takes_references and images >= 2,
        Can.SOUND: model.takes_references and images >= 2 and audios >= 1,
        Can.CLIP: videos >= 1,
        Can.SEED: model.takes_seed,
        Can.SWITCH: model.takes_audio_switch,
        Can.NEGATIVE: model.takes_negative,
    }
    return frozenset(can for can, holds in found.items() if holds)


def needs(*abilities: Can) -> Callable[[F], F]:
    """The test is of cases that have all of these."""
    return pytest.mark.needs(*abilities)


def lacks(ability: Can) -> Callable[[F], F]:
    """The test is of cases that have it not."""
    return pytest.mark.lacks(ability)


def wishing(*wishes: Wish) -> Callable[[F], F]:
    """The test is of cases whose servers can be asked for this."""
    return pytest.mark.wishing(*wishes)
