"""The embedded Ark: `POST|GET|DELETE …/contents/generations/tasks`, its files and its callbacks.

A real clock drives it by itself; with a clock that a test holds, move the clock and call :meth:`ArkServer.settle`, or
push a task along with :meth:`ArkServer.advance`.
"""

from __future__ import annotations

import asyncio
import hmac
import string
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from aiohttp import ClientSession, web

from bot.sandbox.providers.ark.ask import Ask, read_ask
from bot.sandbox.providers.ark.callbacks import Callbacks, Notice
from bot.sandbox.providers.ark.errors import ArkError, envelope, of_status
from bot.sandbox.providers.ark.listing import list_body
from bot.sandbox.providers.ark.media import Reference, client, gather
from bot.sandbox.providers.ark.moderation import doom_of, refuse_input
from bot.sandbox.providers.ark.settings import ArkKnobs
from bot.sandbox.providers.ark.studio import choose, order_of
from bot.sandbox.providers.ark.tasks import OVER, Status, Task, TaskBook, task_body, task_id
from bot.sandbox.providers.bodies import DATA_URL, Body, BodyTooLargeError, BodyUnreadableError, read_body
from bot.sandbox.providers.errands import Errands, beating, remove_folder, scratch_folder
from bot.sandbox.providers.files import Shelf
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import ASK, Call, Clock, Fault, Handler, Rate, Wire
from bot.sandbox.render import RenderFailedError, VideoMaker

_TASKS = "/contents/generations/tasks"


