"""The Gemini API over HTTP: Omni's interactions, and Veo's operations where a base URL still has them.

An answer may hold the whole video. A look reads it through a sieve and remembers the verdict, since a finished record
never changes; the fetch asks once more and takes the video out on its way to the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bot.core.errors import KinetogramError
from bot.providers.base import (
    NO_HEADERS,
    CancelOutcome,
    Downloaded,
    Order,
    Rendering,
    Status,
    Succeeded,
    Task,
    Waiting,
)
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import is_private_host, same_origin
from bot.providers.google import omni_wire, veo_wire
from bot.providers.google.catalog import gemini_offers
from bot.providers.google.faults import ask_error
from bot.providers.google.inline import Inline
from bot.providers.google.lateness import Lateness
from bot.providers.http import Reading, Reply
from bot.providers.plain import PlainProvider
from bot.providers.sift import LOOK, lift, sift
from bot.providers.webhooks import verified

MODELS = "/v1beta/models"
VERDICTS_KEPT = 256
OPERATIONS_KEPT = 1_000
CREATE_READ_S = 160.0
"""Longer than usual: background is documented for words only, and a house that ignores it answers after the render."""


def _key_headers(api_key: str) -> Mapping[str, str]:
    return {"x-goog-api-key": api_key, "Api-Revision": omni_wire.REVISION}


class GoogleProvider(PlainProvider):
    """One Gemini key. Satisfies `Provider` and `SignsEvents`."""

    stops = (Waiting, Rendering)

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        found = partial(gemini_offers, host=config.account.host)
        super().__init__(config, tools, found, _key_headers, omni_wire.MAX_BODY_BYTES)
        self._late = Lateness(self._account, tools.now_ms)
        self._verdicts: dict[str, Succeeded] = {}
        self._webhook_secret = config.extras.get("webhook_secret", "")
        self._operations: dict[str, str] = {}

    def encoded_size(self, order: Order) -> int:
        return veo_wire.encoded_size(order) if _by_operation(order.wire_id) else omni_wire.encoded_size(order)

    async def submit(self, order: Order) -> Task:
        if _by_operation(order.wire_id):
            path, body = f"{MODELS}/{order.wire_id}:predictLongRunning", veo_wire.create_body(order, enterprise=False)
            read = veo_wire.read_created
        else:
            path, body, read = omni_wire.INTERACTIONS, omni_wire.create_body(order), omni_wire.read_created
        task = await self._create(order, path, body, read, CREATE_READ_S, sift)
        self._remember(task)
        return task

    async def check(self, task: Task) -> Status:
        self._remember(task)
        return self._verdicts.get(task.id) or await super().check(task)

    async def cancel(self, task: Task) -> CancelOutcome:
        """An operation can't be stopped."""
        return "unsupported" if _by_operation(task.id) else await super().cancel(task)

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        """The key goes to the file service of the base URL alone, and stays behind when the file lies elsewhere."""
        task_id = Inline.task(url)
        if task_id is not None:
            return await self._lift(task_id, path, max_bytes)
        headers = {"x-goog-api-key": self._account.api_key} if same_origin(url, self._account.base_url) else {}
        private_ok = is_private_host(self._account.base_url)
        return await self._tools.files.fetch(url, path, max_bytes, private_ok=private_ok, headers=headers)

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:  # noqa: ARG002 - its address is secret
        return omni_wire.callback_task(body)

    def event_task(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """An operation is named whole or by its last part: the documents do not say which."""
        secret = self._webhook_secret
        if not secret or not verified(secret, headers, body, self._tools.now_ms() // 1000):
            return None
        named = omni_wire.event_task(body)
        return self._operations.get(_last_part(named), named) if named else None

    def _remember(self, task: Task) -> None:
        """An operation that is going on, by the last part of its name."""
        if _by_operation(task.id):
            self._operations[_last_part(task.id)] = task.id
            while len(self._operations) > OPERATIONS_KEPT:
                del self._operations[next(iter(self._operations))]

    async def _look(self, task_id: str) -> Reply:
        return await self._record(task_id)

    async def _record(self, task_id: str, reading: Reading = LOOK, tries: int = 3) -> Reply:
        path = f"/v1beta/{task_id}" if _by_operation(task_id) else omni_wire.path_of(task_id)
        return await self._ask("GET", path, tries=tries, reading=reading)

    async def _read(self, task: Task, reply: Reply) -> Status:
        self._late.found(task)
        if _by_operation(task.id):
            return veo_wire.read_operation(reply.mapping, self._account, task.id)
        status = omni_wire.read_task(reply.mapping, self._account, task.id)
        if isinstance(status, Succeeded) and Inline.task(status.video_url) is not None:
            while len(self._verdicts) >= VERDICTS_KEPT:
                del self._verdicts[next(iter(self._verdicts))]
            self._verdicts[task.id] = status
        return status

    def _gone(self, task: Task, reply: Reply) -> Status:
        return self._late.missing(task) if omni_wire.is_unknown(reply) else super()._gone(task, reply)

    async def _knock(self) -> Reply:
        """The list of models."""
        return await self._ask("GET", MODELS, {"pageSize": "1"})

    def _welcomes(self, reply: Reply) -> bool:
        return reply.ok

    def _fault(self, reply: Reply) -> KinetogramError:
        return ask_error(reply, self._account)

    async def _withdraw(self, task: Task) -> CancelOutcome:
        reply = await self._ask("POST", f"{omni_wire.path_of(task.id)}/cancel", tries=1)
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


def _last_part(name: str) -> str:
    return name.rpartition("/")[2]
