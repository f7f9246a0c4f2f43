"""The improver: has richer words proposed for drafts, some at a time, and hands on what came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from bot.core.errors import KinetogramError, OperatorFault, Refusal, Throttled, Transient
from bot.services import alerts, improving
from bot.services.env import Env
from bot.storage.base import Row

TURN_MS = 300
RETRY_MS = (2_000, 8_000)
MAX_WAIT_MS = 30_000
"""Nobody waits longer for a service that says when it has time."""
DEADLINE_MS = 120_000

log = structlog.get_logger(__name__)


class Writer(Protocol):
    """Who makes words richer."""

    async def improve(self, words: str, former: Sequence[str] = ()) -> str: ...


class Improver:
    """What fails in passing is tried three times, within two minutes; then its person is told."""

    def __init__(self, env: Env, writer: Writer | None, wake: Callable[[], None]) -> None:
        self._env = env
        self._writer = writer
        self._wake = wake
        self._busy: set[int] = set()

    async def run(self) -> None:
        """Until cancelled."""
        if self._writer is None:
            await asyncio.Event().wait()
            return
        async with asyncio.TaskGroup() as group:
            while True:
                for row in await self._due():
                    self._busy.add(row["id"])
                    group.create_task(self._one(self._writer, row))
                await asyncio.sleep(TURN_MS / 1000)

    async def _due(self) -> list[Row]:
        try:
            found = [row for row in await improving.due(self._env) if row["id"] not in self._busy]
        except KinetogramError as error:
            log.warning("improver-waits", reason=error.key)
            return []
        return found[: improving.AT_ONCE - len(self._busy)]

    async def _one(self, writer: Writer, row: Row) -> None:
        try:
            await self._improve(writer, row)
        except KinetogramError as error:
            log.warning("improver-waits", reason=error.key)
        finally:
            self._busy.discard(row["id"])
            self._wake()

    async def _improve(self, writer: Writer, row: Row) -> None:
        asked = await improving.begin(self._env, row)
        if asked is None:
            return
        try:
            proposal = await writer.improve(asked.words, asked.former)
        except (Refusal, OperatorFault) as error:
            log.warning("not-improved", reason=error.key, **_host(error))
            told = error if isinstance(error, Refusal) else Refusal("improve-no-service")
            await improving.give_up(self._env, row, told)
            if isinstance(error, OperatorFault):
                await alerts.aid(self._env, "words", error)
        except Transient as error:
            await self._later(row, error)
        else:
            await improving.came(self._env, row, asked, proposal)

    async def _later(self, row: Row, error: Transient) -> None:
        log.warning("not-improved", reason=error.key, attempt=row["attempts"], **_host(error))
        now, asked_ms = self._env.now_ms(), round((error.retry_after_s or 0) * 1000)
        wait_ms = max(asked_ms, RETRY_MS[min(row["attempts"], len(RETRY_MS) - 1)])
        is_last = row["attempts"] >= len(RETRY_MS) or now + wait_ms > row["created_at"] + DEADLINE_MS
        if is_last or wait_ms > MAX_WAIT_MS:
            key = "improve-busy" if isinstance(error, Throttled) else "improve-no-answer"
            await improving.give_up(self._env, row, Refusal(key))
        else:
            await improving.later(self._env, row, now + wait_ms)


def _host(error: KinetogramError) -> dict[str, str | int | float]:
    return {name: error.data[name] for name in ("host", "status", "detail") if name in error.data}
