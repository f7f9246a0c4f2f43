"""The provider's films, waited for."""

from __future__ import annotations

import asyncio

from tests.worker.line import Line


async def until_rendered(line: Line) -> None:
    """The provider's film is made; the clock decides when it is said."""
    async with asyncio.timeout(20):
        while not all(task.output for task in line.ark.tasks.values()):
            await line.ark.settle()
            await asyncio.sleep(0.02)
