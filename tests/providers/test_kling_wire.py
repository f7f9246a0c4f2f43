"""Kling's JSON in both designs, both ways, and every code of its table."""

from __future__ import annotations

import base64
import hmac
import json
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from bot.core.money import show, usd
from bot.core.request import Label, Role
from bot.providers.base import Ended, Order, PreparedReference, Rendering, Succeeded, Waiting
from bot.providers.bodies import InlineFile
from bot.providers.http import Account, Reply
from bot.providers.kling import auth, codes, legacy, modern, wire
from bot.providers.kling.catalog import LEGACY, MODERN, offers
from tests.providers.kit import KEY, image, order, reference

PATH = Path("made-up.png")
LINK = "https://bot.example/media/clip"
URL = "https://v15-kling-fdl.klingai.com/v.mp4"
ACCOUNT = Account("kling", "https://kling.example", KEY)
YUAN = Decimal("0.14")
OK = {"code": 0, "message": "SUCCEED", "request_id": "r"}
FIRST = image(PATH, 1, Role.FIRST, size_bytes=3)
LAST = image(PATH, 2, Role.LAST, size_bytes=3)
CLIP = reference(PATH, MediaKind.VIDEO, url=LINK, size_bytes=3)


def asked(model: str, *references: PreparedReference, prompt: Any = "a cat", **changes: Any) -> Order:
    return order(prompt, *references, wire_id=LEGACY.wire_ids.get(model, model), model=model, **changes)


def said(code: int | None, status: int = 200, message: str = "words", **more: Any) -> Reply:
    data = {"message": message} if code is None else {"code": code, "message": message, "request_id": "r"}
    return Reply(status, "json", data, **more)


# The new design


def test_words_alone_are_text_to_video_with_a_single_shot() -> None:
    wanted = asked("kling-3.0", ratio="9:16", resolution="4k", duration_s=12)
    assert modern.create_path(wanted) == "/text-to-video/kling-v3"
    assert modern.create_body(wanted) == {
        "prompt": "a cat",
        "settings": {
            "resolution": "4k",
            "duration": 12,
            "aspect_ratio": "9:16",
            "audio": "native",
            "multi_shot": False,
        },
        "options": {"external_task_id": "t-1", "watermark_info": {"enabled": False}},
    }


def test_frames_are_bare_base64_and_decide_the_shape() -> None:
    wanted = asked("kling-3.0", FIRST, LAST, prompt=(Label(MediaKind.IMAGE, 1), " blinks"), audio=False)
    assert modern.kind(wanted) == "image-to-video"
    made = modern.create_body(wanted)
    assert isinstance(made, dict)
    assert made["contents"] == [
        {"type": "prompt", "text": "Image 1 blinks"},
        {"type": "first_frame", "url": InlineFile(PATH)},
        {"type": "last_frame", "url": InlineFile(PATH)},
    ]
    assert made["settings"] == {"resolution": "720p", "duration": 5, "audio": "off", "multi_shot": False}


def test_without_words_there_is_no_prompt_among_the_contents() -> None:
    made = modern.create_body(asked("kling-3.0", FIRST, prompt=""))
    assert isinstance(made, dict)
    assert made["contents"] == [{"type": "first_frame", "url": InlineFile(PATH)}]


@pytest.mark.parametrize("name", ["kling-3.0-turbo", "our-own"])
def test_turbo_has_no_switches(name: str) -> None:
    (turbo,) = [offer.model for offer in offers("kling", MODERN) if offer.model.id == "kling-3.0-turbo"]
    made = modern.create_body(replace(asked(name), model=None if name == turbo.id else replace(turbo, id=name)))
    assert isinstance(made, dict)
    assert made["settings"] == {"resolution": "720p", "duration": 5, "aspect_ratio": "16:9"}


def test_references_are_named_and_a_video_is_silent_in_shots_of_its_own() -> None:
    pictures = image(PATH, 3, size_bytes=3)
    wanted = asked("kling-3.0-omni", pictures, CLIP, prompt=(Label(MediaKind.IMAGE, 3), " in ", CLIP.reference.label))
    made = modern.create_body(wanted)
    assert modern.kind(wanted) == "omni-video"
    assert isinstance(made, dict)
    assert made["contents"] == [
        {"type": "prompt", "text": "@image_1 in @video_1"},
        {"type": "refer_image", "url": InlineFile(PATH), "id": "image_1"},
        {"type": "feature_video", "url": LINK, "id": "video_1"},
    ]
    settings = made["settings"]
    assert isinstance(settings, dict)
    assert (settings["audio"], settings["multi_shot"]) == ("off", True)


