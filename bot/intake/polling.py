"""Our own getUpdates loop: the next offset is asked for only after the last updates are committed."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from typing import Any, cast

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.core.errors import Transient
from bot.intake.lanes import ALLOWED_UPDATES, arrival
from bot.services import inbox
from bot.storage.base import Store

LONG_POLL_S = 25
CONFLICT_PAUSE_S = 3.0
ERROR_PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

log = structlog.get_logger(__name__)

# The raw dicts are wanted here, not parsed objects: they are stored as they came.
warnings.filterwarnings("ignore", message=r"Please use 'Bot\.get_updates'")


class Poller:
    """Fetches updates, commits them, wakes the dispatcher. Survives conflicts and outages."""

    def __init__(
        self,
        bot: Bot,
        store: Store,
        wake: Callable[[], None],
        now_ms: Callable[[], int],
        beat: Callable[[], None] = lambda: None,
        long_poll_s: int = LONG_POLL_S,
    ) -> None:
        self._bot = bot
        self._store = store
        self._wake = wake
        self._now_ms = now_ms
        self._long_poll_s = long_poll_s
        self._beat = beat
        self._offset: int | None = None
        self._failures = 0

    async def run(self) -> None:
        """Until cancelled. Only a refused token ends it by itself."""
        while True:
            pause_s = await self._turn()
            if pause_s:
                await asyncio.sleep(pause_s)

    async def _turn(self) -> float:
        try:
            updates = await self._fetch()
        except InvalidToken:
            raise
        except RetryAfter as error:
            return float(cast("float", error.retry_after))
        except Conflict:
            # Another poller, for instance the instance that we replace: it ends, or an operator must look.
            log.warning("polling-conflict", hint="another process polls with this token, or a webhook is set")
            return CONFLICT_PAUSE_S
        except (NetworkError, TelegramError) as error:
            return self._pause_after(error)
        self._beat()
        return await self._keep(updates)

    async def _keep(self, updates: list[dict[str, Any]]) -> float:
        """Commits; when the database can't, the same updates are asked for again: the offset has not moved."""
        try:
            await self._commit(updates)
        except Transient as error:
            return self._pause_after(error)
        self._failures = 0
        return 0.0

    def _pause_after(self, error: TelegramError | Transient) -> float:
        pause_s = ERROR_PAUSES_S[min(self._failures, len(ERROR_PAUSES_S) - 1)]
        if self._failures == 0:
            log.warning("polling-interrupted", error=type(error).__name__)
        self._failures += 1
        return pause_s

    async def _fetch(self) -> list[dict[str, Any]]:
        parameters: dict[str, Any] = {"timeout": self._long_poll_s, "allowed_updates": list(ALLOWED_UPDATES)}
        if self._offset is not None:
            parameters["offset"] = self._offset
        result = await self._bot.do_api_request(
            "getUpdates", api_kwargs=parameters, read_timeout=self._long_poll_s + 15
        )
        return cast("list[dict[str, Any]]", result)

    async def _commit(self, updates: list[dict[str, Any]]) -> None:
        if not updates:
            return
        await inbox.keep(self._store, [arrival(update) for update in updates], self._now_ms())
        self._offset = max(update["update_id"] for update in updates) + 1
        self._wake()
