"""What goes out in a form, and what every answer that was seen of this format means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.core.catalog import Usage
from bot.core.errors import (
    ContentRefused,
    KinetogramError,
    NotTaken,
    OperatorFault,
    Refusal,
    Throttled,
    Transient,
    Uncertain,
)
from bot.core.media import MediaKind
from bot.core.request import Label, Reference, Role, VideoSpec
from bot.providers.base import Ended, Order, Rendering, Sought, Succeeded, Waiting
from bot.providers.bodies import FormFile
from bot.providers.http import Account, Reply
from bot.providers.openai import seeking, wire
from bot.providers.openai.catalog import offers
from bot.providers.openai.dialects import DIALECTS, dialect_of
from tests.providers.kit import image, order, reference

ACCOUNT = Account("openai", "https://video.example/v1", "key")
CONTENT = "https://video.example/v1/videos/video_1/content"
OFFICIAL, VLLM = DIALECTS["official"], DIALECTS["vllm-omni"]
SIZES = {"1280x720": "720p", "1792x1024": "1024p"}
IMAGE = MediaKind.IMAGE


def ask(*references: Any, prompt: Any = "a cat", **changes: Any) -> Order:
    return order(prompt, *references, wire_id="sora-2", duration_s=4, **changes)


# What goes out


def test_every_value_is_a_text_and_nothing_else_is_said() -> None:
    form = wire.create_form(ask(seed=7, negative="rain"), OFFICIAL, sound=False)
    assert dict(form.fields) == {"prompt": "a cat", "model": "sora-2", "seconds": "4", "size": "1280x720"}
    assert form.files == ()


def test_a_first_frame_goes_as_the_input_reference(picture: Path) -> None:
    made = ask(image(picture, role=Role.FIRST, mime="IMAGE/PNG"), prompt=(Label(IMAGE, 1), " blinks"))
    form = wire.create_form(made, OFFICIAL)
    assert dict(form.fields)["prompt"] == "image 1 blinks"
    assert form.files == (("input_reference", FormFile(picture, "image/png")),)
    assert picture.stat().st_size < wire.encoded_size(made) < picture.stat().st_size + 5_000


def test_a_self_hosted_server_is_told_what_only_it_takes(picture: Path) -> None:
    form = wire.create_form(ask(image(picture, 1), image(picture, 2), seed=7, negative="rain"), VLLM, sound=True)
    told = dict(form.fields)
    assert (told["seed"], told["negative_prompt"], told["generate_sound"]) == ("7", "rain", "true")
    assert [name for name, _ in form.files] == ["input_references", "input_references"]
    assert dict(wire.create_form(ask(), VLLM, sound=False).fields)["generate_sound"] == "false"
    assert "seed" not in dict(wire.create_form(ask(), VLLM).fields)


def test_a_film_is_refused_before_anything_is_sent(picture: Path) -> None:
    with pytest.raises(Refusal, match="fault-kind-not-taken"):
        wire.create_form(ask(reference(picture, MediaKind.VIDEO)), OFFICIAL)


def test_an_id_is_quoted_into_the_path() -> None:
    assert wire.path_of("video_a/b=?") == "/videos/video_a%2Fb%3D%3F"


def test_an_unknown_dialect_is_presumed_to_have_nothing() -> None:
    assert dialect_of("new") == dialect_of("generic")
    assert not dialect_of("new").lists


# What a create call was answered


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (Reply(200, "json", {"id": "video_1", "object": "video"}), "video_1"),
        (Reply(202, "json", {"id": 17}), "17"),
        (Reply(200, "json", {"data": {"id": "video_1"}, "code": "success"}), "video_1"),
        (Reply(500, "json", {"id": "video_1", "object": "video", "status": "failed"}), "video_1"),
    ],
)
def test_the_id_is_found_and_a_video_is_believed_before_its_status(reply: Reply, found: str) -> None:
    assert wire.read_created(reply, ACCOUNT) == found


def said(status: int, body: Any = None, kind: Any = "json") -> KinetogramError:
    with pytest.raises(KinetogramError) as caught:
        wire.read_created(Reply(status, kind, body), ACCOUNT)
    return caught.value


def openai_error(message: str, code: str | int | None = None, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


@pytest.mark.parametrize(
    ("status", "body", "error", "key"),
    [
        (200, {"object": "video"}, Uncertain, "provider-answer-unclear"),
        (200, {"id": "x" * 1001}, Uncertain, "provider-answer-unclear"),
        (500, openai_error("The server had an error."), Uncertain, "provider-answer-unclear"),
        (400, openai_error("Blocked.", "moderation_blocked"), ContentRefused, "refused-text"),
        (400, openai_error("The image shows a face.", "content_policy_violation"), ContentRefused, "refused-face"),
        (400, openai_error("Third-party content.", "content_policy_violation"), ContentRefused, "refused-copyright"),
        (403, openai_error("The input image was flagged.", "sentinel_block_safety"), ContentRefused, "refused-media"),
        (403, openai_error("Flagged.", None, "content_policy_violation"), ContentRefused, "refused-text"),
        (403, openai_error("Flagged.", 403, "image_moderation_error"), ContentRefused, "refused-media"),
        (403, openai_error("Blocked: your organization breaks our policies."), OperatorFault, "provider-denied"),
        (403, openai_error("See our safety policy.", "access_terminated"), OperatorFault, "provider-denied"),
        (403, {"detail": "Blocked by policy"}, OperatorFault, "provider-denied"),
        (
            403,
            openai_error("Your organization must be verified to use the model `sora-2`. See our policy."),
            OperatorFault,
            "provider-model-not-open",
        ),
        (422, {"detail": "Unsafe: see our policy"}, ContentRefused, "refused-text"),
        (401, openai_error("Blocked by policy", "invalid_api_key"), OperatorFault, "provider-key-refused"),
        (429, openai_error("You exceeded …", "insufficient_quota"), OperatorFault, "provider-no-balance"),
        (400, openai_error("Hard limit", "billing_hard_limit_reached"), OperatorFault, "provider-no-balance"),
        (403, {"error": "insufficient user quota"}, OperatorFault, "provider-no-balance"),
        (429, openai_error("Slow down", "rate_limit_exceeded"), NotTaken, "provider-throttled"),
        (503, openai_error("insufficient_quota"), NotTaken, "provider-down"),
        (404, openai_error("The model 'sora-2' is gone", "model_not_found"), OperatorFault, "provider-model-not-open"),
        (400, {"detail": "Model mismatch: a is not b"}, OperatorFault, "provider-model-not-open"),
        (404, {"detail": "Not Found"}, OperatorFault, "provider-wrong-address"),
        (413, openai_error("insufficient_quota"), Refusal, "request-too-big"),
        (400, openai_error("Inpaint image must match …"), Refusal, "provider-refused-request"),
    ],
)
def test_an_answer_without_a_video_means_what_it_says(
    status: int, body: Any, error: type[KinetogramError], key: str
) -> None:
    found = said(status, body)
    assert (type(found), found.key) == (error, key)


def test_a_page_with_200_is_another_house() -> None:
    assert said(200, kind="html").key == "provider-wrong-address"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"detail": [{"loc": ["body", "seconds"], "msg": "should match", "type": "x"}]}, "seconds: should match"),
        ({"detail": [{"msg": "should match"}]}, "should match"),
        ({"detail": [{"loc": []}]}, ""),
        ({"detail": ["plain"]}, "plain"),
        ({"detail": {"error": "inner"}}, "inner"),
        ({"detail": []}, ""),
        ({"error": "as a text"}, "as a text"),
        ({"error": {"code": 400, "message": "as a number"}}, "as a number"),
        ({"message": "bare"}, "bare"),
        ("only words", "only words"),
        ({}, ""),
        (None, ""),
    ],
)
def test_the_message_is_found_in_every_envelope(body: Any, detail: str) -> None:
    assert said(400, body).data["detail"] == detail


def test_a_question_that_is_refused_is_tried_again_or_told_to_the_operator() -> None:
    throttled = wire.ask_error(Reply(429, "json", {}, 3.0), ACCOUNT)
    assert isinstance(throttled, Throttled)
    assert wire.ask_error(Reply(401, "json", openai_error("no")), ACCOUNT).key == "provider-key-refused"
    assert (
        wire.ask_error(Reply(429, "json", openai_error("", "insufficient_quota")), ACCOUNT).key == "provider-no-balance"
    )
    assert isinstance(wire.ask_error(Reply(418, "json", {}), ACCOUNT), Transient)


# What became of it


def read(word: Any, http: int = 200, **body: Any) -> Any:
    reply = Reply(http, "json", {"id": "video_1", "object": "video", "status": word, **body})
    return wire.read_video(reply, ACCOUNT, CONTENT, SIZES)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", Waiting()),
        ("Pending", Waiting()),
        ("in_progress", Rendering()),
        ("processing", Rendering()),
        ("running", Rendering()),
        ("paused", Rendering()),
    ],
)
def test_a_word_for_going_on_is_understood_and_an_unknown_one_means_it(word: str, state: Any) -> None:
    assert read(word) == state


@pytest.mark.parametrize(
    ("progress", "percent"), [(42, 42), ("42", 42), (-1, 0), (420, 100), (None, None), ("?", None)]
)
def test_progress_is_a_percentage(progress: Any, percent: int | None) -> None:
    assert read("in_progress", progress=progress) == Rendering(percent)


def test_a_finished_video_says_what_was_made() -> None:
    made = read(
        "completed", seconds="8", size="1792x1024", model="sora-2-pro", created_at=1758941485, quality="standard"
    )
    assert made.video_url == CONTENT
    assert made.usage == Usage(seconds=8.0, resolution="1024p")
    assert made.receipt == {"model": "sora-2-pro", "size": "1792x1024", "seconds": 8.0, "created_at": 1758941485}
    bare = read("succeeded", size="2x2")
    assert (bare.usage, bare.receipt) == (Usage(), {"size": "2x2"})


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ({"url": "https://bucket.example/a.mp4"}, "https://bucket.example/a.mp4"),
        ({"url": None, "urls": ["http://bucket.example/b.mp4"]}, "http://bucket.example/b.mp4"),
        ({"video_url": "https://bucket.example/c.mp4"}, "https://bucket.example/c.mp4"),
        ({"url": "/outputs/a.mp4", "urls": []}, CONTENT),
    ],
)
def test_a_file_that_lies_elsewhere_is_fetched_there(body: dict[str, Any], url: str) -> None:
    assert read("completed", **body).video_url == url


@pytest.mark.parametrize(
    ("word", "kind", "key"),
    [
        ("cancelled", "cancelled", "task-cancelled"),
        ("canceled", "cancelled", "task-cancelled"),
        ("deleted", "cancelled", "task-cancelled"),
        ("expired", "expired", "task-expired"),
        ("failed", "failed", "task-failed"),
    ],
)
def test_every_end_is_an_end(word: str, kind: str, key: str) -> None:
    found = read(word)
    assert isinstance(found, Ended)
    assert (found.kind, found.error.key, found.billed) == (kind, key, None)


def test_a_failure_is_read_with_a_code_without_one_and_behind_a_500() -> None:
    refused = read("failed", error={"code": "moderation_blocked", "message": "Your request was blocked."})
    silent = read("failed", error={"message": "CUDA out of memory"})
    behind = read("failed", http=500, error={"code": 500, "message": "engine died"})
    heard = read("failed", error={"code": "content_policy_violation", "message": "the generated audio"})
    assert [found.error.key for found in (refused, silent, behind, heard)] == [
        *("refused-output", "task-failed", "task-failed", "refused-output-audio")
    ]
    assert silent.error.data["detail"] == "CUDA out of memory"
    assert isinstance(refused.error, ContentRefused)


def test_a_video_in_an_envelope_is_read_and_one_without_a_status_is_asked_again() -> None:
    wrapped = Reply(200, "json", {"code": "success", "data": {"id": "video_1", "status": "completed"}})
    assert isinstance(wire.read_video(wrapped, ACCOUNT, CONTENT, SIZES), Succeeded)
    with pytest.raises(Transient):
        read(None)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"type":"video.completed","data":{"id":"video_1"}}', "video_1"),
        (b'{"type":"video.failed","data":{"id":"video_1"}}', "video_1"),
        (b'{"type":"batch.completed","data":{"id":"batch_1"}}', None),
        (b'{"type":"video.completed","data":{}}', None),
        (b'{"type":"video.completed"}', None),
        (b"[]", None),
        (b"{", None),
    ],
)
def test_an_event_names_its_video(body: bytes, found: str | None) -> None:
    assert wire.webhook_task(body) == found


# Finding an order again whose answer was lost

AT_S = 1_784_279_786
SPEC = VideoSpec("sora-2", ("a cat",), (), 4, "720p", "16:9", 1280, 720)


def sought(**changes: Any) -> Sought:
    plain: dict[str, Any] = {"spec": SPEC, "wire_id": "sora-2", "trace": "t-1", "key_name": "k"}
    return Sought(**{**plain, "since_ms": AT_S * 1000, "until_ms": AT_S * 1000 + 5_000, **changes})


def item(task: str = "video_1", **changes: Any) -> dict[str, Any]:
    plain = {"id": task, "created_at": AT_S + 1, "model": "sora-2", "size": "1280x720", "seconds": "4"}
    return {**plain, "prompt": " a cat", **changes}


WITH_PICTURE = VideoSpec(
    "sora-2", ("a cat",), (Reference(Label(IMAGE, 1), Role.FIRST, 1),), 4, "720p", "16:9", 1280, 720
)


@pytest.mark.parametrize(
    ("items", "changes", "found"),
    [
        ([item()], {}, "video_1"),
        ([item("other", prompt="a dog"), item()], {}, "video_1"),
        ([], {}, False),
        ([item(prompt="a dog")], {}, False),
        ([item(size="720x1280")], {}, False),
        ([item(seconds="8")], {}, False),
        ([item(model="sora-2-pro")], {}, False),
        ([item(created_at=AT_S - 600)], {}, False),
        ([item(created_at=AT_S + 600)], {}, False),
        ([item(created_at=None)], {}, False),
        ([item()], {"held": frozenset({"video_1"})}, False),
        ([item("later", created_at=AT_S + 3), item("sooner")], {}, "sooner"),
        ([item()], {"spec": WITH_PICTURE}, "video_1"),
        ([item()], {"spec": WITH_PICTURE, "rivals": True}, None),
        ([item(), item("video_2")], {"spec": WITH_PICTURE}, None),
        ([item(prompt=None)], {}, None),
        ([item(prompt=None, model=None, size=None, seconds=None)], {}, None),
        ([item(prompt=None), item("video_2")], {}, "video_2"),
        ([item(prompt=None, seconds="3")], {}, None),
    ],
)
def test_a_lost_order_is_found_or_proven_absent_or_neither(items: Any, changes: Any, found: Any) -> None:
    assert seeking.ours(items, sought(**changes)) == found


def test_a_page_is_a_list_of_videos_and_tells_how_far_back_it_goes() -> None:
    assert seeking.page({"object": "list", "data": [item(), "x"]}) == [item()]
    assert seeking.page({"data": []}) is None
    assert seeking.page({"object": "list", "data": None}) is None
    assert seeking.reaches_back([item(), item(created_at=AT_S - 600)], sought())
    assert not seeking.reaches_back([item()], sought())


# What is offered


def test_sora_is_offered_with_its_last_prices_but_at_openai_itself() -> None:
    found = {offer.model.id: offer for offer in offers("openai", "proxy.example", OFFICIAL, None)}
    assert [offer.model.retired for offer in found.values()] == [None, None]
    large = VideoSpec("sora-2-pro", ("a cat",), (), 8, "1080p", "9:16", 1080, 1920)
    assert found["sora-2-pro"].price.quote(large, 0) == 5_600_000
    assert found["sora-2"].price.quote(SPEC, 0) == 400_000
    assert {offer.model.retired for offer in offers("openai", "api.openai.com", OFFICIAL, None)} == {"2026-09-24"}
    assert list(offers("openai", "proxy.example", OFFICIAL, "unknown")) == []


def test_a_self_hosted_server_offers_sora_only_when_a_list_is_named() -> None:
    assert list(offers("openai", "gpu.example", VLLM, None)) == []
    assert len(list(offers("openai", "gpu.example", VLLM, "sora-2"))) == 2
