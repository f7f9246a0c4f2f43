"""Notices to the callback address: one for each change, once; signed when the account has a secret."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aiohttp import ClientError, ClientSession, ClientTimeout

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
        self._last: dict[str, asyncio.Task[None]] = {}

    def tell(self, session: ClientSession, url: str, task_id: str, body: dict[str, Any], *, over: bool) -> None:
        """Send in the background, after what was sent before about the same task."""
        batch = self._batch(task_id, body, over=over)
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

    def _batch(self, task_id: str, body: dict[str, Any], *, over: bool) -> list[dict[str, Any]]:
        if not self._knobs.callbacks_reversed:
            return [body]
        self._held[task_id].insert(0, body)
        return self._held.pop(task_id) if over else []

    async def _send(
        self,
        session: ClientSession,
        url: str,
        task_id: str,
        batch: list[dict[str, Any]],
        before: asyncio.Task[None] | None,
    ) -> None:
        if before:
            await asyncio.wait([before])
        for body in batch:
            for _ in range(2 if self._knobs.callbacks_twice else 1):
                answer = await self._post(session, url, json.dumps(body).encode())
                self.made.append(Notice(task_id, str(body.get("status") or body.get("task_status")), answer))

    async def _post(self, session: ClientSession, url: str, raw: bytes) -> int:
        headers = {"Content-Type": "application/json", **self._signed(raw)}
        timeout = ClientTimeout(total=self._knobs.callback_wait_s)
        try:
            async with session.post(url, data=raw, headers=headers, timeout=timeout) as response:
                return response.status
        except (ClientError, TimeoutError, ValueError):
            return 0

    def _signed(self, raw: bytes) -> dict[str, str]:
        secret = self._knobs.webhook_secret
        if secret is None:
            return {}
        identifier, at_s = uuid4().hex, str(self._now_ms() // 1000)
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signature = base64.b64encode(hmac.digest(key, f"{identifier}.{at_s}.".encode() + raw, "sha256")).decode()
        return {"webhook-id": identifier, "webhook-timestamp": at_s, "webhook-signature": f"v1,{signature}"}
