"""The guide's shape over HTTP. It has no list and no cancel, so an uncertain create can't be looked up."""

from __future__ import annotations

from bot.providers.base import CancelOutcome, Order, Status, Task
from bot.providers.config import ProviderConfig, Tools
from bot.providers.http import Reply
from bot.providers.plain import PlainProvider
from bot.providers.seedance import variants, wire
from bot.providers.seedance.catalog import offer

CREATE_READ_S = 30.0
"""Counted from the end of the upload."""


class SeedanceProvider(PlainProvider):
    """One account. Satisfies `Provider`."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        super().__init__(config, tools, lambda name: (offer(name),))

    def encoded_size(self, order: Order) -> int:
        return wire.encoded_size(order)

    async def submit(self, order: Order) -> Task:
        path, body = wire.create_path(order), wire.create_body(order)
        return await self._create(order, path, body, wire.read_created, CREATE_READ_S)

    async def cancel(self, task: Task) -> CancelOutcome:  # noqa: ARG002 - one shape for all
        return "unsupported"

    async def _look(self, task_id: str) -> Reply:
        return await self._ask("GET", f"{wire.JOBS}/{task_id}")

    async def _read(self, task: Task, reply: Reply) -> Status:  # noqa: ARG002 - one shape for all
        return wire.read_task(reply.data, self._account)

    def _message(self, reply: Reply) -> str:
        return variants.fault(reply.data)[1]
