"""Watches the event loop: how late does it wake a sleeper?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

INTERVAL_S = 0.05


async def watch_loop(
    stalled: Callable[[float], None],
    interval_s: float = INTERVAL_S,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Until cancelled, tells after each short sleep by how many seconds it was too long."""
    while True:
        started = clock()
        await sleep(interval_s)
        stalled(max(0.0, clock() - started - interval_s))
