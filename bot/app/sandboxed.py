"""The sandbox with the real bot in it, for `run` without a token and for the demo."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.app.base import now_ms
from bot.app.service import Service, built, service
from bot.core.errors import OperatorFault
from bot.providers.adapters import ADAPTERS
from bot.sandbox.demo import play
from bot.sandbox.providers import entries
from bot.sandbox.site import Pace as SandboxPace
from bot.sandbox.site import Sandbox, environment
from bot.settings import Settings
from bot.worker.tools import Pace

LOOPBACK = "127.0.0.1"
WORKER_PACE = Pace(poll_ms=1_000, floor_ms=1_000, usual_ms=8_000)
"""The embedded provider is near and free to ask."""


def sandbox_settings(settings: Settings, origin: str) -> Settings:
    """The same settings, pointed at the sandbox at `origin`, with a database of its own. Of the real providers nothing
    is kept: none is asked for anything from the sandbox.
    """
    if settings.sandbox_provider not in entries.names():
        known = ", ".join(entries.names())
        raise OperatorFault("sandbox-provider-unknown", name=settings.sandbox_provider, known=known)
    folder = settings.data_dir / "sandbox"
    told = environment(origin, settings.sandbox_provider)
    variables: dict[str, Any] = {name.lower(): value for name, value in told.items()}
    variables |= {"public_url": origin, "data_dir": folder, "database_url": f"sqlite:///{folder / 'kinetogram.db'}"}
    real = {name for adapter in ADAPTERS.values() for name in adapter.variables.model_fields}
    kept = settings.model_dump(exclude_unset=True, exclude={*variables, *real})
    return Settings(_env_file=None, **{**kept, **variables})


def in_force(settings: Settings) -> Settings:
    """The settings that `run` would use: without a token those of the sandbox."""
    if settings.telegram_bot_token is not None:
        return settings
    return sandbox_settings(settings, f"http://{LOOPBACK}:{settings.web_port}")


@contextlib.asynccontextmanager
async def sandboxed(settings: Settings, port: int, pace: SandboxPace) -> AsyncIterator[tuple[str, Service]]:
    """A sandbox on this machine with the bot in it; yields its address and the bot, which is not running yet."""
    origin = f"http://{LOOPBACK}:{port}"
    inside = sandbox_settings(settings, origin)
    # The world is in memory: what an earlier one knew must not meet its successor's message numbers.
    async with built(inside, WORKER_PACE) as one:
        app = web.Application(client_max_size=64 << 20)
        app.add_routes(one.routes())
        Sandbox(inside.data_dir / "world", now_ms, pace, settings.sandbox_provider).attach(app)
        async with _serving(app, settings.web_host, port):
            yield origin, one


@contextlib.asynccontextmanager
async def _serving(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """Without an access log: the Bot API's paths hold the token."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=3)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise OperatorFault("web-address-taken", host=host, port=port, why=error.strerror or "") from error


async def run(settings: Settings) -> None:
    """The real service, or the sandbox with the bot in it when there is no token."""
    if settings.telegram_bot_token is not None:
        async with service(settings) as one:
            await one.run()
        return
    await _forget(settings.data_dir / "sandbox")
    async with sandboxed(settings, settings.web_port, SandboxPace()) as (origin, one):
        _print(f"\n  Kinetogram sandbox: open {origin} in a browser. Ctrl+C ends it.\n")
        await one.run()


async def _forget(folder: Path) -> None:
    """A sandbox starts fresh: its Telegram lives in memory, and an old database would speak of messages long gone."""
    for name in ("kinetogram.db", "kinetogram.db-wal", "kinetogram.db-shm"):
        await asyncio.to_thread((folder / name).unlink, missing_ok=True)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


async def demo(settings: Settings, out: Path, pace: SandboxPace | None = None) -> Path:
    """Plays the demo's story in a fresh sandbox; answers the delivered video."""
    with tempfile.TemporaryDirectory(prefix="kinetogram-demo-") as folder:
        fresh = settings.model_copy(update={"data_dir": Path(folder)})
        async with sandboxed(fresh, free_port(), pace or SandboxPace()) as (origin, one):
            running = asyncio.create_task(one.run())
            try:
                story = play(origin, Path(folder) / "samples", out, _print, one.default_model)
                return await _first(story, running)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


async def _first(story: Coroutine[Any, Any, Path], running: asyncio.Task[None]) -> Path:
    """The story's end; a service that ends before it is the story's failure."""
    played = asyncio.create_task(story)
    await asyncio.wait({played, running}, return_when=asyncio.FIRST_COMPLETED)
    if not played.done():
        played.cancel()
        await running
    return await played


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - for the person at the terminal
