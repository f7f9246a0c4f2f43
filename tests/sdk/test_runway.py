"""Runway's own SDK before the embedded Runway, and its published types before what our adapter sends."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError
from runwayml import AuthenticationError, BadRequestError, NotFoundError, RunwayML
from runwayml.types import image_to_video_create_params, text_to_video_create_params, video_to_video_create_params

from tests.sdk.conftest import KEY, Serve, is_film

Sent = Callable[[str], list[dict[str, Any]]]
WAIT_S = 60.0


def client(base: str, key: str = KEY) -> RunwayML:
    return RunwayML(api_key=key, base_url=base, max_retries=0, timeout=30)


def finished(runway: RunwayML, task_id: str) -> Any:
    """The task when it is over; every look is read by the SDK's own types."""
    task: Any = runway.tasks.retrieve(task_id)
    until = time.monotonic() + WAIT_S
    while task.status in {"PENDING", "THROTTLED", "RUNNING"} and time.monotonic() < until:
        assert task.estimated_cost.credits > 0
        time.sleep(0.1)
        task = runway.tasks.retrieve(task_id)
    return task


def test_the_sdk_creates_polls_and_downloads(serve: Serve) -> None:
    with client(serve("runway")) as runway:
        made = runway.text_to_video.create(model="gen4.5", prompt_text="a cat", ratio="1280:720", duration=2)
        assert made.estimated_cost.credits == 24
        task = finished(runway, made.id)
        assert (task.status, task.cost.credits) == ("SUCCEEDED", 24)
        assert task.created_at.tzinfo is not None
        assert is_film(httpx.get(task.output[0]).content)


def test_the_sdk_uploads_a_frame_and_begins_with_it(serve: Serve, frame: bytes) -> None:
    with client(serve("runway")) as runway:
        uri = runway.uploads.create_ephemeral(file=("frame.png", frame, "image/png")).uri
        assert uri.startswith("runway://")
        made = runway.image_to_video.create(
            model="veo3.1",
            prompt_image=[{"uri": uri, "position": "first"}],
            prompt_text="the cat blinks",
            ratio="1280:720",
            duration=4,
            audio=False,
        )
        task = finished(runway, made.id)
        assert (task.status, task.cost.credits) == ("SUCCEEDED", 80)


def test_the_sdk_waits_by_itself(serve: Serve) -> None:
    with client(serve("runway")) as runway:
        made = runway.text_to_video.create(model="seedance2_fast", prompt_text="a cat", duration=4)
        assert made.wait_for_task_output(timeout=60).status == "SUCCEEDED"


def test_the_sdk_reads_a_refusal_that_is_charged(serve: Serve) -> None:
    with client(serve("runway")) as runway:
        made = runway.text_to_video.create(model="gen4.5", prompt_text="[outvideo]", ratio="1280:720", duration=2)
        task = finished(runway, made.id)
        assert (task.status, task.failure_code, task.cost.credits) == ("FAILED", "SAFETY.OUTPUT.VIDEO", 24)


def test_the_sdk_stops_a_task_that_is_then_unknown(serve: Serve) -> None:
    with client(serve("runway", queue_s=3600)) as runway:
        made = runway.text_to_video.create(model="gen4.5", prompt_text="a cat", ratio="1280:720", duration=2)
        assert runway.tasks.retrieve(made.id).status == "PENDING"
        runway.tasks.delete(made.id)
        with pytest.raises(NotFoundError):
            runway.tasks.retrieve(made.id)


def test_the_sdk_reads_the_organization(serve: Serve) -> None:
    with client(serve("runway", credits=500)) as runway:
        found = runway.organization.retrieve()
        assert found.credit_balance == 500
        assert found.tier.models["gen4.5"].max_concurrent_generations == 5


def test_the_sdk_is_told_what_is_wrong(serve: Serve) -> None:
    base = serve("runway", credits=10)
    with client(base) as runway:
        with pytest.raises(BadRequestError, match="ratio"):
            runway.text_to_video.create(model="gen4.5", prompt_text="a", ratio="16:9", duration=2)  # type: ignore[call-overload, unused-ignore]  # on purpose
        with pytest.raises(BadRequestError, match="enough credits"):
            runway.text_to_video.create(model="gen4.5", prompt_text="a", ratio="1280:720", duration=2)
    with client(base, "wrong") as stranger, pytest.raises(AuthenticationError):
        stranger.organization.retrieve()


def published(endpoint: str) -> TypeAdapter[Any]:
    """The types of an endpoint's bodies, in the words of the wire, with nothing more than they name."""
    module = {
        "text": text_to_video_create_params,
        "image": image_to_video_create_params,
        "video": video_to_video_create_params,
    }[endpoint]
    params: Any = getattr(module, f"{endpoint.title()}ToVideoCreateParams")
    return TypeAdapter(params)


def spelled(body: Any) -> Any:
    """`promptText` as the SDK's types spell it: `prompt_text`."""
    match body:
        case dict():
            return {
                "".join(f"_{c.lower()}" if c.isupper() else c for c in name): spelled(v) for name, v in body.items()
            }
        case list():
            return [spelled(item) for item in body]
        case _:
            return body


def names_of(kind: Any) -> set[str]:
    return set(kind.__annotations__)


def test_everything_that_our_adapter_sends_is_of_the_published_types(sent: Sent) -> None:
    models: dict[str, set[str]] = {"text": set(), "image": set(), "video": set()}
    for ask in sent("runway"):
        endpoint = "image" if "promptImage" in ask else "video" if {"videoUri", "promptVideo"} & set(ask) else "text"
        fields = spelled(ask)
        (kind,) = [one for one in _variants(endpoint) if _of(one, ask["model"])]
        assert set(fields) <= names_of(kind), (ask["model"], set(fields) - names_of(kind))
        published(endpoint).validate_python(fields)
        models[endpoint].add(ask["model"])
    assert models["text"] >= {"gen4.5", "veo3.1", "veo3.1_fast", "seedance2", "seedance2_fast", "seedance2_5"}
    assert models["image"] >= {"gen4.5", "gen4_turbo", "veo3.1", "seedance2", "seedance2_5"}


def _variants(endpoint: str) -> list[Any]:
    module: Any = {
        "text": text_to_video_create_params,
        "image": image_to_video_create_params,
        "video": video_to_video_create_params,
    }[endpoint]
    return [kind for kind in vars(module).values() if "model" in getattr(kind, "__annotations__", {})]


def _of(kind: Any, model: str) -> bool:
    return any(f"{quote}{model}{quote}" in str(kind.__annotations__["model"]) for quote in "'\"")


def test_the_published_types_would_refuse_what_is_not_of_them() -> None:
    for wrong in ({"ratio": "16:9"}, {"duration": "long"}, {"model": "gen3a_turbo"}):
        with pytest.raises(ValidationError):
            published("text").validate_python(
                {"model": "gen4.5", "prompt_text": "a", "ratio": "1280:720", "duration": 5, **wrong}
            )