def test_a_callback_address_goes_along() -> None:
    wanted = order("a cat", wire_id="kling-3.0", model="kling-3.0")
    called = Order(wanted.spec, wanted.wire_id, (), "t-1", "https://bot.example/callbacks/kling/t")
    for made in (modern.create_body(called), legacy.create_body(called)):
        assert "https://bot.example/callbacks/kling/t" in str(made)
    assert "callback" not in str(modern.create_body(wanted))
    assert "callback" not in str(legacy.create_body(wanted))


# The legacy design


def test_the_legacy_design_is_flat_and_counts_seconds_in_text() -> None:
    assert legacy.create_body(asked("kling-3.0", resolution="1080p", ratio="1:1", audio=False)) == {
        "model_name": "kling-v3",
        "prompt": "a cat",
        "mode": "pro",
        "duration": "5",
        "sound": "off",
        "multi_shot": False,
        "external_task_id": "t-1",
        "watermark_info": {"enabled": False},
        "aspect_ratio": "1:1",
    }


def test_legacy_frames_have_fields_of_their_own() -> None:
    wanted = asked("kling-3.0", FIRST, LAST)
    made = legacy.create_body(wanted)
    assert isinstance(made, dict)
    assert legacy.kind(wanted) == "image2video"
    assert (made["image"], made["image_tail"]) == (InlineFile(PATH), InlineFile(PATH))
    assert "aspect_ratio" not in made
    assert made["sound"] == "on"


def test_legacy_omni_lists_pictures_and_videos() -> None:
    wanted = asked(
        "kling-3.0-omni", FIRST, image(PATH, 2, size_bytes=3), CLIP, prompt=(Label(MediaKind.IMAGE, 2), " runs")
    )
    made = legacy.create_body(wanted)
    assert isinstance(made, dict)
    assert made["prompt"] == "<<<image_2>>> runs"
    assert made["image_list"] == [
        {"image_url": InlineFile(PATH), "type": "first_frame"},
        {"image_url": InlineFile(PATH)},
    ]
    assert made["video_list"] == [{"video_url": LINK, "refer_type": "feature", "keep_original_sound": "no"}]
    assert "aspect_ratio" not in made
    plain = legacy.create_body(asked("kling-3.0-omni"))
    assert isinstance(plain, dict)
    assert plain["aspect_ratio"] == "16:9"
    assert "image_list" not in plain


# Files


def test_the_largest_pictures_go_by_link_once_the_body_is_full() -> None:
    sizes = (12_000_000, 20_000_000, 3)
    pictures = [
        reference(PATH, MediaKind.IMAGE, number, url=f"{LINK}{number}", size_bytes=size)
        for number, size in enumerate(sizes, 1)
    ]
    wanted = asked("kling-3.0-omni", *pictures)
    assert [url for _, url in wire.media(wanted)] == [InlineFile(PATH), f"{LINK}2", InlineFile(PATH)]
    assert 16_000_000 < wire.encoded_size(wanted) < 16_010_000


def test_without_links_the_body_is_as_long_as_it_is() -> None:
    big = image(PATH, size_bytes=48_000_000)
    assert wire.encoded_size(asked("kling-3.0", big)) > 64_000_000


def test_a_video_without_a_link_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(Refusal) as caught:
        list(wire.media(asked("kling-3.0-omni", reference(PATH, MediaKind.VIDEO, size_bytes=3))))
    assert caught.value.key == "fault-needs-public-url"


def test_five_pictures_beside_a_video_are_too_many() -> None:
    pictures = [image(PATH, number, size_bytes=3) for number in range(1, 6)]
    with pytest.raises(Refusal) as caught:
        wire.check(asked("kling-3.0-omni", *pictures, CLIP))
    assert (caught.value.key, caught.value.data["max"]) == ("fault-too-many", 4)
    wire.check(asked("kling-3.0-omni", *pictures))


# What a create call means


@pytest.mark.parametrize("data", [{"id": "9"}, {"task_id": "9"}, {"id": 9}])
@pytest.mark.parametrize("code", [0, "0"])
def test_the_id_of_either_design_is_read(data: Any, code: int | str) -> None:
    assert wire.read_created(Reply(200, "json", {**OK, "code": code, "data": data}), ACCOUNT) == "9"


