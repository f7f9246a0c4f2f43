"""The guide's Seedance, embedded: `POST …/video/text-to-video`, `…/video/image-to-video`, `GET …/video/jobs/{id}`.

No live provider is known to answer exactly so; the knobs give the variants that resellers were seen to use.
"""

from __future__ import annotations

import asyncio
import hmac
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from bot.sandbox.providers.bodies import DATA_FIELD, Body, BodyTooLargeError, BodyUnreadableError, read_body
from bot.sandbox.providers.errands import Errands, beating, remove_folder, scratch_folder
from bot.sandbox.providers.files import Shelf
from bot.sandbox.providers.guide_ask import GuideError, GuideKnobs, doom_of, read_order, with_references
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import ASK, Call, Clock, Fault, Handler, Rate, Wire
from bot.sandbox.render import Order, Rendered, RenderFailedError, VideoMaker

__all__ = ["GuideKnobs", "GuideServer", "Job", "JobStatus"]


class JobStatus(StrEnum):
    """A job's states on the wire."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


JOBS_KEPT = 20_000
_OVER = frozenset({JobStatus.COMPLETED, JobStatus.FAILED})


@dataclass(slots=True)
class Job:
    """One video in the making."""

    id: str
    order: Order
    folder: Path
    origin: str
    created_ms: int
    doom: str | None
    status: JobStatus = JobStatus.QUEUED
    changed_ms: int = 0
    error: tuple[str, str] | None = None
    output: Rendered | None = None


class GuideServer:
    """One account. ``jobs`` and ``calls`` are there for assertions."""

    def __init__(self, api_key: str, renderer: VideoMaker, now_ms: Clock, knobs: GuideKnobs | None = None) -> None:
        self.knobs = knobs or GuideKnobs()
        self.wire = Wire(now_ms, lambda fault: _envelope(GuideError(fault.status, "It could not be done.", fault.code)))
        self.jobs: dict[str, Job] = {}
        self._active: dict[str, Job] = {}
        self._api_key = api_key
        self._renderer = renderer
        self._now_ms = now_ms
        self._random = Random()  # noqa: S311  ids and seeds, no secret
        self._shelf = Shelf(now_ms)
        self._creates = Rate(None, 60_000)
        self._renders = Errands()
        self._files_path = "/guide/files"
        self._folder = Path()

    @property
    def calls(self) -> list[Call]:
        """Every recorded call, oldest first."""
        return list(self.wire.calls)

    def fail(self, kind: str, fault: Fault, *, times: int = 1) -> None:
        """The next ``times`` calls of ``create``, ``get`` or ``file`` meet the fault."""
        self.wire.fail(kind, fault, times=times)

    def attach(self, app: web.Application, prefix: str = "/guide/v1") -> None:
        """Add the routes to an application that has not started; files lie beside ``v1``."""
        self._files_path = prefix.removesuffix("/v1") + "/files"
        app.cleanup_ctx.append(self._life)
        app.router.add_post(prefix + "/video/text-to-video", self._api("create", self._create_from_text))
        app.router.add_post(prefix + "/video/image-to-video", self._api("create", self._create_from_references))
        app.router.add_get(prefix + "/video/jobs/{id}", self._api("get", self._get), allow_head=False)
        app.router.add_get(self._files_path + "/{name}", self.wire.handler("file", self._shelf.serve))

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve alone; yields the base URL, which ends in ``/v1``."""
        app = web.Application()
        self.attach(app)
        async with serve(app, host, port) as origin:
            yield f"{origin}/guide/v1"

    async def settle(self) -> None:
        """Do all that the clock asks for, renders included."""
        self._tick()
        await self._renders.settle()
        self._tick()

    async def _life(self, _: web.Application) -> AsyncIterator[None]:
        async with scratch_folder("guide-") as self._folder, beating(self._tick):
            yield
            await self._renders.stop()

    def _tick(self) -> None:
        self._active = {job.id: job for job in self._active.values() if job.status not in _OVER}
        for job in self._active.values():
            waited_ms = self._now_ms() - job.changed_ms
            if job.status is JobStatus.QUEUED and waited_ms >= self.knobs.queue_s * 1000 and self._has_place():
                self._become(job, JobStatus.PROCESSING)
                self._renders.start(job.id, self._render(job))
            elif job.status is JobStatus.PROCESSING and waited_ms >= self.knobs.render_s * 1000:
                self._end(job)

    def _has_place(self) -> bool:
        return self._count(JobStatus.PROCESSING) < self.knobs.concurrency

    def _count(self, status: JobStatus) -> int:
        return sum(job.status is status for job in self._active.values())

    def _become(self, job: Job, status: JobStatus) -> None:
        job.status, job.changed_ms = status, self._now_ms()

    def _end(self, job: Job) -> None:
        if job.doom:
            job.error = job.doom, "The video could not be made."
        if job.error:
            self._become(job, JobStatus.FAILED)
        elif job.output:
            self._become(job, JobStatus.COMPLETED)

    async def _render(self, job: Job) -> None:
        if job.doom:
            return
        try:
            job.output = await self._renderer.render(job.order)
        except RenderFailedError as fault:
            job.error = "internal_error", str(fault)
        else:
            self._shelf.put(f"{job.id}.mp4", job.output.path)
        finally:
            await remove_folder(job.folder)

    def _api(self, kind: str, act: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._check_key(request)
                return await act(request)
            except GuideError as fault:
                return self._refuse(fault)

        return self.wire.handler(kind, answer)

    def _check_key(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._api_key}".encode()):
            raise GuideError(401, "The API key is not valid.")

    def _refuse(self, fault: GuideError) -> web.Response:
        response = _envelope(fault)
        if fault.status == 429 and self.knobs.retry_after_s is not None:
            response.headers["Retry-After"] = str(self.knobs.retry_after_s)
        return response

    async def _create_from_text(self, request: web.Request) -> web.Response:
        return await self._create(request, illustrated=False)

    async def _create_from_references(self, request: web.Request) -> web.Response:
        return await self._create(request, illustrated=True)

    async def _create(self, request: web.Request, *, illustrated: bool) -> web.Response:
        self._check_rate()
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._folder))
        try:
            job = await self._take(request, folder, illustrated=illustrated)
        except BaseException:
            await remove_folder(folder)
            raise
        body = _at(self.knobs.id_place, job.id) | {"status": self._word(job.status)}
        return web.json_response(body, status=self.knobs.created_status)

    def _check_rate(self) -> None:
        self._creates.limit = self.knobs.creates_per_minute
        if self._count(JobStatus.QUEUED) >= self.knobs.waiting_limit or not self._creates.take(self._now_ms()):
            raise GuideError(429, "Too many requests.")

    async def _take(self, request: web.Request, folder: Path, *, illustrated: bool) -> Job:
        body = await self._read(request, folder)
        request[ASK] = body.json
        order = read_order(body.json, self._random.randrange(1, 100_000), self.knobs)
        if illustrated:
            order = await asyncio.to_thread(with_references, order, body)
        now_ms, number = self._now_ms(), f"job_{self._random.getrandbits(64):016x}"
        job = Job(number, order, folder, str(request.url.origin()), now_ms, doom_of(order), changed_ms=now_ms)
        self.jobs[job.id] = self._active[job.id] = job
        if len(self.jobs) > JOBS_KEPT:
            del self.jobs[next(iter(self.jobs))]
        return job

    async def _read(self, request: web.Request, folder: Path) -> Body:
        try:
            body = await read_body(request, folder, DATA_FIELD, self.knobs.body_limit_bytes)
        except BodyTooLargeError as fault:
            raise GuideError(413, "The request is too large.") from fault
        except BodyUnreadableError as fault:
            raise GuideError(400, "The body is not JSON.") from fault
        if not isinstance(body.json, dict):
            raise GuideError(400, "The body is not a JSON object.")
        return body

    async def _get(self, request: web.Request) -> web.Response:
        self._tick()
        job = self.jobs.get(request.match_info["id"])
        if job is None:
            raise GuideError(404, "There is no such job.")
        return web.json_response(self._body(job))

    def _body(self, job: Job) -> dict[str, Any]:
        body = _at(self.knobs.id_place, job.id) | {"status": self._word(job.status), "error": self._error(job)}
        if self.knobs.progress != "absent":
            body["progress"] = self._progress(job)
        if job.status is not JobStatus.COMPLETED:
            return body
        address = job.origin + self._files_path
        link = self._shelf.link(address, f"{job.id}.mp4", job.changed_ms, self.knobs.url_lifetime_s)
        return _merged(body, _at(self.knobs.url_place, link))

    def _word(self, status: JobStatus) -> str:
        return self.knobs.words.get(status, status.value)

    def _error(self, job: Job) -> Any:
        if job.error is None:
            return None
        code, message = job.error
        return {"code": code, "message": message} if self.knobs.error == "object" else f"{code}: {message}"

    def _progress(self, job: Job) -> int | float | str:
        percent = self._percent(job)
        match self.knobs.progress:
            case "percent sign":
                return f"{percent}%"
            case "fraction":
                return percent / 100
            case _:
                return percent

    def _percent(self, job: Job) -> int:
        match job.status:
            case JobStatus.PROCESSING:
                span_ms = max(1.0, self.knobs.render_s * 1000)
                return min(99, int(100 * (self._now_ms() - job.changed_ms) / span_ms))
            case JobStatus.COMPLETED:
                return 100
            case _:
                return 0


def _envelope(fault: GuideError) -> web.Response:
    return web.json_response({"error": {"code": fault.code, "message": str(fault)}}, status=fault.status)


def _at(place: str, value: Any) -> dict[str, Any]:
    """``_at("data.0.id", 7)`` is ``{"data": [{"id": 7}]}``."""
    for step in reversed(place.split(".")):
        value = [value] if step.isdigit() else {step: value}
    return dict(value)


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Both, nested objects joined."""
    both = dict(one)
    for name, value in other.items():
        mine = both.get(name)
        both[name] = _merged(mine, value) if isinstance(mine, dict) and isinstance(value, dict) else value
    return both
