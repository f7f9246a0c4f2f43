"""Notices to ``callback_url``: in order for each task, resent when the final ones are not acknowledged."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.sandbox.providers.ark.settings import ArkKnobs
from bot.sandbox.providers.ark.tasks import OVER, Status

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
        self._last: dict[str, asyncio.Task[None]] = {}

    def tell(self, session: ClientSession, url: str, task_id: str, status: Status, body: Any) -> None:
        """Send in the background, after what was sent before about the same task."""
        if status in _SILENT:
            return
        batch = self._batch(task_id, status, body)
        sending = asyncio.create_task(self._send(session, url, task_id, batch, self._last.get(task_id)))
        self._last[task_id] = sending
        sending.add_done_callback(lambda _: self._last.pop(task_id) if self._last.get(task_id) is sending else None)

    async def sent(self) -> None:
        """Wait until nothing is on its way."""
        await asyncio.gather(*self._last.values())

    async def stop(self) -> None:
        """Give up what is on its way."""
        for sending in self._last.values():
            sending.cancel()
        await asyncio.gather(*self._last.values(), return_exceptions=True)

    def _batch(self, task_id: str, status: Status, body: Any) -> list[tuple[Status, Any]]:
        """What is sent now; reversed notices are held until the last one."""
        if not self._knobs.callbacks_reversed:
            return [(status, body)]
        held = self._held[task_id]
        held.insert(0, (status, body))
        return self._held.pop(task_id) if status in OVER else []

    async def _send(
        self,
        session: ClientSession,
        url: str,
        task_id: str,
        batch: Sequence[tuple[Status, Any]],
        before: asyncio.Task[None] | None,
    ) -> None:
        if before:
            await asyncio.wait([before])
        for status, body in batch:
            for _ in range(2 if self._knobs.callbacks_twice else 1):
                await self._deliver(session, url, task_id, status, body)

    async def _deliver(self, session: ClientSession, url: str, task_id: str, status: Status, body: Any) -> None:
        attempts = 1 + (self._knobs.callback_resends if status in _RESENT else 0)
        for attempt in range(1, attempts + 1):
            begun_s = asyncio.get_running_loop().time()
            answer = await self._post(session, url, body)
            self.made.append(Notice(task_id, status, attempt, answer))
            if answer == 200:
                return
            if attempt < attempts:
                passed_s = asyncio.get_running_loop().time() - begun_s
                await asyncio.sleep(max(0.0, self._knobs.callback_wait_s - passed_s))

    async def _post(self, session: ClientSession, url: str, body: Any) -> int:
        timeout = ClientTimeout(total=self._knobs.callback_wait_s)
        try:
            async with session.post(url, json=body, timeout=timeout) as response:
                return response.status
        except (ClientError, TimeoutError, ValueError):
            return 0