@pytest.mark.parametrize(
    ("reply", "kind", "key"),
    [
        *((said(code, 401), OperatorFault, "provider-key-refused") for code in (1000, 1001, 1002)),
        *((said(code, 401), OperatorFault, "provider-clock-differs") for code in (1003, 1004)),
        (said(1100, 429), OperatorFault, "provider-denied"),
        (said(1101, 429), OperatorFault, "provider-no-balance"),
        (said(1102, 429), OperatorFault, "provider-no-balance"),
        (said(1102, 200), OperatorFault, "provider-no-balance"),
        (said(1103, 403), OperatorFault, "provider-model-not-open"),
        (said(1103, 429), OperatorFault, "provider-model-not-open"),
        (said(1200, 400), Refusal, "provider-refused-request"),
        (said(1201, 400, "duration is not valid"), Refusal, "provider-refused-request"),
        (said(1201, 400, "external_task_id already exists"), Uncertain, "provider-answer-unclear"),
        (said(1202, 404), OperatorFault, "provider-wrong-address"),
        (said(1203, 404), OperatorFault, "provider-wrong-address"),
        (said(1300, 400), ContentRefused, "refused-text"),
        (said(1301, 400, "the image shows a real person"), ContentRefused, "refused-face"),
        (said(1301, 400, "the image is not allowed"), ContentRefused, "refused-media"),
        (said(1301, 200, "copyright"), ContentRefused, "refused-copyright"),
        (said(1302, 429), NotTaken, "provider-throttled"),
        (said(1303, 429), NotTaken, "provider-busy"),
        (said(1303, 200), NotTaken, "provider-busy"),
        (said(1304, 429), OperatorFault, "provider-denied"),
        (said(5000, 500), Uncertain, "provider-answer-unclear"),
        (said(5001, 503), NotTaken, "provider-down"),
        (said(5001, 200), NotTaken, "provider-down"),
        (said(5002, 504), Uncertain, "provider-answer-unclear"),
        (said(5002, 200), Uncertain, "provider-answer-unclear"),
        (said(1234, 200), Uncertain, "provider-answer-unclear"),
        (said(1200, 413), Refusal, "request-too-big"),
        (said(1302, 408), Uncertain, "provider-answer-unclear"),
        (said(None, 429), NotTaken, "provider-throttled"),
        (said(0, 200), Uncertain, "provider-answer-unclear"),
        (Reply(200, "json", {**OK, "data": {"id": "9" * 300}}), Uncertain, "provider-answer-unclear"),
        (Reply(200, "garbled"), Uncertain, "provider-answer-unclear"),
        (Reply(200, "empty"), Uncertain, "provider-answer-unclear"),
        (Reply(200, "json", []), Uncertain, "provider-answer-unclear"),
        (Reply(200, "html"), OperatorFault, "provider-wrong-address"),
        (Reply(404, "empty"), OperatorFault, "provider-wrong-address"),
        (Reply(500, "json", {**OK, "data": {"id": "9"}}), Uncertain, "provider-answer-unclear"),
    ],
)
def test_each_answer_to_a_create_call_means_one_thing(reply: Reply, kind: type[Exception], key: str) -> None:
    with pytest.raises(kind) as caught:
        wire.read_created(reply, ACCOUNT)
    assert type(caught.value) is kind
    assert isinstance(caught.value, KinetogramError)
    assert (caught.value.key, caught.value.data["host"]) == (key, "kling.example")


def test_full_places_are_asked_again_in_a_while_or_when_told() -> None:
    for told, wait_s in ((None, codes.PLACES_WAIT_S), (3.0, 3.0)):
        error = codes.create_error(said(1303, 429, retry_after_s=told), ACCOUNT)
        assert isinstance(error, NotTaken)
        assert error.retry_after_s == wait_s


@pytest.mark.parametrize(
    ("reply", "kind", "key"),
    [
        (said(1302, 429), Throttled, "provider-throttled"),
        (said(1302, 200), Throttled, "provider-throttled"),
        (said(1002, 401), OperatorFault, "provider-key-refused"),
        (said(1102, 429), OperatorFault, "provider-no-balance"),
        (said(5000, 200), Transient, "provider-answer-unreadable"),
        (said(1201, 400), Transient, "provider-answer-unreadable"),
        (said(None, 200), Transient, "provider-answer-unreadable"),
        (Reply(200, "html"), OperatorFault, "provider-wrong-address"),
    ],
)
def test_each_answer_to_a_question_means_one_thing(reply: Reply, kind: type[Exception], key: str) -> None:
    error = codes.ask_error(reply, ACCOUNT)
    assert (type(error), error.key) == (kind, key)


