"""All routes of the web part, served on a free port, with a clock that a test holds."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

import aiohttp
from multidict import CIMultiDictProxy

from bot.providers.base import Provider
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import Files
from bot.providers.http import Http
from bot.providers.registry import client_of
from bot.storage.base import Row, Transaction
from bot.storage.sqlite import SqliteStore, open_store
from bot.telemetry.heartbeat import Heartbeat
from bot.telemetry.metrics import Metrics
from bot.web import health
from bot.web.callbacks import Callbacks
from bot.web.links import MediaLinks
from bot.web.server import build, serve
from tests.fresh import lay
from tests.storage.miniature import NOW, Admit, Person, ad_hoc, add_updates

SECRET = b"a secret of the service itself"
TTL_MS = 3_600_000
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"a secret shared with the provider").decode()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
MP4 = b"\0\0\0\x20ftypisom" + bytes(range(256)) * 40


@dataclass
class Clock:
    at_ms: int = NOW

    def __call__(self) -> int:
        return self.at_ms


@dataclass
class Site:
    """What a test touches: `get` asks over the wire, the rest is behind it."""

    base: str
    session: aiohttp.ClientSession
    store: SqliteStore
    clock: Clock
    data: Path
    links: MediaLinks
    health: health.Health
    heartbeat: Heartbeat
    metrics: Metrics
    providers: dict[str, Provider]
    woken: list[int] = field(default_factory=list)

    def wake(self) -> None:
        self.woken.append(self.clock())

    async def get(self, path: str, method: str = "GET", **options: Any) -> Answer:
        url = path if path.startswith("http") else self.base + path
        async with self.session.request(method, url, **options) as response:
            return Answer(response.status, response.headers, await response.read())

    async def post(self, path: str, body: Any, **options: Any) -> Answer:
        return await self.get(path, "POST", data=body, **options)

    def keep(self, name: str, content: bytes = PNG) -> Path:
        path = self.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    async def add_job(self, serial: int, **columns: Any) -> int:
        """A job of the provider `ark` whose callback token is `job-<serial>`; not due for an hour."""
        if serial == 1:
            await self.store.transact(Person(1, money=10_000_000))
            await self.store.transact(lambda tx: add_updates(tx, 20))
        job_id = await self.store.transact(Admit(1, serial))
        assert job_id is not None
        await self.set_job(job_id, run_at=NOW + 3_600_000, **columns)
        return job_id

    async def set_job(self, job_id: int, **columns: Any) -> None:
        places = ", ".join(f"{name} = :{name}" for name in columns)
        await self.run(f"UPDATE jobs SET {places} WHERE id = :id", id=job_id, **columns)  # noqa: S608 - names of a test

    async def job(self, job_id: int) -> Row:
        return (await self.all("SELECT * FROM jobs WHERE id = :id", id=job_id))[0]

    async def run(self, sql: str, **values: Any) -> int:
        async def use_case(tx: Transaction) -> int:
            return await tx.run(ad_hoc(sql), **values)

        return await self.store.transact(use_case)

    async def all(self, sql: str, **values: Any) -> list[Row]:
        async def use_case(tx: Transaction) -> list[Row]:
            return await tx.all(ad_hoc(sql), **values)

        return await self.store.read(use_case)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


@asynccontextmanager
async def sited(folder: Path) -> AsyncIterator[Site]:
    """Starts everything; the providers have no server: only what they read is used."""
    clock, metrics, woken = Clock(), Metrics(), list[int]()
    data = folder / "data"
    data.mkdir()
    store = await open_store(lay(data / "kinetogram.db"), now_ms=NOW)
    tools = Tools(Http(), Files(), clock)
    providers = {
        name: client_of(ProviderConfig(name, "https://provider.example", "k", prices="byteplus"), tools)
        for name in ("ark", "seedance")
    }
    signed = ProviderConfig("openai", "https://provider.example", "k", extras={"webhook_secret": WEBHOOK_SECRET})
    providers["openai"] = client_of(signed, tools)
    heartbeat = Heartbeat(clock, max_age_ms=90_000)
    checks = {
        "database": health.database(store),
        "intake": health.beating(heartbeat.alive),
        "disk": health.disk(data, min_free_bytes=1),
    }
    healthy = health.Health(checks, health.scraper(metrics, store, clock, UTC))
    links = MediaLinks(SECRET, "http://127.0.0.1:0", data, clock, TTL_MS)
    callbacks = Callbacks(store, providers, lambda: woken.append(clock()), clock)
    app = build([*links.routes(), *callbacks.routes(), *healthy.routes()])
    try:
        async with serve(app, "127.0.0.1", 0) as port, aiohttp.ClientSession() as session:
            base = f"http://127.0.0.1:{port}"
            links._base_url = base
            yield Site(base, session, store, clock, data, links, healthy, heartbeat, metrics, providers, woken)
    finally:
        await tools.close()
        await store.close()
