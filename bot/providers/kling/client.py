"""Kling over HTTP: the calls, in pace. What they say is `wire`'s, how they are proven is the door's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.core.catalog import Offer
from bot.core.errors import KinetogramError, Refusal
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
)
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import is_private_host
from bot.providers.gate import Gate
from bot.providers.http import Reply
from bot.providers.kling import wire
from bot.providers.kling.catalog import offers
from bot.providers.kling.codes import ask_error, is_unknown
from bot.providers.kling.doors import NOBODY, door_of
from bot.providers.room import Room
from bot.providers.strikes import Strikes
from bot.providers.webhooks import verified

NOT_FOUND = 404


class KlingProvider:
    """One account. Satisfies `Provider`. There is no cancel, no progress and no seed."""

    def __init__(self, config: ProviderConfig, tools: Tools) -> None:
        self._account = config.account
        self._key_name = config.key_name
        self._cny_usd = config.cny_usd
        self._webhook_secret = config.extras.get("webhook_secret", "")
        self._tools = tools
        self._door = door_of(config, tools)
        self._offers = tuple(offers(self.name, self._door.design))
        self._gate = Gate(tools.now_ms, config.limits)
        self._strikes = Strikes(self._account)
        self._room = Room(tools.now_ms)

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
        wire.check(order)
        try:
            with self._gate.call(order.wire_id):
                task_id = wire.read_created(await self._door.create(order), self._account)
        except Refusal as error:
            raise self._room.after(error, wire.encoded_size(order)) from None
        self._gate.running(task_id)
        return Task(task_id, self._key_name)

    async def check(self, task: Task) -> Status:
        reply = await self._door.about(task.id)
        found = wire.tasks(reply)
        if found:
            self._strikes.found(task)
            status = wire.read_task(found[0], self._account, self._cny_usd)
        elif found == [] or (reply.status == NOT_FOUND and reply.kind != "html"):
            status = self._strikes.missing(task)
        else:
            raise ask_error(reply, self._account)
        self._gate.note(task.id, over=isinstance(status, Succeeded | Ended))
        return status

    async def cancel(self, task: Task) -> CancelOutcome:  # noqa: ARG002 - one shape for all providers
        return "unsupported"

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:  # noqa: ARG002 - the same
        """By the trace: it is the task's `external_task_id`, which is unique. Another key proves nothing."""
        if key_name not in {self._key_name, ""}:
            return CannotLookUp()
        reply = await self._door.ours(trace)
        found = wire.tasks(reply)
        ids = [number for number in map(wire.task_id, found or ()) if number]
        if ids:
            return Found(Task(ids[0], self._key_name))
        if found == [] or is_unknown(reply):
            return Absent()
        raise ask_error(reply, self._account)

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        private_ok = is_private_host(self._account.base_url)
        return await self._tools.files.fetch(url, path, max_bytes, private_ok=private_ok)

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:
        """Signed when the account has a webhook secret: with ours set, an unsigned one names nothing."""
        secret = self._webhook_secret
        if secret and not verified(secret, headers, body, self._tools.now_ms() // 1000):
            return None
        return wire.callback_task(body)

    async def ping(self) -> Ping:
        """Asks for a task that can't exist: free, and an answer about it says that the key is good."""
        try:
            self._heard(await self._door.about(NOBODY))
        except KinetogramError as error:
            return Ping(ok=False, key=error.key, data=error.data)
        return Ping(ok=True, key="provider-ok", data=self._account.who)

    def _heard(self, reply: Reply) -> None:
        if wire.tasks(reply) is None and not is_unknown(reply):
            raise ask_error(reply, self._account)

    async def close(self) -> None:
        """Nothing of its own: the tools are shared."""
