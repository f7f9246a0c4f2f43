"""Upkeep: what must happen by itself. Albums settle, trays expire, late outputs come, old files go, backlogs shrink."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import structlog

from bot.core.errors import KinetogramError
from bot.services import approving, asking, away, groups, inbox, keeping, privacy, waiting
from bot.worker import late, lists, sheets
from bot.worker.tools import SECOND_MS, Tools

INPUTS = ("source*", "reference*", "small-*")
"""What `prepare` makes in a job's folder."""

log = structlog.get_logger(__name__)


class Upkeep:
    """Some small loops, each at its own pace; a fault of one turn is logged, the next turn comes."""

    def __init__(self, tools: Tools, max_bytes: int, may_settle: Callable[[], bool] = lambda: True) -> None:
        self._tools = tools
        self._max_bytes = max_bytes
        self._may_settle = may_settle

    async def run(self) -> None:
        """Until cancelled."""
        pace = self._tools.pace
        async with asyncio.TaskGroup() as group:
            group.create_task(_every(pace.albums_turn_ms, self._albums))
            group.create_task(_every(pace.albums_turn_ms, self._errands))
            for _ in range(late.LANES):
                group.create_task(_every(pace.late_turn_ms, self._late))
            group.create_task(_every(pace.house_turn_ms, self._house))

    async def _albums(self) -> None:
        await waiting.go_on(self._tools.env)
        if self._may_settle():  # an album must not settle while its other items still lie in the inbox
            await asking.settle_albums(self._tools.env)

    async def _errands(self) -> None:
        """What waits for Telegram: nothing else waits for it here."""
        await lists.fetch_lists(self._tools)
        await sheets.make_sheets(self._tools)

    async def _late(self) -> None:
        await late.turn(self._tools)

    async def _house(self) -> None:
        env = self._tools.env
        now = env.now_ms()
        await away.note_alive(env)
        await inbox.prune(env.store, now)
        await keeping.tidy(env, now)
        await approving.lapse_overdue(env)
        await groups.hand_over_money(env)
        await privacy.forget_due(env)
        await privacy.forget_past(env)
        await self._erase(now)
        await sheets.erase_old(self._tools)

    async def _erase(self, now: int) -> None:
        """Unlinked first, noted after: a file is never forgotten while it lies there."""
        env, data_dir = self._tools.env, self._tools.data_dir
        files = await keeping.to_erase(env, now - privacy.files_ms(env), self._max_bytes)
        await asyncio.to_thread(_unlink, [data_dir / row["path"] for row in files])
        await keeping.erased(env, files)
        done = await keeping.inputs_to_erase(env)
        await asyncio.to_thread(_unlink_inputs, [self._tools.folder(job_id) for job_id in done])
        await keeping.inputs_erased(env, done)


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _unlink_inputs(folders: Iterable[Path]) -> None:
    for folder in folders:
        _unlink([path for pattern in INPUTS for path in folder.glob(pattern)])


async def _every(pause_ms: int, act: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await act()
        except KinetogramError as error:
            log.warning("upkeep-failed", what=act.__name__, reason=error.key)
        except Exception:
            log.exception("upkeep-broke", what=act.__name__)
        await asyncio.sleep(pause_ms / SECOND_MS)
