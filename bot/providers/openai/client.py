"""The `/v1/videos` format over HTTP: the calls, in order and in pace. What they say is `wire`'s."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bot.core.errors import KinetogramError, Transient
from bot.providers.base import (
    Absent,
    CancelOutcome,
    CannotLookUp,
    Downloaded,
    Found,
    LookUp,
    Order,
    Rendering,
    Sought,
    Status,
    Task,
    Waiting,
)
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import is_private_host, same_origin
from bot.providers.faults import elsewhere
from bot.providers.http import PLAIN, Reply
from bot.providers.openai import seeking, wire
from bot.providers.openai.catalog import offers
from bot.providers.openai.dialects import dialect_of
from bot.providers.plain import NOT_FOUND, PlainProvider
from bot.providers.webhooks import verified

BUSY = 409
PAGE_SIZE = 100
MAX_PAGES = 50
OWNERS_KEPT = 1_000
ABORT_TRIES = 3
ABORT_WAIT_S = 1.0
VIDEO = replace(PLAIN, heeds=wire.is_video)


class OpenAIProvider(PlainProvider):
    """One server of the format. Satisfies `Provider`, `SeeksByOrder` and `SignsEvents`."""

    stops = (Waiting, Rendering)

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        self._dialect = dialect_of(config.extras.get("dialect", "generic"))
        found = partial(offers, host=config.account.host, dialect=self._dialect, prices=config.prices)
        super().__init__(config, tools, found)
        self._webhook_secret = config.extras.get("webhook_secret", "")
        self._owners: dict[str, str] = {}
        self._seeking = asyncio.Lock()

    def encoded_size(self, order: Order) -> int:
        return wire.encoded_size(order)

    async def submit(self, order: Order) -> Task:
        form = wire.create_form(order, self._dialect, sound=self._sound(order))
        task = await self._create(order, wire.VIDEOS, form, wire.read_created)
        self._own(task.id, order.trace)
        return task

    async def seek(self, sought: Sought) -> LookUp:
        """By what was ordered. Only a listing of the same key's videos, as far back as the call, proves an absence."""
        told = self._dialect.lists or self._dialect.hints
        if not told or sought.key_name not in {self._key_name, ""}:
            return CannotLookUp()
        async with self._seeking:
            items = await self._listed(sought)
            found = None if items is None else seeking.ours(self._free(items, sought), sought)
            if found:
                self._own(found, sought.trace)
                return Found(Task(found, self._key_name))
        return Absent() if found is False and self._dialect.lists else CannotLookUp()

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        """The key goes to addresses below the base URL alone, and only the server's own origin may be private."""
        own = same_origin(url, self._account.base_url)
        headers = self._account.headers if own and url.startswith(self._account.url("/")) else None
        private_ok = is_private_host(self._account.base_url)
        return await self._tools.files.fetch(url, path, max_bytes, private_ok=private_ok, own=own, headers=headers)

    def event_task(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        secret = self._webhook_secret
        if not secret or not verified(secret, headers, body, self._tools.now_ms() // 1000):
            return None
        return wire.webhook_task(body)

    async def _look(self, task_id: str) -> Reply:
        return await self._ask("GET", wire.path_of(task_id), reading=VIDEO)

    def _tells(self, reply: Reply) -> bool:
        return reply.ok or wire.is_video(reply)

    async def _read(self, task: Task, reply: Reply) -> Status:
        content_url = self._account.url(f"{wire.path_of(task.id)}/content")
        return wire.read_video(reply, self._account, content_url, self._sizes)

    def _fault(self, reply: Reply) -> KinetogramError:
        return wire.ask_error(reply, self._account)

    async def _knock(self) -> Reply:
        """A listing of one where there is one, else a video that can't exist: both are free."""
        if self._dialect.lists:
            return await self._ask("GET", wire.VIDEOS, {"limit": "1"})
        return await self._ask("GET", wire.path_of("none"))

    def _welcomes(self, reply: Reply) -> bool:
        unknown = reply.status in {400, NOT_FOUND} and reply.kind == "json" and not self._dialect.lists
        return reply.ok or unknown

    @property
    def _sizes(self) -> dict[str, str]:
        """Resolutions by the pixels that a video is reported with."""
        sizes = (entry for offer in self.offers for entry in offer.model.sizes.items())
        return {f"{width}x{height}": resolution for (resolution, _), (width, height) in sizes}

    def _sound(self, order: Order) -> bool | None:
        built_in = (offer.model for offer in self.offers if offer.wire_id == order.wire_id)
        models = built_in if order.model is None else [order.model]
        return order.spec.audio if any(model.takes_audio_switch for model in models) else None

    def _own(self, task_id: str, trace: str) -> None:
        """Known here before it is written down: no other order may take the same video meanwhile."""
        self._owners[task_id] = trace
        while len(self._owners) > OWNERS_KEPT:
            del self._owners[next(iter(self._owners))]

    def _free(self, items: Sequence[Mapping[str, Any]], sought: Sought) -> list[Mapping[str, Any]]:
        return [item for item in items if self._owners.get(wire.task_id(item) or "", sought.trace) == sought.trace]

    async def _withdraw(self, task: Task) -> CancelOutcome:
        """A DELETE of a finished video would throw it away. Only vLLM-Omni stops one that is going on."""
        if not self._dialect.aborts:
            return "unsupported"
        reply = await self._delete(task)
        if reply.status == BUSY:
            return "running"
        if not reply.ok and reply.status != NOT_FOUND:
            raise self._fault(reply)
        self._gate.note(task.id, over=True)
        return "cancelled" if reply.ok else "finished"

    async def _delete(self, task: Task, tries: int = ABORT_TRIES) -> Reply:
        """A 409 says that it is not done yet."""
        reply = await self._ask("DELETE", wire.path_of(task.id), tries=1)
        if reply.status != BUSY or tries <= 1:
            return reply
        await self._tools.sleep(ABORT_WAIT_S)
        return await self._delete(task, tries - 1)

    async def _listed(self, sought: Sought) -> list[Mapping[str, Any]] | None:
        """The videos back to before the call; None where there is no listing. Raises Transient for half of one."""
        seen: dict[str, Mapping[str, Any]] = {}
        params = {"limit": str(PAGE_SIZE), "order": "desc"}
        for _ in range(MAX_PAGES):
            reply = await self._ask("GET", wire.VIDEOS, params)
            items = seeking.page(reply.mapping) if reply.ok else None
            if items is None and (elsewhere(reply) or (reply.ok and not self._dialect.lists)):
                return None
            if items is None:
                raise self._fault(reply)
            fresh = {wire.task_id(item) or "": item for item in items if wire.task_id(item) not in seen}
            seen |= fresh
            if not fresh or seeking.reaches_back(items, sought):
                return list(seen.values())
            params["after"] = next(reversed(fresh))
        raise Transient("provider-listing-incomplete", **self._account.who, seen=len(seen))
