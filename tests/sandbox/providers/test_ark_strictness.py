"""What Ark refuses inside the create call, in its own words."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from bot.sandbox.providers.ark import ArkKnobs, Status
from tests.sandbox.providers.desk import (
    KEY,
    MODEL,
    Desk,
    Host,
    audio,
    data_url,
    image,
    movie_bytes,
    picture_bytes,
    video,
    wav_bytes,
)

PREFIX = "The parameter `content` specified in the request is not valid: "
URL = "http://127.0.0.1:9/never-fetched"
PICTURE = data_url("image/png", picture_bytes())


def many(count: int, item: dict[str, Any]) -> list[dict[str, Any]]:
    return [item] * count


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (many(10, image()), "expected at most 9 reference images but got 10 instead"),
        ([*many(4, video(URL)), image()], "expected at most 3 video contents but got 4 instead"),
        ([*many(4, audio()), image()], "expected at most 3 audio contents but got 4 instead"),
        (many(2, image(role="first_frame")), "expected at most one first frame image content but got 2 instead"),
        (
            [image(role="first_frame"), image()],
            "first/last frame content cannot be mixed with reference media content",
        ),
        (
            [image(role="first_frame"), audio()],
            "first/last frame content cannot be mixed with reference media content",
        ),
        ([audio()], "reference_audio cannot be the only reference input"),
        (many(2, image(role=None)), "role must be specified for image contents."),
        ([image(role="reference_video")], "invalid role specified for image content"),
        ([image(), video(URL, role=None)], "reference media mode requires video role to be reference_video"),
        ([image(), audio(role="music")], "reference media mode requires audio role to be reference_audio"),
        ([video("data:video/mp4;base64,AAAA")], "reference_video must be provided as a web url."),
        ([{"type": "file", "file": {}}], "supported values are: `text`, `image_url`, `audio_url`, `video_url`"),
        ([image("asset://asset-7")], "The specified asset asset-7 is not found"),
        ([image(role="last_frame")], "a last frame image content needs one first frame"),
    ],
)
async def test_a_wrong_set_of_references_is_refused(desk: Desk, items: list[dict[str, Any]], words: str) -> None:
    code, message = await desk.refused(*items)
    assert code == "InvalidParameter"
    assert message.startswith(PREFIX)
    assert words in message
    assert "Request id: 0217" in message


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"duration": 3}, "the parameter duration specified in the request is not valid for model seedance-2-0 in t2v"),
        (
            {"duration": 16},
            "the parameter duration specified in the request is not valid for model seedance-2-0 in t2v",
        ),
        ({"duration": "5"}, "expected an integer"),
        ({"duration": True}, "expected a value between"),
        ({"resolution": "2k"}, "expected one of 480p, 720p, 1080p, 4k, but got 2k"),
        ({"resolution": "1080p", "model": "dreamina-seedance-2-0-mini-260615"}, "expected one of 480p, 720p"),
        ({"ratio": "2:1"}, "expected one of"),
        ({"draft": False}, "`draft` is not supported for model seedance-2-0 in t2v, must be empty"),
        ({"frames": 57}, "`frames` is not supported for model seedance-2-0 in t2v, must be empty"),
        ({"output_format": "mov"}, "`output_format` is not supported"),
        ({"omni_reference_task_type": "edit"}, "`omni_reference_task_type` is not supported"),
        ({"camera_fixed": True}, "camera_fixed is not supported for model seedance-2-0 in t2v"),
        ({"service_tier": "flex"}, "service_tier flex is not supported"),
        ({"safety_identifier": "a" * 65}, "expected at most 64 characters"),
        ({"priority": 10}, "expected a value between 0 and 9"),
        ({"generate_audio": "yes"}, "expected a boolean"),
        ({"seed": -2}, "expected a value between -1"),
    ],
)
async def test_a_wrong_field_is_refused(desk: Desk, fields: dict[str, Any], words: str) -> None:
    code, message = await desk.refused(**fields)
    assert code == "InvalidParameter"
    assert words in message


async def test_2_5_has_rules_of_its_own(desk: Desk) -> None:
    newer = "dreamina-seedance-2-5-260628"
    await desk.created(*many(10, image()), duration=30, model=newer)
    await desk.created(audio(), model=newer, draft=True)
    _, message = await desk.refused(image(role="first_frame"), ratio="16:9", model=newer)
    assert "ratio must be adaptive" in message


@pytest.mark.parametrize(
    ("fields", "items"),
    [
        ({"omni_reference_task_type": "edit"}, [image()]),
        ({"omni_reference_task_type": "extend", "ratio": "16:9"}, [video(URL)]),
        ({"omni_reference_task_type": "edit", "duration": 5}, [video(URL)]),
    ],
)
async def test_an_edit_of_2_5_has_its_conditions(desk: Desk, fields: dict[str, Any], items: list[Any]) -> None:
    code, _ = await desk.refused(*items, model="dreamina-seedance-2-5-260628", **fields)
    assert code == "InvalidParameter.TaskTypeConstraint"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
async def test_a_body_that_is_no_json_object_is_refused(desk: Desk, body: bytes) -> None:
    status, answer = await desk.call("POST", data=body)
    assert (status, answer["error"]["code"]) == (400, "InvalidParameter")


@pytest.mark.parametrize(
    "body",
    [
        {"content": [{"type": "text", "text": "x"}]},
        {"model": MODEL},
        {"model": MODEL, "content": []},
        {"model": MODEL, "content": [{"type": "text", "text": " "}]},
    ],
)
async def test_what_is_missing_is_named(desk: Desk, body: dict[str, Any]) -> None:
    status, answer = await desk.call("POST", json=body)
    assert (status, answer["error"]["code"]) == (400, "MissingParameter")


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((280, 602), "expected the width to be at least 300px, but received a 280x602px image instead"),
        ((602, 280), "expected the height to be at least 300px, but received a 602x280px image instead"),
        ((6002, 2500), "expected the width to be at most 6000px, but received a 6002x2500px image instead"),
        ((1176, 400), "to be between 0.40 and 2.50, but received image with aspect ratio: 2.94 instead"),
    ],
)
async def test_a_picture_outside_the_limits_is_refused(desk: Desk, size: tuple[int, int], words: str) -> None:
    _, message = await desk.refused(image(picture_bytes(*size)))
    assert f"Error while downloading image, error: {words}" in message or words in message


@pytest.mark.parametrize(
    "url",
    [
        "data:image/png;base64,@@@@",
        "data:image/png;base64,AAAA",
        PICTURE.replace("image/png", "image/PNG"),
        "data:image/png,plain",
        "data:image/png;base64,#0",
    ],
)
async def test_a_broken_picture_is_refused(desk: Desk, url: str) -> None:
    assert (await desk.refused(image(url)))[0] == "InvalidImageURL.InvalidFormat"


async def test_an_empty_address_is_refused(desk: Desk) -> None:
    assert (await desk.refused(image("")))[0] == "InvalidImageURL.EmptyURL"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1.5, "the parameter audio duration (seconds) specified in the request must be greater than or equal to 1.8"),
        (16, "the parameter audio duration (seconds) specified in the request must be less than or equal to 15.2"),
    ],
)
async def test_a_sound_of_the_wrong_length_is_refused(desk: Desk, seconds: float, words: str) -> None:
    _, message = await desk.refused(image(), audio(wav_bytes(seconds)))
    assert message.startswith("The parameter `content[2]`")
    assert words in message


async def test_all_sounds_together_may_last_fifteen_seconds(desk: Desk) -> None:
    _, message = await desk.refused(image(), audio(wav_bytes(8)), audio(wav_bytes(8)))
    assert "audio total duration (seconds) specified in the request must be less than or equal to 15.2" in message
    await desk.created(image(), audio(wav_bytes(7)), audio(wav_bytes(8)))


async def test_only_wav_and_mp3_are_sounds(desk: Desk) -> None:
    _, message = await desk.refused(image(), audio(data_url("audio/wav", movie_bytes(2))))
    assert "Invalid audio_url." in message
    _, message = await desk.refused(image(), audio(data_url("audio/wav", b"OggS" + bytes(400))))
    assert "Invalid audio_url." in message


@pytest.mark.parametrize(
    ("clip", "code", "words"),
    [
        ({"width": 384, "height": 384}, "InvalidParameter.PixelCountTooSmall", "greater than or equal to 407696"),
        ({"width": 1280, "height": 400}, "InvalidParameter", "aspect ratio: 3.20"),
        ({"rate": 12}, "InvalidParameter", "must be between 24 and 60"),
        ({"codec": "mpeg4"}, "InvalidParameter", "unsupported video codec mpeg4"),
        ({"seconds": 1.5}, "InvalidParameter", "must be greater than or equal to 1.8 for model seedance-2-0 in r2v"),
    ],
)
async def test_a_video_outside_the_limits_is_refused(
    desk: Desk, host: Host, clip: dict[str, Any], code: str, words: str
) -> None:
    found, message = await desk.refused(video(host.put("v.mp4", movie_bytes(**clip))))
    assert found == code
    assert words in message


async def test_an_address_that_gives_no_file_is_refused(desk: Desk, host: Host, two_second_clip: bytes) -> None:
    for url in (f"{host.origin}/missing.mp4", "http://127.0.0.1:1/x", "not an address"):
        _, message = await desk.refused(video(url))
        assert "resource download failed" in message
    await desk.created(video(host.put("v.mp4", two_second_clip)))


async def test_a_text_in_place_of_a_video_is_refused(desk: Desk, host: Host) -> None:
    _, message = await desk.refused(video(host.put("v.mp4", b"<html>sorry</html>")))
    assert "Invalid video_url." in message


@pytest.mark.parametrize(
    ("text", "items", "code"),
    [
        ("[nsfw]", [], "InputTextSensitiveContentDetected"),
        ("[face]", [image(), image()], "InputImageSensitiveContentDetected.PrivacyInformation"),
    ],
)
async def test_input_moderation_is_a_400(desk: Desk, text: str, items: list[dict[str, Any]], code: str) -> None:
    found, message = await desk.refused(*items, text=text)
    assert found == code
    assert ("'content[1]' 'content[2]'" in message) == (code.endswith("PrivacyInformation"))


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("[outvideo]", "OutputVideoSensitiveContentDetected"),
        ("[outaudio]", "OutputAudioSensitiveContentDetected"),
        ("[copyright]", "OutputVideoSensitiveContentDetected.PolicyViolation"),
        ("[fail]", "InternalServiceError"),
    ],
)
async def test_output_moderation_is_a_failed_task_inside_200(desk: Desk, word: str, code: str) -> None:
    task_id = await desk.created(text=f"a cat {word}")
    for _ in range(2):
        desk.clock.pass_s(5)
        await desk.server.settle()
    body = await desk.get(task_id)
    assert body["status"] == "failed"
    assert sorted(body["error"]) == ["code", "message"]
    assert body["error"]["code"] == code
    assert "usage" not in body
    assert desk.stub.orders == []


async def test_a_prompt_can_ask_to_expire(desk: Desk) -> None:
    task_id = await desk.created(text="[expire]")
    for _ in range(2):
        desk.clock.pass_s(5)
        await desk.server.settle()
    assert (await desk.get(task_id))["status"] == Status.EXPIRED


async def test_a_body_beyond_the_limit_is_413(desk: Desk, knobs: ArkKnobs) -> None:
    knobs.body_limit_bytes = 1000
    status, answer = await desk.create(text="x" * 1000)
    assert (status, answer["error"]["code"]) == (413, "InvalidParameter")


async def test_escaped_and_quoted_base64_stays_text(desk: Desk) -> None:
    text = 'say "data:image/png;base64,AAAA" and "data": "AAAA"'
    task_id = await desk.created(text=text)
    assert desk.server.tasks[task_id].ask.text == text


BIG_BODY = """
import asyncio, base64, os, resource, sys, tempfile, time
from pathlib import Path
from aiohttp import ClientSession
from bot.sandbox.providers.ark import ArkServer

