"""OpenAI's own SDK before the embedded `/v1/videos`, and its published types before what our adapter sends."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import openai
import pytest
from openai.types import video_create_params
from pydantic import TypeAdapter, ValidationError

from tests.sdk.conftest import KEY, Serve, is_film

Sent = Callable[[str], list[dict[str, Any]]]


def client(base: str, key: str = KEY) -> openai.OpenAI:
    return openai.OpenAI(api_key=key, base_url=base, max_retries=0, timeout=30)


def published() -> TypeAdapter[Any]:
    """The type of a create call, in which a file may be anything that is sent as one."""
    params: Any = video_create_params.VideoCreateParams
    params.__pydantic_config__ = {"arbitrary_types_allowed": True, "extra": "forbid"}
    return TypeAdapter(params)


@pytest.mark.parametrize("dialect", ["official", "sglang", "vllm-omni", "litellm"])
def test_the_sdk_creates_polls_and_downloads(serve: Serve, frame: bytes, tmp_path: Path, dialect: str) -> None:
    with client(serve("openai", dialect=dialect)) as videos_of:
        videos = videos_of.videos
        made = videos.create(
            prompt="a cat blinks",
            model="sora-2",
            seconds="4",
            size="1280x720",
            input_reference=("frame.png", frame, "image/png"),
        )
        assert (made.object, made.status, made.seconds, made.size) == ("video", "queued", "4", "1280x720")
        done = videos.poll(made.id, poll_interval_ms=50)
        assert (done.status, done.progress, done.error) == ("completed", 100, None)
        path = tmp_path / "video.mp4"
        videos.download_content(made.id).write_to_file(path)
        assert is_film(path.read_bytes())
        assert [video.id for video in videos.list().data] == [made.id]


def test_the_sdk_reads_a_failure_and_deletes_what_is_over(serve: Serve) -> None:
    with client(serve("openai")) as videos_of:
        failed = videos_of.videos.create_and_poll(prompt="[outvideo] dance", poll_interval_ms=50)
        assert failed.status == "failed"
        assert failed.error is not None
        assert failed.error.code == "moderation_blocked"
        deleted = videos_of.videos.delete(failed.id)
        assert (deleted.deleted, deleted.object) == (True, "video.deleted")
        with pytest.raises(openai.NotFoundError):
            videos_of.videos.retrieve(failed.id)


def test_the_sdk_is_told_what_is_wrong(serve: Serve) -> None:
    base = serve("openai")
    with client(base) as videos_of:
        with pytest.raises(openai.BadRequestError) as caught:
            videos_of.videos.create(prompt="a cat", seconds="5")  # type: ignore[call-overload, unused-ignore]  # on purpose
        assert (caught.value.param, caught.value.type) == ("seconds", "invalid_request_error")
        with pytest.raises(openai.BadRequestError) as early:
            videos_of.videos.download_content(videos_of.videos.create(prompt="a cat").id)
        assert early.value.status_code == 400
    with client(base, "wrong") as stranger, pytest.raises(openai.AuthenticationError):
        stranger.videos.list()


def test_the_sdk_pages_through_a_list(serve: Serve) -> None:
    with client(serve("openai")) as videos_of:
        made = {videos_of.videos.create(prompt=f"cat {number}").id for number in range(5)}
        assert {video.id for video in videos_of.videos.list(limit=2)} == made


def test_the_sdk_verifies_a_webhook_under_each_secret(serve: Serve) -> None:
    got: list[tuple[str, dict[str, str]]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.rfile.read(int(self.headers["Content-Length"])).decode(), dict(self.headers.items())))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    secrets = ["whsec_" + base64.b64encode(f"secret number {n}".encode()).decode() for n in (1, 2)]
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        heard = Thread(target=server.handle_request)
        heard.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        with client(serve("openai", webhook_url=url, webhook_secrets=secrets)) as videos_of:
            made = videos_of.videos.create_and_poll(prompt="a cat", poll_interval_ms=50)
            heard.join(timeout=20)
            ((body, headers),) = got
            for secret in secrets:
                videos_of.webhooks.verify_signature(body, headers, secret=secret)
            with pytest.raises(openai.InvalidWebhookSignatureError):
                videos_of.webhooks.verify_signature(body, headers, secret="whsec_" + base64.b64encode(b"x").decode())
    assert json.loads(body)["data"] == {"id": made.id}


def test_everything_that_our_adapter_sends_is_of_the_published_type(sent: Sent) -> None:
    """But for the two sizes that only the guide names, which the published type has not."""
    adapter, kinds = published(), set()
    for ask in sent("openai"):
        fields = {**ask, "size": "1792x1024" if ask["size"] in {"1920x1080", "1080x1920"} else ask["size"]}
        if "input_reference" in ask:
            (mime,) = ask["input_reference"]
            fields["input_reference"] = ("frame.png", b"the file", mime)
        adapter.validate_python(fields)
        kinds.add((ask["model"], ask["seconds"], "input_reference" in ask))
    assert {model for model, _, _ in kinds} == {"sora-2", "sora-2-pro"}
    assert {seconds for _, seconds, _ in kinds} == {"4", "8", "12"}
    assert {framed for _, _, framed in kinds} == {False, True}


def test_the_published_type_would_refuse_what_is_not_of_it() -> None:
    for wrong in ({"seconds": 4}, {"seconds": "5"}, {"size": "1x1"}, {"seed": 7}):
        with pytest.raises(ValidationError):
            published().validate_python({"prompt": "a cat", **wrong})
