"""300 jobs at once over two embedded providers with limits of their own: how long against the limits' own bound.

The clock stands and is moved; the providers, the worker and the database are the real ones. Files are not fetched: what
is measured is who goes out when, and how soon a free place is taken again.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.core.catalog import Catalog, Offer
from bot.core.job import State
from bot.core.limits import UNLIMITED
from bot.core.money import usd
from bot.media.tool import MediaTool
from bot.providers.config import ProviderConfig
from bot.providers.config import Tools as Wires
from bot.providers.download import Files
from bot.providers.gate import GateLimits
from bot.providers.http import Http
from bot.providers.registry import Registry, build
from bot.sandbox.providers.ark import ArkKnobs, ArkServer
from bot.sandbox.render import Order, Rendered
from bot.services import lifecycle
from bot.services.heard import Source
from bot.telemetry import logs
from bot.worker.loop import Worker
from bot.worker.tools import Tools
from tests.bench.report import Line, table
from tests.services.house import House, opened

JOBS = 300
RENDER_S = 30
PER_MINUTE = 60
TICK_MS = 1_000
MOST = 1.2
GIVE_UP_S = 3_600
MINUTE_MS = 60_000
OUT = {State.QUEUED, State.SUBMITTING, State.RUNNING, State.UNCERTAIN}


@dataclass(frozen=True, slots=True)
class Limits:
    """One provider's limits, the model that it is asked for, and how many jobs that is."""

    name: str
    model: str
    places: int
    jobs: int

    @property
    def bound_s(self) -> float:
        """What its own limits allow: so many at once, so many orders a minute."""
        by_places = math.ceil(self.jobs / self.places) * RENDER_S
        by_pace = (math.ceil(self.jobs / PER_MINUTE) - 1) * 60 + RENDER_S
        return max(by_places, by_pace)


WIDE = Limits("wide", "seedance-2.0", 10, 231)
NARROW = Limits("narrow", "seedance-2.0-mini", 3, 69)
HOUSES = (WIDE, NARROW)


class Stub:
    """Any order gets the same small file at once."""

    def __init__(self, folder: Path) -> None:
        self._video, self._frame = folder / "v.mp4", folder / "v.jpeg"
        self._video.write_bytes(b"0" * 100)
        self._frame.write_bytes(b"0")

    async def render(self, order: Order) -> Rendered:
        await asyncio.sleep(0)
        return Rendered(self._video, self._frame, order.width, order.height, order.frames, 100)


class Nothing:
    """Nobody sent a file."""

    async def fetch(self, file_id: str, path: Path, max_bytes: int) -> int:
        raise FileNotFoundError(f"{file_id} for {path.name}, {max_bytes}")


@dataclass(slots=True)
class Play:
    """Everything around one worker."""

    house: House
    tools: Tools
    servers: Sequence[ArkServer]
    began_ms: int = 0

    async def ask(self) -> None:
        """All 300, mixed."""
        order = [one.model for one in HOUSES for _ in range(one.jobs)]
        for number in range(JOBS):
            model = order[number * 131 % JOBS]
            await self.house.hear(f"a dog runs {number} --model {model}", source=Source.COMMAND)
        self.house.later(s=5)
        self.began_ms = self.house.clock[0]

    async def run(self) -> float:
        """Until the last end was seen; answers the seconds."""
        worker = Worker(self.tools)
        while self.house.clock[0] < self.began_ms + GIVE_UP_S * 1000:
            if not await self._turn(worker):
                break
            self.house.later(ms=TICK_MS)
            for server in self.servers:
                await server.settle()
        return (self.house.clock[0] - self.began_ms) / 1000

    async def _turn(self, worker: Worker) -> bool:
        env = self.tools.env
        for job_id in await lifecycle.due(env, JOBS):
            held = await lifecycle.take(env, job_id)
            if held is not None and held.state in OUT:
                await worker._step(held)
        left = "SELECT count(*) FROM jobs WHERE state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'UNCERTAIN')"
        return bool(await self.house.value(left))


