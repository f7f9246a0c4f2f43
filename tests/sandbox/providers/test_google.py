"""The embedded Google is strict where Google is: types, names, keys, nestings, and the shapes of its refusals."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.sandbox.providers.google import GoogleKnobs, GoogleServer, State
from bot.sandbox.providers.google.oauth import GRANT
from tests.sandbox.providers.desk import HeldClock, Stub, movie_bytes, picture_bytes

KEY = "gemini-test-key"
OMNI = "gemini-omni-1.1-flash"
VEO = "veo-3.1-generate-preview"
PICTURE = base64.b64encode(picture_bytes()).decode()
IMAGE = {"type": "image", "data": PICTURE, "mime_type": "image/png"}
STILL = {"bytesBase64Encoded": PICTURE, "mimeType": "image/png"}


@dataclass
class Desk:
    """A client of the server under test."""

    server: GoogleServer
    base: str
    session: ClientSession
    clock: HeldClock
    stub: Stub

    async def call(self, method: str, path: str, key: str | None = KEY, **more: Any) -> tuple[int, Any]:
        headers = {"x-goog-api-key": key} if key else {}
        async with self.session.request(method, self.base + path, headers=headers, **more) as response:
            return response.status, await response.json(content_type=None)

    async def omni(self, given: Any = "a cat", shape: dict[str, Any] | None = None, **fields: Any) -> tuple[int, Any]:
        form = {"type": "video", "duration": "5s", **(shape or {})}
        body = {"model": OMNI, "input": given, "response_format": form, "background": True, **fields}
        return await self.call("POST", "/v1beta/interactions", json=body)

    async def veo(self, instance: dict[str, Any] | None = None, model: str = VEO, **given: Any) -> tuple[int, Any]:
        body = {"instances": [{"prompt": "a cat", **(instance or {})}], "parameters": given}
        return await self.call("POST", f"/v1beta/models/{model}:predictLongRunning", json=body)

    async def finish(self) -> None:
        for seconds in (1.0, 4.0):
            self.clock.pass_s(seconds)
            await self.server.settle()


@asynccontextmanager
async def desk_of(folder: Path, knobs: GoogleKnobs) -> AsyncIterator[Desk]:
    clock, stub = HeldClock(), Stub(folder)
    server = GoogleServer(KEY, stub, clock, knobs)
    async with server.running() as base, ClientSession() as session:
        yield Desk(server, base, session, clock, stub)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_of(tmp_path, GoogleKnobs()) as ready:
        yield ready


def clip(seconds: float = 1.0) -> dict[str, Any]:
    return {"type": "video", "data": base64.b64encode(movie_bytes(seconds)).decode(), "mime_type": "video/mp4"}


BAD_OMNI: list[tuple[dict[str, Any], str]] = [
    ({"shape": {"duration": 5}}, "response_format.duration"),
    ({"shape": {"duration": "5"}}, "response_format.duration"),
    ({"shape": {"duration": "11s"}}, "between 3 and 10"),
    ({"shape": {"aspectRatio": "16:9"}}, 'Unknown name "aspectRatio"'),
    ({"shape": {"aspect_ratio": "1:1"}}, "aspect_ratio"),
    ({"shape": {"resolution": "480p"}}, "resolution"),
    ({"shape": {"delivery": "gcs"}}, "delivery"),
    ({"shape": {"type": "image"}}, "Unknown name"),
    ({"negative_prompt": "dogs"}, 'Unknown name "negative_prompt"'),
    ({"system_instruction": "be kind"}, "system_instruction is not supported"),
    ({"store": False}, "background requires store"),
    ({"webhook_config": {"uris": ["https://b.example"]}, "background": False}, "requires background"),
    ({"webhook_config": {"uris": ["b.example"]}}, "webhook_config.uris"),
    ({"model": 7}, "Invalid value"),
    ({"generation_config": {"temperature": 1}}, 'Unknown name "temperature"'),
    ({"generation_config": {"video_config": {"task": "dance"}}}, "task"),
    ({"generation_config": {"video_config": {"task": "image_to_video"}}}, "does not fit the task"),
    ({"given": [{"type": "audio", "data": "AAAA"}]}, "Audio input is not supported"),
    ({"given": [{"type": "poem"}]}, "input.type"),
    ({"given": ["words"]}, "input.type"),
    ({"given": [IMAGE] * 11}, "At most 10 images"),
    ({"given": [{"type": "video", "uri": "https://a.example/v.mp4", "mime_type": "video/mp4"}]}, "Upload the file"),
    ({"given": [{**IMAGE, "mime_type": "image/bmp"}]}, "Unsupported MIME type"),
    ({"given": [{**IMAGE, "data": "not base64"}]}, "no base64"),
    ({"given": [{**IMAGE, "data": "AAAA"}]}, "Unable to process input image"),
    ({"given": "[nsfw] dance"}, "Responsible AI"),
]


@pytest.mark.parametrize(("wrong", "words"), BAD_OMNI)
async def test_omni_refuses_what_omni_refuses(desk: Desk, wrong: dict[str, Any], words: str) -> None:
    status, answer = await desk.omni(**wrong)
    assert status == 400, answer
    assert words in answer["error"]["message"]
    assert desk.server.works == {}


async def test_omni_takes_both_forms_of_input_and_casts_pictures_by_their_number(desk: Desk) -> None:
    step = {"type": "user_input", "content": [{"type": "text", "text": "grow"}, IMAGE, IMAGE]}
    words = {"type": "user_input", "content": "a cat"}
    for given in ([step], [words], [{"type": "text", "text": "meet"}, IMAGE, IMAGE, IMAGE, clip()]):
        assert (await desk.omni(given))[0] == 200
    await desk.finish()
    roles = [[picture.role.value for picture in order.pictures] for order in desk.stub.orders]
    assert roles == [["first", "last"], [], ["reference"] * 3]
    assert [len(order.clips) for order in desk.stub.orders] == [0, 0, 1]


async def test_a_video_that_is_too_long_is_refused(desk: Desk) -> None:
    status, answer = await desk.omni([clip(11)])
    assert (status, "longer than 10" in answer["error"]["message"]) == (400, True)


async def test_without_background_the_answer_waits_for_the_video_and_has_its_address(desk: Desk) -> None:
    desk.server.knobs.queue_s = desk.server.knobs.render_s = 0
    status, answer = await desk.omni(background=False)
    assert (status, answer["status"]) == (200, "completed")
    (video,) = answer["steps"][1]["content"]
    assert "/v1beta/files/" in video["uri"]
    _, again = await desk.call("GET", f"/v1beta/interactions/{answer['id']}")
    assert base64.b64decode(again["steps"][1]["content"][0]["data"]) == b"0123456789" * 100
    assert again["usage"]["output_tokens_by_modality"] == [{"modality": "video", "tokens": 28_960}]


async def test_a_finished_interaction_can_not_be_cancelled_and_an_unknown_one_is_a_400(desk: Desk) -> None:
    _, answer = await desk.omni("[expire] dance")
    await desk.finish()
    status, refused = await desk.call("POST", f"/v1beta/interactions/{answer['id']}/cancel")
    assert (status, refused["error"]["code"]) == (400, "invalid_request")
    assert (await desk.call("GET", f"/v1beta/interactions/{answer['id']}"))[1]["status"] == "incomplete"
    status, unknown = await desk.call("GET", "/v1beta/interactions/v1_none")
    assert (status, unknown["error"]["message"]) == (400, "Invalid interaction name")


BAD_VEO: list[tuple[dict[str, Any], str]] = [
    ({"durationSeconds": "8"}, "parameters.durationSeconds"),
    ({"durationSeconds": 5}, "durationSeconds"),
    ({"durationSeconds": 6, "resolution": "1080p"}, "and 8 for this request"),
    ({"durationSeconds": 4, "instance": {"referenceImages": [{"image": STILL, "referenceType": "asset"}]}}, "and 8"),
    ({"instance": {"referenceImages": [{"image": STILL, "referenceType": "style"}]}}, "asset"),
    ({"instance": {"referenceImages": [{"image": STILL, "referenceType": "asset"}] * 4}}, "not supported"),
    ({"instance": {"image": {"inlineData": {"data": PICTURE}}}}, "`inlineData` isn't supported"),
    ({"instance": {"image": {**STILL, "mimeType": "image/gif"}}}, "mimeType"),
    ({"instance": {"lastFrame": STILL}}, "together with image"),
    ({"instance": {"prompt": ""}}, "prompt is empty"),
    ({"aspect_ratio": "16:9"}, 'Unknown name "aspect_ratio"'),
    ({"seed": 7}, 'Unknown name "seed"'),
    ({"personGeneration": "allow_adult"}, "Use allow_all"),
    ({"sampleCount": 2}, "sampleCount"),
    ({"resolution": "4k", "model": "veo-3.1-lite-generate-preview"}, "resolution"),
    ({"instance": {"prompt": "[face]", "image": STILL}}, "person safety"),
]


@pytest.mark.parametrize(("wrong", "words"), BAD_VEO)
async def test_veo_refuses_what_veo_refuses(desk: Desk, wrong: dict[str, Any], words: str) -> None:
    status, answer = await desk.veo(**wrong)
    assert status == 400, answer
    assert words in answer["error"]["message"]


async def test_one_instance_is_taken_and_an_unknown_model_is_a_404(desk: Desk) -> None:
    path = f"/v1beta/models/{VEO}:predictLongRunning"
    assert (await desk.call("POST", path, json={"instances": []}))[0] == 400
    assert (await desk.call("POST", path, json=["odd"]))[0] == 400
    assert (await desk.veo(model="veo-9"))[0] == 404
    assert (await desk.call("GET", f"/v1beta/models/{VEO}/operations/none"))[0] == 404


@pytest.mark.parametrize(
    ("key", "status", "state"), [(None, 403, "PERMISSION_DENIED"), ("another", 400, "INVALID_ARGUMENT")]
)
async def test_a_key_that_is_missing_or_wrong_is_no_401(desk: Desk, key: str | None, status: int, state: str) -> None:
    answer = await desk.call("GET", "/v1beta/models", key)
    assert (answer[0], answer[1]["error"]["status"]) == (status, state)
    assert (await desk.call("GET", f"/v1beta/models?key={KEY}", None))[0] == 200


async def test_errors_may_come_inside_an_array(desk: Desk) -> None:
    desk.server.knobs.lists_errors = True
    _, answer = await desk.omni(shape={"duration": 5})
    assert answer[0]["error"]["code"] == "invalid_request"


async def test_a_file_without_the_key_or_after_its_time_is_not_given(desk: Desk) -> None:
    _, answer = await desk.veo()
    await desk.finish()
    _, done = await desk.call("GET", f"/v1beta/{answer['name']}")
    path = done["response"]["generateVideoResponse"]["generatedSamples"][0]["video"]["uri"].removeprefix(desk.base)
    assert (await desk.call("GET", path, None))[0] == 403
    desk.clock.pass_s(48 * 3600)
    assert (await desk.call("GET", path))[0] == 403


async def vertex(desk: Desk, path: str, body: Any, *, token: str = "", project: str = "sandbox") -> tuple[int, Any]:
    house = f"/v1/projects/{project}/locations/us-central1/publishers/google/models/{path}"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with desk.session.post(desk.base + house, json=body, headers=headers) as response:
        return response.status, await response.json()


async def test_vertex_wants_a_living_token_its_own_project_and_the_model_of_the_operation(desk: Desk) -> None:
    body = {"instances": [{"prompt": "a cat"}], "parameters": {"seed": 7, "generateAudio": False}}
    create = "veo-3.1-generate-001:predictLongRunning"
    assert (await vertex(desk, create, body))[0] == 401
    assert (await vertex(desk, create, body, token="ya29.made-up"))[0] == 401
    desk.server.tokens._ends_ms["good"] = desk.clock() + 1_000_000
    assert (await vertex(desk, create, body, token="good", project="another"))[0] == 403
    status, answer = await vertex(desk, create, body, token="good")
    assert (status, answer["name"].startswith("projects/sandbox/")) == (200, True)
    await desk.finish()
    asked = {"operationName": answer["name"]}
    assert (await vertex(desk, "veo-3.1-fast-generate-001:fetchPredictOperation", asked, token="good"))[0] == 400
    status, done = await vertex(desk, "veo-3.1-generate-001:fetchPredictOperation", asked, token="good")
    assert base64.b64decode(done["response"]["videos"][0]["bytesBase64Encoded"]) == b"0123456789" * 100
    assert "generateVideoResponse" not in done["response"]
    assert [work.state for work in desk.server.works.values()] == [State.DONE]
    assert (desk.stub.orders[0].seed, desk.stub.orders[0].sound) == (7, False)


async def test_a_poll_that_is_no_json_is_refused(desk: Desk) -> None:
    desk.server.tokens._ends_ms["good"] = desk.clock() + 1_000_000
    house = "/v1/projects/sandbox/locations/l/publishers/google/models/m:fetchPredictOperation"
    headers = {"Authorization": "Bearer good"}
    async with desk.session.post(desk.base + house, data=b"{", headers=headers) as response:
        assert response.status == 400


def jwt(*parts: Any) -> str:
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": GRANT, "assertion": "a.b"}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": jwt({"alg": "none"}, {}, "")}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": jwt({"alg": "RS256"}, {"iss": "x"}, "AAAA")}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": jwt({"alg": "RS256"}, [], "AAAA")}, "invalid_grant"),
    ],
)
async def test_an_assertion_that_the_account_did_not_sign_gets_no_token(
    desk: Desk, form: dict[str, str], word: str
) -> None:
    async with desk.session.post(f"{desk.base}/token", data=form) as response:
        assert (response.status, (await response.json())["error"]) == (400, word)
