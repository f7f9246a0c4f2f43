"""Google's own SDK before the embedded Google: Omni's interactions, and Veo on Vertex with google-auth's tokens."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any

import pytest
from google import genai
from google.genai import errors, types
from google.oauth2 import service_account

from tests.sdk.conftest import KEY, Reach, Serve, is_film

OMNI = "gemini-omni-1.1-flash"
VEO = "veo-3.1-fast-generate-001"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
WAIT_S = 60.0
FORM = {"type": "video", "aspect_ratio": "16:9", "resolution": "360p", "duration": "3s", "delivery": "uri"}


def client(base: str, key: str = KEY) -> genai.Client:
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=base))


def finished(omni: genai.Client, made: Any) -> Any:
    """The interaction when it is over."""
    until = time.monotonic() + WAIT_S
    while made.status in {"queued", "in_progress"} and time.monotonic() < until:
        time.sleep(0.1)
        made = omni.interactions.get(id=made.id)
    return made


def test_the_sdk_creates_polls_and_finds_the_video_in_the_record(serve: Serve, frame: bytes) -> None:
    omni = client(serve("google"))
    picture = {"type": "image", "data": base64.b64encode(frame).decode(), "mime_type": "image/png"}
    made = omni.interactions.create(
        model=OMNI,
        input=[{"type": "text", "text": "<FIRST_FRAME> comes to life"}, picture],
        response_format=FORM,
        generation_config={"video_config": {"task": "image_to_video"}},
        background=True,
        store=True,
    )
    done = finished(omni, made)
    assert (done.status, done.model) == ("completed", OMNI)
    assert is_film(base64.b64decode(done.output_video.data))
    assert done.usage.output_tokens_by_modality[0].tokens == 3 * 1931


def test_the_sdk_waits_for_the_whole_render_and_downloads_the_file(serve: Serve) -> None:
    omni = client(serve("google"))
    done = omni.interactions.create(model=OMNI, input="a paper boat", response_format=FORM)
    assert done.status == "completed"
    name = done.output_video.uri.partition("/files/")[2].partition(":")[0]
    assert is_film(omni.files.download(file=f"files/{name}"))


def test_the_sdk_cancels_what_goes_on_and_sees_a_refusal(serve: Serve) -> None:
    omni = client(serve("google"))
    made = omni.interactions.create(model=OMNI, input="[outvideo] dance", response_format=FORM, background=True)
    refused = finished(omni, made)
    assert (refused.status, refused.output_video) == ("completed", None)
    assert "can't create that video" in refused.output_text
    slow = client(serve("google", queue_s=3600))
    made = slow.interactions.create(model=OMNI, input="a cat", response_format=FORM, background=True)
    assert slow.interactions.cancel(id=made.id).status == "cancelled"


def test_the_sdk_is_told_what_is_wrong(serve: Serve) -> None:
    base = serve("google")
    omni, stranger = client(base), client(base, "wrong")
    long = {**FORM, "duration": "99s"}
    with pytest.raises(Exception, match="duration") as caught:
        omni.interactions.create(model=OMNI, input="a cat", response_format=long, background=True)
    assert getattr(caught.value, "status_code", None) == 400
    with pytest.raises(Exception, match="API key not valid"):
        stranger.interactions.get(id="v1_none")


def vertex(settings: Mapping[str, str]) -> genai.Client:
    key_file = settings["GOOGLE_APPLICATION_CREDENTIALS"]
    return genai.Client(
        vertexai=True,
        project=settings["VERTEX_PROJECT"],
        location="us-central1",
        credentials=service_account.Credentials.from_service_account_file(key_file, scopes=[SCOPE]),
        http_options=types.HttpOptions(base_url=settings["VERTEX_BASE_URL"], api_version="v1"),
    )


def test_the_sdk_makes_a_veo_on_vertex_with_the_account_s_own_tokens(reach: Reach, frame: bytes) -> None:
    veo = vertex(reach("vertex"))
    operation = veo.models.generate_videos(
        model=VEO,
        prompt="the boat sails",
        image=types.Image(image_bytes=frame, mime_type="image/png"),
        config=types.GenerateVideosConfig(
            aspect_ratio="16:9", duration_seconds=4, resolution="720p", seed=7, generate_audio=False
        ),
    )
    until = time.monotonic() + WAIT_S
    while not operation.done and time.monotonic() < until:
        time.sleep(0.1)
        operation = veo.operations.get(operation)
    (made,) = operation.response.generated_videos
    assert is_film(made.video.video_bytes)


def test_the_sdk_sees_what_veo_filtered_and_refuses(reach: Reach) -> None:
    veo = vertex(reach("vertex"))
    operation = veo.models.generate_videos(model=VEO, prompt="[outaudio] dance")
    until = time.monotonic() + WAIT_S
    while not operation.done and time.monotonic() < until:
        time.sleep(0.1)
        operation = veo.operations.get(operation)
    assert (operation.response.rai_media_filtered_count, operation.response.generated_videos) == (1, None)
    with pytest.raises(errors.ClientError, match="durationSeconds"):
        veo.models.generate_videos(model=VEO, prompt="a cat", config=types.GenerateVideosConfig(duration_seconds=5))
