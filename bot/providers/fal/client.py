"""fal's queue over HTTP: one call in, looks at the status, one more for what became of it. The words are `wire`'s."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.providers.base import NO_HEADERS, CancelOutcome, Order, Status, Task
from bot.providers.config import ProviderConfig, Tools
from bot.providers.fal import wire
from bot.providers.fal.catalog import offers
from bot.providers.http import PLAIN, Reply
from bot.providers.plain import PlainProvider, is_missing, outcome
from bot.providers.seedance import variants
from bot.providers.seedance.wire import read_task


class FalProvider(PlainProvider):
    """One key, which is `id:secret`. Satisfies `Provider`."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        super().__init__(config, tools, offers, lambda api_key: {"Authorization": f"Key {api_key}"})

    async def submit(self, order: Order) -> Task:
        path, body, params = wire.create_path(order), wire.create_body(order), wire.create_params(order)
        return await self._create(order, path, body, wire.read_created, params=params)

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:  # noqa: ARG002 - its address is secret
        return wire.callback_task(body)

    async def _look(self, task_id: str) -> Reply:
        return await self._ask("GET", f"{wire.REQUESTS}/{task_id}/status")

    async def _read(self, task: Task, reply: Reply) -> Status:
        """The queue's words are among those of other sellers; COMPLETED alone says too little."""
        done = variants.state(reply.data) == "done"
        return await self._result(task, reply) if done else read_task(reply.data, self._account)

    async def _result(self, task: Task, status: Reply) -> Status:
        """A 5xx is the task's own where its status tells of an error, and a sick house's where not."""
        why = str(status.mapping.get("error_type") or status.mapping.get("error") or "")
        own = replace(PLAIN, heeds=lambda _: bool(why))
        reply = await self._ask("GET", f"{wire.REQUESTS}/{task.id}", reading=own)
        return self._strikes.missing(task) if is_missing(reply) else wire.read_result(reply, self._account, why)

    async def _withdraw(self, task: Task) -> CancelOutcome:
        """It may have begun meanwhile: only another look can tell."""
        await self._ask("PUT", f"{wire.REQUESTS}/{task.id}/cancel", tries=1)
        return outcome(await self.check(task))

    def _message(self, reply: Reply) -> str:
        return wire.fault(reply)[2]
