"""Ark over HTTP: the calls, in order and in pace. What they say is `wire`'s."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

from bot.core.errors import KinetogramError, Transient
from bot.providers.ark import wire
from bot.providers.ark.catalog import offers
from bot.providers.ark.codes import ask_error
from bot.providers.ark.hosts import host_of
from bot.providers.base import NO_HEADERS, Absent, CancelOutcome, CannotLookUp, Found, LookUp, Order, Status, Task
from bot.providers.config import ProviderConfig, Tools
from bot.providers.faults import elsewhere
from bot.providers.http import Reply
from bot.providers.plain import PlainProvider, is_missing

TASKS = "/contents/generations/tasks"
LIST_EVERY_MS = 1_100
"""Ark allows one LIST a second and account."""
PAGE_SIZE = 100
MAX_PAGES = 100
CLOCK_SKEW_MS = 120_000
BUSY = 409


class _NoListing(Exception):
    """A reseller that answers a LIST with something else."""


class ArkProvider(PlainProvider):
    """One account on Ark (or behind a reseller that passes Ark's wire through). Satisfies `Provider`."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        self._host = host_of(config.account.host, config.prices)
        found = partial(offers, prices=self._host.prices, cny_usd=config.cny_usd)
        super().__init__(config, tools, found, max_body_bytes=wire.MAX_BODY_BYTES)
        self._listing = asyncio.Lock()
        self._listed_at = 0

    def encoded_size(self, order: Order) -> int:
        return wire.encoded_size(order)

    async def submit(self, order: Order) -> Task:
        return await self._create(order, TASKS, wire.create_body(order), partial(wire.read_created, order=order))

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:
        """By the trace, which Ark echoes as `safety_identifier`, over one complete listing.

        Another key proves nothing; an empty `key_name` means the one in use.
        """
        if key_name not in {self._key_name, ""} or not self._host.lists:
            return CannotLookUp()
        try:
            return await self._search(trace, since_ms)
        except _NoListing:
            return CannotLookUp()

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:  # noqa: ARG002 - unsigned
        return wire.callback_task(body)

    async def _look(self, task_id: str) -> Reply:
        return await self._ask("GET", f"{TASKS}/{task_id}")

    async def _read(self, task: Task, reply: Reply) -> Status:  # noqa: ARG002 - one shape for all
        return wire.read_task(reply.mapping, self._account)

    def _fault(self, reply: Reply) -> KinetogramError:
        return ask_error(reply, self._account)

    async def _knock(self) -> Reply:
        """A listing of one where there is a LIST, else a task that can't exist: both are free."""
        return await (self._page(1, 1) if self._host.lists else self._look("cgt-none"))

    def _welcomes(self, reply: Reply) -> bool:
        return reply.ok or (is_missing(reply) and not self._host.lists)

    async def _withdraw(self, task: Task) -> CancelOutcome:
        """A DELETE of a finished task would throw its output away, and a running one can't be stopped."""
        if not self._host.cancels:
            return "unsupported"
        reply = await self._ask("DELETE", f"{TASKS}/{task.id}", tries=1)
        if reply.status == BUSY:
            return "running"
        if elsewhere(reply):
            return "unsupported"
        if reply.status >= 300:
            raise self._fault(reply)
        self._gate.note(task.id, over=True)
        return "cancelled"

    async def _search(self, trace: str, since_ms: int) -> LookUp:
        """A task without any mark, made in that time, might be ours behind a reseller that drops marks: no proof."""
        blind = False
        async for item in self._items():
            mark, at = item.get("safety_identifier"), wire.created_ms(item)
            found = wire.task_id(item)
            if found and mark == trace and at >= since_ms - CLOCK_SKEW_MS:
                return Found(Task(found, self._key_name))
            blind = blind or (mark is None and at >= since_ms - CLOCK_SKEW_MS)
        return CannotLookUp() if blind else Absent()

    async def _items(self) -> AsyncIterator[Mapping[str, Any]]:
        """Every task that is listed. Raises Transient when the listing ends before it is complete."""
        seen = 0
        for number in range(1, MAX_PAGES + 1):
            reply = await self._page(number, PAGE_SIZE)
            page = wire.read_page(reply.mapping) if reply.ok else None
            if elsewhere(reply):
                raise _NoListing
            if page is None:
                raise self._fault(reply)
            items, total = page
            for item in items:
                yield item
            seen += len(items)
            if seen >= total:
                return
            if not items:
                break
        raise Transient("provider-listing-incomplete", **self._account.who, seen=seen)

    async def _page(self, number: int, size: int) -> Reply:
        async with self._listing:
            wait_ms = self._listed_at + LIST_EVERY_MS - self._tools.now_ms()
            if wait_ms > 0:
                await self._tools.sleep(wait_ms / 1000)
            try:
                return await self._ask("GET", TASKS, {"page_num": str(number), "page_size": str(size)})
            finally:
                self._listed_at = self._tools.now_ms()
