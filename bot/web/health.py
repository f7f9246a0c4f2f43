"""Is the process up (/live), may it be given work (/ready), how is it doing (/metrics)?"""

from __future__ import annotations

import asyncio
import ipaddress
import shutil
from collections.abc import Awaitable, Callable, Mapping
from datetime import tzinfo
from http import HTTPStatus
from pathlib import Path

import structlog
from aiohttp import web

from bot.core.errors import KinetogramError
from bot.services import reports
from bot.storage.base import Store
from bot.telemetry.metrics import CONTENT_TYPE, Metrics

CHECK_S = 2.0
MIN_FREE_BYTES = 500_000_000
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")

log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[bool]]
Scrape = Callable[[], Awaitable[bytes]]


def database(store: Store) -> Check:
    """The database answers a trivial read."""

    async def check() -> bool:
        await reports.alive(store)
        return True

    return check


def beating(alive: Callable[[], bool]) -> Check:
    """A loop gave a sign of life lately."""

    async def check() -> bool:
        return alive()

    return check


def disk(folder: Path, min_free_bytes: int = MIN_FREE_BYTES) -> Check:
    """The disk with DATA_DIR has space."""

    async def check() -> bool:
        usage = await asyncio.to_thread(shutil.disk_usage, folder)
        return usage.free >= min_free_bytes

    return check


def scraper(metrics: Metrics, store: Store, now_ms: Callable[[], int], zone: tzinfo) -> Scrape:
    """The metrics with what stands in the database now; without a database, all the others."""

    async def scrape() -> bytes:
        try:
            metrics.stand(await reports.levels(store, now_ms(), zone))
        except KinetogramError as error:
            log.warning("levels-unknown", reason=error.key)
            metrics.stand(None)
        return metrics.render()

    return scrape


class Health:
    """`checks` by name decide /ready; each has two seconds. `scrape` renders the metrics."""

    def __init__(self, checks: Mapping[str, Check], scrape: Scrape) -> None:
        self._checks = checks
        self._scrape = scrape
        self._running: asyncio.Task[dict[str, bool]] | None = None

    def routes(self) -> list[web.RouteDef]:
        """To be added to the service's one web application."""
        return [
            web.get("/live", self._live, allow_head=True),
            web.get("/ready", self._ready, allow_head=True),
            web.get("/metrics", self._metrics, allow_head=False),
        ]

    async def _live(self, _: web.Request) -> web.Response:
        return web.json_response({"live": True})

    async def _ready(self, _: web.Request) -> web.Response:
        found = await self._look()
        ready = all(found.values())
        checks = {name: "ok" if good else "failed" for name, good in found.items()}
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response({"ready": ready, "checks": checks}, status=status)

    async def _metrics(self, request: web.Request) -> web.Response:
        """Only for neighbours: the machine itself and private networks, and not what a proxy passes on."""
        if not is_neighbour(request):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        return web.Response(body=await self._scrape(), headers={"Content-Type": CONTENT_TYPE})

    async def _look(self) -> dict[str, bool]:
        """Many who ask at once share one look."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run_checks(), name="ready")
        return await asyncio.shield(self._running)

    async def _run_checks(self) -> dict[str, bool]:
        results = await asyncio.gather(*(_passed(name, check) for name, check in self._checks.items()))
        return dict(zip(self._checks, results, strict=True))


async def _passed(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_S):
            return await check()
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is that it is not ready
        log.warning("not-ready", check=name, reason=type(error).__name__)
        return False


def is_neighbour(request: web.Request) -> bool:
    """Whether the asker itself sits on this machine or in a private network."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ipaddress.ip_address((request.remote or "").partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_private or address.is_loopback
