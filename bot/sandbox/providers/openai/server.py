"""The embedded `/v1/videos`: create, list, retrieve, delete, content, in the dialect that the knobs name.

A real clock drives it by itself; with a clock that a test holds, move the clock and call :meth:`OpenAIServer.settle`.
"""

from __future__ import annotations

import asyncio
import hmac
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import ClientSession, web

from bot.sandbox.providers.bodies import BodyTooLargeError, BodyUnreadableError
from bot.sandbox.providers.errands import Errands, beating, remove_folder, scratch_folder
from bot.sandbox.providers.files import Shelf
from bot.sandbox.providers.openai.asks import read_ask
from bot.sandbox.providers.openai.forms import Form, read_form
from bot.sandbox.providers.openai.knobs import OpenAIKnobs, VideosError
from bot.sandbox.providers.openai.videos import OVER, State, Video, error_body, listing, new_id, video_body
from bot.sandbox.providers.openai.webhooks import Webhooks
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import ASK, SERVED, Call, Clock, Fault, Handler, Rate, Wire
from bot.sandbox.render import RenderFailedError, VideoMaker

VIDEOS_KEPT = 20_000
_SELF_HOSTED = frozenset({"sglang", "vllm-omni"})


class OpenAIServer:
    """One account; an empty key asks for none. ``videos``, ``calls`` and ``hooks`` are there for assertions."""

    def __init__(self, api_key: str, renderer: VideoMaker, now_ms: Clock, knobs: OpenAIKnobs | None = None) -> None:
        self.knobs = knobs or OpenAIKnobs()
        self.wire = Wire(now_ms, lambda fault: self._refuse(VideosError(fault.status, "It can't be done.", fault.code)))
        self.videos: dict[str, Video] = {}
        self.hooks = Webhooks(self.knobs)
        self._active: dict[str, Video] = {}
        self._api_key = api_key
        self._renderer = renderer
        self._now_ms = now_ms
        self._random = Random()  # noqa: S311  ids and seeds, no secret
        self._shelf = Shelf(now_ms)
        self._creates = Rate(None, 60_000)
        self._renders, self._posts = Errands(), Errands()
        self._session: ClientSession | None = None
        self._prefix = "/openai/v1"
        self._folder = Path()

    @property
    def calls(self) -> list[Call]:
        """Every recorded call, oldest first."""
        return list(self.wire.calls)

    def fail(self, kind: str, fault: Fault, *, times: int = 1) -> None:
        """The next ``times`` calls of ``create``, ``get``, ``list``, ``delete`` or ``file`` meet the fault."""
        self.wire.fail(kind, fault, times=times)

    def attach(self, app: web.Application, prefix: str = "/openai/v1") -> None:
        """Add the routes to an application that has not started; bucket files lie beside ``v1``."""
        self._prefix = prefix
        app.cleanup_ctx.append(self._life)
        route, videos = app.router, prefix + "/videos"
        route.add_post(videos, self._api("create", self._create))
        route.add_get(videos, self._api("list", self._list), allow_head=False)
        route.add_get(videos + "/{id}", self._api("get", self._get), allow_head=False)
        route.add_delete(videos + "/{id}", self._api("delete", self._delete))
        route.add_get(videos + "/{id}/content", self._api("file", self._content), allow_head=False)
        route.add_get(self._bucket + "/{name}", self.wire.handler("file", self._shelf.serve))

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve alone; yields the base URL, which ends in ``/v1``."""
        app = web.Application()
        self.attach(app)
        async with serve(app, host, port) as origin:
            yield f"{origin}/openai/v1"

    async def settle(self) -> None:
        """Do all that the clock asks for, renders and webhooks included."""
        self._tick()
        await self._renders.settle()
        self._tick()
        await self._posts.settle()

    # The server's life

    @property
    def _bucket(self) -> str:
        return self._prefix.removesuffix("/v1") + "/bucket"

    async def _life(self, _: web.Application) -> AsyncIterator[None]:
        async with scratch_folder("openai-") as self._folder, ClientSession() as self._session, beating(self._tick):
            yield
            await self._renders.stop()
            await self._posts.stop()

    def _tick(self) -> None:
        self._active = {video.id: video for video in self._active.values() if video.state not in OVER}
        for video in list(self._active.values()):
            waited_ms = self._now_ms() - video.changed_ms
            if video.state is State.QUEUED and waited_ms >= self.knobs.queue_s * 1000 and self._has_place():
                self._become(video, State.IN_PROGRESS)
                self._renders.start(video.id, self._render(video))
            elif video.state is State.IN_PROGRESS and waited_ms >= self.knobs.render_s * 1000:
                self._end(video)

    def _has_place(self) -> bool:
        return sum(video.state is State.IN_PROGRESS for video in self._active.values()) < self.knobs.concurrency

    def _become(self, video: Video, state: State) -> None:
        video.state, video.changed_ms = state, self._now_ms()
        if state in OVER and self.knobs.webhook_url and self._session:
            event = "video.completed" if state is State.COMPLETED else "video.failed"
            number, at_s = self._random.getrandbits(64), self._now_ms() // 1000
            self._posts.start(video.id, self.hooks.tell(self._session, number, video.id, event, at_s))

    def _end(self, video: Video) -> None:
        video.error = video.doom or video.error
        if video.error:
            self._become(video, State.FAILED)
        elif video.output:
            self._become(video, State.COMPLETED)

    async def _render(self, video: Video) -> None:
        if video.doom:
            return
        try:
            video.output = await self._renderer.render(video.order(self.knobs.output_size_bytes))
        except RenderFailedError as fault:
            video.error = "video_generation_failed", str(fault)
        else:
            self._shelf.put(f"{video.id}.mp4", video.output.path)
        finally:
            await remove_folder(video.folder)

    # The calls

    def _api(self, kind: str, act: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._check_key(request)
                return await act(request)
            except VideosError as fault:
                return self._refuse(fault)

        return self.wire.handler(kind, answer)

    def _check_key(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if self._api_key and not hmac.compare_digest(given.encode(), f"Bearer {self._api_key}".encode()):
            raise VideosError(401, "Incorrect API key provided.", "invalid_api_key")

    def _refuse(self, fault: VideosError) -> web.Response:
        response = web.json_response(error_body(fault, self.knobs.dialect), status=fault.status)
        if fault.status == 429 and self.knobs.retry_after_s is not None:
            response.headers["Retry-After"] = str(self.knobs.retry_after_s)
        return response

    async def _create(self, request: web.Request) -> web.Response:
        self._creates.limit = self.knobs.creates_per_minute
        if not self._creates.take(self._now_ms()):
            raise VideosError(429, "Rate limit reached for requests.", "rate_limit_exceeded")
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._folder))
        try:
            video = await self._take(request, folder)
        except BaseException:
            await remove_folder(folder)
            raise
        return web.json_response(self._body(video))

    async def _take(self, request: web.Request, folder: Path) -> Video:
        form = await self._read(request, folder)
        request[ASK] = form.told()
        ask = await asyncio.to_thread(read_ask, form, self.knobs)
        identifier = new_id(self._random.getrandbits(128), self.knobs.dialect, ask.model)
        origin, now_ms = str(request.url.origin()), self._now_ms()
        seed = self._random.randrange(1, 100_000)
        video = Video(identifier, ask, folder, origin, now_ms, seed, changed_ms=now_ms)
        self.videos[video.id] = self._active[video.id] = video
        if len(self.videos) > VIDEOS_KEPT:
            del self.videos[next(iter(self.videos))]
        return video

    async def _read(self, request: web.Request, folder: Path) -> Form:
        try:
            return await read_form(request, folder, self.knobs.body_limit_bytes)
        except BodyTooLargeError as fault:
            raise VideosError(413, "The request is too large.") from fault
        except BodyUnreadableError as fault:
            raise VideosError(400, "The body can't be read.") from fault

    async def _list(self, request: web.Request) -> web.Response:
        self._tick()
        if self.knobs.dialect == "generic":
            raise VideosError(404, "Invalid URL (GET /v1/videos)")
        bodies = [self._body(video) for video in self.videos.values()]
        return web.json_response(listing(bodies, request.query, self.knobs.dialect))

    async def _get(self, request: web.Request) -> web.Response:
        """vLLM-Omni gives a failed job the HTTP status of its failure."""
        self._tick()
        video = self._find(request)
        failed = video.state is State.FAILED and self.knobs.dialect == "vllm-omni"
        response = web.json_response(self._body(video), status=500 if failed else 200)
        if self.knobs.dialect == "official":
            response.headers["openai-poll-after-ms"] = "1000"
        return response

    async def _delete(self, request: web.Request) -> web.Response:
        self._tick()
        match self.knobs.dialect:
            case "litellm" | "generic":
                raise VideosError(405, "Method Not Allowed")
            case "vllm-omni" if self.knobs.busy_deletes > 0:
                self.knobs.busy_deletes -= 1
                raise VideosError(409, "Cancellation in progress. Try again.")
        video = self._find(request)
        if self.knobs.dialect == "official" and video.state not in OVER:
            raise VideosError(400, f"Video {video.id} can't be deleted while {video.state}.", "invalid_state")
        return web.json_response(self._forget(video))

    def _forget(self, video: Video) -> dict[str, Any]:
        """SGLang's work goes on after its record is gone."""
        del self.videos[video.id]
        if self.knobs.dialect == "sglang":
            return {**self._body(video), "status": "deleted"}
        self._active.pop(video.id, None)
        self._renders.cancel(video.id)
        return {"id": video.id, "object": "video.deleted", "deleted": True}

    async def _content(self, request: web.Request) -> web.StreamResponse:
        self._tick()
        video = self._find(request)
        self._check_content(video, request.query.get("variant"))
        if video.output is None:
            raise VideosError(404, "Generation is still in-progress")
        thumbnail = request.query.get("variant") in {"thumbnail", "spritesheet"} and self.knobs.dialect == "official"
        path = video.output.last_frame_path if thumbnail else video.output.path
        request[SERVED] = path
        return web.FileResponse(path, headers={"Content-Type": "image/jpeg" if thumbnail else "video/mp4"})

    def _check_content(self, video: Video, variant: str | None) -> None:
        """Each dialect's own way to have nothing to give."""
        dialect, ready = self.knobs.dialect, video.state is State.COMPLETED
        if dialect == "sglang" and variant is not None and not variant.isdigit():
            raise VideosError(404, f"Variant {variant} not found")
        if dialect == "generic":
            raise VideosError(404, "Invalid URL: the file lies at `url`")
        if video.state is State.FAILED and dialect == "vllm-omni":
            raise VideosError(422, "The video generation failed")
        if not ready:
            raise VideosError(404 if dialect in _SELF_HOSTED else 400, "Generation is still in-progress")
        if self.knobs.cloud:
            raise VideosError(400, f"The video was uploaded to cloud storage: {self._link(video)}")
        aged_ms = self._now_ms() - video.changed_ms
        if dialect not in _SELF_HOSTED and aged_ms >= self.knobs.url_lifetime_s * 1000:
            raise VideosError(404, "The video's content has expired.", "not_found")

    def _find(self, request: web.Request) -> Video:
        video = self.videos.get(request.match_info["id"])
        if video is None:
            raise VideosError(404, "Video not found", "not_found")
        return video

    # The answers

    def _body(self, video: Video) -> dict[str, Any]:
        linked = video.state is State.COMPLETED and (self.knobs.cloud or self.knobs.dialect == "generic")
        url = self._link(video) if linked else None
        body = video_body(video, self.knobs.dialect, self._percent(video), url, self.knobs.url_lifetime_s)
        return body | {"status": self.knobs.words.get(body["status"], body["status"])}

    def _link(self, video: Video) -> str:
        address = video.origin + self._bucket
        return self._shelf.link(address, f"{video.id}.mp4", video.changed_ms, self.knobs.url_lifetime_s)

    def _percent(self, video: Video) -> int:
        match video.state:
            case State.IN_PROGRESS | State.FAILED:
                span_ms = max(1.0, self.knobs.render_s * 1000)
                return min(99, int(100 * (self._now_ms() - video.changed_ms) / span_ms))
            case State.COMPLETED:
                return 100
            case State.QUEUED:
                return 0
