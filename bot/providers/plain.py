"""What all clients share: pace, places, the order of their calls. A package adds its words, and what it does else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
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
    Rendering,
    Status,
    Succeeded,
    Task,
    Waiting,
)
from bot.providers.bodies import Form, Tree, base64_size
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import is_private_host
from bot.providers.faults import ask_fault, clean
from bot.providers.gate import Gate
from bot.providers.http import CREATE_READ_S, Account, Params, Read, Reading, Reply, bearer
from bot.providers.room import Room
from bot.providers.strikes import Strikes

NOT_FOUND = 404
ENVELOPE_BYTES = 2_000
NO_TASK = "00000000-0000-0000-0000-000000000000"


class PlainProvider(ABC):
    """One key. Satisfies `Provider` but for `submit`. Where a package says nothing else, an uncertain create can't be
    looked up, files need no key, and nobody calls back.
    """

    stops: type[Waiting] | tuple[type[Waiting], type[Rendering]] = Waiting
    """What can be taken back there; what is at work is charged all the same at most houses."""

    def __init__(
        self,
        config: ProviderConfig,
        tools: Tools,
        offers: Callable[[str], Iterable[Offer]],
        auth: Callable[[str], Mapping[str, str]] = bearer,
        max_body_bytes: int | None = None,
    ) -> None:
        self._account = replace(config.account, auth=auth)
        self._key_name = config.key_name
        self._tools = tools
        self._offers = tuple(offers(self.name))
        self._gate = Gate(tools.now_ms, config.limits)
        self._strikes = Strikes(self._account)
        self._room = Room(tools.now_ms, max_body_bytes)

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
        if self._tells(reply):
            status = await self._read(task, reply)
            self._strikes.found(task)
        else:
            status = self._gone(task, reply)
        self._gate.note(task.id, over=isinstance(status, Succeeded | Ended))
        return status

    async def cancel(self, task: Task) -> CancelOutcome:
        """Looks first: what is finished must not be thrown away."""
        status = await self.check(task)
        return await self._withdraw(task) if isinstance(status, self.stops) else outcome(status)

    async def look_up(self, trace: str, key_name: str, since_ms: int) -> LookUp:  # noqa: ARG002 - the same
        return CannotLookUp()

    async def fetch(self, url: str, path: Path, max_bytes: int) -> Downloaded:
        private_ok = is_private_host(self._account.base_url)
        return await self._tools.files.fetch(url, path, max_bytes, private_ok=private_ok)

    def callback_task(self, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> str | None:  # noqa: ARG002 - no callbacks
        return None

    async def ping(self) -> Ping:
        """Something that costs nothing and needs a good key."""
        try:
            reply = await self._knock()
            if not self._welcomes(reply):
                raise self._fault(reply)
        except KinetogramError as error:
            return Ping(ok=False, key=error.key, data=error.data)
        return Ping(ok=True, key="provider-ok", data=self._account.who)

    async def close(self) -> None:  # noqa: B027 - nothing to do is right here
        """Nothing of its own: the tools are shared."""

    async def _withdraw(self, task: Task) -> CancelOutcome:  # noqa: ARG002 - one shape for all
        """Takes back what `stops` names, where that can be done."""
        return "unsupported"

    async def _ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        tries: int = 3,
        reading: Reading | None = None,
    ) -> Reply:
        return await self._tools.http.ask(self._account, method, path, params or {}, tries, reading=reading)

    async def _knock(self) -> Reply:
        """A look at a task that can't exist, where nothing better is known."""
        return await self._look(NO_TASK)

    def _welcomes(self, reply: Reply) -> bool:
        """Whether a knock was answered as a good key is: a 404 in JSON says so too."""
        return reply.ok or is_missing(reply)

    def _tells(self, reply: Reply) -> bool:
        """Whether a look was answered with the task."""
        return reply.ok

    def _gone(self, task: Task, reply: Reply) -> Status:
        """What an answer without the task means. Raises Transient until it is certain, and what else is wrong."""
        if is_missing(reply):
            return self._strikes.missing(task)
        raise self._fault(reply)

    def _fault(self, reply: Reply) -> KinetogramError:
        return ask_fault(reply, self._account, clean(self._message(reply)))

    def _message(self, reply: Reply) -> str:  # noqa: ARG002 - one shape for all
        """The sentence of an error, for `_fault`."""
        return ""

    async def _create(
        self,
        order: Order,
        path: str,
        body: Tree | Form,
        read: Callable[[Reply, Account], str],
        read_s: float = CREATE_READ_S,
        reading: Read | None = None,
        params: Params = (),
    ) -> Task:
        """The one call, with the files inside."""

        async def call() -> str:
            reply = await self._tools.http.create(self._account, path, body, read_s, read=reading, params=params)
            return read(reply, self._account)

        return await self._taken(order, call)

    async def _taken(self, order: Order, call: Callable[[], Awaitable[str]]) -> Task:
        """What the one call has begun, in pace; a 413 teaches how long a body may be."""
        try:
            with self._gate.call(order.wire_id):
                task_id = await call()
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


def is_missing(reply: Reply) -> bool:
    """Whether there is no such task, as far as one answer can tell."""
    return reply.status == NOT_FOUND and reply.kind != "html"


def outcome(status: Status) -> CancelOutcome:
    """What has come of a cancelling, by the look after it."""
    if isinstance(status, Ended) and status.kind == "cancelled":
        return "cancelled"
    return "finished" if isinstance(status, Succeeded | Ended) else "running"