async def main():
    padding = base64.b64encode(os.urandom(1 << 20)) * 45
    server = ArkServer("key", None, lambda: 1_784_279_786_000)
    worst = 0.0
    async def watch():
        nonlocal worst
        while True:
            begun = time.thread_time()  # the loop's own work: a busy machine does not count
            await asyncio.sleep(0.005)
            worst = max(worst, time.thread_time() - begun)
    async def body():
        yield b'{"model":"m","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,'
        for at in range(0, len(padding), 1 << 18):
            yield padding[at:at + (1 << 18)]
        yield b'"}}]}'
    async with server.running() as base, ClientSession() as session:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        watching = asyncio.create_task(watch())
        headers = {"Authorization": "Bearer key"}
        async with session.post(base + "/contents/generations/tasks", data=body(), headers=headers) as response:
            print(response.status, end=" ")
        watching.cancel()
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, round(worst * 1000))
asyncio.run(main())
"""


def test_a_60_mb_body_costs_little_memory_and_never_stops_the_loop() -> None:
    done = subprocess.run([sys.executable, "-c", BIG_BODY], capture_output=True, text=True, check=True, timeout=60)
    status, memory_mb, pause_ms = (int(word) for word in done.stdout.split())
    assert status == 404
    assert memory_mb < 100
    assert pause_ms < 100


async def test_the_key_is_not_an_open_secret(desk: Desk) -> None:
    assert KEY not in repr(desk.server.calls)
