"""The guide's JSON, both ways, and every variant that sellers were seen to answer with."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalog import Usage
from bot.core.errors import KinetogramError, NotTaken, OperatorFault, Refusal, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.money import show
from bot.core.request import Label
from bot.providers.base import Ended, Rendering, Succeeded, Waiting
from bot.providers.bodies import InlineFile
from bot.providers.http import Account, Reply
from bot.providers.seedance import variants, wire
from bot.providers.seedance.catalog import MODEL, offer
from bot.sandbox.providers.guide import GuideServer, JobStatus
from tests.providers.kit import ACCOUNT, KEY, Bench, image, order, reference, submitted

PATH = Path("made-up.png")
URL = "https://files.example/v.mp4?sig=1"
LAOZHANG = Account("seedance", "https://api.laozhang.ai/v1", KEY)


def test_words_alone_go_to_text_to_video() -> None:
    wanted = order("a cat", wire_id="seedance-2.0", resolution="2K", ratio="9:16")
    assert wire.create_path(wanted) == "/video/text-to-video"
    assert wire.create_body(wanted) == {
        "model": "seedance-2.0",
        "prompt": "a cat",
        "duration": 5,
        "resolution": "2K",
        "aspect_ratio": "9:16",
    }


def test_references_go_to_image_to_video_as_bare_base64() -> None:
    pictures = [image(PATH, 2, size_bytes=3, mime="image/JPEG"), reference(PATH, MediaKind.AUDIO, size_bytes=3)]
    wanted = order((Label(MediaKind.IMAGE, 2), " sings ", Label(MediaKind.AUDIO, 1)), *pictures)
    made = wire.create_body(wanted)
    assert wire.create_path(wanted) == "/video/image-to-video"
    assert isinstance(made, dict)
    assert made["prompt"] == "@Image1 sings @Audio1"
    assert made["references"] == [
        {"type": "image/jpeg", "data": InlineFile(PATH)},
        {"type": "audio/wav", "data": InlineFile(PATH)},
    ]


@pytest.mark.parametrize(
    "answer",
    [
        {"id": "j1"},
        {"job_id": "j1"},
        {"task_id": "j1", "id": "other"},
        {"request_id": "j1"},
        {"requestId": "j1"},
        {"generation_id": "j1"},
        {"data": {"id": "j1"}},
        {"id": "envelope", "data": {"task_id": "j1"}},
        {"data": [{"task_id": "j1"}]},
        {"code": 200, "data": "j1"},
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_an_id_is_found_wherever_it_stands(answer: Any, status: int) -> None:
    assert wire.read_created(Reply(status, "json", answer), ACCOUNT) == "j1"


@pytest.mark.parametrize(
    ("reply", "kind", "key"),
    [
        (Reply(200, "json", {}), Uncertain, "provider-answer-unclear"),
        (Reply(200, "garbled"), Uncertain, "provider-answer-unclear"),
        (Reply(200, "html"), OperatorFault, "provider-wrong-address-laozhang"),
        (Reply(404, "json", {"error": "no route"}), OperatorFault, "provider-wrong-address-laozhang"),
        (Reply(400, "json", {"error": "bad duration"}), Refusal, "provider-refused-request"),
        (Reply(400, "json", {"error": {"code": "content_policy_violation"}}), Refusal, "refused-text"),
        (Reply(400, "json", {"message": "the image may contain a real person: moderation"}), Refusal, "refused-face"),
        (Reply(422, "json", {"detail": [{"msg": "flagged image"}]}), Refusal, "refused-media"),
        (Reply(403, "json", {"error": "copyright policy"}), Refusal, "refused-copyright"),
        (Reply(403, "json", {"error": "no access"}), OperatorFault, "provider-denied"),
        (Reply(401, "json", {}), OperatorFault, "provider-key-refused"),
        (Reply(408, "json", {}), Uncertain, "provider-answer-unclear"),
        (Reply(413, "empty"), Refusal, "request-too-big"),
        (Reply(429, "json", {}), NotTaken, "provider-throttled"),
        (Reply(500, "json", {"error": "moderation"}), Uncertain, "provider-answer-unclear"),
        (Reply(503, "empty"), NotTaken, "provider-down"),
    ],
)
def test_what_makes_no_task_says_what_to_do(reply: Reply, kind: type[KinetogramError], key: str) -> None:
    with pytest.raises(kind) as caught:
        wire.read_created(reply, LAOZHANG)
    assert caught.value.key == key


def test_a_503_is_waited_out_for_half_a_minute_to_a_minute() -> None:
    with pytest.raises(NotTaken) as caught:
        wire.read_created(Reply(503, "empty"), ACCOUNT)
    assert 30 <= (caught.value.retry_after_s or 0) <= 60


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("pending queued submitted NOT_START IN_QUEUE starting waiting THROTTLED", Waiting),
        ("processing running in_progress IN_PROGRESS generating RUNNING dreaming", Rendering),
        ("completed succeeded success SUCCESS COMPLETED done", Succeeded),
        ("failed fail FAILURE error cancelled canceled expired", Ended),
    ],
)
def test_every_word_for_a_state_is_known(words: str, kind: type[object]) -> None:
    for word in words.split():
        for answer in ({"status": word}, {"state": word}, {"status": "success", "data": {"status": word}}):
            assert isinstance(wire.read_task(answer | {"video_url": URL}, ACCOUNT), kind)


@pytest.mark.parametrize(("word", "kind"), [("canceled", "cancelled"), ("expired", "expired"), ("fail", "failed")])
def test_bad_ends_are_told_apart(word: str, kind: str) -> None:
    status = wire.read_task({"status": word}, ACCOUNT)
    assert isinstance(status, Ended)
    assert status.kind == kind


@pytest.mark.parametrize(
    "answer",
    [
        {"video_url": URL},
        {"content": {"video_url": URL}},
        {"output": {"url": URL}},
        {"output": {"video_url": URL}},
        {"output": [URL]},
        {"output": URL},
        {"video": {"url": URL}},
        {"videos": [{"url": URL}]},
        {"results": [URL]},
        {"result": {"videos": [{"url": URL}]}},
        {"result": {"videos": [{"url": [URL]}]}},
        {"unsigned_urls": [URL]},
        {"metadata": {"url": URL}},
        {"data": {"video_url": URL}},
        {"data": {"data": {"content": {"video_url": URL}}}},
        {"data": [{"url": URL}]},
        {"data": {"fail_reason": URL}},
        {"resultJson": json.dumps({"resultUrls": [URL]})},
        {"data": {"resultJson": json.dumps({"video_url": URL})}},
        {"resultJson": "{", "video_url": "", "data": {"url": URL}},
    ],
)
def test_an_address_is_found_wherever_it_stands(answer: dict[str, Any]) -> None:
    status = wire.read_task({"status": "completed"} | answer, ACCOUNT)
    assert isinstance(status, Succeeded)
    assert status.video_url == URL


@pytest.mark.parametrize("address", [None, "", "v.mp4", "ftp://x/v.mp4", "javascript:1", 7])
def test_a_success_without_an_address_is_asked_again(address: Any) -> None:
    with pytest.raises(Transient):
        wire.read_task({"status": "completed", "video_url": address}, ACCOUNT)


@pytest.mark.parametrize(
    ("progress", "percent"),
    [
        *((42, 42), ("42", 42), ("42%", 42), ("50.5%", 50), (0.42, 42), ("0.42", 42), (1.0, 100), (1, 1), (0, 0)),
        *((None, None), ("soon", None), (True, None), (250, 100), (-3, 0), (99.6, 100)),
    ],
)
def test_progress_is_read_in_every_form(progress: Any, percent: int | None) -> None:
    assert wire.read_task({"status": "processing", "progress": progress}, ACCOUNT) == Rendering(percent)
    assert variants.percent({"data": {"progress": progress}}) == percent


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ({"error": "the video could not be made"}, "task-failed"),
        ({"error": {"code": "internal_error", "message": "x"}}, "task-failed"),
        ({"error": {"message": "flagged by moderation", "type": "x"}}, "refused-output"),
        ({"fail_reason": "generated video is unsafe"}, "refused-output"),
        ({"failure": "audio", "failureCode": "SAFETY.OUTPUT.AUDIO"}, "refused-output-audio"),
        ({"detail": ["the prompt violates the policy"]}, "refused-text"),
        ({}, "task-failed"),
    ],
)
def test_why_a_job_failed_is_read_in_every_form(answer: dict[str, Any], key: str) -> None:
    status = wire.read_task({"status": "failed"} | answer, ACCOUNT)
    assert isinstance(status, Ended)
    assert status.error.key == key


@pytest.mark.parametrize("answer", [None, [], 7, "x", {}, {"status": None}, {"id": "j1"}])
def test_an_answer_without_a_state_is_asked_again(answer: Any) -> None:
    with pytest.raises(Transient):
        wire.read_task(answer, ACCOUNT)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["completed", "failed", URL]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "data", "status", "error", "output", "progress"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(anything)
def test_no_answer_breaks_the_reader(answer: Any) -> None:
    with suppress(Transient):
        assert isinstance(wire.read_task(answer, ACCOUNT), Waiting | Rendering | Succeeded | Ended)
    with suppress(Uncertain):
        assert wire.read_created(Reply(200, "json", answer), ACCOUNT)


@pytest.mark.parametrize(
    ("resolution", "seconds", "shown"),
    [("480p", 6, "$0.01"), ("720p", 15, "$0.02"), ("1080p", 10, "$0.05"), ("2K", 15, "$0.20")],
)
def test_a_minute_costs_what_the_guide_says(resolution: str, seconds: int, shown: str) -> None:
    price = offer("seedance").price
    assert show(price.quote(order(resolution=resolution, duration_s=seconds).spec, 0)) == shown


def test_the_guides_limits_hold() -> None:
    assert MODEL.resolutions == ("480p", "720p", "1080p", "2K")
    assert set(MODEL.ratios) == {"16:9", "9:16", "4:3", "3:4", "21:9", "1:1"}
    assert (MODEL.durations_s, MODEL.patience_s, MODEL.deadline_s) == ((4, 15), 300, 300)
    assert (MODEL.prompt_max_chars, MODEL.max_files, *MODEL.max_counts.values()) == (2_000, 12, 9, 3, 3)


# On the wire


async def test_a_seller_who_names_everything_otherwise_is_understood(guide: Bench) -> None:
    assert isinstance(guide.server, GuideServer)
    knobs = guide.server.knobs
    knobs.id_place, knobs.url_place, knobs.progress = "data.0.task_id", "data.videos.0.url", "fraction"
    knobs.created_status, knobs.error = 202, "text"
    knobs.words = {JobStatus.PROCESSING: "IN_PROGRESS", JobStatus.COMPLETED: "SUCCESS"}
    task = await submitted(guide, "a cat")
    knobs.id_place = "data.task_id"
    await guide.pass_s(1.0)
    guide.clock.pass_s(2.0)
    assert await guide.provider.check(task) == Rendering(50)
    await guide.finish()
    status = await guide.provider.check(task)
    assert isinstance(status, Succeeded)
    assert status.usage == Usage()
