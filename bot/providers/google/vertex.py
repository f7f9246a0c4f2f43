"""Veo on Vertex over HTTP: the same predictions under a Cloud project, with an access token instead of a key.

The token is got before the create call: when that fails, nothing was asked for.
"""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

from bot.core.errors import KinetogramError, NotTaken, Transient
from bot.providers.base import CancelOutcome, Downloaded, Order, Status, Task
from bot.providers.config import ProviderConfig, Tools
from bot.providers.google import veo_wire
from bot.providers.google.catalog import vertex_offers
from bot.providers.google.faults import ask_error
from bot.providers.google.inline import Inline
from bot.providers.google.oauth import AccessTokens
from bot.providers.http import Account, Reading, Reply
from bot.providers.plain import NOT_FOUND, PlainProvider
from bot.providers.sift import LOOK, lift

UNAUTHORIZED = 401
AGAIN_S = 1.0
CREATE_TOTAL_S = 130.0
"""With `oauth.TOTAL_S` before it this stays below the worker's lease."""


class VertexProvider(PlainProvider):
    """One Cloud project. `extras`: project, location, credentials (a path). Satisfies `Provider`."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        super().__init__(config, tools, vertex_offers, max_body_bytes=veo_wire.MAX_BODY_BYTES)
        key_file = config.extras.get("credentials", "")
        self._place = "projects/{project}/locations/{location}/publishers/google/models".format(**config.extras)
        self._key_name = hashlib.sha256(f"{self._place} {key_file}".encode()).hexdigest()[:8]
        self._tokens = AccessTokens(self.name, Path(key_file) if key_file else None, tools)

    def encoded_size(self, order: Order) -> int:
        return veo_wire.encoded_size(order)

    async def submit(self, order: Order) -> Task:
        path, body = (
            f"/v1/{self._place}/{order.wire_id}:predictLongRunning",
            veo_wire.create_body(order, enterprise=True),
        )

        async def call() -> str:
            account = await self._token_for_create()
            reply = await self._tools.http.create(account, path, body, total_s=CREATE_TOTAL_S)
            if reply.status == UNAUTHORIZED and self._tokens.refused():
                raise NotTaken("provider-unreachable", AGAIN_S, **account.who, why="token")
            return veo_wire.read_created(reply, account)

        return await self._taken(order, call)

    async def cancel(self, task: Task) -> CancelOutcome:  # noqa: ARG002 - one shape for all
        return "unsupported"

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        """Out of the operation's own record, straight to the disk."""
        ask = partial(self._operation, Inline.task(url) or "", tries=1)
        return await lift(ask, veo_wire.inline_data, path, max_bytes, self._account.host)

    async def _look(self, task_id: str) -> Reply:
        return await self._operation(task_id)

    async def _read(self, task: Task, reply: Reply) -> Status:
        return veo_wire.read_operation(reply.mapping, self._account, task.id)

    async def _knock(self) -> Reply:
        """Asks for an operation that can't exist: whoever is told so was let in."""
        return await self._look(f"{self._place}/{self._offers[0].wire_id}/operations/none")

    def _welcomes(self, reply: Reply) -> bool:
        return reply.status in {400, NOT_FOUND} and reply.kind == "json"

    def _fault(self, reply: Reply) -> KinetogramError:
        return ask_error(reply, self._account)

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
