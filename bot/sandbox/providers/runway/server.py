"""The embedded Runway: uploads, creates, looks, stops, the organization and the files.

A real clock drives it by itself; with a clock that a test holds, move the clock and call :meth:`RunwayServer.settle`.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any, get_args

from aiohttp import web

from bot.sandbox.providers.bodies import Body
from bot.sandbox.providers.house import House, RefusedError
from bot.sandbox.providers.runway.asks import read_ask
from bot.sandbox.providers.runway.media import gather, input_s, measured, order_of
from bot.sandbox.providers.runway.models import MODELS, Endpoint
from bot.sandbox.providers.runway.settings import NO_CREDITS, RunwayError, RunwayKnobs, envelope, of_status
from bot.sandbox.providers.runway.storage import Storage
from bot.sandbox.providers.runway.tasks import Made, Throttling, charged, doom_of, task_body
from bot.sandbox.providers.wire import Clock, Fault, Rate
from bot.sandbox.providers.works import State, Work
from bot.sandbox.render import VideoMaker

_DAY_MS = 86_400_000


class RunwayServer(House[Made, RunwayKnobs]):
    """One project. ``tasks``, ``calls`` and ``storage`` are there for assertions.

    Calls are of the kinds ``upload``, ``storage``, ``create``, ``get``, ``delete`` and ``file``.
    """

    path = "/runway"

    def __init__(self, api_key: str, renderer: VideoMaker, now_ms: Clock, knobs: RunwayKnobs | None = None) -> None:
        super().__init__(api_key, renderer, now_ms, knobs or RunwayKnobs())
        self.storage = Storage(self.knobs, now_ms)
        self._created: dict[str, Rate] = {name: Rate(None, _DAY_MS) for name in MODELS}

    def _route(self, router: web.UrlDispatcher, prefix: str) -> None:
        for endpoint in get_args(Endpoint):
            router.add_post(f"{prefix}/v1/{endpoint}", self._taking(partial(self._create, endpoint)))
        router.add_post(f"{prefix}/v1/uploads", self._api("upload", self._upload))
        router.add_get(f"{prefix}/v1/tasks/{{id}}", self._api("get", self._get), allow_head=False)
        router.add_delete(f"{prefix}/v1/tasks/{{id}}", self._api("delete", self._delete))
        router.add_get(f"{prefix}/v1/organization", self._api("organization", self._organization), allow_head=False)
        router.add_post(f"{prefix}/storage/{{number}}", self.wire.handler("storage", self._store))

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

    def _fault(self, fault: Fault) -> RefusedError:
        return of_status(fault.status, fault.code)

    def _check_caller(self, request: web.Request) -> None:
        super()._check_caller(request)
        if request.headers.get("X-Runway-Version") != self.knobs.version:
            raise RunwayError(400, "The X-Runway-Version header is missing or unknown.")

    def _answer(self, refused: RefusedError) -> web.Response:
        response = envelope(refused)
        if refused.status == 429 and self.knobs.retry_after_s is not None:
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

    async def _create(self, endpoint: Endpoint, request: web.Request, body: Body, folder: Path) -> web.Response:
        ask = read_ask(endpoint, body.json)
        seen = await gather(ask, body, self.storage, folder)
        size, seconds = measured(ask, seen)
        credits_ = ask.model.cost(size, seconds, input_s(seen), sound=ask.sound)
        self._check_room(ask.name, credits_)
        order = order_of(ask, seen, self.knobs.output_size_bytes)
        work = self._begin(request, order, Made(ask, credits_), folder, doom_of(ask))
        estimate = {"estimatedCost": {"credits": credits_}} if self.knobs.estimates else {}
        return web.json_response({"id": work.id, **estimate})

    def _check_room(self, name: str, credits_: int) -> None:
        self._created[name].limit = self.knobs.daily_limit
        if not self._created[name].take(self._now_ms()):
            raise RunwayError(429, "Daily task limit reached for this model.")
        if credits_ > self.knobs.credits:
            raise RunwayError(400, NO_CREDITS)

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._told(self._work(request)))

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

    def _told(self, work: Work[Made]) -> dict[str, Any]:
        return task_body(work, self._waiting(work), self._works.percent(work), self._link(work), self.knobs)

    def _waiting(self, work: Work[Made]) -> Throttling:
        due = self._now_ms() - work.created_ms >= self.knobs.queue_s * 1000
        return "THROTTLED" if due and not self._has_place(work) else "PENDING"