# Tasks

DONE = {
    "id": "9",
    "status": "succeeded",
    "create_time": 1_781_080_778_802,
    "update_time": 1_781_080_794_151,
    "outputs": [{"type": "image", "url": "no"}, {"type": "video", "url": URL, "duration": "5.041"}],
    "billing": [{"charge_type": "unit", "amount": "4.50", "package_type": "video"}],
}
OLD = {
    "task_id": "9",
    "task_status": "succeed",
    "created_at": 1_781_080_778_802,
    "updated_at": 1_781_080_794_151,
    "task_result": {"videos": [{"id": "v", "url": URL, "duration": "5.1"}]},
    "final_unit_deduction": "4.5",
}


def status_of(body: Any) -> Any:
    return wire.read_task(body, ACCOUNT, YUAN)


@pytest.mark.parametrize(
    ("word", "wanted"), [("submitted", Waiting), ("processing", Rendering), ("dreaming", Rendering)]
)
@pytest.mark.parametrize("name", ["status", "task_status"])
def test_a_task_waits_and_renders_in_both_designs(name: str, word: str, wanted: type) -> None:
    assert status_of({name: word}) == wanted()


@pytest.mark.parametrize(("body", "seconds"), [(DONE, 5.041), (OLD, 5.1)])
def test_a_task_succeeds_in_both_designs(body: Any, seconds: float) -> None:
    status = status_of(body)
    assert isinstance(status, Succeeded)
    assert (status.video_url, status.usage) == (URL, Usage(seconds=seconds, credits=4.5))
    assert status.receipt == {"seconds": round(seconds, 1), "created_at": 1_781_080_778, "updated_at": 1_781_080_794}


@pytest.mark.parametrize(
    ("told", "units"),
    [
        ({}, None),
        ({"billing": "much"}, None),
        ({"billing": [{"charge_type": "unit", "amount": "2"}, {"charge_type": "unit", "amount": 1}]}, 3),
        ({"billing": [{"charge_type": "cash", "amount": "0.63", "currency": "USD"}]}, 4.5),
        ({"billing": [{"charge_type": "cash", "amount": "4.5", "currency": "CNY"}]}, 4.5),
        ({"billing": [{"charge_type": "cash", "amount": "soon"}, 7]}, None),
        ({"final_balance_deduction": "0.63"}, 4.5),
        ({"billing": [{"charge_type": "unit", "amount": "2"}], "final_unit_deduction": "2"}, 2),
    ],
)
def test_what_was_taken_is_told_in_units(told: dict[str, Any], units: float | None) -> None:
    status = status_of({"status": "succeeded", "outputs": [{"url": URL}], **told})
    assert status.usage.credits == units
    assert status.receipt == {}


@pytest.mark.parametrize("body", [{}, {"status": "succeeded"}, {"status": "succeeded", "outputs": [{"type": "video"}]}])
def test_what_can_not_be_read_is_read_again(body: Any) -> None:
    with pytest.raises(Transient):
        status_of(body)


@pytest.mark.parametrize(
    ("message", "kind", "key"),
    [
        ("Failure to pass the risk control system", ContentRefused, "refused-output"),
        ("violates portrait rights", ContentRefused, "refused-face"),
        ("Service busy", Refusal, "task-failed"),
    ],
)
@pytest.mark.parametrize("names", [("status", "message"), ("task_status", "task_status_msg")])
def test_a_failed_task_says_whose_fault_it_was(names: tuple[str, str], message: str, kind: type, key: str) -> None:
    status = status_of({names[0]: "failed", names[1]: message, "billing": [{"charge_type": "unit", "amount": "0"}]})
    assert isinstance(status, Ended)
    assert (type(status.error), status.error.key, status.billed) == (kind, key, None)


def test_a_failure_that_was_paid_for_is_told() -> None:
    status = status_of({"status": "failed", "billing": [{"charge_type": "unit", "amount": "3"}]})
    assert status.billed == Usage(credits=3)


