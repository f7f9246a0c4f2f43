"""Volcengine's own SDK before the embedded Ark."""

from __future__ import annotations

import base64
import time

import httpx
import pytest
from volcenginesdkarkruntime import Ark
from volcenginesdkarkruntime._exceptions import ArkAuthenticationError, ArkBadRequestError

from tests.sdk.conftest import KEY, Serve, is_film

MODEL = "dreamina-seedance-2-0-260128"
WAIT_S = 60.0


def client(base: str, key: str = KEY) -> Ark:
    return Ark(api_key=key, base_url=base, max_retries=0, timeout=30)


def test_the_sdk_creates_polls_and_downloads(serve: Serve, frame: bytes) -> None:
    tasks = client(serve("ark")).content_generation.tasks
    url = "data:image/png;base64," + base64.b64encode(frame).decode()
    made = tasks.create(
        model=MODEL,
        content=[
            {"type": "text", "text": "the cat blinks"},
            {"type": "image_url", "image_url": {"url": url}, "role": "first_frame"},
        ],
        resolution="480p",
        ratio="16:9",
        duration=4,
        return_last_frame=True,
        safety_identifier="t-1",
    )
    done = tasks.get(task_id=made.id)
    until = time.monotonic() + WAIT_S
    while done.status in {"queued", "running"} and time.monotonic() < until:
        time.sleep(0.1)
        done = tasks.get(task_id=made.id)
    assert (done.status, done.error, done.resolution, done.duration) == ("succeeded", None, "480p", 4)
    assert done.usage.completion_tokens > 0
    assert is_film(httpx.get(done.content.video_url).content)
    assert httpx.get(done.content.last_frame_url).content[:3] == b"\xff\xd8\xff"
    listed = tasks.list(page_num=1, page_size=10)
    assert (listed.total, [item.id for item in listed.items]) == (1, [made.id])


def test_the_sdk_cancels_what_waits(serve: Serve) -> None:
    tasks = client(serve("ark", queue_s=3600)).content_generation.tasks
    made = tasks.create(model=MODEL, content=[{"type": "text", "text": "a cat"}])
    tasks.delete(task_id=made.id)
    assert tasks.get(task_id=made.id).status == "cancelled"


def test_the_sdk_is_told_what_is_wrong(serve: Serve) -> None:
    base = serve("ark")
    with pytest.raises(ArkBadRequestError) as caught:
        client(base).content_generation.tasks.create(model=MODEL, content=[{"type": "text", "text": "[nsfw]"}])
    assert caught.value.code == "InputTextSensitiveContentDetected"
    with pytest.raises(ArkAuthenticationError):
        client(base, "wrong").content_generation.tasks.get(task_id="cgt-none")
