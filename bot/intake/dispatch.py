"""From the inbox to the handlers: in order within a lane, in parallel across lanes, resumed after a restart."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog

from bot.core.errors import KinetogramError, Transient
from bot.services import inbox
from bot.services.inbox import OpenUpdate
from bot.storage.base import Store

Handle = Callable[[Mapping[str, Any]], Awaitable[None]]
GiveUp = Callable[[Mapping[str, Any]], Awaitable[None]]

BATCH = 200
WINDOW = 1_000
"""Updates held in memory at most; the rest waits in the inbox."""
HANDLE_S = 30.0
IDLE_S = 1.0
PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

log = structlog.get_logger(__name__)


class Dispatcher:
    """Hands each open update to `handle`, which closes it; three failures end it with `give_up`."""

    def __init__(
        self,
        store: Store,
        handle: Handle,
        give_up: GiveUp,
        now_ms: Callable[[], int],
        width: int = 32,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        self._store = store
        self._handle = handle
        self._give_up = give_up
        self._now_ms = now_ms
        self._pauses_s = tuple(pauses_s)
        self._width = asyncio.Semaphore(width)
        self._lanes: dict[str, deque[OpenUpdate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._after = 0
        self._news = asyncio.Event()
        self._caught_up = False

    @property
    def caught_up(self) -> bool:
        """Whether all that lay in the inbox at the start has been handled."""
        return self._caught_up

    def wake(self) -> None:
        """There is something new in the inbox."""
        self._news.set()

    async def run(self) -> None:
        """Until cancelled; then what is being handled is left to the inbox, which still holds it."""
        try:
            while True:
                self._news.clear()
                if not await self._loaded():
                    self._caught_up = self._caught_up or not self._waiting
                    # Not wait_for: before Python 3.12 it loses a cancellation that comes together with the news.
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(IDLE_S):
                            await self._news.wait()
        finally:
            await self._stop()

    async def _loaded(self) -> bool:
        """Whether something new came; a database that is busy or full for a moment is asked again."""
        try:
            return await self._load()
        except Transient as error:
            log.warning("inbox-not-read", reason=error.key)
            return False

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _load(self) -> bool:
        if self._waiting >= WINDOW:
            return False
        rows = await inbox.open_after(self._store, self._after, BATCH)
        for row in rows:
            self._after = row.id
            self._enqueue(row)
        return bool(rows)

    def _enqueue(self, row: OpenUpdate) -> None:
        self._waiting += 1
        lane = self._lanes.get(row.lane)
        if lane is not None:
            lane.append(row)
            return
        self._lanes[row.lane] = deque([row])
        task = asyncio.create_task(self._drain(row.lane), name=f"lane {row.lane}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, name: str) -> None:
        lane = self._lanes[name]
        while lane:
            async with self._width:
                await self._one(lane[0])
            lane.popleft()
            self._waiting -= 1
        del self._lanes[name]
        self._news.set()

    async def _one(self, row: OpenUpdate) -> None:
        """Handles one update to its end: nothing that the database or our code does may stop its lane."""
        update: Mapping[str, Any] = json.loads(row.payload)
        attempt, waits = row.attempts, 0
        while attempt < inbox.MAX_ATTEMPTS:
            try:
                await self._attempt(update, row)
            except Transient as error:
                # The database's bad moment is no fault of the update: it costs a pause, not an attempt.
                log.warning("update-waits", update_id=row.update_id, reason=error.key)
                await self._undo(row)
            except Exception:
                log.exception("update-failed", update_id=row.update_id, attempt=attempt + 1)
                attempt += 1
            else:
                return
            await asyncio.sleep(self._pauses_s[min(waits, len(self._pauses_s) - 1)])
            waits += 1
        await self._surrender(update, row)

    async def _attempt(self, update: Mapping[str, Any], row: OpenUpdate) -> None:
        await inbox.start_attempt(self._store, row.id)
        async with asyncio.timeout(HANDLE_S):
            await self._handle(update)
        await inbox.close_alone(self._store, row.update_id, self._now_ms())

    async def _undo(self, row: OpenUpdate) -> None:
        with contextlib.suppress(KinetogramError):
            await inbox.undo_attempt(self._store, row.id)

    async def _surrender(self, update: Mapping[str, Any], row: OpenUpdate) -> None:
        """The person is told, the row is closed; what even this can't do, a restart tries again."""
        try:
            async with asyncio.timeout(HANDLE_S):
                await self._give_up(update)
            await inbox.fail(self._store, row.id, "gave up", self._now_ms())
        except Exception:
            log.exception("give-up-failed", update_id=row.update_id)
