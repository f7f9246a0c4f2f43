"""The embedded Google: interactions, predictLongRunning in both houses, files that redirect, and the token endpoint.

A real clock drives it by itself; with a clock that a test holds, move the clock and call :meth:`GoogleServer.settle`.
"""

from __future__ import annotations

import asyncio
import hmac
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Literal

from aiohttp import web

from bot.sandbox.providers.bodies import Body, BodyTooLargeError, BodyUnreadableError, read_body
from bot.sandbox.providers.errands import remove_folder, scratch_folder
from bot.sandbox.providers.google import omni, veo
from bot.sandbox.providers.google.answers import Answer, answer
from bot.sandbox.providers.google.errors import GoogleError, bad_key, bad_token, envelope, no_key, throttled
from bot.sandbox.providers.google.facts import OMNI_SECONDS
from bot.sandbox.providers.google.fields import OPENING
from bot.sandbox.providers.google.knobs import GoogleKnobs
from bot.sandbox.providers.google.made import Ask, Made, Work, doom_of
from bot.sandbox.providers.google.oauth import Tokens, service_account
from bot.sandbox.providers.google.webhooks import Webhooks
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import ASK, Call, Clock, Fault, Handler, Rate, Wire
from bot.sandbox.providers.works import State, Works
from bot.sandbox.render import VideoMaker

Read = Callable[[Body], Ask]
_FAULTS = {
    "billing": "Your prepayment credits are depleted. Manage your project and its billing in AI Studio.",
    "quota": "Quota exceeded for metric generate_requests_per_model_per_day, limit: 50.",
}
"""What a fault may say, by its code."""
_PROJECT = "projects/{project}/locations/{location}/publishers/google/models/{model}"


