"""The queue of updates: what waits for the bot, how long, and how it is fetched."""

import asyncio
import contextlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.telegram.errors import ApiError, JsonDict, conflict

HOUR_MS = 3_600_000
CALLBACK_LIFE_MS = 150_000
MESSAGE_LIFE_MS = 24 * HOUR_MS
LONG_POLL_LIMIT_S = 50
_MAX_PENDING = 10_000
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_LIVES_MS = {
    "callback_query": CALLBACK_LIFE_MS,
    "shipping_query": CALLBACK_LIFE_MS,
    "pre_checkout_query": CALLBACK_LIFE_MS,
    "inline_query": 30_000,
    "chosen_inline_result": 600_000,
}


@dataclass(frozen=True, slots=True)
class Pending:
    """An update that waits. `lane` is the queue of a webhook: one a chat for messages, one a person for presses."""

    update_id: int
    kind: str
    payload: JsonDict
    lane: str
    ends_ms: int

    def api(self) -> JsonDict:
        """As a Bot API Update."""
        return {"update_id": self.update_id, self.kind: self.payload}


class UpdateQueue:
    """Updates in order; each goes when a higher offset is asked for, when the webhook took it, or at its life's end."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._next_id = 100_000_000 + secrets.randbelow(800_000_000)
        self._pending: OrderedDict[int, Pending] = OrderedDict()
        self._arrived = asyncio.Event()
        self._poll = 0
        self.closed = False
        self.allowed: frozenset[str] | None = None

    def allows(self, kind: str) -> bool:
        """Whether updates of this kind are wanted; `allowed` None is the default set."""
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def allow(self, kinds: list[str] | None) -> None:
        """Remember `allowed_updates`: None keeps the setting, an empty list is the default again."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def put(self, kind: str, payload: JsonDict, lane: str) -> int | None:
        """Queue an update; its id, or None when its kind is not wanted."""
        if not self.allows(kind):
            return None
        update_id, self._next_id = self._next_id, self._next_id + 1
        ends_ms = self._now_ms() + _LIVES_MS.get(kind, MESSAGE_LIFE_MS)
        self._pending[update_id] = Pending(update_id, kind, payload, lane, ends_ms)
        if len(self._pending) > _MAX_PENDING:
            self._pending.popitem(last=False)
        self._arrived.set()
        return update_id

    def pending(self) -> list[Pending]:
        """Everything that waits and still lives."""
        now = self._now_ms()
        for update in [update for update in self._pending.values() if update.ends_ms <= now]:
            del self._pending[update.update_id]
        return list(self._pending.values())

    def confirm(self, update_id: int) -> None:
        """One update was taken."""
        self._pending.pop(update_id, None)

    def drop_all(self) -> None:
        """Forget what waits (`drop_pending_updates`)."""
        self._pending.clear()

    def wake(self) -> None:
        """Let whoever waits look again."""
        self._arrived.set()

    async def wait(self) -> None:
        """Until the next update arrives, or the queue closes."""
        self._arrived.clear()
        if not self.closed:
            await self._arrived.wait()

    async def fetch(self, offset: int, limit: int, timeout_s: int) -> list[JsonDict]:
        """`getUpdates`; raises ApiError 409 when a newer poll ends this one."""
        self._poll += 1
        poll = self._poll
        self._arrived.set()  # the older poll wakes up and finds that it is not the newest
        await asyncio.sleep(0)
        self._confirm_below(offset)
        ends = time.monotonic() + min(timeout_s, LONG_POLL_LIMIT_S)
        while not (found := self.pending()) and not self.closed and time.monotonic() < ends:
            await self._wait_until(ends)
            if poll != self._poll:
                raise _other_poll()
        return [update.api() for update in found[: max(1, min(limit, 100))]]

    async def _wait_until(self, ends: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(ends - time.monotonic(), 0)):
                await self.wait()

    def _confirm_below(self, offset: int) -> None:
        ids = list(self._pending)
        first = ids[offset] if offset < 0 and -offset <= len(ids) else offset
        for update_id in ids:
            if update_id < first:
                del self._pending[update_id]

    def end_polls(self) -> None:
        """A webhook was set: whoever polls gets 409."""
        self._poll += 1
        self._arrived.set()

    def close(self) -> None:
        """End every wait."""
        self.closed = True
        self._arrived.set()


def _other_poll() -> ApiError:
    return conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
