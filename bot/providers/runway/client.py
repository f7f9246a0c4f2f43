"""Runway over HTTP: uploads, then the one call; looks, stops. What they say is `wire`'s.

It has no list and no name of ours, so an uncertain create can't be looked up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.core.catalog import Offer
from bot.core.errors import KinetogramError
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
    Waiting,
)
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import is_private_host
from bot.providers.faults import ask_fault, clean, elsewhere
from bot.providers.gate import Gate
from bot.providers.http import Reply, bearer
from bot.providers.runway import wire
from bot.providers.runway.catalog import offers
from bot.providers.runway.uploads import upload_all
from bot.providers.strikes import Strikes

CREATE_READ_S = 60.0
CREATE_TOTAL_S = 80.0
"""With `uploads.TOTAL_S` before it this stays below the worker's lease."""
NOT_FOUND = 404
ENVELOPE_BYTES = 4_000


def _headers(api_key: str) -> Mapping[str, str]:
    return {**bearer(api_key), "X-Runway-Version": wire.VERSION}


class RunwayProvider:
    """One project. Satisfies `Provider`."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        self._account = replace(config.account, auth=_headers)
        self._key_name = config.key_name
        self._tools = tools
        self._offers = tuple(offers(self.name))
        self._gate = Gate(tools.now_ms, config.limits)
        self._strikes = Strikes(self._account)

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
        """Files are uploaded beforehand: the body is always short."""
        return None

    def encoded_size(self, order: Order) -> int:
        return ENVELOPE_BYTES + len(order.spec.words().encode())

    def wait_s(self, wire_id: str) -> float:
        return self._gate.wait_s(wire_id)

    def down(self, wire_id: str) -> bool:
        return self._gate.down(wire_id)

    async def submit(self, order: Order) -> Task:
        wire.check(order)
        with self._gate.call(order.wire_id):
            uris = await upload_all(self._tools.http, self._account, order)
            body = wire.create_body(order, uris)
            path, limits = wire.create_path(order), (CREATE_READ_S, CREATE_TOTAL_S)
            reply = await self._tools.http.create(self._account, path, body, *limits)
            task_id = wire.read_created(reply, self._account)
        self._gate.running(task_id)
        return Task(task_id, self._key_name)

    async def check(self, task: Task) -> Status:
        """Links to the output are made anew by every look."""
        reply = await self._ask("GET", f"{wire.TASKS}/{task.id}")
        if reply.status == NOT_FOUND and reply.kind != "html":
            status: Status = self._strikes.missing(task)
        elif reply.ok:
            self._strikes.found(task)
            status = wire.read_task(reply.mapping, self._account)
        else:
            raise self._fault(reply)
        self._gate.note(task.id, over=isinstance(status, Succeeded | Ended))
        return status

    async def cancel(self, task: Task) -> CancelOutcome:
        """Looks first: a DELETE of a finished task throws its output away, and one at work is charged all the same."""
        match await self.check(task):
            case Succeeded():
                return "finished"
            case Ended(kind=kind):
                return "cancelled" if kind == "cancelled" else "finished"
            case Waiting():
                return await self._delete(task)
            case _:
                return "running"

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:  # noqa: ARG002 - one shape for all
        return CannotLookUp()

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        private_ok = is_private_host(self._account.base_url)
        return await self._tools.files.fetch(url, path, max_bytes, private_ok=private_ok)

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:  # noqa: ARG002 - never called
        return None

    async def ping(self) -> Ping:
        """Asks for the organization, which is free."""
        try:
            reply = await self._ask("GET", wire.ORGANIZATION)
        except KinetogramError as error:
            return Ping(ok=False, key=error.key, data=error.data)
        if reply.ok:
            return Ping(ok=True, key="provider-ok", data=self._account.who)
        fault = self._fault(reply)
        return Ping(ok=False, key=fault.key, data=fault.data)

    async def close(self) -> None:
        """Nothing of its own: the tools are shared."""

    async def _ask(self, method: str, path: str) -> Reply:
        return await self._tools.http.ask(self._account, method, path)

    async def _delete(self, task: Task) -> CancelOutcome:
        reply = await self._tools.http.ask(self._account, "DELETE", f"{wire.TASKS}/{task.id}", tries=1)
        if elsewhere(reply):
            return "unsupported"
        if reply.status >= 300:
            raise self._fault(reply)
        self._gate.note(task.id, over=True)
        return "cancelled"

    def _fault(self, reply: Reply) -> KinetogramError:
        return ask_fault(reply, self._account, clean(wire.message(reply)))
