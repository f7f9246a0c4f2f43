"""The databases that the conformance suite runs on: a driver joins by one line in DRIVERS."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.storage.base import Store
from bot.storage.sqlite import open_store
from tests.storage.miniature import NOW

Open = Callable[[Path], Awaitable[Store]]


async def _sqlite(folder: Path) -> Store:
    return await open_store(folder / "bot.db", now_ms=NOW)


DRIVERS: dict[str, Open] = {"sqlite": _sqlite}


@asynccontextmanager
async def opened(driver: str, folder: Path) -> AsyncIterator[Store]:
    """A store that keeps its data in, or under the name of, `folder`."""
    store = await DRIVERS[driver](folder)
    try:
        yield store
    finally:
        await store.close()