@pytest.mark.parametrize(("data", "count"), [([DONE, 7], 1), (DONE, 1), ([], 0), (None, None), ("text", None), ({}, 1)])
def test_tasks_come_alone_or_in_a_list(data: Any, count: int | None) -> None:
    found = wire.tasks(Reply(200, "json", {**OK, "data": data}))
    assert (None if found is None else len(found)) == count


def test_a_refused_question_tells_of_no_tasks() -> None:
    assert wire.tasks(said(1203, 404)) is None
    assert wire.tasks(Reply(404, "json", {**OK, "data": []})) is None


def test_callbacks_of_both_designs_name_their_task() -> None:
    for body in (DONE, OLD):
        assert wire.callback_task(json.dumps(body).encode()) == "9"
    for raw in (b"", b"{", b"[]", b'{"id":1}', b'{"status":"failed"}', b'{"id":"9","status":7}', b"[" * 100_000):
        assert wire.callback_task(raw) is None


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
NAMES = ("status", "task_status", "outputs", "task_result", "billing", "message", "create_time", "code", "data")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON), st.sampled_from([200, 400, 401, 404, 429, 500]))
def test_no_answer_breaks_the_reader(body: Any, status: int) -> None:
    reply = Reply(status, "json", body)
    with suppress(KinetogramError):
        wire.read_created(reply, ACCOUNT)
    with suppress(KinetogramError):
        status_of(body)
    assert isinstance(codes.ask_error(reply, ACCOUNT), KinetogramError)
    wire.tasks(reply)


# Keys and prices


def test_the_token_is_a_jwt_signed_with_the_secret() -> None:
    made = auth.token("access", "secret", 1_700_000_000)
    head, claims, signature = made.split(".")
    assert [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, claims)] == [
        {"alg": "HS256", "typ": "JWT"},
        {"iss": "access", "exp": 1_700_001_800, "nbf": 1_699_999_995},
    ]
    right = hmac.digest(b"secret", f"{head}.{claims}".encode(), "sha256")
    assert base64.urlsafe_b64decode(signature + "==") == right
    assert "=" not in made


@pytest.mark.parametrize(
    ("model", "changes", "dollars"),
    [
        ("kling-3.0", {}, "0.63"),
        ("kling-3.0", {"audio": False}, "0.42"),
        ("kling-3.0", {"resolution": "1080p", "duration_s": 10}, "1.68"),
        ("kling-3.0", {"resolution": "4k", "audio": False}, "2.10"),
        ("kling-3.0-turbo", {"audio": False}, "0.56"),
        ("kling-3.0-omni", {}, "0.56"),
    ],
)
def test_prices_are_units_a_second_at_14_cents(model: str, changes: dict[str, Any], dollars: str) -> None:
    (offer,) = [offer for offer in offers("kling", MODERN) if offer.model.id == model]
    assert show(offer.price.quote(asked(model, **changes).spec, 0)) == f"${dollars}"


def test_a_video_among_the_references_has_a_price_of_its_own_and_units_settle() -> None:
    (offer,) = [offer for offer in offers("kling", LEGACY) if offer.model.id == "kling-3.0-omni"]
    spec = asked("kling-3.0-omni", CLIP).spec
    assert offer.price.quote(spec, 9.5) == usd("0.63")
    assert offer.price.cost(spec, 9.5, Usage(credits=4.5)) == usd("0.63")
    assert offer.price.cost(spec, 9.5, Usage()) == usd("0.63")


def test_the_legacy_design_has_no_turbo_and_shorter_prompts() -> None:
    assert {offer.model.id: offer.wire_id for offer in offers("kling", LEGACY)} == LEGACY.wire_ids
    assert {offer.model.prompt_max_chars for offer in offers("kling", LEGACY)} == {2_500}
    assert [offer.model.prompt_max_chars for offer in offers("kling", MODERN)] == [3_072, 2_500, 3_072]


@pytest.mark.parametrize(("like", "path"), [("kling-3.0-omni", "omni-video"), ("kling-3.0", "image-to-video")])
def test_a_model_of_the_operator_s_own_goes_where_the_one_that_it_is_like_goes(like: str, path: str) -> None:
    (offer,) = (offer for offer in offers("kling", MODERN) if offer.model.id == like)
    own = replace(offer.model, id="mine")
    picture = image(Path("made-up.png"), 1, Role.FIRST, size_bytes=3)
    made = replace(order("a cat", picture, wire_id="kling-9", model="mine"), model=own)
    assert modern.create_path(made) == f"/{path}/kling-9"
