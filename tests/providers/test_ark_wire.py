"""Ark's JSON, both ways, without a network: every code, every state, every price."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalog import Usage
from bot.core.errors import KinetogramError, Refusal, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.providers.ark import wire
from bot.providers.ark.codes import create_error
from bot.providers.base import Ended, Rendering, Succeeded, Waiting
from bot.providers.bodies import InlineFile
from bot.providers.http import Reply
from tests.providers.kit import ACCOUNT, image, order, reference

MB = 1_000_000
PATH = Path("made-up.png")


def img(ordinal: int = 1, role: Role = Role.REFERENCE, size_bytes: int = 1, url: str | None = None) -> Any:
    return image(PATH, ordinal, role, size_bytes=size_bytes, url=url)


def body(*args: Any, **changes: Any) -> dict[str, Any]:
    made = wire.create_body(order(*args, **changes))
    assert isinstance(made, dict)
    return made


# The create body


def test_a_text_body_holds_every_choice_and_no_null() -> None:
    assert body("a cat", seed=7, audio=False) == {
        "model": "dreamina-seedance-2-0-260128",
        "content": [{"type": "text", "text": "a cat"}],
        "resolution": "720p",
        "ratio": "16:9",
        "duration": 5,
        "generate_audio": False,
        "watermark": False,
        "return_last_frame": True,
        "safety_identifier": "t-1",
        "execution_expires_after": 3600,
        "seed": 7,
    }


@pytest.mark.parametrize(("deadline_s", "expires_s"), [(60, 3_600), (7_200, 7_200), (10**6, 259_200)])
def test_the_task_expires_within_what_ark_takes(deadline_s: int, expires_s: int) -> None:
    plain = order()
    made = wire.create_body(type(plain)(plain.spec, plain.wire_id, (), "t", "https://bot.example/cb", deadline_s))
    assert isinstance(made, dict)
    assert made["execution_expires_after"] == expires_s
    assert made["callback_url"] == "https://bot.example/cb"


@pytest.mark.parametrize(
    ("roles", "sent"),
    [
        ([Role.FIRST], ["first_frame"]),
        ([Role.FIRST, Role.LAST], ["first_frame", "last_frame"]),
        ([Role.REFERENCE], ["reference_image"]),
        ([Role.REFERENCE, Role.REFERENCE], ["reference_image", "reference_image"]),
        ([Role.FIRST, Role.REFERENCE], ["reference_image", "reference_image"]),
    ],
)
def test_frames_and_references_are_never_mixed(roles: list[Role], sent: list[str]) -> None:
    pictures = [img(number, role) for number, role in enumerate(roles, 1)]
    assert [item["role"] for item in body("x", *pictures)["content"][1:]] == sent


def test_every_kind_goes_in_its_own_shape() -> None:
    clip = reference(PATH, MediaKind.VIDEO, url="https://bot.example/v?sig=1", size_bytes=1)
    song = reference(PATH, MediaKind.AUDIO, mime="audio/MPEG", size_bytes=1)
    _, picture, video, audio = body("x", img(), clip, song)["content"]
    assert picture["image_url"] == {"url": InlineFile(PATH, "data:image/png;base64,")}
    assert video == {
        "type": "video_url",
        "video_url": {"url": "https://bot.example/v?sig=1"},
        "role": "reference_video",
    }
    assert audio["audio_url"] == {"url": InlineFile(PATH, "data:audio/mpeg;base64,")}


def test_words_count_each_kind_by_itself_without_gaps() -> None:
    prompt = tuple(Label(kind, number) for kind, number in ((MediaKind.IMAGE, 5), (MediaKind.AUDIO, 2)))
    said = body(prompt, img(2), img(5), reference(PATH, MediaKind.AUDIO, 2, size_bytes=1))["content"][0]
    assert said == {"type": "text", "text": "Image 2Audio 1"}


def test_a_body_that_is_too_long_sends_its_largest_files_by_link() -> None:
    large = [img(number, size_bytes=size * MB, url=f"https://b/{number}") for number, size in enumerate((9, 20, 25), 1)]
    wanted = order("x", *large)
    assert wire.by_link(wanted) == {Label(MediaKind.IMAGE, 3)}
    assert wire.encoded_size(wanted) < wire.MAX_BODY_BYTES
    links = [item["image_url"]["url"] for item in body("x", *large)["content"][1:]]
    assert [isinstance(link, str) for link in links] == [False, False, True]


def test_nine_pictures_of_five_mebibytes_fit() -> None:
    wanted = order("x", *[img(number, size_bytes=5 << 20) for number in range(1, 10)])
    assert wire.by_link(wanted) == frozenset()
    assert wire.encoded_size(wanted) <= wire.MAX_BODY_BYTES < 64 * MB


def test_a_body_that_nothing_makes_shorter_is_refused_with_its_size() -> None:
    with pytest.raises(Refusal) as caught:
        body("x", *[img(number, size_bytes=30 * MB) for number in (1, 2)])
    assert (caught.value.key, dict(caught.value.data)) == ("request-too-big", {"mb": 80, "max_mb": 64})


# The created task


def test_the_id_is_read() -> None:
    assert wire.read_created(Reply(200, "json", {"id": "cgt-1"}), ACCOUNT, order()) == "cgt-1"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, "garbled"),
        Reply(200, "empty"),
        Reply(200, "json", {}),
        Reply(200, "json", []),
        Reply(200, "json", {"id": None}),
        Reply(200, "json", {"id": ""}),
        Reply(200, "json", {"id": "x" * 300}),
        Reply(200, "json", {"error": {"code": "InvalidParameter", "message": ""}}),
    ],
)
def test_a_2xx_that_shows_no_task_is_uncertain(reply: Reply) -> None:
    with pytest.raises(Uncertain):
        wire.read_created(reply, ACCOUNT, order())


# The task


def state(status: str, **more: Any) -> Any:
    return wire.read_task({"id": "cgt-1", "status": status, **more}, ACCOUNT)


def test_six_states_and_one_to_come() -> None:
    assert state("queued") == Waiting()
    assert state("running", error=None) == Rendering()
    assert state("dreaming") == Rendering()
    done = state("succeeded", content={"video_url": "https://v"}, usage={"completion_tokens": "108900"})
    assert done == Succeeded("https://v", Usage(tokens=108_900), None, {})
    for status, kind in (("failed", "failed"), ("expired", "expired"), ("cancelled", "cancelled")):
        ended = state(status)
        assert isinstance(ended, Ended)
        assert (ended.kind, ended.billed) == (kind, None)


def test_a_success_is_read_whole_with_numbers_as_texts() -> None:
    sample = {
        "content": {"video_url": "https://v", "last_frame_url": "https://f"},
        "usage": {"completion_tokens": None, "total_tokens": "87300"},
        "model": "dreamina-seedance-2-0-260128",
        "seed": "78674",
        "resolution": "720p",
        "ratio": "16:9",
        "duration": "4",
        "framespersecond": 24,
        "created_at": 1_779_348_818,
    }
    done = state("succeeded", **sample)
    assert done.usage == Usage(tokens=87_300, seconds=4.0, resolution="720p")
    assert done.last_frame_url == "https://f"
    assert done.receipt == {
        "model": "dreamina-seedance-2-0-260128",
        "seed": 78_674,
        "resolution": "720p",
        "ratio": "16:9",
        "seconds": 4,
        "fps": 24,
        "created_at": 1_779_348_818,
    }


def test_a_failure_that_is_billed_all_the_same_says_how_much() -> None:
    assert state("failed", usage={"completion_tokens": 5}).billed == Usage(tokens=5)


@pytest.mark.parametrize("content", [None, [], {}, {"video_url": None}, {"video_url": ""}, {"video_url": 1.5}])
def test_a_success_without_a_video_is_asked_again(content: Any) -> None:
    with pytest.raises(Transient):
        state("succeeded", content=content)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("id", "status", "error", "content", "usage", "seed", "duration", "items", "total", "model")
STATES = ("queued", "running", "succeeded", "failed", "expired", "cancelled")
tasks = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, anything) | {"status": st.sampled_from(STATES)})


@given(tasks)
def test_no_answer_breaks_the_reader(answer: dict[str, Any]) -> None:
    with suppress(Transient):
        assert isinstance(wire.read_task(answer, ACCOUNT), Waiting | Rendering | Succeeded | Ended)
    assert isinstance(create_error(Reply(400, "json", answer), ACCOUNT, order()), KinetogramError)
    wire.read_page(answer)
    wire.callback_task(json.dumps(answer).encode())


def test_a_page_is_items_and_a_total() -> None:
    assert wire.read_page({"items": [{"id": "a"}, 7], "total": "3"}) == ([{"id": "a"}], 3)
    assert wire.read_page({"items": None, "total": 0}) == ([], 0)
    several: list[dict[str, Any]] = [{}, {"items": []}, {"total": "x", "items": []}, {"items": {}, "total": 1}]
    for broken in several:
        assert wire.read_page(broken) is None
