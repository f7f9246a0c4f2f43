"""How a vendor calls back: POSTs in the background, in order for each task, signed as Standard Webhooks are."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Coroutine, Iterable, Mapping

from aiohttp import ClientError, ClientSession, ClientTimeout


async def post(
    session: ClientSession, url: str, raw: bytes, wait_s: float, headers: Mapping[str, str] | None = None
) -> int:
    """Say JSON once; the HTTP status of the answer, 0 when there was none in time."""
    told = {"Content-Type": "application/json", **(headers or {})}
    try:
        async with session.post(url, data=raw, headers=told, timeout=ClientTimeout(total=wait_s)) as answer:
            return answer.status
    except (ClientError, TimeoutError, ValueError):
        return 0


def signed(secrets: Iterable[str], message_id: str, at_s: int, raw: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks: a signature by each secret that is good at the moment."""
    signatures = " ".join(sign(secret, message_id, at_s, raw) for secret in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": str(at_s), "webhook-signature": signatures}


def sign(secret: str, message_id: str, at_s: int, raw: bytes) -> str:
    """One signature under a `whsec_…` secret."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{message_id}.{at_s}.".encode() + raw, "sha256")
    return "v1," + base64.b64encode(digest).decode()


class InOrder:
    """Sends in the background; what is about one task goes out one after the other."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Task[None]] = {}

    def start(self, task_id: str, sending: Coroutine[None, None, None]) -> None:
        """Begin when all that was started about this task before has ended."""
        errand = asyncio.create_task(_after(self._last.get(task_id), sending))
        self._last[task_id] = errand
        errand.add_done_callback(lambda _: self._last.pop(task_id) if self._last.get(task_id) is errand else None)

    async def sent(self) -> None:
        """Wait until nothing is on its way."""
        await asyncio.gather(*self._last.values())

    async def stop(self) -> None:
        """Give up what is on its way."""
        for errand in self._last.values():
            errand.cancel()
        await asyncio.gather(*self._last.values(), return_exceptions=True)


async def _after(before: asyncio.Task[None] | None, sending: Coroutine[None, None, None]) -> None:
    try:
        if before:
            await asyncio.wait([before])
        await sending
    finally:
        sending.close()
