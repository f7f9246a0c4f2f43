"""Kling over HTTP: the calls, in pace. What they say is `wire`'s, how they are proven is the door's."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.errors import KinetogramError
from bot.providers.base import NO_HEADERS, Absent, CancelOutcome, CannotLookUp, Found, LookUp, Order, Status, Task
from bot.providers.config import ProviderConfig, Tools
from bot.providers.http import Reply
from bot.providers.kling import wire
from bot.providers.kling.catalog import offers
from bot.providers.kling.codes import ask_error, is_unknown
from bot.providers.kling.doors import NOBODY, door_of
from bot.providers.plain import PlainProvider
from bot.providers.webhooks import verified


class KlingProvider(PlainProvider):
    """One account. Satisfies `Provider`. There is no cancel, no progress and no seed."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        self._door = door_of(config, tools)
        super().__init__(config, tools, lambda name: offers(name, self._door.design))
        self._cny_usd = config.cny_usd
        self._webhook_secret = config.extras.get("webhook_secret", "")

    def encoded_size(self, order: Order) -> int:
        return wire.encoded_size(order)

    async def submit(self, order: Order) -> Task:
        wire.check(order)

        async def call() -> str:
            return wire.read_created(await self._door.create(order), self._account)

        return await self._taken(order, call)

    async def cancel(self, task: Task) -> CancelOutcome:  # noqa: ARG002 - one shape for all
        return "unsupported"

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:  # noqa: ARG002 - the same
        """By the trace: it is the task's `external_task_id`, which is unique. Another key proves nothing."""
        if key_name not in {self._key_name, ""}:
            return CannotLookUp()
        reply = await self._door.ours(trace)
        found = wire.tasks(reply)
        ids = [number for number in map(wire.task_id, found or ()) if number]
        if ids:
            return Found(Task(ids[0], self._key_name))
        if found == [] or is_unknown(reply):
            return Absent()
        raise self._fault(reply)

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:
        """Signed when the account has a webhook secret: with ours set, an unsigned one names nothing."""
        secret = self._webhook_secret
        if secret and not verified(secret, headers, body, self._tools.now_ms() // 1000):
            return None
        return wire.callback_task(body)

    async def _look(self, task_id: str) -> Reply:
        return await self._door.about(task_id)

    async def _read(self, task: Task, reply: Reply) -> Status:  # noqa: ARG002 - one shape for all
        return wire.read_task((wire.tasks(reply) or [{}])[0], self._account, self._cny_usd)

    def _tells(self, reply: Reply) -> bool:
        return bool(wire.tasks(reply))

    def _gone(self, task: Task, reply: Reply) -> Status:
        """An empty list is the word for it too."""
        return self._strikes.missing(task) if wire.tasks(reply) == [] else super()._gone(task, reply)

    async def _knock(self) -> Reply:
        return await self._look(NOBODY)

    def _welcomes(self, reply: Reply) -> bool:
        return wire.tasks(reply) is not None or is_unknown(reply)

    def _fault(self, reply: Reply) -> KinetogramError:
        return ask_error(reply, self._account)
