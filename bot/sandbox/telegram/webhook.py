"""Delivery of updates by POST: one queue a chat and one a person, in order, retried with growing delay."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from aiohttp import ClientError as HttpError
from aiohttp import ClientSession, ClientTimeout

from bot.sandbox.telegram.errors import JsonDict
from bot.sandbox.telegram.updates import Pending, UpdateQueue

_TIMEOUT = ClientTimeout(total=60)
_MAX_DELAY_S = 60.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


def growing_delay_s(attempt: int) -> float:
    """1, 2, 4 … 60 seconds."""
    return min(2.0 ** (attempt - 1), _MAX_DELAY_S)


@dataclass(frozen=True, slots=True)
class Target:
    """Where updates go."""

    url: str
    secret: str | None
    max_connections: int = 40


class Webhook:
    """Posts what waits in the queue as long as a target is set."""

    def __init__(self, updates: UpdateQueue, now_ms: Callable[[], int], delay_s: Callable[[int], float]) -> None:
        self._updates = updates
        self._now_ms = now_ms
        self._delay_s = delay_s
        self._runner: asyncio.Task[None] | None = None
        self.target: Target | None = None
        self.last_error: tuple[int, str] | None = None

    async def set(self, target: Target | None) -> None:
        """Start posting to a target, or stop."""
        await self.close()
        self.target, self.last_error = target, None
        if target is not None:
            self._updates.end_polls()
            self._runner = asyncio.create_task(self._run(target))

    async def close(self) -> None:
        """Stop posting; what was not taken stays in the queue."""
        runner, self._runner, self.target = self._runner, None, None
        if runner is not None:
            runner.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await runner

    async def _run(self, target: Target) -> None:
        lanes: dict[str, asyncio.Task[None]] = {}
        async with ClientSession(timeout=_TIMEOUT) as session:
            try:
                while not self._updates.closed:
                    self._start_lanes(target, session, lanes)
                    await self._updates.wait()
            finally:
                await _cancel_all(lanes)

    def _start_lanes(self, target: Target, session: ClientSession, lanes: dict[str, asyncio.Task[None]]) -> None:
        for update in self._updates.pending():
            if len(lanes) >= target.max_connections:
                return
            if update.lane not in lanes:
                task = asyncio.create_task(self._drain(target, session, update.lane))
                lanes[update.lane] = task
                task.add_done_callback(partial(self._lane_done, lanes, update.lane))

    def _lane_done(self, lanes: dict[str, asyncio.Task[None]], lane: str, _: asyncio.Task[None]) -> None:
        lanes.pop(lane, None)
        self._updates.wake()

    async def _drain(self, target: Target, session: ClientSession, lane: str) -> None:
        attempt = 0
        while (update := self._first(lane)) is not None:
            retry_after_s = await self._deliver(target, session, update)
            if retry_after_s is None:
                self._updates.confirm(update.update_id)
                attempt = 0
                continue
            attempt += 1
            await asyncio.sleep(max(retry_after_s, self._delay_s(attempt)))

    def _first(self, lane: str) -> Pending | None:
        return next((update for update in self._updates.pending() if update.lane == lane), None)

    async def _deliver(self, target: Target, session: ClientSession, update: Pending) -> float | None:
        """None when it was taken, else the least seconds to wait."""
        headers = {SECRET_HEADER: target.secret} if target.secret else {}
        try:
            async with session.post(target.url, json=update.api(), headers=headers) as response:
                if 200 <= response.status < 300:
                    return None
                self._failed(f"Wrong response from the webhook: {response.status} {response.reason}")
                asked = response.headers.get("Retry-After", "")
                return float(asked) if asked.isdigit() else 0.0
        except (HttpError, TimeoutError) as error:
            self._failed(f"Connection failed: {type(error).__name__}")
            return 0.0

    def _failed(self, why: str) -> None:
        self.last_error = (self._now_ms() // 1000, why)

    def info(self) -> JsonDict:
        """`getWebhookInfo`'s answer."""
        info: JsonDict = {
            "url": self.target.url if self.target else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.pending()),
        }
        if self.target:
            info["max_connections"] = self.target.max_connections
        if self.last_error:
            info |= {"last_error_date": self.last_error[0], "last_error_message": self.last_error[1]}
        return info | ({"allowed_updates": sorted(self._updates.allowed)} if self._updates.allowed else {})


async def _cancel_all(lanes: dict[str, asyncio.Task[None]]) -> None:
    tasks = tuple(lanes.values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
