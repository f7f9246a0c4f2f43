"""What embedded providers of :class:`Works` share: a key at the door, a folder, creates, links."""

from __future__ import annotations

import asyncio
import hmac
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from uuid import uuid4

from aiohttp import web

from bot.sandbox.providers.base import Entry, Tempo
from bot.sandbox.providers.bodies import DATA_URL, Body, BodyTooLargeError, BodyUnreadableError, read_body
from bot.sandbox.providers.errands import remove_folder, scratch_folder
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import ASK, Call, Clock, Fault, Handler, Wire
from bot.sandbox.providers.works import Work, Works
from bot.sandbox.render import Order, VideoMaker


@dataclass(slots=True)
class HouseKnobs:
    """What a test or the demo may turn on every one of them."""

    queue_s: float = 1.0
    render_s: float = 4.0
    body_limit_bytes: int = 64 << 20
    url_lifetime_s: int = 86_400


Facts = TypeVar("Facts")
Knobs = TypeVar("Knobs", bound=HouseKnobs)
Take = Callable[[web.Request, Body, Path], Awaitable[web.StreamResponse]]


class RefusedError(Exception):
    """Answered with ``status``, in the vendor's words."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class House(ABC, Generic[Facts, Knobs]):
    """One account. ``tasks`` and ``calls`` are there for assertions; ``path`` is that of the base URL."""

    path = "/v1"
    scheme = "Bearer"

    def __init__(self, api_key: str, renderer: VideoMaker, now_ms: Clock, knobs: Knobs) -> None:
        self.knobs = knobs
        self.wire = Wire(now_ms, lambda fault: self._answer(self._fault(fault)))
        self._api_key = api_key
        self._now_ms = now_ms
        self._works: Works[Facts] = Works(renderer, now_ms, knobs, self._moved, self._has_place)
        self._prefix = self.path
        self._folder = Path()

    @property
    def tasks(self) -> dict[str, Work[Facts]]:
        """Every task that can be asked for, by id, oldest first."""
        return self._works.all

    @property
    def calls(self) -> list[Call]:
        """Every recorded call, oldest first."""
        return list(self.wire.calls)

    def fail(self, kind: str, fault: Fault, *, times: int = 1) -> None:
        """The next ``times`` calls of a kind meet the fault."""
        self.wire.fail(kind, fault, times=times)

    def attach(self, app: web.Application, prefix: str = "") -> None:
        """Add the routes to an application that has not started."""
        self._prefix = prefix or self._prefix
        app.cleanup_ctx.append(self._life)
        app.router.add_get(f"{self._prefix}/files/{{name}}", self.wire.handler("file", self._works.shelf.serve))
        self._route(app.router, self._prefix)

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve alone; yields the base URL."""
        app = web.Application()
        self.attach(app)
        async with serve(app, host, port) as origin:
            yield f"{origin}{self._prefix}"

    async def settle(self) -> None:
        """Do all that the clock asks for, renders included."""
        await self._works.settle()

    @abstractmethod
    def _route(self, router: web.UrlDispatcher, prefix: str) -> None:
        """The vendor's paths."""

    @abstractmethod
    def _answer(self, refused: RefusedError) -> web.Response:
        """The vendor's envelope for an error."""

    def _fault(self, fault: Fault) -> RefusedError:
        return RefusedError(fault.status, f"The request failed with status {fault.status}.", fault.code)

    def _moved(self, work: Work[Facts]) -> None:
        """A work is in another state."""

    def _has_place(self, work: Work[Facts]) -> bool:  # noqa: ARG002 - some houses hold works back
        return True

    async def _life(self, _: web.Application) -> AsyncIterator[None]:
        async with scratch_folder("house-") as self._folder, self._works.alive():
            yield

    def _api(self, kind: str, act: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._check_caller(request)
                return await act(request)
            except RefusedError as refused:
                return self._answer(refused)

        return self.wire.handler(kind, answer)

    def _check_caller(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"{self.scheme} {self._api_key}".encode()):
            raise RefusedError(401, "The API key is not valid.")

    def _taking(self, take: Take) -> Handler:
        """A call that may make a work: its folder is gone when it makes none."""

        async def create(request: web.Request) -> web.StreamResponse:
            folder = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._folder))
            try:
                body = await self._body(request, folder)
                request[ASK] = body.json
                return await take(request, body, folder)
            except BaseException:
                await remove_folder(folder)
                raise

        return self._api("create", create)

    def _begin(self, request: web.Request, order: Order, facts: Facts, folder: Path, doom: str | None) -> Work[Facts]:
        """A new work."""
        origin, now_ms = str(request.url.origin()), self._now_ms()
        work = Work(str(uuid4()), order, facts, folder, origin, now_ms, doom)
        self._works.add(work)
        return work

    async def _body(self, request: web.Request, folder: Path) -> Body:
        try:
            return await read_body(request, folder, DATA_URL, self.knobs.body_limit_bytes)
        except BodyTooLargeError as fault:
            raise RefusedError(413, "The request is too large.") from fault
        except BodyUnreadableError as fault:
            raise RefusedError(400, "The body is not JSON.") from fault

    def _work(self, request: web.Request) -> Work[Facts]:
        self._works.tick()
        work = self.tasks.get(request.match_info["id"])
        if work is None:
            raise RefusedError(404, "The task was not found.")
        return work

    def _link(self, work: Work[Facts]) -> str:
        """Where the output of a finished work lies: made anew whenever it is asked for."""
        address = f"{work.origin}{self._prefix}/files"
        return self._works.shelf.link(address, f"{work.id}.mp4", self._now_ms(), self.knobs.url_lifetime_s)


def entry(
    server: Callable[[str, VideoMaker, Clock, Knobs], House[Facts, Knobs]],
    knobs: Callable[[], Knobs],
    path: str,
    key_name: str,
    base_name: str,
) -> Entry:
    """What the sandbox must know of a house whose settings are a key and a base URL."""

    def build(key: str, renderer: VideoMaker, now_ms: Clock, tempo: Tempo) -> House[Facts, Knobs]:
        turned = knobs()
        turned.queue_s, turned.render_s = tempo.queue_s, tempo.render_s
        return server(key, renderer, now_ms, turned)

    return Entry(build, path, lambda base, key: {key_name: key, base_name: base})
