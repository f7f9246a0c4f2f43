"""What a server does beside answering: named pieces of work in the background, a heartbeat, a folder of its own."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_TICK_S = 0.05


class Errands:
    """Background work, one piece under each name."""

    def __init__(self) -> None:
        self._going: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, work: Coroutine[None, None, None]) -> None:
        """Begin; forgotten when done."""
        errand = asyncio.create_task(work)
        self._going[name] = errand
        errand.add_done_callback(lambda _: self._forget(name, errand))

    def cancel(self, name: str) -> None:
        """Stop what goes under that name, if it still does."""
        if name in self._going:
            self._going[name].cancel()

    async def done(self, name: str) -> None:
        """Wait for one; what it raises is raised here."""
        if name in self._going:
            await self._going[name]

    async def settle(self) -> None:
        """Wait until nothing is going on."""
        while self._going:
            await asyncio.wait(self._going.values())
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """Cancel everything and wait for it."""
        for errand in self._going.values():
            errand.cancel()
        await asyncio.gather(*self._going.values(), return_exceptions=True)

    def _forget(self, name: str, errand: asyncio.Task[None]) -> None:
        if self._going.get(name) is errand:
            del self._going[name]


@asynccontextmanager
async def beating(tick: Callable[[], None]) -> AsyncIterator[None]:
    """Call ``tick`` again and again until the block ends."""

    async def beat() -> None:
        while True:
            tick()
            await asyncio.sleep(_TICK_S)

    heart = asyncio.create_task(beat())
    try:
        yield
    finally:
        heart.cancel()
        with suppress(asyncio.CancelledError):
            await heart


@asynccontextmanager
async def scratch_folder(prefix: str) -> AsyncIterator[Path]:
    """A temporary folder, removed at the end."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=prefix))
    try:
        yield folder
    finally:
        await remove_folder(folder)


async def remove_folder(folder: Path) -> None:
    """Remove a folder with everything in it; one that is gone is fine."""
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
