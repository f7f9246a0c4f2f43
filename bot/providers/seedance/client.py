"""The guide's shape over HTTP. It has no list and no cancel, so an uncertain create can't be looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.core.catalog import Offer
from bot.core.errors import KinetogramError, Refusal
from bot.providers.base import (
    NO_HEADERS,
    CancelOutcome,
    CannotLookUp,
    Downloaded,
    Ended,
    LookUp,
    Order,
    Ping,
    Status,
    Succeeded,
    Task,
)
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import is_private_host
from bot.providers.faults import ask_fault, clean
from bot.providers.gate import Gate
from bot.providers.http import Reply
from bot.providers.room import Room
from bot.providers.seedance import variants, wire
from bot.providers.seedance.catalog import offer
from bot.providers.strikes import Strikes

CREATE_READ_S = 30.0
"""Counted from the end of the upload."""
NOT_FOUND = 404


class SeedanceProvider:
    """One account. Satisfies `Provider`."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        self._account = config.account
        self._key_name = config.key_name
        self._tools = tools
        self._offers = (offer(self.name),)
        self._gate = Gate(tools.now_ms, config.limits)
        self._strikes = Strikes(self._account)
        self._room = Room()

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
        path, body = wire.create_path(order), wire.create_body(order)
        try:
            with self._gate.call(order.wire_id):
                reply = await self._tools.http.create(self._account, path, body, CREATE_READ_S)
                task_id = wire.read_created(reply, self._account)
        except Refusal as error:
            raise self._room.after(error, wire.encoded_size(order)) from None
        self._gate.running(task_id)
        return Task(task_id, self._key_name)

    async def check(self, task: Task) -> Status:
        reply = await self._ask(task.id)
        if reply.status == NOT_FOUND and reply.kind != "html":
            status: Status = self._strikes.missing(task)
        elif reply.ok:
            self._strikes.found(task)
            status = wire.read_task(reply.data, self._account)
        else:
            raise self._fault(reply)
        self._gate.note(task.id, over=isinstance(status, Succeeded | Ended))
        return status

    async def cancel(self, task: Task) -> CancelOutcome:  # noqa: ARG002 - one shape for all providers
        return "unsupported"

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:  # noqa: ARG002 - the same
        return CannotLookUp()

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        private_ok = is_private_host(self._account.base_url)
        return await self._tools.files.fetch(url, path, max_bytes, private_ok=private_ok)

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:  # noqa: ARG002 - no callbacks
        return None

    async def ping(self) -> Ping:
        """Asks for a job that can't exist: free, and a 404 in JSON says that the key is good."""
        try:
            reply = await self._ask("none")
        except KinetogramError as error:
            return Ping(ok=False, key=error.key, data=error.data)
        if reply.ok or (reply.status == NOT_FOUND and reply.kind != "html"):
            return Ping(ok=True, key="provider-ok", data=self._account.who)
        fault = self._fault(reply)
        return Ping(ok=False, key=fault.key, data=fault.data)

    async def close(self) -> None:
        """Nothing of its own: the tools are shared."""

    async def _ask(self, task_id: str) -> Reply:
        return await self._tools.http.ask(self._account, "GET", f"{wire.JOBS}/{task_id}")

    def _fault(self, reply: Reply) -> KinetogramError:
        return ask_fault(reply, self._account, clean(variants.fault(reply.data)[1]))
