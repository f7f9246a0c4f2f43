"""Upkeep: what must happen by itself. Albums settle, trays expire, late outputs come, old files go, backlogs shrink."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from bot.core.errors import KinetogramError
from bot.services import asking, away, inbox, keeping
from bot.services.lifecycle import Held, rows
from bot.storage.queries import load
from bot.worker.collect import collect_late
from bot.worker.tools import SECOND_MS, Tools

Q = load("jobs")
LATE_BATCH = 8
KEEP_MS = 30 * 24 * 3_600_000

log = structlog.get_logger(__name__)


class Upkeep:
    """Three small loops, each at its own pace; a fault of one turn is logged, the next turn comes."""

    def __init__(self, tools: Tools, max_bytes: int) -> None:
        self._tools = tools
        self._max_bytes = max_bytes

    async def run(self) -> None:
        """Until cancelled."""
        pace = self._tools.pace
        async with asyncio.TaskGroup() as group:
            group.create_task(_every(pace.albums_turn_ms, self._albums))
            group.create_task(_every(pace.late_turn_ms, self._late))
            group.create_task(_every(pace.house_turn_ms, self._house))

    async def _albums(self) -> None:
        await asking.settle_albums(self._tools.env)

    async def _late(self) -> None:
        for row in await rows(self._tools.env, Q.watch_late, now=self._tools.env.now_ms(), limit=LATE_BATCH):
            with contextlib.suppress(KinetogramError):
                await collect_late(self._tools, Held(row, ""))

    async def _house(self) -> None:
        env = self._tools.env
        now = env.now_ms()
        await away.note_alive(env)
        await inbox.prune(env.store, now)
        await keeping.tidy(env, now)
        for path in await keeping.to_erase(env, now - KEEP_MS, self._max_bytes):
            await asyncio.to_thread(_unlink, self._tools.data_dir / path)


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _every(pause_ms: int, act: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await act()
        except KinetogramError as error:
            log.warning("upkeep-failed", what=act.__name__, reason=error.key)
        await asyncio.sleep(pause_ms / SECOND_MS)
