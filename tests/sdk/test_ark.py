"""Volcengine's own SDK before the embedded Ark."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
import pytest
from volcenginesdkarkruntime import Ark
from volcenginesdkarkruntime._exceptions import ArkAuthenticationError, ArkBadRequestError

from tests.sdk.conftest import KEY, Serve, is_film

MODEL = "dreamina-seedance-2-0-260128"
WAIT_S = 60.0


@contextmanager
def tasks_at(base: str, key: str = KEY) -> Iterator[Any]:
    """The calls about tasks of a client that is closed at the end."""
    with closing(Ark(api_key=key, base_url=base, max_retries=0, timeout=30)) as ark:
        yield ark.content_generation.tasks


def test_the_sdk_creates_polls_and_downloads(serve: Serve, frame: bytes) -> None:
    with tasks_at(serve("ark")) as tasks:
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
        listed = tasks.list(page_num=1, page_size=10)
        assert (done.status, done.error, done.resolution, done.duration) == ("succeeded", None, "480p", 4)
        assert done.usage.completion_tokens > 0
        assert is_film(httpx.get(done.content.video_url).content)
        assert httpx.get(done.content.last_frame_url).content[:3] == b"\xff\xd8\xff"
        assert (listed.total, [item.id for item in listed.items]) == (1, [made.id])


def test_the_sdk_cancels_what_waits(serve: Serve) -> None:
    with tasks_at(serve("ark", queue_s=3600)) as tasks:
        made = tasks.create(model=MODEL, content=[{"type": "text", "text": "a cat"}])
        tasks.delete(task_id=made.id)
        assert tasks.get(task_id=made.id).status == "cancelled"


def test_the_sdk_is_told_what_is_wrong(serve: Serve) -> None:
    base = serve("ark")
    with tasks_at(base) as tasks, pytest.raises(ArkBadRequestError) as caught:
        tasks.create(model=MODEL, content=[{"type": "text", "text": "[nsfw]"}])
    assert caught.value.code == "InputTextSensitiveContentDetected"
    with tasks_at(base, "wrong") as strangers, pytest.raises(ArkAuthenticationError):
        strangers.get(task_id="cgt-none")