class ArkServer:
    """One account on Ark. ``tasks``, ``calls`` and ``notices`` are there for assertions."""

    def __init__(self, api_key: str, renderer: VideoMaker, now_ms: Clock, knobs: ArkKnobs | None = None) -> None:
        self.knobs = knobs or ArkKnobs()
        self.wire = Wire(now_ms, self._refusal)
        self._api_key = api_key
        self._renderer = renderer
        self._now_ms = now_ms
        self._random = Random()  # noqa: S311  ids and seeds, no secret
        self._book = TaskBook(self.knobs, now_ms)
        self._shelf = Shelf(now_ms)
        self._callbacks = Callbacks(self.knobs)
        self._creates = Rate(None, 60_000)
        self._lists, self._gets = Rate(None, 1000), Rate(None, 1000)
        self._renders, self._removals = Errands(), Errands()
        self._references: dict[str, tuple[Path, list[Reference]]] = {}
        self._files_path = "/ark/files"
        self._session: ClientSession | None = None
        self._folder = Path()

    @property
    def tasks(self) -> dict[str, Task]:
        """Every task that the account still remembers, by id, oldest first."""
        return self._book.tasks

    @property
    def calls(self) -> list[Call]:
        """Every recorded call, oldest first."""
        return list(self.wire.calls)

    @property
    def notices(self) -> list[Notice]:
        """Every callback that was sent, oldest first."""
        return list(self._callbacks.made)

    def fail(self, kind: str, fault: Fault, *, times: int = 1) -> None:
        """The next ``times`` calls of ``create``, ``get``, ``list``, ``delete`` or ``file`` meet the fault."""
        self.wire.fail(kind, fault, times=times)

    def attach(self, app: web.Application, prefix: str = "/ark/api/v3") -> None:
        """Add the routes to an application that has not started; files lie beside ``api/v3``."""
        self._files_path = prefix.removesuffix("/api/v3") + "/files"
        app.cleanup_ctx.append(self._life)
        route = app.router
        route.add_post(prefix + _TASKS, self._api("create", self._create))
        route.add_get(prefix + _TASKS, self._api("list", self._list), allow_head=False)
        route.add_get(prefix + _TASKS + "/{id}", self._api("get", self._get), allow_head=False)
        route.add_delete(prefix + _TASKS + "/{id}", self._api("delete", self._delete))
        route.add_get(self._files_path + "/{name}", self.wire.handler("file", self._shelf.serve))

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve alone; yields the base URL, which ends in ``/api/v3``."""
        app = web.Application()
        self.attach(app)
        async with serve(app, host, port) as origin:
            yield f"{origin}/ark/api/v3"

    async def advance(self, identifier: str, status: Status, error: tuple[str, str] | None = None) -> Task:
        """Bring a task to a status now, over ``running`` where that lies between; renders what succeeds."""
        task = self._book.get(identifier)
        if task.status is Status.QUEUED and status in OVER - {Status.CANCELLED, Status.EXPIRED}:
            self._become(task, Status.RUNNING)
        if status is Status.SUCCEEDED:
            await self._renders.done(identifier)
            if task.output is None:
                raise ValueError(f"nothing was rendered for {identifier}: {task.error}")
        task.error = error or task.error
        if status is Status.FAILED and task.error is None:
            task.error = "InternalServiceError", "The service encountered an unexpected internal error."
        self._become(task, status)
        return task

    async def settle(self) -> None:
        """Do all that the clock asks for: finish renders whose time is over, change statuses, send callbacks."""
        self._tick()
        await self._renders.settle()
        self._tick()
        await self._removals.settle()
        await self._callbacks.sent()

    # The server's life

    async def _life(self, _: web.Application) -> AsyncIterator[None]:
        async with scratch_folder("ark-") as self._folder, client(self.knobs.fetch_timeout_s) as self._session:
            async with beating(self._tick):
                yield
            await self._renders.stop()
            await self._removals.settle()
            await self._callbacks.stop()

    def _tick(self) -> None:
        for task, status in self._book.due():
            self._become(task, status)
        for task in self._book.forget_old():
            self._finish(task)

    def _become(self, task: Task, status: Status) -> None:
        if status is Status.FAILED and task.doom:
            task.error = task.doom.code, task.doom.message
        task.move(status, self._now_ms())
        if status is Status.RUNNING:
            self._renders.start(task.id, self._render(task))
        if status in OVER:
            self._finish(task)
        self._notify(task)

    def _finish(self, task: Task) -> None:
        self._renders.cancel(task.id)
        folder, _ = self._references.pop(task.id, (None, []))
        if folder:
            self._removals.start(task.id, remove_folder(folder))

    async def _render(self, task: Task) -> None:
        if task.doom:
            return
        try:
            _, references = self._references[task.id]
            task.output = await self._renderer.render(order_of(task, references, self.knobs))
        except RenderFailedError as fault:
            task.error = "InternalServiceError", f"The service encountered an unexpected internal error: {fault}"
        else:
            self._shelf.put(f"{task.id}.mp4", task.output.path)
            self._shelf.put(f"{task.id}.jpeg", task.output.last_frame_path)

    def _notify(self, task: Task) -> None:
        if task.ask.callback_url and self._session:
            body = self._body(task)
            self._callbacks.tell(self._session, task.ask.callback_url, task.id, task.status, body)

    # The calls

    def _api(self, kind: str, act: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._check_key(request)
                return await act(request)
            except ArkError as fault:
                return envelope(fault, self._request_id())

        return self.wire.handler(kind, answer)

    def _check_key(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._api_key}".encode()):
            words = "The API key or AK/SK in the request is missing or invalid."
            raise ArkError(401, "AuthenticationError", words)

    async def _create(self, request: web.Request) -> web.Response:
        self._throttle(self._creates, self.knobs.creates_per_minute)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._folder))
        try:
            task = await self._take(request, folder)
        except BaseException:
            await remove_folder(folder)
            raise
        answer = {"id": task.id}
        if task.ask.safety_identifier:
            answer["safety_identifier"] = task.ask.safety_identifier
        return web.json_response(answer)

    async def _take(self, request: web.Request, folder: Path) -> Task:
        body = await self._read(request, folder)
        request[ASK] = body.json
        ask = read_ask(body.json, self.knobs)
        refuse_input(ask)
        self._book.check_room()
        assert self._session is not None  # noqa: S101  _life has begun before a request comes
        references = await gather(ask, body, folder, self._session)
        task = self._task(ask, references, str(request.url.origin()))
        self._references[task.id] = folder, references
        self._book.add(task)
        self._notify(task)
        return task

    async def _read(self, request: web.Request, folder: Path) -> Body:
        try:
            return await read_body(request, folder, DATA_URL, self.knobs.body_limit_bytes)
        except BodyTooLargeError as fault:
            raise ArkError(413, "InvalidParameter", "The request body is larger than 64 MB.") from fault
        except BodyUnreadableError as fault:
            raise ArkError(400, "InvalidParameter", "The request body is not valid JSON.") from fault

    def _task(self, ask: Ask, references: list[Reference], origin: str) -> Task:
        now_ms = self._now_ms()
        tail = "".join(self._random.choices(string.ascii_lowercase + string.digits, k=5))
        chosen = choose(ask, references)
        return Task(
            id=task_id(now_ms, tail),
            ask=ask,
            created_ms=now_ms,
            ratio=chosen.ratio,
            duration_s=chosen.duration_s,
            seed=self._seed(ask),
            width=chosen.width,
            height=chosen.height,
            video_input_s=chosen.video_input_s,
            doom=doom_of(ask),
            origin=origin,
        )

    def _seed(self, ask: Ask) -> int:
        if ask.seed >= 0:
            return ask.seed
        return self.knobs.seed if self.knobs.seed is not None else self._random.randrange(1, 100_000)

    async def _get(self, request: web.Request) -> web.Response:
        self._throttle(self._gets, self.knobs.gets_per_second)
        self._tick()
        return web.json_response(self._body(self._book.get(request.match_info["id"])))

    async def _list(self, request: web.Request) -> web.Response:
        self._throttle(self._lists, self.knobs.lists_per_second)
        self._tick()
        return web.json_response(list_body(request, self._book.tasks.values(), self._body))

    async def _delete(self, request: web.Request) -> web.Response:
        self._tick()
        task = self._book.get(request.match_info["id"])
        match task.status:
            case Status.QUEUED:
                self._become(task, Status.CANCELLED)
            case Status.RUNNING:
                words = "Cannot delete task because it is currently running."
                raise ArkError(409, "InvalidAction.RunningTaskDeletion", words)
            case Status.CANCELLED:
                raise ArkError(400, "InvalidAction", "Cannot delete task because it is cancelled.")
            case _:
                del self._book.tasks[task.id]
        return web.json_response({})

    def _throttle(self, rate: Rate, limit: int | None) -> None:
        rate.limit = limit
        if not rate.take(self._now_ms()):
            words = "The request rate of the account has been exceeded."
            code = "RateLimitExceeded.EndpointRPMExceeded" if rate is self._creates else "AccountRateLimitExceeded"
            raise ArkError(429, code, words, retry_after_s=self.knobs.retry_after_s)

    # The answers

    def _body(self, task: Task) -> dict[str, object]:
        return task_body(task, self._links(task) if task.status is Status.SUCCEEDED else None, self.knobs.tokens)

    def _links(self, task: Task) -> dict[str, str]:
        links = {"video_url": self._link(task, f"{task.id}.mp4")}
        if task.ask.return_last_frame:
            links["last_frame_url"] = self._link(task, f"{task.id}.jpeg")
        return links

    def _link(self, task: Task, name: str) -> str:
        return self._shelf.link(task.origin + self._files_path, name, task.changed_ms, self.knobs.url_lifetime_s)

    def _refusal(self, fault: Fault) -> web.Response:
        return envelope(of_status(fault.status, fault.code), self._request_id())

    def _request_id(self) -> str:
        return f"0217{self._now_ms()}{self._random.getrandbits(64):016x}"
