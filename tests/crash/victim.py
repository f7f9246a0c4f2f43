"""A bot in a process of its own, and what kills it: SIGKILL at a chosen call on the wire. The product has no hook."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.flows.stage import ARK_KEY, ARK_PATH, TOKEN, World

PROJECT = Path(__file__).resolve().parents[2]
Moment = Literal["before", "after", "upload", "download"]
Module = Literal["bot", "tests.crash.hurried"]


def call_of(request: web.Request) -> str | None:
    """What a call of the bot's is named: a method of Telegram's, or the provider's verb; None for a person's."""
    kind, _, name = request.path.lstrip("/").partition("/")
    match kind.partition("4200")[0]:
        case "bot":
            return name
        case "file":
            return "download"
        case "ark":
            return f"{request.method} {name.split('/')[0]}"
        case _:
            return None


@dataclass
class Guillotine:
    """Kills the victim once: at the first call that `chooses` (its name and its number, from 1), at the moment given.

    `before`: the call arrived and is not acted upon. `after`: it was, and is not answered. `upload`: half of its body
    arrived. `download`: half of its answer went out.
    """

    chooses: Callable[[str, int], bool]
    moment: Moment
    calls: list[str] = field(default_factory=list)
    fell: bool = False
    victim: Process | None = None

    async def kill(self) -> None:
        """SIGKILL, and its end awaited."""
        assert self.victim is not None
        self.fell = True
        os.kill(self.victim.pid, signal.SIGKILL)
        await self.victim.wait()

    def middleware(self) -> Callable[[web.Request, Handler], AsyncIterator[web.StreamResponse]]:
        """Sees every call."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            name = call_of(request)
            if name is None or self.fell:
                return await handler(request)
            self.calls.append(name)
            if not self.chooses(name, len(self.calls)):
                return await handler(request)
            return await self._fall(request, handler)

        return guard  # type: ignore[return-value]  # aiohttp types a middleware by the callable that it becomes

    async def _fall(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        match self.moment:
            case "before":
                await self.kill()
                return web.Response(status=500)
            case "upload":
                await request.content.read(2_000)
                await self.kill()
                return web.Response(status=500)
            case "download":
                return await self._half(request, await handler(request))
            case "after":
                response = await handler(request)
                await self.kill()
                return response

    async def _half(self, request: web.Request, whole: web.StreamResponse) -> web.StreamResponse:
        assert isinstance(whole, web.FileResponse)
        body = await asyncio.to_thread(whole._path.read_bytes)
        half = web.StreamResponse(headers={"Content-Type": "video/mp4", "Content-Length": str(len(body))})
        await half.prepare(request)
        await half.write(body[: len(body) // 2])
        await asyncio.sleep(0.1)
        await self.kill()
        return half


@dataclass
class Victim:
    """Where the bot runs: its folder outlives each of its processes."""

    world: World
    guillotine: Guillotine
    module: Module

    @property
    def log(self) -> Path:
        """All that its processes wrote."""
        return self.world.folder / "victim.log"

    def _environment(self) -> dict[str, str]:
        data = self.world.folder / "data"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "PYTHONPATH": str(PROJECT),
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.world.origin,
            "ARK_API_KEY": ARK_KEY,
            "ARK_BASE_URL": self.world.origin + ARK_PATH,
            "ARK_PRICES": "byteplus",
            "ACCESS": "open",
            "DATA_DIR": str(data),
            "DATABASE_URL": f"sqlite:///{data / 'kinetogram.db'}",
            "POLL_INTERVAL_S": "1",
            "LOG_LEVEL": "DEBUG",
            "WEB_PORT": "0",
        }

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """Runs it, and again when it was killed, while the block does."""
        (self.world.folder / "data").mkdir(exist_ok=True)
        keeper = asyncio.create_task(self._keep_alive())
        try:
            yield
        finally:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper

    async def _keep_alive(self) -> None:
        while True:
            process = await self._start()
            self.guillotine.victim = process
            try:
                code = await process.wait()
            except asyncio.CancelledError:
                process.terminate()
                await process.wait()
                raise
            assert code == -signal.SIGKILL, f"the bot ended by itself: {code}; {self.log.read_text()[-2_000:]}"

    async def _start(self) -> Process:
        verb = ["run"] if self.module == "bot" else []
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", self.module, *verb,
                env=self._environment(), cwd=self.world.folder, stdout=log, stderr=log,
            )  # fmt: skip

    def check(self) -> None:
        """What must hold when all is over."""
        written = self.log.read_text()
        for secret in (TOKEN.partition(":")[2], ARK_KEY):
            assert secret not in written
        assert "Traceback" not in written, written[written.index("Traceback") - 500 :][:3_000]
        books = self.world.books
        books.check()
        assert books.value("SELECT count(*) FROM inbox WHERE state <> 'closed'") == 0
        assert len(self.world.ark.tasks) == 1
        assert books.value("SELECT count(*) FROM jobs") == 1
