"""What the scenarios measure with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter, process_time

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


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds by the clock and of this process's processors, and the loop's longest stall meanwhile."""

    took_s: float
    cpu_s: float
    stall_ms: float


async def measured(act: Callable[[], Awaitable[object]]) -> Run:
    """Does it once, watched."""
    async with watched() as stall:
        began, busy = perf_counter(), process_time()
        await act()
        took_s, cpu_s = perf_counter() - began, process_time() - busy
    return Run(took_s, cpu_s, stall.longest_ms)


async def in_flight(act: Callable[[int], Awaitable[None]], count: int, width: int) -> None:
    """Does it for 0 to `count` - 1, so many at once."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            await act(number)

    await asyncio.gather(*(worker() for _ in range(width)))
