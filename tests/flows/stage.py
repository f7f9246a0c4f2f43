"""Whole stories on the real wires: an embedded Telegram and an embedded Ark in this process, the bot between them.

The bot is assembled as the service assembles it; only its waits are short, and its clock can be pushed forward.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware
from structlog.typing import EventDict

from bot.app import Base, Service, base
from bot.app.sandboxed import free_port
from bot.app.service import keys_of
from bot.chat.limiter import Limiter
from bot.chat.limiter import Pace as ChatPace
from bot.sandbox.providers.ark.server import ArkServer
from bot.sandbox.providers.ark.settings import ArkKnobs
from bot.sandbox.providers.guide import GuideKnobs, GuideServer
from bot.sandbox.providers.serving import serve as open_site
from bot.sandbox.render.renderer import Renderer
from bot.sandbox.telegram import ANN, BOB, MIA, FloodLimits, Options, Person, TelegramServer, WorldOptions
from bot.settings import Settings
from bot.web.server import build, serve
from bot.worker.tools import Pace
from tests.flows.books import Books
from tests.fresh import lay
from tests.reading import Reader

TOKEN = "4200000042:a-token-that-must-be-seen-nowhere-42"
ARK_KEY = "ark-key-that-must-be-seen-nowhere-42"
GUIDE_KEY = "guide-key-that-must-be-seen-nowhere-42"
GUIDE_PATH = "/guide/v1"
SECRET = "webhook-secret-42"
ARK_PATH = "/ark/api/v3"
WAIT_S = 90.0
LOOK_S = 0.04
"""Between two looks at the database: each costs more than the wait."""
STARTED_S = 60.0

BRISK = Pace(
    poll_ms=100,
    floor_ms=100,
    retry_ms=(100, 200),
    busy_ms=100,
    behind_ms=10,
    pause_ms=400,
    look_up_ms=200,
    albums_turn_ms=50,
    late_turn_ms=100,
)
"""The worker's waits in stories; what proves an absence stays as long as it is: the clock is pushed over it."""

TAKEN_OVER = {("getUpdates", 409)}
"""How Telegram ends the poll of a bot that was stopped, when its successor polls."""

POLICY: Mapping[str, Any] = {"album_ms": 400, "rest_ms": 150}
UNHURRIED = ChatPace(
    chat_per_s=200,
    chat_burst=200,
    group_per_min=2_000,
    group_statuses_per_min=2_000,
    overall_per_s=500,
    private_status_gap_ms=0,
)


