"""One provider under one or more keys that share the load: each has a client and a gate of its own.

A task belongs to the key that made it, and so do its checks, its cancelling, its look-ups and its output. A key that is
no longer configured leaves its tasks to the first: at most vendors another key of the same account may ask for them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from bot.core.catalog import Offer
from bot.providers.base import (
    NO_HEADERS,
    CancelOutcome,
    CannotLookUp,
    Downloaded,
    LookUp,
    Order,
    Ping,
    Provider,
    SeeksByOrder,
    SignsEvents,
    Sought,
    Status,
    Succeeded,
    Task,
)

LINKS_KEPT = 1_000


class Ring:
    """Satisfies `Provider`. `keys`: the names of its keys, in the order in which they were given."""

    def __init__(self, members: Sequence[Provider]) -> None:
        self._members = {member.key_name: member for member in members}
        self._first = members[0]
        self._turn = 0
        self._links: dict[str, str] = {}

    @property
    def name(self) -> str:
        return self._first.name

    @property
    def offers(self) -> Sequence[Offer]:
        return self._first.offers

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._members)

    @property
    def key_name(self) -> str:
        return self._first.key_name

    @property
    def max_body_bytes(self) -> int | None:
        known = [member.max_body_bytes for member in self._members.values() if member.max_body_bytes is not None]
        return min(known, default=None)

    def encoded_size(self, order: Order) -> int:
        return self._first.encoded_size(order)

    def wait_s(self, wire_id: str, keys: Collection[str] | None = None) -> float:
        """Until the first of these keys (None: of all) would let a call out."""
        return min((member.wait_s(wire_id) for member in self._among(keys)), default=0.0)

    def down(self, wire_id: str, keys: Collection[str] | None = None) -> bool:
        """Whether none of these keys may be asked."""
        return all(member.down(wire_id) for member in self._among(keys))

    def key_for(self, wire_id: str, keys: Collection[str] | None = None) -> str:
        """The key to go out with: of those that are ready the next one in turn."""
        among = self._among(keys) or [self._first]
        self._turn += 1
        turned = [*among[self._turn % len(among) :], *among[: self._turn % len(among)]]
        return min(turned, key=lambda member: member.wait_s(wire_id)).key_name

    async def submit(self, order: Order) -> Task:
        return await self._of(order.key_name).submit(order)

    async def check(self, task: Task) -> Status:
        status = await self._of(task.key_name).check(task)
        if isinstance(status, Succeeded):
            self._remember(status, task.key_name)
        return status

    async def cancel(self, task: Task) -> CancelOutcome:
        return await self._of(task.key_name).cancel(task)

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:
        return await self._of(key_name).look_up(trace, key_name, since_ms)

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        return await self._of(self._links.get(url, "")).fetch(url, path, max_bytes)

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:
        found = (member.callback_task(body, headers) for member in self._members.values())
        return next((task_id for task_id in found if task_id is not None), None)

    async def ping(self) -> Ping:
        """The first that is not well, else the first."""
        pings = await self.pings()
        return next((ping for ping in pings if not ping.ok), pings[0])

    async def pings(self) -> list[Ping]:
        """Of each key, in order."""
        return [await member.ping() for member in self._members.values()]

    async def close(self) -> None:
        for member in self._members.values():
            await member.close()

    def _among(self, keys: Collection[str] | None) -> list[Provider]:
        return [member for name, member in self._members.items() if keys is None or name in keys]

    def _of(self, key_name: str) -> Provider:
        return self._members.get(key_name, self._first)

    def _remember(self, status: Succeeded, key_name: str) -> None:
        while len(self._links) >= LINKS_KEPT:
            del self._links[next(iter(self._links))]
        for url in (status.video_url, status.last_frame_url):
            if url is not None:
                self._links[url] = key_name


class SeekingRing(Ring):
    """Of a provider whose tasks are found by what was ordered."""

    async def seek(self, sought: Sought) -> LookUp:
        member = self._of(sought.key_name)
        return await member.seek(sought) if isinstance(member, SeeksByOrder) else CannotLookUp()


class EventfulRing(Ring):
    """Of a provider that signs events for the whole account."""

    def event_task(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        members = (member for member in self._members.values() if isinstance(member, SignsEvents))
        found = (member.event_task(body, headers) for member in members)
        return next((task_id for task_id in found if task_id is not None), None)


class SeekingEventfulRing(SeekingRing, EventfulRing):
    """Of one that does both."""


_KINDS = {
    (False, False): Ring,
    (True, False): SeekingRing,
    (False, True): EventfulRing,
    (True, True): SeekingEventfulRing,
}
"""By what its clients can do: seek, sign events."""


def ring_of(members: Sequence[Provider]) -> Ring:
    """At least one member."""
    first = members[0]
    return _KINDS[isinstance(first, SeeksByOrder), isinstance(first, SignsEvents)](members)
