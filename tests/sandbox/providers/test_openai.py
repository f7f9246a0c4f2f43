"""The `/v1/videos` format in each dialect: what is taken, what is refused, and how each one says it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import ClientSession, web
from yarl import URL

from bot.sandbox.providers.openai import OpenAIKnobs, OpenAIServer, State
from bot.sandbox.providers.serving import serve
from tests.sandbox.providers.desk import KEY, HeldClock, Stub, data_url, picture_bytes

PLAIN = {"prompt": "rain", "model": "sora-2", "seconds": "4", "size": "1280x720"}
FRAME = picture_bytes(1280, 720)


@dataclass
class Window:
    """A client of the server under test."""

    server: OpenAIServer
    base: str
    session: ClientSession
    clock: HeldClock
    stub: Stub

    async def call(self, method: str, path: str = "", key: str = KEY, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key}"}
        url = URL(f"{self.base}/videos{path}", encoded=True)
        async with self.session.request(method, url, headers=headers, **more) as response:
            return response.status, await response.json(content_type=None)

    async def form(self, frame: bytes | None = None, kind: str = "png", /, **changes: str) -> tuple[int, Any]:
        form = aiohttp.FormData(default_to_multipart=True)
        for name, value in {**PLAIN, **changes}.items():
            form.add_field(name, value)
        if frame is not None:
            form.add_field("input_reference", frame, filename="frame.png", content_type=f"image/{kind}")
        return await self.call("POST", data=form)

    async def made(self, **changes: str) -> str:
        status, video = await self.form(None, **changes)
        assert status == 200, video
        return quote(video["id"], safe="")

    async def run(self) -> None:
        for seconds in (self.server.knobs.queue_s, self.server.knobs.render_s):
            self.clock.pass_s(seconds)
            await self.server.settle()

    async def content(self, video_id: str, query: str = "") -> tuple[int, bytes]:
        url = f"{self.base}/videos/{video_id}/content{query}"
        async with self.session.get(url, headers={"Authorization": f"Bearer {KEY}"}) as response:
            return response.status, await response.read()


Open = Callable[..., AbstractAsyncContextManager[Window]]


@pytest.fixture
def window(clock: HeldClock, tmp_path: Path) -> Open:
    @asynccontextmanager
    async def opened(dialect: Any = "official", **knobs: Any) -> AsyncIterator[Window]:
        stub = Stub(tmp_path)
        server = OpenAIServer(KEY, stub, clock, OpenAIKnobs(dialect=dialect, **knobs))
        async with server.running() as base, ClientSession() as session:
            yield Window(server, base, session, clock, stub)

    return opened


async def test_a_video_goes_from_queued_over_progress_to_content_that_expires(window: Open) -> None:
    async with window() as at:
        status, video = await at.form()
        assert (status, video["status"], video["progress"]) == (200, "queued", 0)
        assert (video["object"], video["seconds"], video["size"]) == ("video", "4", "1280x720")
        assert "quality" in video, "an undocumented field, as the vendor sends"
        path = f"/{video['id']}"
        assert (await at.content(video["id"]))[0] == 400, "content before completion"
        at.clock.pass_s(1)
        await at.call("GET", path)
        at.clock.pass_s(2)
        _, going = await at.call("GET", path)
        assert (going["status"], going["progress"]) == ("in_progress", 50)
        status, refused = await at.call("DELETE", path)
        assert (status, refused["error"]["code"]) == (400, "invalid_state")
        await at.run()
        _, done = await at.call("GET", path)
        assert (done["status"], done["expires_at"] - done["completed_at"]) == ("completed", 3600)
        assert await at.content(video["id"]) == (200, b"0123456789" * 100)
        assert await at.content(video["id"], "?variant=thumbnail") == (200, b"jpeg")
        at.clock.pass_s(3600)
        assert (await at.content(video["id"]))[0] == 404
        assert await at.call("DELETE", path) == (200, {"id": video["id"], "object": "video.deleted", "deleted": True})
        assert (await at.call("GET", path))[0] == 404


@pytest.mark.parametrize(
    ("changes", "param", "words"),
    [
        ({"seconds": 4}, "seconds", "got an integer"),
        ({"seconds": "5"}, "seconds", "expected one of"),
        ({"size": "1080x1920"}, "size", "Invalid value"),
        ({"prompt": ""}, "prompt", "Missing"),
        ({"prompt": "x" * 32_001}, "prompt", "too long"),
        ({"model": "veo-3"}, "model", "does not exist"),
        ({"seed": 7}, "seed", "Unknown parameter"),
        ({"input_reference": {"file_id": "f"}}, "input_reference", "expected a file"),
        ({"input_reference": {"image_url": data_url("image/png", picture_bytes(64, 64))}}, "input_reference", "match"),
    ],
)
async def test_the_official_server_names_the_parameter_that_it_refuses(
    window: Open, changes: dict[str, Any], param: str, words: str
) -> None:
    async with window() as at:
        status, body = await at.call("POST", json={**PLAIN, **changes})
        assert status in {400, 404}
        assert body["error"]["param"] == param
        assert words in body["error"]["message"]
        assert body["error"]["type"] == "invalid_request_error"


async def test_a_frame_comes_as_a_file_or_as_a_data_url(window: Open) -> None:
    async with window() as at:
        assert (await at.form(FRAME))[0] == 200
        inline = {"input_reference": {"image_url": data_url("image/png", FRAME)}}
        assert (await at.call("POST", json={**PLAIN, **inline}))[0] == 200
        await at.run()
        assert [[picture.role.value for picture in order.pictures] for order in at.stub.orders] == [
            ["first"],
            ["first"],
        ]
        assert (await at.form(FRAME, "jpeg"))[1]["error"]["code"] == "unsupported_file_mimetype"
        assert (await at.form(b"nothing"))[1]["error"]["code"] == "invalid_image"
        assert (await at.form(FRAME, prompt="[face]"))[1]["error"]["code"] == "moderation_blocked"


async def test_a_pro_model_makes_more_sizes(window: Open) -> None:
    async with window() as at:
        assert (await at.form(model="sora-2-pro", size="1792x1024"))[0] == 200
        assert (await at.form(size="1792x1024"))[0] == 400


async def test_the_list_is_paged_newest_first(window: Open) -> None:
    async with window() as at:
        made = []
        for _ in range(3):
            made.append(await at.made())
            at.clock.pass_s(1)
        _, page = await at.call("GET", "?limit=2")
        assert [video["id"] for video in page["data"]] == [made[2], made[1]]
        assert (page["has_more"], page["last_id"], page["data"][0]["prompt"]) == (True, made[1], "rain")
        _, rest = await at.call("GET", f"?limit=2&after={page['last_id']}")
        assert ([video["id"] for video in rest["data"]], rest["has_more"]) == ([made[0]], False)
        assert (await at.call("GET", "?after=unknown"))[1]["first_id"] is None


async def test_a_wrong_key_a_large_body_and_haste_are_refused(window: Open) -> None:
    async with window(creates_per_minute=1, retry_after_s=7) as at:
        assert (await at.call("GET", "/x", key="wrong"))[1]["error"]["code"] == "invalid_api_key"
        at.server.knobs.body_limit_bytes = 100
        assert (await at.form())[0] == 413
        assert (await at.form())[1]["error"]["code"] == "rate_limit_exceeded"
        at.clock.pass_s(61)
        assert (await at.call("POST", data=b"{"))[0] == 400


async def test_after_its_end_the_official_server_knows_no_model(window: Open) -> None:
    async with window(retired=True) as at:
        assert (await at.form())[1]["error"]["code"] == "model_not_found"


async def test_sglang_reads_numbers_and_speaks_fastapi(window: Open) -> None:
    async with window("sglang", models=("wan",)) as at:
        status, video = await at.call("POST", json={**PLAIN, "seconds": 5, "anything": "goes"})
        assert (status, video["seconds"], "prompt" in video) == (200, "5", False)
        assert await at.call("POST", data=PLAIN) == (400, {"detail": "prompt is required"}), (
            "urlencoded is no form there"
        )
        assert (await at.form(seconds="soon"))[0] == 422
        assert (await at.form(size="wide"))[1]["detail"][0]["loc"] == ["body", "size"]
        assert (await at.form(b"no picture"))[0] == 400
        assert (await at.call("POST", json={**PLAIN, "input_reference": "/tmp/x.png"}))[0] == 400
        assert (await at.form(extra_body='{"seed": 7}'))[0] == 200


async def test_sglang_has_no_variants_and_no_codes_and_does_not_abort(window: Open) -> None:
    async with window("sglang") as at:
        one, two, failing = await at.made(), await at.made(), await at.made(prompt="[fail]")
        assert await at.call("GET", "/none") == (404, {"detail": "Video not found"})
        assert (await at.call("DELETE", f"/{two}"))[1]["status"] == "deleted"
        await at.run()
        assert len(at.stub.orders) == 2, "the deleted one was rendered all the same"
        assert (await at.call("GET", f"/{two}"))[0] == 404
        status, failed = await at.call("GET", f"/{failing}")
        assert (status, failed["status"]) == (200, "failed")
        assert failed["error"] == {"message": "The video could not be generated."}
        assert (await at.content(one, "?variant=video"))[0] == 404
        assert (await at.content(one))[0] == 200
        assert "has_more" not in (await at.call("GET"))[1]


async def test_sglang_with_a_bucket_gives_the_address_and_no_content(window: Open) -> None:
    async with window("sglang", cloud=True) as at:
        video_id = await at.made()
        await at.run()
        status, told = await at.content(video_id)
        _, video = await at.call("GET", f"/{video_id}")
        assert (status, video["url"] in told.decode()) == (400, True)
        async with at.session.get(video["urls"][0]) as response:
            assert (response.status, await response.read()) == (200, b"0123456789" * 100)


async def test_vllm_omni_takes_forms_alone(window: Open) -> None:
    async with window("vllm-omni") as at:
        status, body = await at.call("POST", json=PLAIN)
        assert (status, body["detail"][0]["loc"]) == (422, ["body", "prompt"])
        assert (await at.call("POST", data=PLAIN))[0] == 200
        assert (await at.form(model="other"))[0] == 400
        assert (await at.form(seconds="0"))[0] == 422
        status, video = await at.form(FRAME, size="640x640", seconds="5")
        assert (status, video["id"][:10], video["prompt"]) == (200, "video_gen_", "rain")


async def test_vllm_omni_answers_a_failure_with_500_and_aborts_what_is_deleted(window: Open) -> None:
    async with window("vllm-omni", busy_deletes=1) as at:
        failing, aborted = await at.made(prompt="[fail]"), await at.made()
        assert (await at.call("DELETE", f"/{aborted}"))[0] == 409
        assert (await at.call("DELETE", f"/{aborted}"))[1]["deleted"] is True
        assert (await at.content(failing))[0] == 404
        await at.run()
        assert at.stub.orders == []
        status, failed = await at.call("GET", f"/{failing}")
        assert (status, failed["object"], failed["error"]["code"]) == (500, "video", 500)
        assert (await at.content(failing))[0] == 422
        assert len((await at.call("GET"))[1]["data"]) == 1


async def test_litellm_gives_long_ids_that_need_quoting_and_has_no_delete(window: Open) -> None:
    async with window("litellm") as at:
        _, video = await at.form(extra="passed on")
        assert len(video["id"]) > 200
        assert "/" in video["id"] or "=" in video["id"]
        path = f"/{quote(video['id'], safe='')}"
        assert (await at.call("GET", path))[1]["id"] == video["id"]
        assert (await at.call("DELETE", path))[1]["error"]["code"] == "405"
        await at.run()
        assert (await at.content(path[1:]))[0] == 200


async def test_a_reseller_has_words_of_its_own_and_a_link_instead_of_content(window: Open) -> None:
    async with window("generic") as at:
        video_id = await at.made()
        assert (await at.call("GET"))[0] == 404
        seen = []
        for seconds in (0, 1, 4):
            at.clock.pass_s(seconds)
            await at.server.settle()
            seen.append((await at.call("GET", f"/{video_id}"))[1])
        assert [video["status"] for video in seen] == ["pending", "processing", "succeeded"]
        assert (await at.content(video_id))[0] == 404
        async with at.session.get(seen[-1]["url"]) as response:
            assert response.status == 200


async def test_a_webhook_carries_the_id_and_a_signature_of_each_secret(window: Open) -> None:
    got: list[tuple[bytes, Any]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((await request.read(), request.headers))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    keys = [base64.b64encode(f"secret number {n} of the project".encode()).decode() for n in (1, 2)]
    async with serve(app, "127.0.0.1", 0) as origin:
        knobs = {"webhook_url": f"{origin}/hook", "webhook_secrets": tuple(f"whsec_{key}" for key in keys)}
        async with window(**knobs) as at:
            await at.made(prompt="[fail]")
            await at.run()
            assert [(hook.event, hook.answer) for hook in at.server.hooks.made] == [("video.failed", 200)]
            at.server.knobs.webhook_url = "http://127.0.0.1:9/hook"
            await at.made()
            await at.run()
            assert [hook.answer for hook in at.server.hooks.made] == [200, 0]
            assert [video.state for video in at.server.videos.values()] == [State.FAILED, State.COMPLETED]
    ((body, headers),) = got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = [base64.b64encode(hmac.digest(base64.b64decode(key), signed, hashlib.sha256)).decode() for key in keys]
    assert headers["webhook-signature"] == " ".join(f"v1,{signature}" for signature in wanted)
