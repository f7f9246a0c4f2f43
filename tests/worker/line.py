"""The worker before an embedded Ark and a real SQLite store; the clock stands until a test moves it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.core.catalog import Catalog
from bot.media.tool import MediaTool
from bot.providers.base import Provider
from bot.providers.config import ProviderConfig
from bot.providers.config import Tools as Wires
from bot.providers.download import Files as Downloads
from bot.providers.http import Http
from bot.providers.registry import client_of
from bot.providers.ring import ring_of
from bot.sandbox.providers.ark import ArkKnobs, ArkServer
from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.render import Renderer
from bot.services import lifecycle
from bot.services.directory import ChatRef
from bot.services.heard import Source
from bot.worker.loop import Worker
from bot.worker.tools import Tools
from bot.worker.upkeep import Upkeep
from tests.services.house import MIA, House, opened

KEY = "a-key-that-was-made-up"
MIAS = ChatRef(MIA.telegram_id, "private", "Mia")
PLENTY_BYTES = 10**12


@dataclass
class Clock:
    """The house's clock, for everybody; whoever sleeps moves it."""

    house: House

    def __call__(self) -> int:
        return self.house.clock[0]

    async def sleep(self, seconds: float) -> None:
        self.house.later(ms=round(seconds * 1000))


@dataclass
class Chats:
    """What people sent, by file id; the first `broken` fetches meet a network that is down."""

    files: dict[str, bytes] = field(default_factory=dict)
    broken: list[Exception] = field(default_factory=list)

    async def fetch(self, file_id: str, path: Path, max_bytes: int) -> int:
        if self.broken:
            raise self.broken.pop()
        content = self.files[file_id]
        assert len(content) <= max_bytes
        await asyncio.to_thread(path.write_bytes, content)
        return len(content)


@dataclass
class Line:
    """One worker with its house, its provider and the chats' files."""

    house: House
    ark: ArkServer
    provider: Provider
    tools: Tools
    chats: Chats

    def fail(self, kind: str, times: int = 1, **details: Any) -> None:
        """The next `times` calls of a kind ("create", "get", "list", "delete") meet an HTTP error."""
        self.ark.fail(kind, Fault(details.pop("trouble", Trouble.STATUS), **details), times=times)

    def calls(self, kind: str) -> int:
        """How many calls of a kind arrived."""
        return len([call for call in self.ark.calls if call.kind == kind])

    def changed(self, **changes: Any) -> None:
        """The worker is built anew with other tools."""
        self.tools = replace(self.tools, **changes)

    def without_provider(self) -> None:
        """The operator took the key out of the settings and started again."""
        env = replace(self.tools.env, catalog=Catalog(()))
        self.tools = replace(self.tools, providers={}, env=env)

    async def ask(self, words: str = "a dog runs", **values: Any) -> dict[str, Any]:
        """A command that starts at once, past its rest; answers the job's row."""
        await self.house.hear(words, source=Source.COMMAND, **values)
        self.house.later(s=5)
        return (await self.house.jobs())[-1]

    async def step(self, job_id: int) -> None:
        """One step of a job that is due; nothing when it is not."""
        held = await lifecycle.take(self.tools.env, job_id)
        if held is not None:
            await Worker(self.tools)._step(held)

    async def turn(self) -> None:
        """One step of every job that is due."""
        for job_id in await lifecycle.due(self.tools.env, 100):
            await self.step(job_id)

    async def live(self, *, s: int, every_s: int = 10) -> None:
        """Time goes by, with a turn now and then; answers nothing, the database knows."""
        for _ in range(0, s, every_s):
            self.house.later(s=every_s)
            await self.turn()

    async def job(self, job_id: int = 1) -> dict[str, Any]:
        """A job's row."""
        return (await self.house.jobs())[job_id - 1]

    async def told(self, once: str) -> list[str]:
        """Messages that tell of a fact, by the beginning of its name."""
        found = await self.house.rows("SELECT payload FROM outbox WHERE once LIKE :once", once=f"{once}%")
        return [row["payload"] for row in found]

    async def losses(self) -> list[tuple[str, int]]:
        """What the operator's own account paid: (why, micro-dollars)."""
        found = await self.house.rows(
            "SELECT note, -amount_microusd AS amount FROM entries JOIN accounts ON accounts.id = account_id"
            " WHERE accounts.kind = 'service' ORDER BY entries.id"
        )
        return [(row["note"], row["amount"]) for row in found]

    @property
    def upkeep(self) -> Upkeep:
        """What happens by itself, with room for everything."""
        return Upkeep(self.tools, PLENTY_BYTES)


@asynccontextmanager
async def line_of(folder: Path, films: Path) -> AsyncIterator[Line]:
    """Everything around one worker."""
    async with opened(folder / "data") as house:
        clock = Clock(house)
        knobs = ArkKnobs(queue_s=0, render_s=0, lists_per_second=None, seed=42)
        ark = ArkServer(KEY, Renderer(films, fast=True, alike=True), clock, knobs)
        wires = Wires(Http(now_s=lambda: clock() / 1000), Downloads(), clock, clock.sleep)
        async with ark.running() as base:
            provider = client_of(ProviderConfig("ark", base, KEY, prices="byteplus"), wires)
            chats = Chats()
            tools = Tools(
                env=house.env,
                providers={"ark": ring_of([provider])},
                media=MediaTool(),
                files=chats,
                data_dir=folder / "data",
                max_output_bytes=10**9,
                max_upload_bytes=5 * 10**7,
                max_active_jobs=100,
            )
            try:
                yield Line(house, ark, provider, tools, chats)
            finally:
                await provider.close()
                await wires.close()
