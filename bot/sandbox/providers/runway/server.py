"""The embedded Runway: uploads, creates, looks, stops, the organization and the files.

A real clock drives it by itself; with a clock that a test holds, move the clock and call :meth:`RunwayServer.settle`.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

from aiohttp import web

from bot.sandbox.providers.bodies import DATA_URL, Body, BodyTooLargeError, BodyUnreadableError, read_body
from bot.sandbox.providers.errands import remove_folder, scratch_folder
from bot.sandbox.providers.runway.asks import read_ask
from bot.sandbox.providers.runway.media import gather, input_s, measured, order_of
from bot.sandbox.providers.runway.models import MODELS, Endpoint
from bot.sandbox.providers.runway.settings import NO_CREDITS, RunwayError, RunwayKnobs, of_status, refused
from bot.sandbox.providers.runway.storage import Storage
from bot.sandbox.providers.runway.tasks import Made, Throttling, charged, doom_of, task_body
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import ASK, Call, Clock, Fault, Handler, Rate, Wire
from bot.sandbox.providers.works import State, Work, Works
from bot.sandbox.render import VideoMaker

_DAY_MS = 86_400_000


class RunwayServer:
    """One project. ``tasks``, ``calls`` and ``storage`` are there for assertions."""

    def __init__(self, api_key: str, renderer: VideoMaker, now_ms: Clock, knobs: RunwayKnobs | None = None) -> None:
        self.knobs = knobs or RunwayKnobs()
        self.wire = Wire(now_ms, lambda fault: self._refuse(of_status(fault.status, fault.code)))
        self.storage = Storage(self.knobs, now_ms)
        self._api_key = api_key
        self._now_ms = now_ms
        self._works: Works[Made] = Works(renderer, now_ms, self.knobs, self._moved, self._has_place)
        self._created: dict[str, Rate] = {name: Rate(None, _DAY_MS) for name in MODELS}
        self._prefix = "/runway"
        self._folder = Path()

    @property
    def tasks(self) -> dict[str, Work[Made]]:
        """Every task that can be asked for, by id, oldest first."""
        return self._works.all

    @property
    def calls(self) -> list[Call]:
        """Every recorded call, oldest first."""
        return list(self.wire.calls)

    def fail(self, kind: str, fault: Fault, *, times: int = 1) -> None:
        """The next ``times`` calls of ``upload``, ``storage``, ``create``, ``get``, ``delete`` or ``file`` meet it."""
        self.wire.fail(kind, fault, times=times)

    def attach(self, app: web.Application, prefix: str = "/runway") -> None:
        """Add the routes to an application that has not started."""
        self._prefix = prefix
        app.cleanup_ctx.append(self._life)
        route = app.router
        for endpoint in get_args(Endpoint):
            route.add_post(f"{prefix}/v1/{endpoint}", self._api("create", self._create(endpoint)))
        route.add_post(f"{prefix}/v1/uploads", self._api("upload", self._upload))
        route.add_get(f"{prefix}/v1/tasks/{{id}}", self._api("get", self._get), allow_head=False)
        route.add_delete(f"{prefix}/v1/tasks/{{id}}", self._api("delete", self._delete))
        route.add_get(f"{prefix}/v1/organization", self._api("organization", self._organization), allow_head=False)
        route.add_post(f"{prefix}/storage/{{number}}", self.wire.handler("storage", self._store))
        route.add_get(f"{prefix}/files/{{name}}", self.wire.handler("file", self._works.shelf.serve))

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve alone; yields the base URL."""
        app = web.Application()
        self.attach(app)
        async with serve(app, host, port) as origin:
            yield f"{origin}/runway"

    async def settle(self) -> None:
        """Do all that the clock asks for, renders included."""
        await self._works.settle()

    async def _life(self, _: web.Application) -> AsyncIterator[None]:
        async with scratch_folder("runway-") as self._folder, self._works.alive():
            yield

    def _has_place(self, work: Work[Made]) -> bool:
        same = [w for w in self._works.active if w.facts.ask.name == work.facts.ask.name and w.state is State.RUNNING]
        return len(same) < self.knobs.concurrency

    def _moved(self, work: Work[Made]) -> None:
        """Credits are taken when a task is made, and what it did not cost comes back at its end."""
        if work.state is State.WAITING:
            self.knobs.credits -= work.facts.credits
        elif work.over:
            self.knobs.credits += work.facts.credits - charged(work, self.knobs)

    # The calls

    def _api(self, kind: str, act: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._check_caller(request)
                return await act(request)
            except RunwayError as error:
                return self._refuse(error)

        return self.wire.handler(kind, answer)

    def _check_caller(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._api_key}".encode()):
            raise RunwayError(401, "The API key is not valid.")
        if request.headers.get("X-Runway-Version") != self.knobs.version:
            raise RunwayError(400, "The X-Runway-Version header is missing or unknown.")

    def _refuse(self, error: RunwayError) -> web.Response:
        response = refused(error)
        if error.status == 429 and self.knobs.retry_after_s is not None:
            response.headers["Retry-After"] = str(self.knobs.retry_after_s)
        return response

    async def _upload(self, request: web.Request) -> web.Response:
        try:
            body = json.loads(await request.read())
        except ValueError as fault:
            raise RunwayError(400, "The body is not JSON.") from fault
        fields = body if isinstance(body, dict) else {}
        address = f"{request.url.origin()}{self._prefix}/storage"
        return web.json_response(self.storage.ticket(fields.get("filename"), fields.get("type"), address))

    async def _store(self, request: web.Request) -> web.Response:
        return await self.storage.take(request, self._folder)

    def _create(self, endpoint: Endpoint) -> Handler:
        async def create(request: web.Request) -> web.Response:
            folder = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._folder))
            try:
                work = await self._take(endpoint, request, folder)
            except BaseException:
                await remove_folder(folder)
                raise
            estimate = {"estimatedCost": {"credits": work.facts.credits}} if self.knobs.estimates else {}
            return web.json_response({"id": work.id, **estimate})

        return create

    async def _take(self, endpoint: Endpoint, request: web.Request, folder: Path) -> Work[Made]:
        body = await self._read(request, folder)
        request[ASK] = body.json
        ask = read_ask(endpoint, body.json)
        seen = await gather(ask, body, self.storage)
        size, seconds = measured(ask, seen)
        credits_ = ask.model.cost(size, seconds, input_s(seen), sound=ask.sound)
        self._check_room(ask.name, credits_)
        order = order_of(ask, seen, self.knobs.output_size_bytes)
        made = Made(ask, credits_)
        work = Work(str(uuid4()), order, made, folder, str(request.url.origin()), self._now_ms(), doom_of(ask))
        self._works.add(work)
        return work

    def _check_room(self, name: str, credits_: int) -> None:
        self._created[name].limit = self.knobs.daily_limit
        if not self._created[name].take(self._now_ms()):
            raise RunwayError(429, "Daily task limit reached for this model.")
        if credits_ > self.knobs.credits:
            raise RunwayError(400, NO_CREDITS)

    async def _read(self, request: web.Request, folder: Path) -> Body:
        try:
            return await read_body(request, folder, DATA_URL, self.knobs.body_limit_bytes)
        except BodyTooLargeError as fault:
            raise RunwayError(413, "The request is too large.") from fault
        except BodyUnreadableError as fault:
            raise RunwayError(400, "The body is not JSON.") from fault

    def _work(self, request: web.Request) -> Work[Made]:
        self._works.tick()
        work = self.tasks.get(request.match_info["id"])
        if work is None:
            raise RunwayError(404, "The task was not found.")
        return work

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._body(self._work(request)))

    async def _delete(self, request: web.Request) -> web.Response:
        """A task that is not over is stopped, one that is over is deleted with its output; neither is found again."""
        work = self._work(request)
        if not work.over:
            self._works.become(work, State.CANCELLED)
        self._works.forget(work.id)
        return web.Response(status=204)

    async def _organization(self, _: web.Request) -> web.Response:
        limits = {"maxConcurrentGenerations": self.knobs.concurrency, "maxDailyGenerations": self.knobs.daily_limit}
        models = dict.fromkeys(MODELS, limits)
        used = {name: {"dailyGenerations": 0} for name in MODELS}
        tier = {"maxMonthlyCreditSpend": 10_000, "models": models}
        return web.json_response({"creditBalance": self.knobs.credits, "tier": tier, "usage": {"models": used}})

    def _body(self, work: Work[Made]) -> dict[str, Any]:
        """A link is made anew whenever it is asked for."""
        address = f"{work.origin}{self._prefix}/files"
        link = self._works.shelf.link(address, f"{work.id}.mp4", self._now_ms(), self.knobs.url_lifetime_s)
        return task_body(work, self._waiting(work), self._works.percent(work), link, self.knobs)

    def _waiting(self, work: Work[Made]) -> Throttling:
        due = self._now_ms() - work.created_ms >= self.knobs.queue_s * 1000
        return "THROTTLED" if due and not self._has_place(work) else "PENDING"