class Clock:
    """The time of this machine, pushed forward at will."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_ms

    def push(self, *, days: float = 0, minutes: float = 0, s: float = 0) -> None:
        """Later by that much, from now on."""
        self.ahead_ms += round((days * 86_400 + minutes * 60 + s) * 1000)


class Journal(logging.Handler):
    """Every log line of the bot and of the libraries below it, with what an operator would have to look at."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.alarms: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.getMessage()} {record.exc_info}")

    def note(self, _: Any, method: str, event: EventDict) -> EventDict:
        """A structlog processor: keeps the event and lets nothing out."""
        line = f"{method} {event}"
        self.lines.append(line)
        if method in {"error", "exception", "critical"}:
            self.alarms.append(line)
        raise structlog.DropEvent

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Listens, and leaves everything as it was."""
        root, level = logging.getLogger(), logging.getLogger().level
        statements, their_level = logging.getLogger("aiosqlite"), logging.getLogger("aiosqlite").level
        root.addHandler(self)
        root.setLevel(logging.DEBUG)
        statements.setLevel(logging.INFO)  # a line for every statement says nothing here
        structlog.configure(
            processors=[structlog.contextvars.merge_contextvars, structlog.processors.format_exc_info, self.note]
        )
        try:
            yield
        finally:
            structlog.reset_defaults()
            statements.setLevel(their_level)
            root.setLevel(level)
            root.removeHandler(self)


class BriskService(Service):
    """The service with a chat's pace of the story's choice."""

    def __init__(
        self, settings: Settings, root: Base, keys: Mapping[str, str], pace: Pace, chat_pace: ChatPace
    ) -> None:
        super().__init__(settings, root, keys, pace)
        self._sender._limiter = Limiter(chat_pace)


@dataclass
class World:
    """Everything around the bot. `bot()` runs it; what is stored outlives it, as a machine's disk does."""

    origin: str
    folder: Path
    films: Path
    """Where every provider's films are kept: equal ones are rendered once."""
    clock: Clock
    telegram: TelegramServer
    ark: ArkServer
    guide: GuideServer
    journal: Journal
    patch: pytest.MonkeyPatch
    ann: Person
    bob: Person
    mia: Person
    refusals: set[int] = field(default_factory=set)
    """Statuses of Telegram's that this story provokes; any other refusal is the bot's fault."""
    public_url: str | None = None

    @cached_property
    def books(self) -> Books:
        """What the database says of money and jobs."""
        return Books(self.folder / "data" / "kinetogram.db")

    def by_the_guide(self) -> dict[str, Any]:
        """Settings for the guide's provider in the place of Ark."""
        return {"ark_api_key": None, "seedance_api_key": GUIDE_KEY, "seedance_base_url": self.origin + GUIDE_PATH}

    def settings(self, **changes: Any) -> Settings:
        """Those of a sandbox, with what a story wants otherwise."""
        data = self.folder / "data"
        chosen: dict[str, Any] = {
            "telegram_bot_token": TOKEN,
            "telegram_api_url": self.origin,
            "ark_api_key": ARK_KEY,
            "ark_base_url": self.origin + ARK_PATH,
            "ark_prices": "byteplus",
            "access": "open",
            "operator_ids": (MIA,),
            "data_dir": data,
            "database_url": f"sqlite:///{data / 'kinetogram.db'}",
        }
        return Settings(_env_file=None, **(chosen | changes))

    @asynccontextmanager
    async def bot(
        self,
        *,
        webhook: bool = False,
        linked: bool = False,
        pace: Pace = BRISK,
        chat_pace: ChatPace = UNHURRIED,
        policy: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> AsyncIterator[BriskService]:
        """The bot, running; `webhook` gives it a public address, `policy` replaces fields of Policy."""
        for module in ("base", "service"):
            self.patch.setattr(sys.modules[f"bot.app.{module}"], "now_ms", self.clock)
        port = free_port() if webhook or linked else 0
        if webhook or linked:
            self.public_url = f"http://127.0.0.1:{port}"
            changes |= {"public_url": self.public_url, "webhook_secret": SECRET}
        settings = self.settings(**changes)
        async with base(settings) as root:
            rules = replace(root.env.policy, **{**POLICY, **(policy or {})})
            root = replace(root, env=replace(root.env, policy=rules))
            built = BriskService(settings, root, await keys_of(root.env, settings), pace, chat_pace)
            async with serve(build(built.routes()), "127.0.0.1", port), _alive(built.run()):
                await self._listening(webhook=webhook or linked)
                yield built

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[None]:
        """Telegram keeps its updates back while the block runs: what happens in it comes to the bot together."""
        updates = self.telegram.exchange.updates
        wake, updates.wake = updates.wake, lambda: None  # type: ignore[method-assign]
        try:
            yield
        finally:
            updates.wake = wake  # type: ignore[method-assign]
            updates.wake()

    async def _listening(self, *, webhook: bool) -> None:
        method = "setWebhook" if webhook else "getUpdates"
        await until(lambda: self.telegram.calls.of(method), STARTED_S)

    def check(self) -> None:
        """What must hold at the end of every story."""
        assert not self.telegram.violations, self.telegram.violations
        refused = [call for call in self.telegram.calls if call.status not in {0, 200} | self.refusals]
        refused = [call for call in refused if (call.method, call.status) not in TAKEN_OVER]
        refused = [call for call in refused if "ephemeral_message_parameters" not in call.params]  # only a try
        assert not refused, refused
        assert not self.journal.alarms, self.journal.alarms
        self._check_secrets()
        if self.books.exists:
            self.books.check()

    def _check_secrets(self) -> None:
        told = [f"{call.path}?{call.query} {call.ask}" for call in self.ark.calls]
        told += [str(call.params) for call in self.telegram.calls if call.method != "setWebhook"]
        secret = TOKEN.partition(":")[2]
        told += [f"{call.path}?{call.query} {call.ask}" for call in self.guide.calls]
        kept = (secret, ARK_KEY, GUIDE_KEY)
        leaks = [line for line in self.journal.lines + told if any(one in line for one in kept)]
        assert not leaks, leaks
        for path in (self.folder / "data").glob("kinetogram.db*"):
            stored = path.read_bytes()
            assert not any(one.encode() in stored for one in kept)


@asynccontextmanager
async def _alive(run: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """A service that runs while the block does; its own end is an error."""
    running = asyncio.create_task(run)
    try:
        yield
    finally:
        ended = running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert not ended, f"the bot ended by itself: {running!r}"


async def until(holds: Callable[[], object], timeout_s: float = WAIT_S) -> None:
    """Looks again and again, for what no event tells of; raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(LOOK_S)


@asynccontextmanager
async def staged(
    folder: Path,
    films: Path,
    patch: pytest.MonkeyPatch,
    world: WorldOptions,
    flood: FloodLimits | None = None,
    middlewares: Sequence[Middleware] = (),
    *,
    local_mode: bool = False,
) -> AsyncIterator[World]:
    """The world on a port of its own; at the end of the story it is checked. `middlewares` see every call to it.

    `local_mode`: its Bot API server stands beside the bot and hands out files by their paths, of any size.
    """
    clock, journal = Clock(), Journal()
    (folder / "data").mkdir(exist_ok=True)
    lay(folder / "data" / "kinetogram.db")
    knobs = ArkKnobs(queue_s=0, render_s=0, lists_per_second=None, seed=42)
    telegram = TelegramServer(TOKEN, folder / "telegram", clock, flood, Options(world=world, local_mode=local_mode))
    renderer = Renderer(films, fast=True, alike=True)
    ark = ArkServer(ARK_KEY, renderer, clock, knobs)
    guide = GuideServer(GUIDE_KEY, renderer, clock, GuideKnobs(queue_s=0, render_s=0))
    site = web.Application(middlewares=middlewares)
    telegram.attach(site)
    ark.attach(site, ARK_PATH)
    guide.attach(site, GUIDE_PATH)
    with journal.kept():
        async with (
            open_site(site, "127.0.0.1", 0) as origin,
            Reader(origin, ANN) as ann,
            Reader(origin, BOB) as bob,
            Reader(origin, MIA) as mia,
        ):
            built = World(origin, folder, films, clock, telegram, ark, guide, journal, patch, ann, bob, mia)
            try:
                yield built
                built.check()
            finally:
                built.books.close()
