"""The embedded Kling refuses what Kling refuses, in both designs, and keeps its promises about tasks and callbacks."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.providers.kling.auth import token
from bot.sandbox.providers.kling import KlingKnobs, KlingServer
from bot.sandbox.providers.kling.server import Keys
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import Fault, Trouble
from tests.sandbox.providers.desk import HeldClock, Stub, hosting, movie_bytes, picture_bytes

KEYS = Keys("kling-key", "access", "secret")
TEXT = "/text-to-video/kling-3.0"
IMAGE = "/image-to-video/kling-3.0"
OMNI = "/omni-video/kling-3.0-omni"
OLD_TEXT = "/v1/videos/text2video"
OLD_IMAGE = "/v1/videos/image2video"
OLD_OMNI = "/v1/videos/omni-video"
SINGLE = {"multi_shot": False}
RAW = base64.b64encode(picture_bytes()).decode()
FRAME = {"type": "first_frame", "url": RAW}


@dataclass
class Desk:
    """A client of the server under test."""

    server: KlingServer
    base: str
    session: ClientSession
    clock: HeldClock
    stub: Stub

    async def call(self, method: str, path: str, key: str = KEYS.api_key, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with self.session.request(method, self.base + path, headers=headers, **more) as response:
            return response.status, await response.json()

    async def create(self, path: str, body: Any) -> tuple[int, Any]:
        return await self.call("POST", path, json=body)

    async def created(self, path: str, body: Any) -> str:
        status, answer = await self.create(path, body)
        assert (status, answer["code"]) == (200, 0), answer
        return str(answer["data"].get("id") or answer["data"].get("task_id"))

    async def finish(self) -> None:
        for seconds in (1.0, 4.0):
            self.clock.pass_s(seconds)
            await self.server.settle()


@asynccontextmanager
async def desk_with(folder: Path, knobs: KlingKnobs | None = None) -> AsyncIterator[Desk]:
    clock, stub = HeldClock(), Stub(folder)
    server = KlingServer(KEYS, stub, clock, knobs)
    async with server.running() as base, ClientSession() as session:
        yield Desk(server, base, session, clock, stub)


@pytest.fixture
async def kling(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_with(tmp_path) as ready:
        yield ready


def text(prompt: Any = "a cat", **settings: Any) -> dict[str, Any]:
    return {"prompt": prompt, "settings": {**SINGLE, **settings}}


def shown(*contents: Any, **settings: Any) -> dict[str, Any]:
    return {"contents": [{"type": "prompt", "text": "a cat"}, *contents], "settings": {**SINGLE, **settings}}


def old(**fields: Any) -> dict[str, Any]:
    return {"model_name": "kling-v3", "prompt": "a cat", **fields}


REFUSED: list[tuple[str, Any, str]] = [
    (TEXT, [], "body value type"),
    (TEXT, {}, "prompt is required"),
    (TEXT, text(""), "prompt is required"),
    (TEXT, text(7), "prompt value type"),
    (TEXT, text("x" * 3073), "longer than 3072"),
    (TEXT, {**text(), "duration": 5}, "body.duration"),
    (TEXT, {"prompt": "a cat"}, "multi_shot is on"),
    (TEXT, text(seed=7), "settings.seed"),
    (TEXT, text(duration="5"), "duration"),
    (TEXT, text(duration=True), "duration"),
    (TEXT, text(duration=2), "duration"),
    (TEXT, text(duration=16), "duration"),
    (TEXT, text(resolution="720P"), "resolution"),
    (TEXT, text(aspect_ratio="4:3"), "aspect_ratio"),
    (TEXT, text(audio="original"), "audio"),
    (TEXT, text(multi_shot="no"), "multi_shot"),
    (TEXT, {**text(), "options": {"callback_url": 7}}, "callback_url"),
    ("/text-to-video/kling-3.0-turbo", {"prompt": "a cat", "settings": {"multi_shot": False}}, "settings.multi_shot"),
    ("/text-to-video/kling-3.0-turbo", {"prompt": "a cat", "settings": {"resolution": "4k"}}, "resolution"),
    ("/image-to-video/kling-3.0-turbo", {"contents": [FRAME, {"type": "last_frame", "url": RAW}]}, "last_frame"),
    (IMAGE, {"settings": SINGLE}, "contents cannot be empty"),
    (IMAGE, shown(), "first_frame is required"),
    (IMAGE, shown({"type": "last_frame", "url": RAW}), "first_frame is required"),
    (IMAGE, shown(FRAME, FRAME), "first_frame"),
    (IMAGE, shown(FRAME, aspect_ratio="16:9"), "settings.aspect_ratio"),
    (IMAGE, shown(FRAME, {"type": "refer_image", "url": RAW}), "refer_image"),
    (IMAGE, shown({**FRAME, "id": "image_1"}), "contents.id"),
    (IMAGE, shown({"type": "first_frame", "url": ""}), "non-blank url"),
    (IMAGE, shown({"type": "first_frame", "url": f"data:image/png;base64,{RAW}"}), "base64"),
    (IMAGE, shown({"type": "first_frame", "url": "aGVsbG8="}), "format is not supported"),
    (IMAGE, shown({"type": "first_frame", "url": "http://127.0.0.1:9/gone.png"}), "get the contents"),
    (IMAGE, shown({"type": "prompt", "text": "another"}, FRAME), "one prompt"),
    (OMNI, shown(*[{"type": "refer_image", "url": RAW}] * 8), "too many"),
    (OMNI, shown({"type": "feature_video", "url": RAW}, multi_shot=True), "Video URL"),
    (OMNI, shown({"type": "feature_video", "url": "http://x/v.mp4"}), "multi_shot on"),
    (OMNI, shown({"type": "feature_video", "url": "http://x/v.mp4"}, multi_shot=True, audio="native"), "audio off"),
    (OMNI, shown({"type": "base_video", "url": "http://x/v.mp4"}, multi_shot=True), "base_video"),
    (OMNI, {"contents": [{"type": "prompt", "text": "@image_1 runs"}], "settings": SINGLE}, "@image_1"),
    (OLD_TEXT, {"model": "kling-v3", "prompt": "a cat"}, "body.model"),
    (OLD_TEXT, {"prompt": "a cat"}, "model_name"),
    (OLD_TEXT, old(model_name="kling-v3-omni"), "model_name"),
    (OLD_TEXT, old(prompt=" "), "prompt is required"),
    (OLD_TEXT, old(prompt="x" * 2501), "longer than 2500"),
    (OLD_TEXT, old(duration=5), "duration"),
    (OLD_TEXT, old(mode="1080p"), "mode"),
    (OLD_TEXT, old(sound="native"), "sound"),
    (OLD_IMAGE, old(), "image is required"),
    (OLD_IMAGE, old(image=f"data:image/png;base64,{RAW}"), "base64"),
    (OLD_IMAGE, old(image=RAW, aspect_ratio="1:1"), "body.aspect_ratio"),
    (OLD_OMNI, old(model_name="kling-v3-omni", image_list=[{"image": RAW}]), "image_list.image"),
    (OLD_OMNI, old(model_name="kling-v3-omni", image_list=[{}]), "image_url is required"),
    (OLD_OMNI, old(model_name="kling-v3-omni", image_list={}), "image_list value type"),
    (OLD_OMNI, old(model_name="kling-v3-omni", video_list=[{"video_url": "http://x/v.mp4"}] * 2), "too many"),
    (OLD_OMNI, old(model_name="kling-v3-omni", prompt="<<<image_1>>> runs"), "@image_1"),
]


@pytest.mark.parametrize(("path", "body", "words"), REFUSED)
async def test_what_kling_does_not_take_is_refused_by_its_name(kling: Desk, path: str, body: Any, words: str) -> None:
    status, answer = await kling.create(path, body)
    assert (status, answer["code"]) == (400, 1201)
    assert words in answer["message"]
    assert kling.server.tasks == {}


async def test_an_unknown_model_is_no_resource(kling: Desk) -> None:
    for path in ("/text-to-video/kling-4.0", "/omni-video/kling-3.0", "/text-to-video/kling-3.0-omni"):
        assert (await kling.create(path, text()))[0] == 404


async def test_pictures_and_videos_are_measured(kling: Desk) -> None:
    async with hosting() as host:
        for number, content in enumerate(
            (picture_bytes(200, 400), picture_bytes(1000, 300), picture_bytes(form="WEBP"))
        ):
            url = host.put(f"{number}.png", content)
            assert (await kling.create(IMAGE, shown({"type": "first_frame", "url": url})))[0] == 400
        for number, film in enumerate((movie_bytes(2.0, 720, 720), movie_bytes(3.5, 640, 720), picture_bytes())):
            url = host.put(f"{number}.mp4", film)
            body = shown({"type": "feature_video", "url": url, "id": "video_1"}, multi_shot=True)
            assert (await kling.create(OMNI, body))[0] == 400
    assert kling.server.tasks == {}


async def test_a_first_frame_decides_the_shape(kling: Desk) -> None:
    tall = base64.b64encode(picture_bytes(400, 800)).decode()
    await kling.created(IMAGE, shown({"type": "first_frame", "url": tall}, resolution="1080p"))
    await kling.finish()
    (order,) = kling.stub.orders
    assert order.height == pytest.approx(2 * order.width, abs=2)
    assert order.width * order.height == pytest.approx(1920 * 1080, rel=0.01)


async def test_both_designs_answer_in_their_own_words(kling: Desk) -> None:
    new = await kling.created(TEXT, {**text(), "options": {"external_task_id": "ours"}})
    legacy = await kling.created(OLD_TEXT, old(external_task_id="theirs", duration="10", sound="on"))
    await kling.finish()
    _, answer = await kling.call("GET", "/tasks?external_task_ids=ours,none")
    (task,) = answer["data"]
    assert (task["id"], task["status"], task["external_id"]) == (new, "succeeded", "ours")
    assert task["billing"] == [{"charge_type": "unit", "amount": "3", "package_type": "video"}]
    assert task["outputs"][0]["duration"] == "5.041"
    for name in (legacy, "theirs"):
        _, answer = await kling.call("GET", f"{OLD_TEXT}/{name}")
        assert (answer["data"]["task_id"], answer["data"]["task_status"]) == (legacy, "succeed")
        assert answer["data"]["final_unit_deduction"] == "9"
    assert (await kling.call("GET", f"{OLD_IMAGE}/{legacy}"))[0] == 404


@pytest.mark.parametrize("query", ["", "?task_ids=1&external_task_ids=2"])
async def test_tasks_are_asked_for_by_one_kind_of_id(kling: Desk, query: str) -> None:
    assert (await kling.call("GET", f"/tasks{query}"))[0] == 400


async def test_an_account_may_pay_in_cash_and_even_for_failures(tmp_path: Path) -> None:
    async with desk_with(tmp_path, KlingKnobs(charge="cash", failures_billed=True)) as kling:
        new = await kling.created(TEXT, text("[fail]"))
        legacy = await kling.created(OLD_TEXT, old(prompt="[fail]"))
        await kling.finish()
        _, answer = await kling.call("GET", f"/tasks?task_ids={new}")
        assert (answer["data"][0]["status"], answer["data"][0]["billing"][0]["amount"]) == ("failed", "0.42")
        _, answer = await kling.call("GET", f"{OLD_TEXT}/{legacy}")
        assert answer["data"]["final_balance_deduction"] == "0.42"


async def test_our_name_for_a_task_is_taken_once(kling: Desk) -> None:
    body = {**text(), "options": {"external_task_id": "ours"}}
    await kling.created(TEXT, body)
    status, answer = await kling.create(TEXT, body)
    assert (status, answer["code"]) == (400, 1201)
    assert "external_task_id" in answer["message"]


async def test_full_places_and_haste_share_a_status_but_no_code(tmp_path: Path) -> None:
    async with desk_with(tmp_path, KlingKnobs(concurrency=1, creates_per_minute=2, retry_after_s=3)) as kling:
        await kling.created(TEXT, text())
        codes = [(await kling.create(TEXT, text()))[1]["code"] for _ in range(2)]
        kling.server.fail("create", Fault(Trouble.STATUS, status=429, code="1102"))
        status, answer = await kling.create(TEXT, text())
    assert codes == [1303, 1302]
    assert (status, answer["code"]) == (429, 1102)


# Who calls


@pytest.mark.parametrize(
    ("key", "path", "status", "code"),
    [
        ("", TEXT, 401, 1001),
        ("wrong", TEXT, 401, 1002),
        ("a.b.c", OLD_TEXT, 401, 1002),
        (token("access", "secret", HeldClock()() // 1000), TEXT, 401, 1002),
        (token("access", "wrong", HeldClock()() // 1000), OLD_TEXT, 401, 1002),
        (token("other", "secret", HeldClock()() // 1000), OLD_TEXT, 401, 1000),
        (token("access", "secret", HeldClock()() // 1000 + 60), OLD_TEXT, 401, 1003),
        (token("access", "secret", HeldClock()() // 1000 - 1_800), OLD_TEXT, 401, 1004),
        (token("access", "secret", HeldClock()() // 1000), OLD_TEXT, 200, 0),
        (KEYS.api_key, OLD_TEXT, 200, 0),
    ],
)
async def test_tokens_open_the_legacy_paths_and_keys_open_all(
    kling: Desk, key: str, path: str, status: int, code: int
) -> None:
    body = text() if path == TEXT else old()
    found, answer = await kling.call("POST", path, key, json=body)
    assert (found, answer["code"]) == (status, code)


# Callbacks


async def test_every_change_is_called_back_and_signed_over_its_bytes(tmp_path: Path) -> None:
    secret = base64.b64encode(b"a secret of the account").decode()
    heard: list[tuple[Any, bytes, Any]] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append((request.headers, await request.read(), await request.json()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hear)
    knobs = KlingKnobs(webhook_secret=f"whsec_{secret}", callbacks_twice=True, callbacks_reversed=True)
    async with serve(app, "127.0.0.1", 0) as origin, desk_with(tmp_path, knobs) as kling:
        await kling.created(TEXT, {**text(), "options": {"callback_url": f"{origin}/hook"}})
        await kling.finish()
        assert [notice.answer for notice in kling.server.notices] == [200] * 6
    words = [body["status"] for _, _, body in heard]
    assert words == ["succeeded", "succeeded", "processing", "processing", "submitted", "submitted"]
    for headers, raw, _ in heard:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
        right = base64.b64encode(hmac.digest(b"a secret of the account", signed, "sha256")).decode()
        assert headers["webhook-signature"] == f"v1,{right}"


async def test_a_callback_that_nobody_hears_is_not_sent_again(tmp_path: Path) -> None:
    async with desk_with(tmp_path, KlingKnobs(callback_wait_s=0.2)) as kling:
        await kling.created(TEXT, {**text(), "options": {"callback_url": "http://127.0.0.1:9/hook"}})
        await kling.finish()
        await asyncio.sleep(0)
        assert [notice.answer for notice in kling.server.notices] == [0, 0, 0]
