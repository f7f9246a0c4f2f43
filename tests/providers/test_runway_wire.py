"""Runway's JSON, both ways: endpoints, fields that differ by model, statuses, codes, credits."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.catalog import Usage
from bot.core.errors import ContentRefused, KinetogramError, NotTaken, OperatorFault, Refusal, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.money import usd
from bot.core.request import Label, Role
from bot.providers.base import Ended, Order, PreparedReference, Rendering, Succeeded, Waiting
from bot.providers.http import Account, Reply
from bot.providers.runway import uploads, wire
from bot.providers.runway.catalog import MODELS, PRICE, offers
from tests.providers.kit import KEY, image, order, reference

PATH = Path("made-up.png")
URL = "https://files.example/v.mp4?_jwt=1"
ACCOUNT = Account("runway", "https://runway.example", KEY)
FIRST, LAST = image(PATH, 1, Role.FIRST, size_bytes=3), image(PATH, 2, Role.LAST, size_bytes=3)
PICTURE = image(PATH, 1, size_bytes=3)
FILM, OTHER = (reference(PATH, MediaKind.VIDEO, number, size_bytes=3) for number in (1, 2))
SONG = reference(PATH, MediaKind.AUDIO, size_bytes=3)


def asked(wire_id: str, *references: PreparedReference, prompt: Any = "a cat", **changes: Any) -> Order:
    return order(prompt, *references, wire_id=wire_id, **{"model": MODELS[wire_id].id, **changes})


def body(wanted: Order) -> Any:
    return wire.create_body(wanted, {ref.label: f"runway://{ref.label}" for ref in wanted.spec.references})


# Create


def test_a_model_of_the_operator_s_own_is_asked_for_by_its_own_facts() -> None:
    own = replace(MODELS["gen4.5"], id="gen-5", prompt_max_chars=5, takes_audio_switch=True)
    made = body(replace(order("a cat", wire_id="gen5"), model=own))
    assert (made["model"], made["promptText"], "audio" in made) == ("gen5", "a cat", True)
    with pytest.raises(Refusal):
        wire.check(replace(order("a whole cat", wire_id="gen5"), model=own))


def test_words_alone_are_text_to_video_in_pixels() -> None:
    wanted = asked("gen4.5", width=720, height=1280, ratio="9:16", seed=7, audio=False)
    assert wire.create_path(wanted) == "/v1/text_to_video"
    assert body(wanted) == {"model": "gen4.5", "promptText": "a cat", "ratio": "720:1280", "duration": 5, "seed": 7}


def test_veo_has_a_switch_for_sound_and_words_for_what_must_not_be_seen() -> None:
    made = body(asked("veo3.1", audio=False, negative="dogs", duration_s=6))
    assert (made["audio"], made["negativePrompt"], made["duration"]) == (False, "dogs", 6)


def test_frames_have_positions() -> None:
    wanted = asked("veo3.1_fast", FIRST, LAST, prompt="")
    assert wire.create_path(wanted) == "/v1/image_to_video"
    made = body(wanted)
    assert made["promptImage"] == [
        {"uri": "runway://image1", "position": "first"},
        {"uri": "runway://image2", "position": "last"},
    ]
    assert "promptText" not in made


def test_pictures_and_sound_are_references_of_the_words() -> None:
    wanted = asked("seedance2", PICTURE, SONG, prompt=(Label(MediaKind.IMAGE, 1), " sings ", Label(MediaKind.AUDIO, 1)))
    assert wire.create_path(wanted) == "/v1/text_to_video"
    made = body(wanted)
    assert made["promptText"] == "Image 1 sings Audio 1"
    assert made["references"] == [{"uri": "runway://image1"}]
    assert made["referenceAudio"] == [{"type": "audio", "uri": "runway://audio1"}]
    assert made["audio"] is True
    assert "referenceVideos" not in made


def test_a_film_is_looked_at_under_one_name_and_edited_under_another() -> None:
    looked = asked("seedance2_5", FILM, OTHER, PICTURE)
    assert wire.create_path(looked) == "/v1/video_to_video"
    made = body(looked)
    assert made["promptVideo"] == "runway://video1"
    assert made["referenceVideos"] == [{"type": "video", "uri": "runway://video2"}]
    assert made["references"] == [{"uri": "runway://image1"}]
    edited = asked("aleph2", FILM, seed=7)
    assert wire.create_path(edited) == "/v1/video_to_video"
    assert body(edited) == {"model": "aleph2", "promptText": "a cat", "seed": 7, "videoUri": "runway://video1"}


def test_words_are_counted_in_utf16_where_the_model_counts_so() -> None:
    with pytest.raises(Refusal) as caught:
        body(asked("gen4.5", prompt="🐈" * 501))
    assert (caught.value.key, caught.value.data["over"]) == ("fault-prompt-too-long", 2)
    with pytest.raises(Refusal):
        wire.check(asked("gen4.5", prompt="🐈" * 501))
    wire.check(asked("gen4.5", prompt="🐈" * 500))
    assert body(asked("gen4.5", prompt="🐈" * 500))["promptText"] == "🐈" * 500
    assert body(asked("seedance2", prompt="🐈" * 3_500))


def test_a_file_goes_under_a_name_of_ours() -> None:
    names = [
        uploads.filename(reference(PATH, kind, size_bytes=3, mime=mime))
        for kind, mime in (
            (MediaKind.IMAGE, "image/JPEG"),
            (MediaKind.IMAGE, "image/webp"),
            (MediaKind.VIDEO, "video/mp4"),
            (MediaKind.VIDEO, "video/quicktime"),
            (MediaKind.AUDIO, "audio/mpeg"),
        )
    ]
    assert names == ["image1.jpg", "image1.webp", "video1.mp4", "video1.mov", "audio1.mp3"]


def said(status: int, error: Any = "words", **more: Any) -> Reply:
    return Reply(status, "json", {"error": error}, **more)


@pytest.mark.parametrize("data", [{"id": "t"}, {"id": "t", "estimatedCost": {"credits": 60}}])
def test_the_id_is_read_with_an_estimate_or_without(data: Any) -> None:
    assert wire.read_created(Reply(200, "json", data), ACCOUNT) == "t"


@pytest.mark.parametrize(
    ("reply", "kind", "key"),
    [
        (said(400, "Validation of body failed: ratio"), Refusal, "provider-refused-request"),
        (said(400, "You do not have enough credits to run this task."), OperatorFault, "provider-no-balance"),
        (said(401), OperatorFault, "provider-key-refused"),
        (said(404), OperatorFault, "provider-wrong-address"),
        (said(405), OperatorFault, "provider-wrong-address"),
        (said(413), Refusal, "request-too-big"),
        (said(429), NotTaken, "provider-throttled"),
        (said(429, "Daily task limit reached"), NotTaken, "provider-throttled"),
        (said(500), Uncertain, "provider-answer-unclear"),
        (said(502), Uncertain, "provider-answer-unclear"),
        (said(503), NotTaken, "provider-down"),
        (said(504), Uncertain, "provider-answer-unclear"),
        (Reply(200, "json", {}), Uncertain, "provider-answer-unclear"),
        (Reply(200, "json", {"id": "t" * 300}), Uncertain, "provider-answer-unclear"),
        (Reply(200, "json", []), Uncertain, "provider-answer-unclear"),
        (Reply(200, "garbled"), Uncertain, "provider-answer-unclear"),
        (Reply(200, "html"), OperatorFault, "provider-wrong-address"),
    ],
)
def test_each_answer_to_a_create_call_means_one_thing(reply: Reply, kind: type[Exception], key: str) -> None:
    with pytest.raises(kind) as caught:
        wire.read_created(reply, ACCOUNT)
    assert type(caught.value) is kind
    assert isinstance(caught.value, KinetogramError)
    assert caught.value.key == key


@pytest.mark.parametrize(("told", "wait_s"), [(None, wire.DAILY_WAIT_S), (60.0, 60.0)])
def test_a_days_cap_is_waited_for_a_quarter_of_an_hour_or_as_told(told: float | None, wait_s: float) -> None:
    error = wire.create_error(said(429, "Daily task limit reached", retry_after_s=told), ACCOUNT)
    assert isinstance(error, NotTaken)
    assert error.retry_after_s == wait_s


@pytest.mark.parametrize(
    "reply",
    [
        said(400),
        Reply(200, "json", {"runwayUri": "runway://1", "uploadUrl": "https://s.example"}),
        Reply(200, "json", {"runwayUri": "runway://1", "fields": {}}),
        Reply(200, "json", {"uploadUrl": "https://s.example", "fields": {}}),
    ],
)
def test_half_a_ticket_is_none(reply: Reply) -> None:
    assert wire.read_ticket(reply) is None


def test_a_ticket_keeps_its_fields_in_order() -> None:
    data = {"runwayUri": "runway://1", "uploadUrl": "https://s.example/b", "fields": {"key": "k", "policy": 7}}
    assert wire.read_ticket(Reply(200, "json", data)) == (
        "runway://1",
        "https://s.example/b",
        {"key": "k", "policy": "7"},
    )


# Tasks


def status_of(body: Any) -> Any:
    return wire.read_task(body, ACCOUNT)


@pytest.mark.parametrize("word", ["PENDING", "THROTTLED", "QUEUED"])
def test_waiting_has_three_words(word: str) -> None:
    assert status_of({"status": word}) == Waiting()


@pytest.mark.parametrize(
    ("progress", "percent"), [(0, 0), (0.421, 42), ("0.5", 50), (1, 100), (7, 100), (-1, 0), (None, None), ("x", None)]
)
@pytest.mark.parametrize("word", ["RUNNING", "DREAMING"])
def test_progress_is_a_fraction(word: str, progress: Any, percent: int | None) -> None:
    assert status_of({"status": word, "progress": progress}) == Rendering(percent)


@pytest.mark.parametrize(
    ("cost", "credits_"), [({"credits": 60}, 60), ({"credits": "60"}, 60), ({}, None), (None, None)]
)
def test_what_was_charged_is_told(cost: Any, credits_: float | None) -> None:
    status = status_of({"status": "SUCCEEDED", "output": [URL, "https://second"], "cost": cost})
    assert status == Succeeded(URL, Usage(credits=credits_))


@pytest.mark.parametrize("body", [{}, {"status": "SUCCEEDED"}, {"status": "SUCCEEDED", "output": []}])
def test_what_can_not_be_read_is_read_again(body: Any) -> None:
    with pytest.raises(Transient):
        status_of(body)


@pytest.mark.parametrize("word", ["CANCELLED", "CANCELED"])
def test_a_stopped_task_may_cost_all_the_same(word: str) -> None:
    status = status_of({"status": word, "cost": {"credits": 12}})
    assert isinstance(status, Ended)
    assert (status.kind, status.billed) == ("cancelled", Usage(credits=12))


@pytest.mark.parametrize(
    ("code", "kind", "key"),
    [
        ("SAFETY.INPUT.TEXT", ContentRefused, "refused-text"),
        ("SAFETY.INPUT.TEXT.NEW", ContentRefused, "refused-text"),
        ("SAFETY.INPUT.IMAGE", ContentRefused, "refused-media"),
        ("SAFETY.INPUT.VIDEO", ContentRefused, "refused-media"),
        ("SAFETY.OUTPUT.VIDEO", ContentRefused, "refused-output"),
        ("SAFETY.OUTPUT.AUDIO", ContentRefused, "refused-output-audio"),
        ("SAFETY.OUTPUT.COPYRIGHT", ContentRefused, "refused-copyright"),
        ("SAFETY.NEW", ContentRefused, "refused-output"),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", ContentRefused, "refused-text"),
        ("INPUT_PREPROCESSING.SAFETY.IMAGE", ContentRefused, "refused-media"),
        ("INPUT_PREPROCESSING.INTERNAL", Refusal, "task-failed"),
        ("ASSET.INVALID", Refusal, "provider-refused-request"),
        ("INTERNAL.BAD_OUTPUT.CODE01", Refusal, "task-failed"),
        ("INTERNAL", Refusal, "task-failed"),
        ("THIRD_PARTY.UNAVAILABLE", Refusal, "task-failed"),
        (None, Refusal, "task-failed"),
    ],
)
def test_failures_are_told_apart_by_how_their_codes_begin(code: str | None, kind: type, key: str) -> None:
    status = status_of({"status": "FAILED", "failure": "It failed.", "failureCode": code, "cost": {"credits": 0}})
    assert isinstance(status, Ended)
    assert (type(status.error), status.error.key, status.billed) == (kind, key, None)


def test_a_refusal_that_was_charged_tells_how_much() -> None:
    status = status_of({"status": "FAILED", "failureCode": "SAFETY.OUTPUT.VIDEO", "cost": {"credits": 60}})
    assert status.billed == Usage(credits=60)


ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e400,
    float("nan"),
    10**30,
    "",
    "x",
    "0",
    "5",
    "1e999",
    [],
    {},
    [None],
    [[]],
)
JSON = st.sampled_from((*ODD, [{"type": "video", "url": 7}], [{"charge_type": "unit", "amount": "x"}], {"credits": []}))
NAMES = ("status", "output", "cost", "progress", "failure", "failureCode", "id", "error")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON), st.sampled_from([200, 400, 401, 404, 429, 500]))
def test_no_answer_breaks_the_reader(body: Any, status: int) -> None:
    with suppress(KinetogramError):
        wire.read_created(Reply(status, "json", body), ACCOUNT)
    with suppress(KinetogramError):
        status_of(body)
    wire.read_ticket(Reply(status, "json", body))


# Prices


@pytest.mark.parametrize(
    ("wire_id", "changes", "input_s", "dollars"),
    [
        ("gen4.5", {}, 0, "0.60"),
        ("gen4_turbo", {"duration_s": 10}, 0, "0.50"),
        ("aleph2", {}, 1.2, "0.56"),
        ("aleph2", {}, 6.4, "1.96"),
        ("veo3.1", {"duration_s": 4}, 0, "1.60"),
        ("veo3.1", {"duration_s": 8, "resolution": "1080p", "audio": False}, 0, "1.60"),
        ("veo3.1_fast", {"duration_s": 6}, 0, "0.90"),
        ("seedance2", {"resolution": "4k"}, 0, "7.50"),
        ("seedance2", {"audio": False}, 0, "1.80"),
        ("seedance2_mini", {"duration_s": 4}, 0, "0.64"),
        ("seedance2_mini", {"duration_s": 6}, 0, "0.96"),
        ("seedance2_5", {"resolution": "480p", "duration_s": 4}, 0, "0.80"),
        ("seedance2_5", {"resolution": "1080p"}, 4, "4.76"),
    ],
)
def test_prices_are_credits_of_a_cent(wire_id: str, changes: dict[str, Any], input_s: float, dollars: str) -> None:
    assert PRICE[wire_id].quote(asked(wire_id, **changes).spec, input_s) == usd(dollars)


def test_every_resolution_that_is_offered_has_a_price() -> None:
    for offer in offers("runway"):
        sizes = {**offer.model.sizes, **offer.model.frame_sizes}
        assert {resolution for resolution, _ in sizes} == set(PRICE[offer.wire_id].by_resolution)
