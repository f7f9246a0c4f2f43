"""The Gemini API over HTTP: Omni's interactions, and Veo's operations where a base URL still has them.

An answer may hold the whole video. A look reads it through a sieve and remembers the verdict, since a finished record
never changes; the fetch asks once more and takes the video out on its way to the disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
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
from bot.providers.download import is_private_host, same_origin
from bot.providers.gate import Gate
from bot.providers.google import omni_wire, veo_wire
from bot.providers.google.catalog import gemini_offers
from bot.providers.google.faults import ask_error
from bot.providers.google.inline import Inline
from bot.providers.google.lateness import Lateness
from bot.providers.http import Account, Reading, Reply
from bot.providers.room import Room
from bot.providers.sift import LOOK, lift, sift
from bot.providers.strikes import Strikes

MODELS = "/v1beta/models"
VERDICTS_KEPT = 256
CREATE_READ_S = 160.0
"""Longer than usual: background is documented for words only, and a house that ignores it answers after the render."""
NOT_FOUND = 404


def _key_headers(api_key: str) -> Mapping[str, str]:
    return {"x-goog-api-key": api_key, "Api-Revision": omni_wire.REVISION}


class GoogleProvider:
    """One Gemini key. Satisfies `Provider`."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        plain = config.account
        self._account = Account(plain.name, plain.base_url, plain.api_key, _key_headers)
        self._key_name = config.key_name
        self._tools = tools
        self._offers = tuple(gemini_offers(self.name, self._account.host))
        self._gate = Gate(tools.now_ms, config.limits)
        self._strikes = Strikes(self._account)
        self._late = Lateness(self._account, tools.now_ms)
        self._room = Room(tools.now_ms, omni_wire.MAX_BODY_BYTES)
        self._verdicts: dict[str, Succeeded] = {}

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
        return veo_wire.encoded_size(order) if _by_operation(order.wire_id) else omni_wire.encoded_size(order)

    def wait_s(self, wire_id: str) -> float:
        return self._gate.wait_s(wire_id)

    def down(self, wire_id: str) -> bool:
        return self._gate.down(wire_id)

    async def submit(self, order: Order) -> Task:
        try:
            task_id = await self._create(order)
        except Refusal as error:
            raise self._room.after(error, self.encoded_size(order)) from None
        self._gate.running(task_id)
        return Task(task_id, self._key_name)

    async def check(self, task: Task) -> Status:
        known = self._verdicts.get(task.id)
        if known is not None:
            return known
        reply = await self._record(task.id)
        if reply.status == NOT_FOUND and reply.kind != "html":
            status: Status = self._strikes.missing(task)
        elif omni_wire.is_unknown(reply):
            status = self._late.missing(task)
        elif reply.ok:
            self._strikes.found(task)
            self._late.found(task)
            status = self._read(reply, task)
        else:
            raise ask_error(reply, self._account)
        self._gate.note(task.id, over=isinstance(status, Succeeded | Ended))
        return status

    async def cancel(self, task: Task) -> CancelOutcome:
        """Looks first, since only what is going on can be stopped; an operation can't be."""
        if _by_operation(task.id):
            return "unsupported"
        match await self.check(task):
            case Succeeded():
                return "finished"
            case Ended(kind=kind):
                return "cancelled" if kind == "cancelled" else "finished"
            case _:
                return await self._stop(task)

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:  # noqa: ARG002 - there is no list
        return CannotLookUp()

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        """The key goes to the file service of the base URL alone, and stays behind when the file lies elsewhere."""
        task_id = Inline.task(url)
        if task_id is not None:
            return await self._lift(task_id, path, max_bytes)
        headers = {"x-goog-api-key": self._account.api_key} if same_origin(url, self._account.base_url) else {}
        private_ok = is_private_host(self._account.base_url)
        return await self._tools.files.fetch(url, path, max_bytes, private_ok=private_ok, headers=headers)

    def callback_task(
        self,
        body: bytes,  # noqa: ARG002 - no callback is asked for
        headers: Mapping[str, str] = NO_HEADERS,  # noqa: ARG002 - the same
    ) -> str | None:
        return None

    async def ping(self) -> Ping:
        """The list of models: free, and it needs a good key."""
        try:
            reply = await self._tools.http.ask(self._account, "GET", MODELS, {"pageSize": "1"})
            if not reply.ok:
                raise ask_error(reply, self._account)
        except KinetogramError as error:
            return Ping(ok=False, key=error.key, data=error.data)
        return Ping(ok=True, key="provider-ok", data=self._account.who)

    async def close(self) -> None:
        """Nothing of its own: the tools are shared."""

    async def _create(self, order: Order) -> str:
        veo = _by_operation(order.wire_id)
        path = f"{MODELS}/{order.wire_id}:predictLongRunning" if veo else omni_wire.INTERACTIONS
        body = veo_wire.create_body(order, enterprise=False) if veo else omni_wire.create_body(order)
        with self._gate.call(order.wire_id):
            reply = await self._tools.http.create(self._account, path, body, CREATE_READ_S, read=sift)
            read = veo_wire.read_created if veo else omni_wire.read_created
            return read(reply, self._account)

    async def _record(self, task_id: str, reading: Reading = LOOK, tries: int = 3) -> Reply:
        path = f"/v1beta/{task_id}" if _by_operation(task_id) else omni_wire.path_of(task_id)
        return await self._tools.http.ask(self._account, "GET", path, tries=tries, reading=reading)

    def _read(self, reply: Reply, task: Task) -> Status:
        if _by_operation(task.id):
            return veo_wire.read_operation(reply.mapping, self._account, task.id)
        status = omni_wire.read_task(reply.mapping, self._account, task.id)
        if isinstance(status, Succeeded) and Inline.task(status.video_url) is not None:
            while len(self._verdicts) >= VERDICTS_KEPT:
                del self._verdicts[next(iter(self._verdicts))]
            self._verdicts[task.id] = status
        return status

    async def _stop(self, task: Task) -> CancelOutcome:
        path = f"{omni_wire.path_of(task.id)}/cancel"
        reply = await self._tools.http.ask(self._account, "POST", path, tries=1)
        if not omni_wire.cancelled(reply):
            return "running"
        self._gate.note(task.id, over=True)
        return "cancelled"

    async def _lift(self, task_id: str, path: Path, max_bytes: int) -> Downloaded:
        ask = partial(self._record, task_id, tries=1)
        return await lift(ask, omni_wire.inline_data, path, max_bytes, self._account.host)


def _by_operation(name: str) -> bool:
    """Whether this wire id or task id belongs to Veo's operations."""
    return name.startswith(("veo-", "models/"))
