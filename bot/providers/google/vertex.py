"""Veo on Vertex over HTTP: the same predictions under a Cloud project, with an access token instead of a key.

The token is got before the create call: when that fails, nothing was asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from bot.core.catalog import Offer
from bot.core.errors import KinetogramError, NotTaken, Refusal, Transient
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
from bot.providers.gate import Gate
from bot.providers.google import veo_wire
from bot.providers.google.catalog import vertex_offers
from bot.providers.google.faults import ask_error
from bot.providers.google.inline import Inline
from bot.providers.google.oauth import AccessTokens
from bot.providers.http import Account, Reading, Reply
from bot.providers.room import Room
from bot.providers.sift import LOOK, lift
from bot.providers.strikes import Strikes

UNAUTHORIZED = 401
NOT_FOUND = 404
AGAIN_S = 1.0
CREATE_TOTAL_S = 130.0
"""With `oauth.TOTAL_S` before it this stays below the worker's lease."""


class VertexProvider:
    """One Cloud project. `extras`: project, location, credentials (a path). Satisfies `Provider`."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        self._account = config.account
        self._key_file = config.extras.get("credentials", "")
        self._place = "projects/{project}/locations/{location}/publishers/google/models".format(**config.extras)
        self._tools = tools
        self._tokens = AccessTokens(self.name, Path(self._key_file) if self._key_file else None, tools)
        self._offers = tuple(vertex_offers(self.name))
        self._gate = Gate(tools.now_ms, config.limits)
        self._strikes = Strikes(self._account)
        self._room = Room(tools.now_ms, veo_wire.MAX_BODY_BYTES)

    @property
    def name(self) -> str:
        return self._account.name

    @property
    def offers(self) -> Sequence[Offer]:
        return self._offers

    @property
    def key_name(self) -> str:
        """Tells project and file apart without telling them."""
        return hashlib.sha256(f"{self._place} {self._key_file}".encode()).hexdigest()[:8]

    @property
    def max_body_bytes(self) -> int | None:
        return self._room.max_bytes

    def encoded_size(self, order: Order) -> int:
        return veo_wire.encoded_size(order)

    def wait_s(self, wire_id: str) -> float:
        return self._gate.wait_s(wire_id)

    def down(self, wire_id: str) -> bool:
        return self._gate.down(wire_id)

    async def submit(self, order: Order) -> Task:
        body = veo_wire.create_body(order, enterprise=True)
        try:
            with self._gate.call(order.wire_id):
                account = await self._token_for_create()
                path = f"/v1/{self._place}/{order.wire_id}:predictLongRunning"
                reply = await self._tools.http.create(account, path, body, total_s=CREATE_TOTAL_S)
                if reply.status == UNAUTHORIZED and self._tokens.refused():
                    raise NotTaken("provider-unreachable", AGAIN_S, **account.who, why="token")
                name = veo_wire.read_created(reply, account)
        except Refusal as error:
            raise self._room.after(error, self.encoded_size(order)) from None
        self._gate.running(name)
        return Task(name, self.key_name)

    async def check(self, task: Task) -> Status:
        reply = await self._operation(task.id)
        if reply.status == NOT_FOUND and reply.kind != "html":
            status: Status = self._strikes.missing(task)
        elif reply.ok:
            self._strikes.found(task)
            status = veo_wire.read_operation(reply.mapping, self._account, task.id)
        else:
            raise ask_error(reply, self._account)
        self._gate.note(task.id, over=isinstance(status, Succeeded | Ended))
        return status

    async def cancel(self, task: Task) -> CancelOutcome:  # noqa: ARG002 - one shape for all providers
        return "unsupported"

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:  # noqa: ARG002 - there is no list
        return CannotLookUp()

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        """Out of the operation's own record, straight to the disk."""
        ask = partial(self._operation, Inline.task(url) or "", tries=1)
        return await lift(ask, veo_wire.inline_data, path, max_bytes, self._account.host)

    def callback_task(
        self,
        body: bytes,  # noqa: ARG002 - no callback is asked for
        headers: Mapping[str, str] = NO_HEADERS,  # noqa: ARG002 - the same
    ) -> str | None:
        return None

    async def ping(self) -> Ping:
        """Asks for an operation that can't exist: free, and whoever is told so was let in."""
        try:
            reply = await self._operation(f"{self._place}/{self._offers[0].wire_id}/operations/none")
            if reply.status not in {400, NOT_FOUND} or reply.kind != "json":
                raise ask_error(reply, self._account)
        except KinetogramError as error:
            return Ping(ok=False, key=error.key, data=error.data)
        return Ping(ok=True, key="provider-ok", data=self._account.who)

    async def close(self) -> None:
        """Nothing of its own: the tools are shared."""

    async def _operation(self, name: str, reading: Reading = LOOK, tries: int = 3) -> Reply:
        """Vertex is asked with a POST, at the model that the operation belongs to."""
        account = self._with_token(await self._tokens.get())
        path = f"/v1/{veo_wire.model_path(name)}:fetchPredictOperation"
        reply = await self._tools.http.ask(
            account, "POST", path, tries=tries, tree={"operationName": name}, reading=reading
        )
        if reply.status == UNAUTHORIZED and self._tokens.refused():
            raise Transient("provider-unreachable", AGAIN_S, **account.who, why="token")
        return reply

    async def _token_for_create(self) -> Account:
        try:
            return self._with_token(await self._tokens.get())
        except Transient as error:
            raise NotTaken(error.key, error.retry_after_s, **dict(error.data)) from None

    def _with_token(self, token: str) -> Account:
        return Account(self.name, self._account.base_url, token)
