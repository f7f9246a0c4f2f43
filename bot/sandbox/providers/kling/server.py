"""The embedded Kling: creates in both designs, ``GET /tasks``, legacy queries, callbacks and files.

A real clock drives it by itself; with a clock that a test holds, move the clock and call :meth:`KlingServer.settle`.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, get_args

from aiohttp import ClientSession, web

from bot.sandbox.providers.bodies import Body, BodyTooLargeError, BodyUnreadableError, read_body
from bot.sandbox.providers.errands import remove_folder, scratch_folder
from bot.sandbox.providers.fetching import client
from bot.sandbox.providers.kling.asks import Ask, Path3
from bot.sandbox.providers.kling.auth import check_key, check_token
from bot.sandbox.providers.kling.callbacks import Callbacks, Notice
from bot.sandbox.providers.kling.errors import KlingError, bad, of_status, refused, succeeded
from bot.sandbox.providers.kling.legacy import KINDS, read_legacy
from bot.sandbox.providers.kling.media import RAW_MEDIA, gather, order_of
from bot.sandbox.providers.kling.modern import read_modern
from bot.sandbox.providers.kling.settings import KlingKnobs
from bot.sandbox.providers.kling.tasks import doom_of, refuse_input, task_body
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import ASK, Call, Clock, Fault, Handler, Rate, Wire
from bot.sandbox.providers.works import State, Work, Works
from bot.sandbox.render import VideoMaker

LEGACY = "/v1/videos"


@dataclass(frozen=True, slots=True)
class Keys:
    """What the account's calls are proven with; without an access key there are no tokens."""

    api_key: str
    access_key: str = ""
    secret_key: str = ""


