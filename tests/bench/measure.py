"""What the scenarios measure with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter

from bot.telemetry.stalls import watch_loop

INTERVAL_S = 0.002


@dataclass(slots=True)
class Stall:
    """The longest time that the loop did not come round."""

    longest_ms: float = 0.0

    def note(self, late_s: float) -> None:
        """What `watch_loop` tells."""
        self.longest_ms = max(self.longest_ms, late_s * 1000)


@asynccontextmanager
async def watched() -> AsyncIterator[Stall]:
    """Watches the running loop while the block does its work."""
    stall = Stall()
    watching = asyncio.create_task(watch_loop(stall.note, INTERVAL_S))
    try:
        yield stall
    finally:
        watching.cancel()


async def timed(act: Callable[[], Awaitable[object]]) -> float:
    """Seconds that it took."""
    began = perf_counter()
    await act()
    return perf_counter() - began
