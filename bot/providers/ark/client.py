"""Ark over HTTP: the calls, in order and in pace. What they say is `wire`'s."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.core.catalog import Offer
from bot.core.errors import KinetogramError, Refusal, Transient
from bot.providers.ark import wire
from bot.providers.ark.catalog import offers
from bot.providers.ark.codes import ask_error
from bot.providers.ark.hosts import host_of
from bot.providers.base import (
    NO_HEADERS,
    Absent,
    CancelOutcome,
    CannotLookUp,
    Downloaded,
    Ended,
    Found,
    LookUp,
    Order,
    Ping,
    Status,
    Succeeded,
    Task,
    Waiting,
)
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import is_private_host
from bot.providers.faults import elsewhere
from bot.providers.gate import Gate
from bot.providers.http import Reply
from bot.providers.room import Room
from bot.providers.strikes import Strikes

TASKS = "/contents/generations/tasks"
LIST_EVERY_MS = 1_100
"""Ark allows one LIST a second and account."""
PAGE_SIZE = 100
MAX_PAGES = 100
CLOCK_SKEW_MS = 120_000
NOT_FOUND = 404


class _NoListing(Exception):
    """A reseller that answers a LIST with something else."""


class ArkProvider:
    """One account on Ark (or behind a reseller that passes Ark's wire through). Satisfies `Provider`."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        self._account = config.account
        self._key_name = config.key_name
        self._tools = tools
        self._host = host_of(self._account.host, config.prices)
        self._offers = tuple(offers(self.name, self._host.prices, config.cny_usd))
        self._gate = Gate(tools.now_ms, config.limits)
        self._strikes = Strikes(self._account)
        self._room = Room(tools.now_ms, wire.MAX_BODY_BYTES)
        self._listing = asyncio.Lock()
        self._listed_at = 0

    @property
    def name(self) -> str:
        return self._account.name

    @property
    def offers(self) -> Sequence[Offer]:
        return self._offers

    @property
    def key_name(self) -> str:
        return self._key_name

    @property
    def max_body_bytes(self) -> int | None:
        return self._room.max_bytes

    def encoded_size(self, order: Order) -> int:
        return wire.encoded_size(order)

    def wait_s(self, wire_id: str) -> float:
        return self._gate.wait_s(wire_id)

    def down(self, wire_id: str) -> bool:
        return self._gate.down(wire_id)

    async def submit(self, order: Order) -> Task:
        body = wire.create_body(order)
        try:
            with self._gate.call(order.wire_id):
                reply = await self._tools.http.create(self._account, TASKS, body)
                task_id = wire.read_created(reply, self._account, order)
        except Refusal as error:
            raise self._room.after(error, wire.encoded_size(order)) from None
        self._gate.running(task_id)
        return Task(task_id, self._key_name)

    async def check(self, task: Task) -> Status:
        reply = await self._tools.http.ask(self._account, "GET", f"{TASKS}/{task.id}")
        if reply.status == NOT_FOUND and reply.kind != "html":
            status: Status = self._strikes.missing(task)
        elif reply.ok:
            self._strikes.found(task)
            status = wire.read_task(reply.mapping, self._account)
        else:
            raise ask_error(reply, self._account)
        self._gate.note(task.id, over=isinstance(status, Succeeded | Ended))
        return status

    async def cancel(self, task: Task) -> CancelOutcome:
        """Looks first: a DELETE of a finished task would throw its output away, and a running one can't be stopped."""
        match await self.check(task):
            case Succeeded():
                return "finished"
            case Ended(kind=kind):
                return "cancelled" if kind == "cancelled" else "finished"
            case _ if not self._host.cancels:
                return "unsupported"
            case Waiting():
                return await self._delete(task)
            case _:
                return "running"

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

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        private_ok = is_private_host(self._account.base_url)
        return await self._tools.files.fetch(url, path, max_bytes, private_ok=private_ok)

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:  # noqa: ARG002 - unsigned
        return wire.callback_task(body)

    async def ping(self) -> Ping:
        """A listing of one where there is a LIST, else a task that can't exist: both are free."""
        try:
            await self._knock()
        except KinetogramError as error:
            return Ping(ok=False, key=error.key, data=error.data)
        return Ping(ok=True, key="provider-ok", data=self._account.who)

    async def close(self) -> None:
        """Nothing of its own: the tools are shared."""

    async def _knock(self) -> None:
        reply = await (self._page(1, 1) if self._host.lists else self._ask(f"{TASKS}/cgt-none"))
        unknown_task = reply.status == NOT_FOUND and reply.kind != "html" and not self._host.lists
        if not reply.ok and not unknown_task:
            raise ask_error(reply, self._account)

    async def _ask(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        return await self._tools.http.ask(self._account, "GET", path, params or {})

    async def _delete(self, task: Task) -> CancelOutcome:
        reply = await self._tools.http.ask(self._account, "DELETE", f"{TASKS}/{task.id}", tries=1)
        if reply.status == 409:
            return "running"
        if elsewhere(reply):
            return "unsupported"
        if reply.status >= 300:
            raise ask_error(reply, self._account)
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
                raise ask_error(reply, self._account)
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
                return await self._ask(TASKS, {"page_num": str(number), "page_size": str(size)})
            finally:
                self._listed_at = self._tools.now_ms()
