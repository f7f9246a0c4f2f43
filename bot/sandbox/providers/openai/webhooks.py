"""Webhooks of the official server: Standard Webhooks, signed with every secret that is good at the moment."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import deque
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.sandbox.providers.openai.knobs import OpenAIKnobs


@dataclass(frozen=True, slots=True)
class Hook:
    """One POST that was made; ``answer`` is its HTTP status, 0 when there was none in time."""

    video_id: str
    event: str
    answer: int


class Webhooks:
    """``made`` holds what was sent."""

    def __init__(self, knobs: OpenAIKnobs) -> None:
        self.made: deque[Hook] = deque(maxlen=1000)
        self._knobs = knobs

    async def tell(self, session: ClientSession, number: int, video_id: str, event: str, at_s: int) -> None:
        """One event, sent once."""
        event_id = f"evt_{number:016x}"
        told = {"id": event_id, "object": "event", "created_at": at_s, "type": event, "data": {"id": video_id}}
        body = json.dumps(told).encode()
        signed = {
            "Content-Type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(at_s),
            "webhook-signature": " ".join(sign(key, event_id, at_s, body) for key in self._knobs.webhook_secrets),
        }
        self.made.append(Hook(video_id, event, await self._post(session, body, signed)))

    async def _post(self, session: ClientSession, body: bytes, headers: dict[str, str]) -> int:
        timeout = ClientTimeout(total=self._knobs.webhook_wait_s)
        try:
            async with session.post(self._knobs.webhook_url or "", data=body, headers=headers, timeout=timeout) as got:
                return got.status
        except (ClientError, TimeoutError, ValueError):
            return 0


def sign(secret: str, message_id: str, at_s: int, body: bytes) -> str:
    """One signature under a `whsec_…` secret."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{message_id}.{at_s}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()