class KlingServer:
    """One account. ``tasks``, ``calls`` and ``notices`` are there for assertions."""

    def __init__(self, keys: Keys | str, renderer: VideoMaker, now_ms: Clock, knobs: KlingKnobs | None = None) -> None:
        self.knobs = knobs or KlingKnobs()
        self.wire = Wire(now_ms, lambda fault: refused(of_status(fault.status, fault.code), self._request_id()))
        self._keys = Keys(keys) if isinstance(keys, str) else keys
        self._now_ms = now_ms
        self._random = Random()  # noqa: S311  ids, no secret
        self._works: Works[Ask] = Works(renderer, now_ms, self.knobs, self._notify)
        self._callbacks = Callbacks(self.knobs, now_ms)
        self._creates = Rate(None, 60_000)
        self._files_path = "/kling/files"
        self._session: ClientSession | None = None
        self._folder = Path()

    @property
    def tasks(self) -> dict[str, Work[Ask]]:
        """Every task, by id, oldest first."""
        return self._works.all

    @property
    def calls(self) -> list[Call]:
        """Every recorded call, oldest first."""
        return list(self.wire.calls)

    @property
    def notices(self) -> list[Notice]:
        """Every callback that was sent, oldest first."""
        return list(self._callbacks.made)

    def fail(self, kind: str, fault: Fault, *, times: int = 1) -> None:
        """The next ``times`` calls of ``create``, ``get`` or ``file`` meet the fault."""
        self.wire.fail(kind, fault, times=times)

    def attach(self, app: web.Application, prefix: str = "/kling") -> None:
        """Add the routes to an application that has not started."""
        self._files_path = f"{prefix}/files"
        app.cleanup_ctx.append(self._life)
        route = app.router
        for kind in get_args(Path3):
            route.add_post(f"{prefix}/{kind}/{{model}}", self._api("create", self._modern(kind)))
        route.add_get(f"{prefix}/tasks", self._api("get", self._query), allow_head=False)
        for path in KINDS:
            address = f"{prefix}{LEGACY}/{path}"
            route.add_post(address, self._api("create", self._old(path), legacy=True))
            route.add_get(f"{address}/{{id}}", self._api("get", self._get(path), legacy=True), allow_head=False)
        route.add_get(self._files_path + "/{name}", self.wire.handler("file", self._works.shelf.serve))

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve alone; yields the base URL."""
        app = web.Application()
        self.attach(app)
        async with serve(app, host, port) as origin:
            yield f"{origin}/kling"

    async def settle(self) -> None:
        """Do all that the clock asks for, renders and callbacks included."""
        await self._works.settle()
        await self._callbacks.sent()

    async def _life(self, _: web.Application) -> AsyncIterator[None]:
        async with scratch_folder("kling-") as self._folder, client(self.knobs.fetch_timeout_s) as self._session:
            async with self._works.alive():
                yield
            await self._callbacks.stop()

    def _notify(self, work: Work[Ask]) -> None:
        url = work.facts.callback_url
        if url and self._session:
            self._callbacks.tell(self._session, url, work.id, self._body(work), over=work.over)

    # The calls

    def _api(self, kind: str, act: Handler, *, legacy: bool = False) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._check_caller(request.headers.get("Authorization", ""), legacy=legacy)
                return await act(request)
            except KlingError as error:
                return self._refuse(error)

        return self.wire.handler(kind, answer)

    def _check_caller(self, header: str, *, legacy: bool) -> None:
        keys = self._keys
        if legacy and keys.access_key and header.count(".") == 2:
            now_s = self._now_ms() / 1000 + self.knobs.clock_skew_s
            check_token(header, keys.access_key, keys.secret_key, now_s)
        else:
            check_key(header, keys.api_key)

    def _refuse(self, error: KlingError) -> web.Response:
        response = refused(error, self._request_id())
        if error.status == 429 and self.knobs.retry_after_s is not None:
            response.headers["Retry-After"] = str(self.knobs.retry_after_s)
        return response

    def _modern(self, kind: Path3) -> Handler:
        async def create(request: web.Request) -> web.Response:
            return await self._create(request, lambda body: read_modern(kind, request.match_info["model"], body))

        return create

    def _old(self, path: str) -> Handler:
        async def create(request: web.Request) -> web.Response:
            return await self._create(request, lambda body: read_legacy(path, body))

        return create

    async def _create(self, request: web.Request, read: Any) -> web.Response:
        self._check_room()
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._folder))
        try:
            work = await self._take(request, folder, read)
        except BaseException:
            await remove_folder(folder)
            raise
        return succeeded(self._body(work), self._request_id())

    def _check_room(self) -> None:
        self._creates.limit = self.knobs.creates_per_minute
        if not self._creates.take(self._now_ms()):
            raise KlingError(1302)
        if len(self._works.active) >= self.knobs.concurrency:
            raise KlingError(1303)

    async def _take(self, request: web.Request, folder: Path, read: Any) -> Work[Ask]:
        body = await self._read(request, folder)
        request[ASK] = body.json
        ask: Ask = read(body.json)
        self._check_name(ask.external_id)
        refuse_input(ask)
        assert self._session is not None  # noqa: S101  _life has begun before a request comes
        order = order_of(ask, await gather(ask, body, folder, self._session), self.knobs.output_size_bytes)
        number = f"{self._now_ms()}{self._random.randrange(10**5):05}"
        work = Work(number, order, ask, folder, str(request.url.origin()), self._now_ms(), doom_of(ask))
        self._works.add(work)
        return work

    def _check_name(self, name: str | None) -> None:
        taken = name and any(name == work.facts.external_id for work in self.tasks.values())
        if taken and self.knobs.refuses_repeats:
            raise bad(f"external_task_id {name} already exists")

    async def _read(self, request: web.Request, folder: Path) -> Body:
        try:
            return await read_body(request, folder, RAW_MEDIA, self.knobs.body_limit_bytes)
        except BodyTooLargeError as fault:
            raise KlingError(1200, "The request is too large", 413) from fault
        except BodyUnreadableError as fault:
            raise KlingError(1200, "The body is not JSON") from fault

    async def _query(self, request: web.Request) -> web.Response:
        """By the vendor's ids or by ours, never both; what is not known is left out."""
        self._works.tick()
        given = {
            name: request.query[name].split(",") for name in ("task_ids", "external_task_ids") if name in request.query
        }
        if len(given) != 1:
            raise bad("task_ids or external_task_ids is required")
        (wanted,) = given.values()
        found = [w for w in self.tasks.values() if (w.id if "task_ids" in given else w.facts.external_id) in wanted]
        return succeeded([self._body(work) for work in found], self._request_id())

    def _get(self, path: str) -> Handler:
        async def get(request: web.Request) -> web.Response:
            self._works.tick()
            wanted = request.match_info["id"]
            for work in self.tasks.values():
                if wanted in {work.id, work.facts.external_id} and work.facts.kind == KINDS[path]:
                    return succeeded(self._body(work), self._request_id())
            raise KlingError(1203)

        return get

    def _body(self, work: Work[Ask]) -> dict[str, Any]:
        address = work.origin + self._files_path
        done = work.state is State.DONE
        link = self._works.shelf.link(address, f"{work.id}.mp4", work.changed_ms, self.knobs.url_lifetime_s)
        return task_body(work, link if done else None, self.knobs)

    def _request_id(self) -> str:
        return f"{self._random.getrandbits(128):032x}"
