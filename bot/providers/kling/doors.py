"""The two ways in: how each design is asked, and with what the caller proves itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.providers.base import Order
from bot.providers.config import ProviderConfig, Tools
from bot.providers.http import Account, Params, Reply
from bot.providers.kling import catalog, legacy, modern, wire
from bot.providers.kling.auth import WIDE_S, signing
from bot.providers.kling.codes import clock_differs, code_of, is_unknown

NOBODY = "0"
"""The id of a task that can't exist."""
KINDS_KEPT = 1_000


class Door(Protocol):
    """One design of the API."""

    @property
    def design(self) -> catalog.Design: ...

    async def create(self, order: Order) -> Reply: ...

    async def about(self, task_id: str) -> Reply:
        """What Kling says of a task of its own."""
        ...

    async def ours(self, trace: str) -> Reply:
        """What it says of a task that we named."""
        ...


class Modern:
    """By an API key."""

    design = catalog.MODERN

    def __init__(self, account: Account, tools: Tools) -> None:
        self._account = account
        self._http = tools.http

    async def create(self, order: Order) -> Reply:
        return await self._http.create(self._account, modern.create_path(order), modern.create_body(order))

    async def about(self, task_id: str) -> Reply:
        return await self._ask({"task_ids": task_id})

    async def ours(self, trace: str) -> Reply:
        return await self._ask({"external_task_ids": trace})

    async def _ask(self, params: Params) -> Reply:
        return await self._http.ask(self._account, "GET", modern.TASKS, params)


class Legacy:
    """By an access key and its secret. A task is found under the path that made it, which only this process knows."""

    design = catalog.LEGACY

    def __init__(self, account: Account, access_key: str, tools: Tools) -> None:
        self._accounts = [signing(account, access_key, tools.now_ms, wider_s) for wider_s in (0, WIDE_S)]
        self._http = tools.http
        self._paths: dict[str, str] = {}

    async def create(self, order: Order) -> Reply:
        path, body = legacy.kind(order), legacy.create_body(order)
        reply = await self._signed(lambda account: self._http.create(account, f"{legacy.BASE}/{path}", body))
        for task in wire.tasks(reply) or ():
            self._remember(wire.task_id(task) or order.trace, path)
        return reply

    async def about(self, task_id: str) -> Reply:
        return await self._find(task_id)

    async def ours(self, trace: str) -> Reply:
        return await self._find(trace)

    async def _find(self, name: str) -> Reply:
        """Asks under the path that is known, else under each: asking is free."""
        known = self._paths.get(name)
        *before, last = [known] if known else legacy.PATHS
        for path in before:
            reply = await self._ask(path, name)
            if not is_unknown(reply):
                return reply
        return await self._ask(last, name)

    async def _ask(self, path: str, name: str) -> Reply:
        address = f"{legacy.BASE}/{path}/{name}"
        reply = await self._signed(lambda account: self._http.ask(account, "GET", address))
        if code_of(reply) == 0:
            self._remember(name, path)
        return reply

    def _remember(self, name: str, path: str) -> None:
        while len(self._paths) >= KINDS_KEPT:
            del self._paths[next(iter(self._paths))]
        self._paths[name] = path

    async def _signed(self, call: Callable[[Account], Awaitable[Reply]]) -> Reply:
        """Signed again, once and for longer, when the two clocks differ: such a call was refused, so nothing is done
        twice.
        """
        reply = await call(self._accounts[0])
        if clock_differs(reply) and len(self._accounts) > 1:
            del self._accounts[0]
            reply = await call(self._accounts[0])
        return reply


def door_of(config: ProviderConfig, tools: Tools) -> Door:
    """By the keys that are there: an API key is the newer way."""
    access_key = config.extras.get("access_key")
    return Legacy(config.account, access_key, tools) if access_key else Modern(config.account, tools)
