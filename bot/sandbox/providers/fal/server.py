"""The embedded fal: POST an app, GET a request's status and its result, PUT its cancel; two models of Seedance.

The addresses that it answers are fal's own, as behind a proxy: a client that follows them meets another house.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bot.sandbox.providers.ark.facts import MODELS, RATIOS, pixels
from bot.sandbox.providers.bodies import Body
from bot.sandbox.providers.casting import cast, look_at, obtain
from bot.sandbox.providers.errands import Errands
from bot.sandbox.providers.house import House, HouseKnobs, RefusedError
from bot.sandbox.providers.looks import UnreadableError
from bot.sandbox.providers.wire import Clock
from bot.sandbox.providers.works import State, Work
from bot.sandbox.render import Order, Role, VideoMaker

ROOT = "bytedance/seedance-2.0"
_FILES: Mapping[str, Mapping[str, int]] = {
    "text-to-video": {},
    "image-to-video": {"image_url": 1, "end_image_url": 1},
    "reference-to-video": {"image_urls": 9, "video_urls": 3, "audio_urls": 3},
}
_MOST_FILES, _FILE_BYTES = 12, 50 << 20
CALL_BACK_S = 15
_VALUES: Mapping[str, Sequence[object]] = {
    "duration": [str(seconds) for seconds in range(4, 16)],
    "resolution": ["480p", "720p"],
    "aspect_ratio": RATIOS,
    "generate_audio": [True, False],
}
_DOOMS = {
    **dict.fromkeys(("[nsfw]", "[face]", "[outvideo]", "[outaudio]", "[copyright]"), "content_policy_violation"),
    "[expire]": "generation_timeout",
    "[fail]": "internal_server_error",
}
_STATUSES = {"content_policy_violation": 422, "generation_timeout": 504, "client_cancelled": 499}
_WORDS = {State.WAITING: "IN_QUEUE", State.RUNNING: "IN_PROGRESS"}


class FalServer(House[str, HouseKnobs]):
    """One account. Calls are of the kinds ``create``, ``get``, ``result``, ``delete`` and ``file``. What it knows of a
    work is who shall hear of its end: an address, or "".
    """

    path = "/fal"
    scheme = "Key"

    def __init__(self, api_key: str, renderer: VideoMaker, now_ms: Clock, knobs: HouseKnobs) -> None:
        super().__init__(api_key, renderer, now_ms, knobs)
        self._posts = Errands()

    async def settle(self) -> None:
        await super().settle()
        await self._posts.settle()

    async def _life(self, app: web.Application) -> AsyncIterator[None]:
        async for _ in super()._life(app):
            yield
            await self._posts.stop()

    def _moved(self, work: Work[str]) -> None:
        if work.over and work.facts:
            self._posts.start(work.id, self._call_back(work))

    async def _call_back(self, work: Work[str]) -> None:
        """Once; fal itself tries again."""
        status, body = self._outcome(work)
        said = "OK" if status == HTTPStatus.OK else "ERROR"
        told = {"request_id": work.id, "gateway_request_id": work.id, "status": said, "payload": body}
        with suppress(ClientError, TimeoutError, ValueError):
            async with ClientSession(timeout=ClientTimeout(CALL_BACK_S)) as session:
                await session.post(work.facts, json=told)

    def _route(self, router: web.UrlDispatcher, prefix: str) -> None:
        for app in (ROOT, f"{ROOT}/fast"):
            for endpoint in _FILES:
                router.add_post(f"{prefix}/{app}/{endpoint}", self._taking(partial(self._create, endpoint)))
        one = f"{prefix}/{ROOT}/requests/{{id}}"
        router.add_get(f"{one}/status", self._api("get", self._status), allow_head=False)
        router.add_get(one, self._api("result", self._result), allow_head=False)
        router.add_put(f"{one}/cancel", self._api("delete", self._cancel))

    def _answer(self, refused: RefusedError) -> web.Response:
        item = {"loc": ["body", refused.code], "msg": str(refused), "type": "value_error"}
        return web.json_response({"detail": [item] if refused.status == 422 else str(refused)}, status=refused.status)

    async def _create(self, endpoint: str, request: web.Request, body: Body, folder: Path) -> web.Response:
        order = await _read(endpoint, body, folder)
        doom = next((kind for word, kind in _DOOMS.items() if word in order.prompt), None)
        work = self._begin(request, order, request.query.get("fal_webhook", ""), folder, doom)
        urls = {f"{name}_url": f"https://queue.fal.run/{work.id}/{name}" for name in ("response", "status", "cancel")}
        return web.json_response({"status": "IN_QUEUE", "request_id": work.id, "queue_position": 0, **urls})

    async def _status(self, request: web.Request) -> web.Response:
        work = self._work(request)
        error = {"error": "The request failed.", "error_type": work.error} if work.error and work.over else {}
        return web.json_response({"status": _WORDS.get(work.state, "COMPLETED"), "request_id": work.id, **error})

    async def _result(self, request: web.Request) -> web.Response:
        work = self._work(request)
        if not work.over:
            raise RefusedError(400, "Request is still in progress")
        status, body = self._outcome(work)
        return web.json_response(body, status=status)

    def _outcome(self, work: Work[str]) -> tuple[int, dict[str, Any]]:
        """The status and the body of a result."""
        if work.state is State.DONE:
            video = {"url": self._link(work), "content_type": "video/mp4"}
            return HTTPStatus.OK, {"video": video, "seed": work.order.seed}
        item = {"loc": ["body"], "msg": "The request failed.", "type": work.error}
        return _STATUSES.get(str(work.error), 500), {"detail": [item]}

    async def _cancel(self, request: web.Request) -> web.Response:
        """What is at work goes on."""
        work = self._work(request)
        if work.over:
            return web.json_response({"status": "ALREADY_COMPLETED"}, status=400)
        if work.state is State.WAITING:
            work.error = "client_cancelled"
            self._works.become(work, State.CANCELLED)
        return web.json_response({"status": "CANCELLATION_REQUESTED"}, status=202)


async def _read(endpoint: str, body: Body, folder: Path) -> Order:
    """The renderer's order; raises 422."""
    fields = body.json if isinstance(body.json, dict) else {}
    wrong = next((name for name, values in _VALUES.items() if fields.get(name) not in values), None)
    if wrong or not fields.get("prompt"):
        raise RefusedError(422, "Input should be one of those that are documented", wrong or "prompt")
    width, height = pixels(MODELS[0], fields["resolution"], fields["aspect_ratio"])
    seed, sound = fields.get("seed", 7), fields["generate_audio"]
    order = Order(width, height, int(fields["duration"]), fields["prompt"], seed=seed, sound=sound)
    roles = [Role.FIRST, Role.LAST] if endpoint == "image-to-video" else []
    return cast(order, await _files(endpoint, body, folder), roles)


async def _files(endpoint: str, body: Body, folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {"image": [], "video": [], "audio": []}
    for name, most in _FILES[endpoint].items():
        given = body.json.get(name, [])
        urls, kind = [given] if isinstance(given, str) else given, name.removeprefix("end_").partition("_")[0]
        if len(urls) > most:
            raise RefusedError(422, f"List should have at most {most} items", name)
        found[kind] += [await _file(kind, url, body, folder / f"{name}-{at}") for at, url in enumerate(urls)]
    if _FILES[endpoint] and not 0 < sum(map(len, found.values())) <= _MOST_FILES:
        raise RefusedError(422, f"1 to {_MOST_FILES} files are taken", next(iter(_FILES[endpoint])))
    return found


async def _file(kind: str, url: str, body: Body, path: Path) -> Path:
    try:
        shown = await obtain(url, body, path, _FILE_BYTES)
        await asyncio.to_thread(look_at, kind, shown)
    except UnreadableError as fault:
        raise RefusedError(422, f"Failed to load the {kind}. It may be corrupted.", f"{kind}_url") from fault
    return shown
