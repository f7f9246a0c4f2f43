"""The till: asks Telegram for refunds and for what ends or goes on, and once a night reads its list of payments."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

import structlog

from bot.core.errors import KinetogramError
from bot.core.stars import Answer, Move
from bot.services import reconciling, refunds, subscriptions
from bot.services.env import Env

PAGE = 100
IDLE_S = 5.0
LIST_TURN_MS = 60_000

log = structlog.get_logger(__name__)


class Stars(Protocol):
    """Telegram's side of the till."""

    async def refund(self, telegram_user_id: int, charge: str) -> Answer: ...

    async def set_renewal(self, telegram_user_id: int, charge: str, *, on: bool) -> Answer: ...

    async def moves(self, offset: int, limit: int) -> list[Move | None] | None: ...


class Till:
    """Runs until cancelled. `ring` says that something was laid into the outbox."""

    def __init__(self, env: Env, stars: Stars, ring: Callable[[], None]) -> None:
        self._env = env
        self._stars = stars
        self._ring = ring
        self._news = asyncio.Event()
        self._list_at = 0

    def wake(self) -> None:
        """A refund may be due now."""
        self._news.set()

    async def run(self) -> None:
        """Refunds at once, the list when its night has come; a fault of one turn is logged, the next turn comes."""
        while True:
            self._news.clear()
            try:
                await self.turn()
            except KinetogramError as error:
                log.warning("till-failed", reason=error.key)
            with contextlib.suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it loses a cancellation that comes together with the news.
                async with asyncio.timeout(IDLE_S):
                    await self._news.wait()

    async def turn(self) -> None:
        """One look at all of it."""
        await self.refund_due()
        await self.tell_renewals()
        if self._env.now_ms() >= self._list_at:
            self._list_at = self._env.now_ms() + LIST_TURN_MS
            await self.reconcile()

    async def refund_due(self) -> None:
        """Asks for every refund that is due; asking twice is harmless, Telegram gives back once."""
        for row in await refunds.due(self._env):
            answer = await self._stars.refund(row["telegram_user_id"], row["charge"])
            log.info("refund", answer=type(answer).__name__)
            await refunds.answered(self._env, row["charge"], row["attempts"], answer)
            self._ring()

    async def tell_renewals(self) -> None:
        """Tells Telegram which subscriptions are stopped or may go on; telling it twice is harmless."""
        for row in await subscriptions.due(self._env):
            may_go_on = row["state"] == "allowing"
            answer = await self._stars.set_renewal(row["telegram_user_id"], row["charge"], on=may_go_on)
            log.info("renewal", on=may_go_on, answer=type(answer).__name__)
            await subscriptions.answered(self._env, row, answer)
            self._ring()

    async def reconcile(self) -> None:
        """Reads on to the end of the list, if it is time; what an outage cuts off is taken up at the next turn."""
        while (reading := await reconciling.begin(self._env)) is not None:
            moves = await self._stars.moves(reading.position, PAGE)
            if moves is None:
                return
            if await reconciling.read_page(self._env, reading, moves) < PAGE:
                await reconciling.end(self._env, reading)
            self._ring()
