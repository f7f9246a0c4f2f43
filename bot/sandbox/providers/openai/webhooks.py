"""Webhooks of the official server: Standard Webhooks, signed with every secret that is good at the moment."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass

from aiohttp import ClientSession

from bot.sandbox.providers.calling import post, signed
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
        headers = signed(self._knobs.webhook_secrets, event_id, at_s, body)
        answer = await post(session, self._knobs.webhook_url or "", body, self._knobs.webhook_wait_s, headers)
        self.made.append(Hook(video_id, event, answer))