class GoogleServer:
    """One Gemini key and one Cloud project. ``works`` and ``calls`` are there for assertions."""

    def __init__(
        self,
        api_key: str,
        renderer: VideoMaker,
        now_ms: Clock,
        knobs: GoogleKnobs | None = None,
        project: str = "sandbox",
    ) -> None:
        self.knobs = knobs or GoogleKnobs()
        self.wire = Wire(now_ms, self._refusal)
        self.tokens = Tokens(now_ms, lambda: self.knobs.token_s)
        self.hooks = Webhooks(now_ms, self.knobs)
        self._works: Works[Made] = Works(renderer, now_ms, self.knobs, self._moved, self._has_place)
        self._api_key = api_key
        self._project = project
        self._now_ms = now_ms
        self._random = Random()  # noqa: S311  ids and seeds, no secret
        self._creates = Rate(None, 60_000)
        self._prefix = ""
        self._elsewhere = ""
        self.origin = ""
        self._folder = Path()

    @property
    def works(self) -> dict[str, Work]:
        """Every work that is remembered, by id, oldest first."""
        return self._works.all

    @property
    def calls(self) -> list[Call]:
        """Every recorded call, oldest first."""
        return list(self.wire.calls)

    def fail(self, kind: str, fault: Fault, *, times: int = 1) -> None:
        """The next ``times`` calls of ``create``, ``get``, ``cancel``, ``download``, ``file`` or ``token`` meet it."""
        self.wire.fail(kind, fault, times=times)

    def key_file(self, origin: str) -> dict[str, str]:
        """The service account's key file for a server that answers at ``origin``."""
        return service_account(f"{origin}{self._prefix}/token", self._project)

    def attach(self, app: web.Application, prefix: str = "/google") -> None:
        """Add the routes to an application that has not started."""
        self._prefix = prefix
        app.cleanup_ctx.append(self._life)
        add, vertex = app.router.add_route, f"{prefix}/{{version}}/{_PROJECT}"
        add("POST", f"{prefix}/{{version}}/interactions", self._gemini("create", self._interact))
        add("GET", f"{prefix}/{{version}}/interactions/{{id}}", self._gemini("get", self._interaction))
        add("POST", f"{prefix}/{{version}}/interactions/{{id}}/cancel", self._gemini("cancel", self._cancel))
        add("POST", f"{prefix}/{{version}}/models/{{model}}:predictLongRunning", self._gemini("create", self._predict))
        add("GET", f"{prefix}/{{version}}/models/{{model}}/operations/{{id}}", self._gemini("get", self._operation))
        add("GET", f"{prefix}/{{version}}/models", self._gemini("models", self._models))
        add("GET", f"{prefix}/{{version}}/files/{{name}}:download", self._gemini("download", self._download))
        add("POST", vertex + ":predictLongRunning", self._vertex("create", self._predict))
        add("POST", vertex + ":fetchPredictOperation", self._vertex("get", self._fetch))
        add("POST", f"{prefix}/token", self.wire.handler("token", self.tokens.serve))
        add("GET", f"{prefix}/stored/{{name}}", self.wire.handler("file", self._works.shelf.serve))

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve alone; yields the base URL, which has no path. Files lie at another name of the same machine."""
        app = web.Application()
        self.attach(app, "")
        async with serve(app, host, port) as origin:
            self.origin, self._elsewhere = origin, origin.replace("127.0.0.1", "localhost")
            yield origin

    async def settle(self) -> None:
        """Do all that the clock asks for, renders included."""
        await self._works.settle()
        await self.hooks.sent()

    async def _life(self, _: web.Application) -> AsyncIterator[None]:
        async with scratch_folder("google-") as self._folder, self.hooks.alive(), self._works.alive():
            yield

    def _moved(self, work: Work) -> None:
        if work.over:
            work.facts.finished.set()
            self.hooks.tell(work)

    def _has_place(self, _: Work) -> bool:
        return sum(work.state is State.RUNNING for work in self._works.active) < self.knobs.concurrency

    # Who is there

    def _gemini(self, kind: str, act: Handler) -> Handler:
        return self._api(kind, self._check_key, act)

    def _vertex(self, kind: str, act: Handler) -> Handler:
        return self._api(kind, self._check_token, act)

    def _api(self, kind: str, check: Callable[[web.Request], None], act: Handler) -> Handler:
        async def answered(request: web.Request) -> web.StreamResponse:
            try:
                check(request)
                return await act(request)
            except GoogleError as fault:
                words = "/interactions" in request.path
                return envelope(fault, words=words, listed=self.knobs.lists_errors)

        return self.wire.handler(kind, answered)

    def _check_key(self, request: web.Request) -> None:
        given = request.headers.get("x-goog-api-key") or request.query.get("key", "")
        if not given:
            raise no_key()
        if not hmac.compare_digest(given.encode(), self._api_key.encode()):
            raise bad_key()

    def _check_token(self, request: web.Request) -> None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or not self.tokens.good(token):
            raise bad_token()
        if request.match_info["project"] != self._project:
            raise GoogleError(
                403, "Permission 'aiplatform.endpoints.predict' denied on resource (or it may not exist)."
            )

    # Interactions

    async def _interact(self, request: web.Request) -> web.StreamResponse:
        work = await self._begin(request, "omni", lambda body: omni.read_ask(body, self._seed()))
        if not work.facts.ask.background:
            await work.facts.finished.wait()  # without background the call lasts as long as the render
        return await answer(request, lambda video: omni.interaction(work, video), self._named(work))

    async def _interaction(self, request: web.Request) -> web.StreamResponse:
        work = self._of(request.match_info["id"])
        work.facts.polls += 1
        if work.facts.polls <= self.knobs.early_misses:
            raise _no_interaction()
        shown = self._named(work) if self.knobs.echoes_uri else _inline(work, "data")
        return await answer(request, lambda video: omni.interaction(work, video), shown)

    async def _cancel(self, request: web.Request) -> web.StreamResponse:
        work = self._of(request.match_info["id"])
        if work.over:
            raise GoogleError(400, "Only interactions that are in progress can be cancelled.", code="invalid_request")
        self._works.become(work, State.CANCELLED)
        return web.json_response(omni.interaction(work, None))

    def _of(self, name: str) -> Work:
        self._works.tick()
        work = self.works.get(name)
        if work is None or work.facts.wire != "omni":
            raise _no_interaction()
        return work

    # Predictions

    async def _predict(self, request: web.Request) -> web.StreamResponse:
        model, vertex = request.match_info["model"], "project" in request.match_info
        flavour = veo.ENTERPRISE if vertex else veo.GEMINI
        veo.refuse_unknown(model, flavour, retired=self.knobs.retired_veo)
        read = lambda body: veo.read_ask(body, model, flavour, self._seed())  # noqa: E731  one line says it
        work = await self._begin(request, "vertex" if vertex else "veo", read)
        return web.json_response({"name": work.id})

    async def _operation(self, request: web.Request) -> web.StreamResponse:
        place = f"models/{request.match_info['model']}/operations/{request.match_info['id']}"
        return await self._operated(request, place, self._named)

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json()
        except ValueError as fault:
            raise GoogleError(400, "The request body is not JSON.") from fault
        name = body.get("operationName") if isinstance(body, dict) else None
        if not isinstance(name, str) or f"/models/{request.match_info['model']}/operations/" not in name:
            raise GoogleError(400, "The operation ID must belong to the model of the path.")
        return await self._operated(request, name, lambda work: _inline(work, "bytesBase64Encoded"))

    async def _operated(
        self, request: web.Request, name: str, shown: Callable[[Work], Answer | None]
    ) -> web.StreamResponse:
        self._works.tick()
        work = self.works.get(name)
        lived_ms = self._now_ms() - work.changed_ms if work else 0
        if work is None or (work.over and lived_ms >= self.knobs.operation_lifetime_s * 1000):
            raise GoogleError(404, "Requested entity was not found.")
        return await answer(request, lambda video: veo.operation(work, video), shown(work))

    # Everything

    async def _models(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"models": [{"name": f"models/{name}"} for name in OMNI_SECONDS]})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """The file lies elsewhere; whoever takes the key along gives it away."""
        name = request.match_info["name"]
        work = next((work for work in self.works.values() if _file_name(work) == name), None)
        lifetime_s = self.knobs.url_lifetime_s
        if work is None or self._now_ms() >= work.changed_ms + lifetime_s * 1000:
            raise GoogleError(403, "You do not have permission to access the File or it may not exist.")
        address = (self._elsewhere if self.knobs.redirects else "") or str(request.url.origin())
        link = self._works.shelf.link(f"{address}{self._prefix}/stored", f"{name}.mp4", self._now_ms(), 3600)
        return web.Response(status=302, headers={"Location": link})

    async def _begin(self, request: web.Request, wire: Literal["omni", "veo", "vertex"], read: Read) -> Work:
        self._creates.limit = self.knobs.creates_per_minute
        if not self._creates.take(self._now_ms()):
            raise throttled(self.knobs.retry_delay_s)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._folder))
        try:
            ask = await asyncio.to_thread(read, await self._read(request, folder))
        except BaseException:
            await remove_folder(folder)
            raise
        order = replace(ask.order, size_bytes=self.knobs.output_size_bytes)
        work = Work(
            self._name(request, wire),
            order,
            Made(wire, ask),
            folder,
            str(request.url.origin()),
            self._now_ms(),
            doom_of(order.prompt),
        )
        self._works.add(work)
        return work

    async def _read(self, request: web.Request, folder: Path) -> Body:
        try:
            body = await read_body(request, folder, OPENING, self.knobs.body_limit_bytes)
        except BodyTooLargeError as fault:
            raise GoogleError(413, "Request payload size exceeds the limit: 20971520 bytes.") from fault
        except BodyUnreadableError as fault:
            raise GoogleError(400, "Invalid JSON payload received.") from fault
        request[ASK] = body.json
        return body

    def _name(self, request: web.Request, wire: str) -> str:
        number = f"{self._random.getrandbits(96):024x}"
        if wire == "omni":
            return f"v1_{number}"
        tail = f"models/{request.match_info['model']}/operations/{number}"
        if wire == "veo":
            return tail
        house = f"projects/{self._project}/locations/{request.match_info['location']}"
        return f"{house}/publishers/google/{tail}"

    def _named(self, work: Work) -> Answer | None:
        """The output under an address of the file service."""
        if work.state is not State.DONE or work.output is None:
            return None
        self._works.shelf.put(f"{_file_name(work)}.mp4", work.output.path)
        uri = f"{work.origin}{self._prefix}/v1beta/files/{_file_name(work)}:download?alt=media"
        return Answer("uri", uri)

    def _seed(self) -> int:
        return self._random.randrange(1, 100_000) if self.knobs.seed is None else self.knobs.seed

    def _refusal(self, fault: Fault) -> web.Response:
        words = _FAULTS.get(fault.code or "", "")
        return envelope(GoogleError(fault.status, words), listed=self.knobs.lists_errors)


def _no_interaction() -> GoogleError:
    return GoogleError(400, "Invalid interaction name", code="invalid_request")


def _inline(work: Work, field: str) -> Answer | None:
    """The output itself."""
    return Answer(field, work.output.path) if work.state is State.DONE and work.output else None


def _file_name(work: Work) -> str:
    return work.id.rpartition("/")[2].removeprefix("v1_")[:12]
