"""Every error that is raised on purpose, sorted by what its reader must do.

    KinetogramError
    ├── Refusal              tell the person; never repeated, nothing charged
    │   ├── Faults           several refusals of one request, said together
    │   ├── InLine           those of one line of a list
    │   ├── ContentRefused   a policy refused the words, a picture or the output
    │   └── LimitReached     a rate or a budget says no
    ├── MediaUnreadable      the file broke, or broke the child that read it (a Refusal too)
    ├── Transient            try again, not before `retry_after_s`
    │   └── Throttled        the other side asked us to slow down
    ├── NotTaken             a create call that was provably not taken: free to send again
    ├── Uncertain            a create call that may have been taken: look it up, never send it again blindly
    ├── OperatorFault        a key, a balance or an address is wrong: pause the provider, alert, tell what to change
    │   └── OutputTooBig     a finished video is larger than is kept: lost, the same at every try
    └── Defect               our bug: log it whole, tell the person in one calm sentence

An error carries a text key and data, never a sentence: `bot/texts` owns the words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Data = Mapping[str, str | int | float]


class KinetogramError(Exception):
    """Base of all; `key` names a text, `data` its parameters."""

    def __init__(self, key: str, **data: str | float) -> None:
        super().__init__(key, data)
        self.key = key
        self.data: Data = data

    def __str__(self) -> str:
        return f"{self.key} {dict(self.data)}" if self.data else self.key


@dataclass(frozen=True, slots=True)
class Mend:
    """One tap that repairs a fault: `action` is applied to the draft, `key`/`data` label its button.

    >>> Mend("set_duration", {"duration_s": 15}, "mend-duration", {"seconds": 15}).action
    'set_duration'
    """

    action: str
    value: Mapping[str, str | int]
    key: str
    data: Data = field(default_factory=dict)


class Refusal(KinetogramError):
    """Tell the person what to do. `mends` become buttons."""

    def __init__(self, key: str, mends: Sequence[Mend] = (), **data: str | float) -> None:
        super().__init__(key, **data)
        self.mends = tuple(mends)


class Faults(Refusal):
    """All faults of one request, in the order in which they are said."""

    def __init__(self, faults: Sequence[Refusal]) -> None:
        super().__init__("faults", count=len(faults))
        self.faults = tuple(faults)


class InLine(Refusal):
    """What is wrong with one line of a list; `number` counts as an editor does."""

    def __init__(self, number: int, faults: Faults, mends: Sequence[Mend] = ()) -> None:
        super().__init__("fault-in-line", mends, number=number)
        self.number = number
        self.faults = faults


class ContentRefused(Refusal):
    """A policy refused. `key`: one of refused-text, refused-face, refused-media, refused-output,
    refused-copyright.
    """


class LimitReached(Refusal):
    """A limit says no; `key` names it, `data` holds what is left and when it resets.

    `lacks_microusd`: so much more money of the payer's own would lift it; 0 where money alone does not.
    """

    lacks_microusd: int = 0


class MediaUnreadable(Refusal):
    """The file can't be read (broken, a bomb, too long to decode)."""


class Transient(KinetogramError):
    """Worth another try, not before `retry_after_s` (None: the caller's own back-off)."""

    def __init__(self, key: str, retry_after_s: float | None = None, **data: str | float) -> None:
        super().__init__(key, **data)
        self.retry_after_s = retry_after_s


class Throttled(Transient):
    """429: the other side's pace, not a fault of ours."""


class NotTaken(Transient):
    """A create call that was provably not taken (no connection, 429, 503): the same call may go out again."""


class Uncertain(KinetogramError):
    """A create call that may have been taken (time-out, reset, 5xx, unreadable 2xx)."""


class OperatorFault(KinetogramError):
    """The operator must change something; the provider is paused and nothing is charged."""


class OutputTooBig(OperatorFault):
    """A finished video is larger than the service keeps; `data` says how much that is."""

    def __init__(self, host: str, max_bytes: int) -> None:
        super().__init__("output-too-big", host=host, max_mb=round(max_bytes / 1_000_000))


class Defect(KinetogramError):
    """Ours: an invariant did not hold."""
