"""Notices to the callback address: one for each change, once; signed when the account has a secret."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession

from bot.sandbox.providers.calling import InOrder, post, signed
from bot.sandbox.providers.kling.settings import KlingKnobs
from bot.sandbox.providers.wire import Clock


@dataclass(frozen=True, slots=True)
class Notice:
    """One POST that was made; ``answer`` is its HTTP status, 0 when there was none in time."""

    task_id: str
    status: str
    answer: int


class Callbacks:
    """Sends in order for each task, or all at the end and backwards. ``made`` holds what was sent."""

    def __init__(self, knobs: KlingKnobs, now_ms: Clock) -> None:
        self.made: deque[Notice] = deque(maxlen=1000)
        self._knobs = knobs
        self._now_ms = now_ms
        self._held: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._sending = InOrder()

    def tell(self, session: ClientSession, url: str, task_id: str, body: dict[str, Any], *, over: bool) -> None:
        """Send in the background, after what was sent before about the same task."""
        batch = self._batch(task_id, body, over=over)
        self._sending.start(task_id, self._send(session, url, task_id, batch))

    async def sent(self) -> None:
        """Wait until nothing is on its way."""
        await self._sending.sent()

    async def stop(self) -> None:
        """Give up what is on its way."""
        await self._sending.stop()

    def _batch(self, task_id: str, body: dict[str, Any], *, over: bool) -> list[dict[str, Any]]:
        if not self._knobs.callbacks_reversed:
            return [body]
        self._held[task_id].insert(0, body)
        return self._held.pop(task_id) if over else []

    async def _send(self, session: ClientSession, url: str, task_id: str, batch: list[dict[str, Any]]) -> None:
        for body in batch:
            raw, status = json.dumps(body).encode(), str(body.get("status") or body.get("task_status"))
            for _ in range(2 if self._knobs.callbacks_twice else 1):
                answer = await post(session, url, raw, self._knobs.callback_wait_s, self._signed(raw))
                self.made.append(Notice(task_id, status, answer))

    def _signed(self, raw: bytes) -> dict[str, str]:
        secret = self._knobs.webhook_secret
        return {} if secret is None else signed([secret], uuid4().hex, self._now_ms() // 1000, raw)
