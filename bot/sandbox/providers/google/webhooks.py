"""Dynamic webhooks: the addresses that an interaction was asked with hear of its end, once.

Their signature is a JWT (RS256); what it claims is not documented, and so its claims here are times alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.sandbox.providers.errands import Errands
from bot.sandbox.providers.google.made import Work, ending
from bot.sandbox.providers.google.oauth import signed
from bot.sandbox.providers.wire import Clock
from bot.sandbox.providers.works import State

LIFETIME_S = 300


@dataclass(frozen=True, slots=True)
class Hook:
    """One POST that was made; ``answer`` is its HTTP status, 0 when there was none in time."""

    interaction: str
    event: str
    answer: int


class Webhooks:
    """``made`` holds what was sent."""

    def __init__(self, now_ms: Clock, wait_s: Callable[[], float]) -> None:
        self.made: deque[Hook] = deque(maxlen=1000)
        self._now_ms = now_ms
        self._wait_s = wait_s
        self._posts = Errands()
        self._session: ClientSession | None = None

    @asynccontextmanager
    async def alive(self) -> AsyncIterator[None]:
        """Able to send; what is on its way at the end is given up."""
        async with ClientSession() as self._session:
            yield
            await self._posts.stop()

    async def sent(self) -> None:
        """Wait until nothing is on its way."""
        await self._posts.settle()

    def tell(self, work: Work) -> None:
        """Says that it is over, in the background. One that was cancelled is not told."""
        if self._session is None or work.state is State.CANCELLED:
            return
        for uri in work.facts.ask.uris:
            self._posts.start(f"{work.id} {uri}", self._send(self._session, uri, work))

    async def _send(self, session: ClientSession, uri: str, work: Work) -> None:
        event = f"interaction.{'failed' if ending(work) in {'failed', 'expired'} else 'completed'}"
        now_s = self._now_ms() // 1000
        headers = {"Webhook-Signature": await asyncio.to_thread(signed, {"iat": now_s, "exp": now_s + LIFETIME_S})}
        at = datetime.fromtimestamp(now_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {"type": event, "version": "v1", "timestamp": at, "data": {"id": work.id, **_why(work)}}
        self.made.append(Hook(work.id, event, await self._post(session, uri, body, headers)))

    async def _post(self, session: ClientSession, uri: str, body: dict[str, Any], headers: dict[str, str]) -> int:
        try:
            async with session.post(uri, json=body, headers=headers, timeout=ClientTimeout(self._wait_s())) as got:
                return got.status
        except (ClientError, TimeoutError, ValueError):
            return 0


def _why(work: Work) -> dict[str, str]:
    if ending(work) not in {"failed", "expired"}:
        return {}
    return {"error_code": "internal", "error_message": "An internal error has occurred."}
