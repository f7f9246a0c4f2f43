"""What providers without a list, callbacks and keyed files share: a package adds its words, and what it does else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
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
    Waiting,
)
from bot.providers.bodies import Tree, base64_size
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import is_private_host
from bot.providers.faults import ask_fault, clean
from bot.providers.gate import Gate
from bot.providers.http import CREATE_READ_S, Account, Reading, Reply, bearer
from bot.providers.room import Room
from bot.providers.strikes import Strikes

NOT_FOUND = 404
ENVELOPE_BYTES = 2_000
NO_TASK = "00000000-0000-0000-0000-000000000000"


class PlainProvider(ABC):
    """One key. Satisfies `Provider` but for `submit`. An uncertain create can't be looked up."""

    def __init__(
        self,
        config: ProviderConfig,
        tools: Tools,
        offers: Callable[[str], Iterable[Offer]],
        auth: Callable[[str], Mapping[str, str]] = bearer,
    ) -> None:
        self._account = replace(config.account, auth=auth)
        self._key_name = config.key_name
        self._tools = tools
        self._offers = tuple(offers(self.name))
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
        """About how long the body is, with the files inside that have no link."""
        inline = [ref.info.size_bytes for ref in order.references if ref.url is None]
        return ENVELOPE_BYTES * (1 + len(order.references)) + sum(map(base64_size, inline))

    def wait_s(self, wire_id: str) -> float:
        return self._gate.wait_s(wire_id)

    def down(self, wire_id: str) -> bool:
        return self._gate.down(wire_id)

    async def check(self, task: Task) -> Status:
        reply = await self._look(task.id)
        if is_missing(reply):
            status: Status = self._strikes.missing(task)
        elif reply.ok:
            status = await self._read(task, reply)
            self._strikes.found(task)
        else:
            raise self._fault(reply)
        self._gate.note(task.id, over=isinstance(status, Succeeded | Ended))
        return status

    async def cancel(self, task: Task) -> CancelOutcome:
        """Looks first: what is at work is charged all the same, and what is finished must not be thrown away."""
        status = await self.check(task)
        return await self._withdraw(task) if isinstance(status, Waiting) else outcome(status)

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:  # noqa: ARG002 - the same
        return CannotLookUp()

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        private_ok = is_private_host(self._account.base_url)
        return await self._tools.files.fetch(url, path, max_bytes, private_ok=private_ok)

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:  # noqa: ARG002 - no callbacks
        return None

    async def ping(self) -> Ping:
        """A 404 in JSON says that the key is good."""
        try:
            reply = await self._knock()
        except KinetogramError as error:
            return Ping(ok=False, key=error.key, data=error.data)
        if reply.ok or is_missing(reply):
            return Ping(ok=True, key="provider-ok", data=self._account.who)
        fault = self._fault(reply)
        return Ping(ok=False, key=fault.key, data=fault.data)

    async def close(self) -> None:  # noqa: B027 - nothing to do is right here
        """Nothing of its own: the tools are shared."""

    async def _withdraw(self, task: Task) -> CancelOutcome:  # noqa: ARG002 - one shape for all
        """Takes back what waits there, where that can be done."""
        return "unsupported"

    async def _ask(self, method: str, path: str, tries: int = 3, reading: Reading | None = None) -> Reply:
        return await self._tools.http.ask(self._account, method, path, tries=tries, reading=reading)

    async def _knock(self) -> Reply:
        """Something that costs nothing: a look at a task that can't exist."""
        return await self._look(NO_TASK)

    def _fault(self, reply: Reply) -> KinetogramError:
        return ask_fault(reply, self._account, clean(self._message(reply)))

    async def _create(
        self, order: Order, path: str, body: Tree, read: Callable[[Reply, Account], str], read_s: float = CREATE_READ_S
    ) -> Task:
        """The one call, with the files inside: a 413 teaches how long it may be."""
        try:
            with self._gate.call(order.wire_id):
                reply = await self._tools.http.create(self._account, path, body, read_s)
                task_id = read(reply, self._account)
        except Refusal as error:
            raise self._room.after(error, self.encoded_size(order)) from None
        self._gate.running(task_id)
        return Task(task_id, self._key_name)

    @abstractmethod
    async def _look(self, task_id: str) -> Reply:
        """Asks for a task."""

    @abstractmethod
    async def _read(self, task: Task, reply: Reply) -> Status:
        """What the answer says of it."""

    @abstractmethod
    def _message(self, reply: Reply) -> str:
        """The sentence of an error."""


def is_missing(reply: Reply) -> bool:
    """Whether there is no such task, as far as one answer can tell."""
    return reply.status == NOT_FOUND and reply.kind != "html"


def outcome(status: Status) -> CancelOutcome:
    """What has come of a cancelling, by the look after it."""
    if isinstance(status, Ended) and status.kind == "cancelled":
        return "cancelled"
    return "finished" if isinstance(status, Succeeded | Ended) else "running"
