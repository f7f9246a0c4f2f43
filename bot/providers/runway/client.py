"""Runway over HTTP: uploads, then the one call; looks, stops. What they say is `wire`'s.

It has no list and no name of ours, so an uncertain create can't be looked up.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.providers.base import CancelOutcome, Order, Status, Task
from bot.providers.config import ProviderConfig, Tools
from bot.providers.faults import elsewhere
from bot.providers.http import Reply, bearer
from bot.providers.plain import PlainProvider, is_missing
from bot.providers.runway import wire
from bot.providers.runway.catalog import offers
from bot.providers.runway.uploads import upload_all

CREATE_READ_S = 60.0
CREATE_TOTAL_S = 80.0
"""With `uploads.TOTAL_S` before it this stays below the worker's lease."""
ENVELOPE_BYTES = 4_000


def _headers(api_key: str) -> Mapping[str, str]:
    return {**bearer(api_key), "X-Runway-Version": wire.VERSION}


class RunwayProvider(PlainProvider):
    """One project. Satisfies `Provider`."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        super().__init__(config, tools, offers, _headers)

    def encoded_size(self, order: Order) -> int:
        """Files are uploaded beforehand: the body is always short."""
        return ENVELOPE_BYTES + len(order.spec.words().encode())

    async def submit(self, order: Order) -> Task:
        wire.check(order)

        async def call() -> str:
            uris = await upload_all(self._tools.http, self._account, order)
            body = wire.create_body(order, uris)
            path, limits = wire.create_path(order), (CREATE_READ_S, CREATE_TOTAL_S)
            reply = await self._tools.http.create(self._account, path, body, *limits)
            return wire.read_created(reply, self._account)

        return await self._taken(order, call)

    async def _look(self, task_id: str) -> Reply:
        """Links to the output are made anew by every look."""
        return await self._ask("GET", f"{wire.TASKS}/{task_id}")

    async def _read(self, task: Task, reply: Reply) -> Status:  # noqa: ARG002 - one shape for all
        return wire.read_task(reply.mapping, self._account)

    async def _knock(self) -> Reply:
        """Asks for the organization, which is free and always there."""
        return await self._ask("GET", wire.ORGANIZATION)

    def _welcomes(self, reply: Reply) -> bool:
        return reply.ok

    async def _withdraw(self, task: Task) -> CancelOutcome:
        """A task that can't be looked at any more was stopped by an earlier try whose answer was lost."""
        reply = await self._ask("DELETE", f"{wire.TASKS}/{task.id}", tries=1)
        if elsewhere(reply) and not (is_missing(reply) and is_missing(await self._look(task.id))):
            return "unsupported"
        if reply.status >= 300 and not elsewhere(reply):
            raise self._fault(reply)
        self._gate.note(task.id, over=True)
        return "cancelled"

    def _message(self, reply: Reply) -> str:
        return wire.message(reply)
