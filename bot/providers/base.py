"""The one shape of every provider of video.

A provider raises only the errors of `bot.core.errors`:
on `submit` NotTaken, Uncertain, Refusal, ContentRefused or OperatorFault; elsewhere Transient or OperatorFault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Protocol, runtime_checkable

from bot.core.catalog import Model, Offer, Usage
from bot.core.errors import KinetogramError
from bot.core.media import MediaInfo
from bot.core.request import Reference, VideoSpec


@dataclass(frozen=True, slots=True)
class PreparedReference:
    """A reference whose file is ready to go out. `url` is a signed, expiring link of our own, or None without one."""

    reference: Reference
    path: Path
    info: MediaInfo
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """All that a create call needs. `trace` is opaque (≤ 64 chars) and echoed by providers that can, for look-ups.

    `key_name`: the key that was chosen for it, where there are several. `model`: what is known of the model ordered,
    which may be the operator's own; None where the built-in facts hold.
    """

    spec: VideoSpec
    wire_id: str
    references: tuple[PreparedReference, ...]
    trace: str
    callback_url: str | None = None
    deadline_s: int = 1800
    key_name: str = ""
    model: Model | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A provider's task: its id and the name of the key that made it."""

    id: str
    key_name: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """In the provider's own queue."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """At work; `percent` 0–100 where the provider tells."""

    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Ready to be fetched. `receipt` is for people: model version, seed, resolution, ... as reported."""

    video_url: str
    usage: Usage
    last_frame_url: str | None = None
    receipt: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """Over without an output. `error` says why; `billed` is what the provider charges all the same."""

    error: KinetogramError
    kind: Literal["failed", "expired", "cancelled", "gone"] = "failed"
    billed: Usage | None = None


NO_HEADERS: Mapping[str, str] = MappingProxyType({})

Status = Waiting | Rendering | Succeeded | Ended


@dataclass(frozen=True, slots=True)
class Found:
    """The look-up met our task."""

    task: Task


@dataclass(frozen=True, slots=True)
class Absent:
    """One complete listing did not hold it."""


@dataclass(frozen=True, slots=True)
class CannotLookUp:
    """This provider has no way to ask."""


LookUp = Found | Absent | CannotLookUp
CancelOutcome = Literal["cancelled", "running", "finished", "unsupported"]


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A streamed download: bytes on disk, unmodified."""

    size_bytes: int
    sha256: str
    mime: str


@dataclass(frozen=True, slots=True)
class Ping:
    """What `doctor` shows of one key: asked at no cost."""

    ok: bool
    key: str
    data: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sought:
    """An order whose create call may have been taken, for a provider that keeps no mark of ours.

    The call was out between `since_ms` and `until_ms`; `trace` tells this order from every other. `held` are ids of
    tasks that other jobs hold; `rivals` says that another order of ours to this provider has no answer either.
    """

    spec: VideoSpec
    wire_id: str
    trace: str
    key_name: str
    since_ms: int
    until_ms: int
    held: frozenset[str] = frozenset()
    rivals: bool = False


@runtime_checkable
class SeeksByOrder(Protocol):
    """A provider that echoes no trace, but lists tasks with what was ordered."""

    async def seek(self, sought: Sought) -> LookUp:
        """Whether it has a task that can only be this order's. `look_up` is not asked then."""
        ...


@runtime_checkable
class SignsEvents(Protocol):
    """A provider that calls one address for the whole account, with a signature in the place of a secret path."""

    def event_task(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """The task that an event speaks of; None for what is not proven to come from there."""
        ...


class Provider(Protocol):
    """One configured provider."""

    @property
    def name(self) -> str: ...

    @property
    def offers(self) -> Sequence[Offer]: ...

    @property
    def key_name(self) -> str:
        """The name of the key that `submit` will use: committed with the intention, so that a look-up asks with it."""
        ...

    @property
    def max_body_bytes(self) -> int | None:
        """The longest create body that is taken; None where only a 413 tells. A 413 lowers it for the next order."""
        ...

    def encoded_size(self, order: Order) -> int:
        """How long the create body would be, as `submit` would send it (references by link where that is better).

        Above `max_body_bytes` the pictures must be made smaller first, else `submit` raises
        Refusal("request-too-big").
        """
        ...

    def wait_s(self, wire_id: str) -> float:
        """Seconds until `submit` would let a call for this model out; 0 means now."""
        ...

    def down(self, wire_id: str) -> bool:
        """Whether the breaker is open or the key is paused: under `auto` another provider may be asked."""
        ...

    async def submit(self, order: Order) -> Task:
        """The one call that cannot be taken back. Never retried inside."""
        ...

    async def check(self, task: Task) -> Status: ...

    async def cancel(self, task: Task) -> CancelOutcome: ...

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:
        """Whether a task with this trace exists, created not before `since_ms`. "" as `key_name`: the key in use."""
        ...

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        """Streams an output to `path` (created, fsynced). Transient when cut short or 403.

        Credentials go to the provider's own file service at most, never where it redirects to.
        """
        ...

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:
        """The task id that a callback speaks of; None for what is no callback of this provider.

        Where the provider signs, `headers` must prove that it comes from there.
        """
        ...

    async def ping(self) -> Ping: ...

    async def close(self) -> None: ...
