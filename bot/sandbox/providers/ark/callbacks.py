"""Notices to ``callback_url``: in order for each task, resent when the final ones are not acknowledged."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from bot.sandbox.providers.ark.settings import ArkKnobs
from bot.sandbox.providers.ark.tasks import OVER, Status
from bot.sandbox.providers.calling import InOrder, post

_RESENT = {Status.SUCCEEDED, Status.FAILED}
_SILENT = {Status.CANCELLED}


@dataclass(frozen=True, slots=True)
class Notice:
    """One POST that was made; ``answer`` is its HTTP status, 0 when there was none in time."""

    task_id: str
    status: Status
    attempt: int
    answer: int


class Callbacks:
    """Sends each change of a task. ``made`` holds what was sent."""

    def __init__(self, knobs: ArkKnobs) -> None:
        self.made: deque[Notice] = deque(maxlen=1000)
        self._knobs = knobs
        self._held: defaultdict[str, list[tuple[Status, Any]]] = defaultdict(list)
        self._sending = InOrder()

    def tell(self, session: ClientSession, url: str, task_id: str, status: Status, body: Any) -> None:
        """Send in the background, after what was sent before about the same task."""
        if status in _SILENT:
            return
        batch = self._batch(task_id, status, body)
        self._sending.start(task_id, self._send(session, url, task_id, batch))

    async def sent(self) -> None:
        """Wait until nothing is on its way."""
        await self._sending.sent()

    async def stop(self) -> None:
        """Give up what is on its way."""
        await self._sending.stop()

    def _batch(self, task_id: str, status: Status, body: Any) -> list[tuple[Status, Any]]:
        """What is sent now; reversed notices are held until the last one."""
        if not self._knobs.callbacks_reversed:
            return [(status, body)]
        held = self._held[task_id]
        held.insert(0, (status, body))
        return self._held.pop(task_id) if status in OVER else []

    async def _send(self, session: ClientSession, url: str, task_id: str, batch: Sequence[tuple[Status, Any]]) -> None:
        for status, body in batch:
            for _ in range(2 if self._knobs.callbacks_twice else 1):
                await self._deliver(session, url, task_id, status, json.dumps(body).encode())

    async def _deliver(self, session: ClientSession, url: str, task_id: str, status: Status, raw: bytes) -> None:
        attempts = 1 + (self._knobs.callback_resends if status in _RESENT else 0)
        for attempt in range(1, attempts + 1):
            begun_s = asyncio.get_running_loop().time()
            answer = await post(session, url, raw, self._knobs.callback_wait_s)
            self.made.append(Notice(task_id, status, attempt, answer))
            if answer == 200:
                return
            if attempt < attempts:
                passed_s = asyncio.get_running_loop().time() - begun_s
                await asyncio.sleep(max(0.0, self._knobs.callback_wait_s - passed_s))
