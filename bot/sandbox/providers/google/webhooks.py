"""Webhooks hear of an end, once: dynamic ones, which an interaction was asked with, and the project's static one.

A dynamic one's signature is a JWT (RS256); what it claims is not documented, and so its claims here are times alone.
The static one is signed as Standard Webhooks are, and hears of Veo's operations too.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession

from bot.sandbox.providers.calling import post, signed
from bot.sandbox.providers.errands import Errands
from bot.sandbox.providers.google.knobs import GoogleKnobs
from bot.sandbox.providers.google.made import Work, ending
from bot.sandbox.providers.google.oauth import signed as signed_token
from bot.sandbox.providers.wire import Clock
from bot.sandbox.providers.works import State

LIFETIME_S = 300


@dataclass(frozen=True, slots=True)
class Hook:
    """One POST that was made; ``answer`` is its HTTP status, 0 when there was none in time."""

    name: str
    event: str
    answer: int


class Webhooks:
    """``made`` holds what was sent."""

    def __init__(self, now_ms: Clock, knobs: GoogleKnobs) -> None:
        self.made: deque[Hook] = deque(maxlen=1000)
        self._now_ms = now_ms
        self._knobs = knobs
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
        raw, event = json.dumps(_event(work, self._now_ms() // 1000)).encode(), _kind(work)
        for uri in work.facts.ask.uris:
            self._posts.start(f"{work.id} {uri}", self._dynamic(self._session, uri, work.id, event, raw))
        if self._knobs.webhook_url and work.facts.wire != "vertex":
            self._posts.start(work.id, self._static(self._session, self._knobs.webhook_url, work.id, event, raw))

    async def _dynamic(self, session: ClientSession, uri: str, name: str, event: str, raw: bytes) -> None:
        now_s = self._now_ms() // 1000
        claims = {"iat": now_s, "exp": now_s + LIFETIME_S}
        headers = {"Webhook-Signature": await asyncio.to_thread(signed_token, claims)}
        self.made.append(Hook(name, event, await post(session, uri, raw, self._knobs.webhook_wait_s, headers)))

    async def _static(self, session: ClientSession, url: str, name: str, event: str, raw: bytes) -> None:
        headers = signed(self._knobs.webhook_secrets, uuid4().hex, self._now_ms() // 1000, raw)
        self.made.append(Hook(name, event, await post(session, url, raw, self._knobs.webhook_wait_s, headers)))


def _kind(work: Work) -> str:
    if work.facts.wire == "veo":
        return "video.generated"
    return f"interaction.{'failed' if ending(work) in {'failed', 'expired'} else 'completed'}"


def _event(work: Work, now_s: int) -> dict[str, Any]:
    at = datetime.fromtimestamp(now_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"type": _kind(work), "version": "v1", "timestamp": at, "data": {"id": work.id, **_why(work)}}


def _why(work: Work) -> dict[str, str]:
    if ending(work) not in {"failed", "expired"}:
        return {}
    return {"error_code": "internal", "error_message": "An internal error has occurred."}