async def run() -> list[str]:
    """A line for each provider, and one for all."""
    logs.configure("ERROR", "console", [])
    with tempfile.TemporaryDirectory() as name:
        async with _play(Path(name)) as play:
            await play.ask()
            took_s = await play.run()
            lines = [_line(one, server) for one, server in zip(HOUSES, play.servers, strict=True)]
    bound_s = max(one.bound_s for one in HOUSES)
    cells = [str(JOBS), f"{bound_s:.0f} s", f"{took_s:.0f} s", f"{took_s / bound_s:.2f}", ""]
    head = (
        f"{JOBS} jobs of {RENDER_S} s at once, {PER_MINUTE} orders a minute (<= {MOST} of the bound, <= 1 429 a minute)"
    )
    return table(
        head,
        ["jobs", "bound", "took", "ratio", "429s/min"],
        [*lines, Line("both", cells, took_s <= MOST * bound_s)],
    )


def _line(one: Limits, server: ArkServer) -> Line:
    ends = [task.changed_ms for task in server.tasks.values()]
    first = min(task.created_ms for task in server.tasks.values())
    took_s = (max(ends) - first) / 1000
    refused = [call.at_ms for call in server.wire.of("create") if call.status == 429]
    worst = max((sum(at <= other < at + MINUTE_MS for other in refused) for at in refused), default=0)
    cells = [str(len(ends)), f"{one.bound_s:.0f} s", f"{took_s:.0f} s", f"{took_s / one.bound_s:.2f}", str(worst)]
    good = worst <= 1 and most_at_once(server) <= one.places and len(ends) == one.jobs
    return Line(f"{one.places} at once", cells, good)


def most_at_once(server: ArkServer) -> int:
    """How many tasks there were at the same time."""
    moves = [(task.created_ms, 1) for task in server.tasks.values()]
    moves += [(task.changed_ms, -1) for task in server.tasks.values()]
    now = most = 0
    for _, step in sorted(moves):
        now += step
        most = max(most, now)
    return most


@asynccontextmanager
async def _play(folder: Path) -> AsyncIterator[Play]:
    plenty = {
        "user_requests_per_day": 10**6,
        "user_requests_per_minute": UNLIMITED,
        "user_active_jobs": 10**6,
        "confirm_above_microusd": usd("10000"),
    }
    money = {"service_microusd_per_day": usd("100000"), "user_microusd_per_month": usd("100000")}
    async with opened(folder, **plenty, **money) as house:

        def clock() -> int:
            return house.clock[0]

        async def sleep(seconds: float) -> None:
            house.later(ms=round(seconds * 1000))

        knobs = [
            ArkKnobs(queue_s=0, render_s=RENDER_S, creates_per_minute=PER_MINUTE, queued_limit=JOBS) for _ in HOUSES
        ]
        servers = [ArkServer(f"key-{at}-of-the-bench", Stub(folder), clock, one) for at, one in enumerate(knobs)]
        wires = Wires(Http(now_s=lambda: clock() / 1000), Files(), clock, sleep)
        async with servers[0].running() as wide, servers[1].running() as narrow:
            registry = build([_config(at, base) for at, base in enumerate((wide, narrow))], (), wires)
            catalog = Catalog(tuple(_offers(registry)), WIDE.model)
            tools = Tools(
                env=replace(house.env, catalog=catalog),
                providers=registry.providers,
                media=MediaTool(),
                files=Nothing(),
                data_dir=folder,
                max_output_bytes=10**9,
                max_upload_bytes=10**9,
                max_active_jobs=10**6,
            )
            yield Play(replace(house, env=tools.env), tools, servers)
            await registry.close()


def _config(at: int, base: str) -> ProviderConfig:
    one = HOUSES[at]
    limits = GateLimits(one.places, PER_MINUTE)
    return ProviderConfig("ark", base, f"key-{at}-of-the-bench", one.name, prices="byteplus", limits=limits)


def _offers(registry: Registry) -> list[Offer]:
    wanted = {(one.name, one.model) for one in HOUSES}
    found = [offer for provider in registry.providers.values() for offer in provider.offers]
    return [offer for offer in found if (offer.provider, offer.model.id) in wanted]
