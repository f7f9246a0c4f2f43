"""Ark's JSON, both ways, without a network: every code, every state, every price."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalog import Usage
from bot.core.errors import KinetogramError, NotTaken, OperatorFault, Refusal, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.money import show
from bot.core.request import Label, Role
from bot.providers.ark import wire
from bot.providers.ark.catalog import MODELS, PRICE_LISTS, offers
from bot.providers.ark.codes import ask_error, create_error, task_error
from bot.providers.ark.hosts import host_of
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


# Errors

CODES = [
    ("MissingParameter", "", "provider-refused-request"),
    ("MissingParameter.content", "", "provider-refused-request"),
    ("InvalidParameter", "", "provider-refused-request"),
    ("InvalidParameter.PixelCountTooSmall", "", "provider-refused-request"),
    ("InvalidParameter.TaskTypeConstraint", "", "provider-refused-request"),
    ("InvalidImageURL.EmptyURL", "", "provider-refused-request"),
    ("InvalidEndpoint.ClosedEndpoint", "", "provider-model-not-open"),
    ("SensitiveContentDetected.Violence", "", "refused-text"),
    ("InputTextSensitiveContentDetected", "", "refused-text"),
    ("InputTextRiskDetection", "", "refused-text"),
    ("InputImageSensitiveContentDetected", "", "refused-media"),
    ("InputImageRiskDetection", "", "refused-media"),
    ("InputVideoSensitiveContentDetected", "", "refused-media"),
    ("InputAudioSensitiveContentDetected", "", "refused-media"),
    ("InputImageSensitiveContentDetected.PrivacyInformation", "", "refused-face"),
    ("InputVideoSensitiveContentDetected.PrivacyInformation", "", "refused-face"),
    ("InputImageSensitiveContentDetected.PolicyViolation", "", "refused-copyright"),
    ("InputTextSensitiveContentDetected.PolicyViolation", "", "refused-copyright"),
    ("InputOdorSensitiveContentDetected", "", "refused-text"),
    ("ContentSecurityDetectionError", "", "provider-down"),
    ("OutputVideoSensitiveContentDetected", "", "refused-output"),
    ("OutputImageSensitiveContentDetected", "", "refused-output"),
    ("OutputTextSensitiveContentDetected", "", "refused-output"),
    ("OutputAudioSensitiveContentDetected", "", "refused-output-audio"),
    ("OutputVideoSensitiveContentDetected.PolicyViolation", "", "refused-copyright"),
    ("OutputAudioSensitiveContentDetected.PolicyViolation", "", "refused-copyright"),
    ("AuthenticationError", "", "provider-key-refused"),
    ("InvalidAccountStatus", "", "provider-key-refused"),
    ("AccountOverdueError", "", "provider-no-balance"),
    ("OperationDenied.ServiceOverdue", "", "provider-no-balance"),
    ("OperationDenied.ServiceNotOpen", "", "provider-model-not-open"),
    ("OperationDenied.Whatever", "", "provider-denied"),
    ("AccessDenied", "", "provider-denied"),
    ("InvalidEndpointOrModel.NotFound", "", "provider-model-not-open"),
    ("InvalidEndpointOrModel.ModelIDAccessDisabled", "", "provider-model-not-open"),
    ("ModelNotOpen", "", "provider-model-not-open"),
    ("UnsupportedModel", "", "provider-model-not-open"),
    ("RateLimitExceeded.EndpointRPMExceeded", "", "provider-throttled"),
    ("ModelAccountRpmRateLimitExceeded", "", "provider-throttled"),
    ("APIAccountRpmRateLimitExceeded", "", "provider-throttled"),
    ("AccountRateLimitExceeded", "", "provider-throttled"),
    ("RequestBurstTooFast", "", "provider-throttled"),
    ("ServerOverloaded", "", "provider-throttled"),
    ("InflightBatchsizeExceeded", "", "provider-throttled"),
    ("QuotaExceeded", "The request has exceeded the quota.", "provider-queue-full"),
    ("QuotaExceeded", "Your free trial is used up.", "provider-quota-used"),
    ("QuotaExceeded", "The weekly plan quota resets at 12:00.", "provider-quota-used"),
    ("SetLimitExceeded", "", "provider-quota-used"),
]


def refusal(code: str, message: str = "", status: int = 400) -> Reply:
    return Reply(status, "json", {"error": {"code": code, "message": message, "param": "", "type": ""}}, 9.0)


@pytest.mark.parametrize(("code", "message", "key"), CODES)
def test_every_code_has_its_meaning(code: str, message: str, key: str) -> None:
    assert create_error(refusal(code, message), ACCOUNT, order()).key == key


@pytest.mark.parametrize(
    ("status", "code", "key"),
    [
        (400, "SomethingNew", "provider-refused-request"),
        (404, "NotFound.Model", "provider-wrong-address"),
        (401, "", "provider-key-refused"),
        (402, "", "provider-no-balance"),
        (403, "", "provider-denied"),
        (413, "InvalidParameter", "request-too-big"),
        (429, "SomethingNew", "provider-throttled"),
        (503, "InternalServiceError", "provider-down"),
    ],
)
def test_an_unknown_code_is_read_by_its_status(status: int, code: str, key: str) -> None:
    assert create_error(refusal(code, status=status), ACCOUNT, order()).key == key


@pytest.mark.parametrize("status", [408, 500, 502, 504])
@pytest.mark.parametrize("code", ["InternalServiceError", "InvalidParameter", "RateLimitExceeded", ""])
def test_a_status_that_may_hide_a_task_outweighs_any_code(status: int, code: str) -> None:
    assert isinstance(create_error(refusal(code, status=status), ACCOUNT, order()), Uncertain)


def test_a_throttle_keeps_the_time_told() -> None:
    error = create_error(refusal("RateLimitExceeded", status=429), ACCOUNT, order())
    assert isinstance(error, NotTaken)
    assert error.retry_after_s == 9


def test_blame_is_read_by_place_and_only_where_there_is_a_reference() -> None:
    message = "input image 'content[1]' 'content[3]' 'content[1]' 'content[0]' 'content[99]' may contain real person."
    error = create_error(
        refusal("InputImageSensitiveContentDetected.PrivacyInformation", message),
        ACCOUNT,
        order("x", img(1), img(2), img(7)),
    )
    assert error.data["labels"] == "@image1 @image7"


def test_a_refused_sound_offers_to_leave_it_out() -> None:
    error = task_error(refusal("OutputAudioSensitiveContentDetected").mapping, ACCOUNT)
    assert isinstance(error, Refusal)
    assert [(mend.action, mend.value) for mend in error.mends] == [("set_audio", {"audio": 0})]


@pytest.mark.parametrize("code", ["InternalServiceError", "ContentSecurityDetectionError", "RateLimitExceeded", ""])
def test_a_task_that_failed_for_no_reason_of_the_asker_just_failed(code: str) -> None:
    assert task_error(refusal(code, "oh").mapping, ACCOUNT).key == "task-failed"


def test_asking_knows_only_what_passes_and_what_the_operator_mends() -> None:
    for status in (400, 401, 403, 404, 409, 429):
        for code, message, _ in CODES:
            error = ask_error(refusal(code, message, status), ACCOUNT)
            assert isinstance(error, Transient | OperatorFault)
            assert not isinstance(error, NotTaken)


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


# Houses, models, prices


@pytest.mark.parametrize(
    ("host", "named", "prices", "lists"),
    [
        ("ark.ap-southeast.bytepluses.com", None, "byteplus", True),
        ("ark.cn-beijing.volces.com", "byteplus", "volcengine", True),
        ("api.laozhang.ai", None, "laozhang", False),
        ("api.apiyi.com", None, "apiyi", False),
        ("evil-volces.com", None, "", True),
        ("127.0.0.1", "byteplus", "byteplus", True),
        ("proxy.example", None, "", True),
    ],
)
def test_a_price_list_belongs_to_a_house(host: str, named: str | None, prices: str, lists: bool) -> None:
    found = host_of(host, named)
    assert (found.prices, found.lists, found.cancels) == (prices, lists, lists)


@pytest.mark.parametrize(("prices", "prefix"), [("byteplus", "dreamina-"), ("volcengine", "doubao-")])
def test_a_house_has_its_own_ids_for_four_models(prices: str, prefix: str) -> None:
    made = list(offers("ark", prices, Decimal("0.14")))
    assert [offer.model for offer in made] == list(MODELS)
    assert all(offer.wire_id.startswith(prefix + "seedance-2-") for offer in made)


def test_without_a_price_list_nothing_is_offered() -> None:
    assert list(offers("ark", "", Decimal("0.14"))) == []
    assert list(offers("ark", "unheard-of", Decimal("0.14"))) == []


@pytest.mark.parametrize(
    ("prices", "model", "resolution", "shown"),
    [
        ("byteplus", "seedance-2.0", "720p", "$0.76"),
        ("byteplus", "seedance-2.0", "1080p", "$1.89"),
        ("byteplus", "seedance-2.0", "4k", "$3.92"),
        ("byteplus", "seedance-2.0-fast", "720p", "$0.61"),
        ("byteplus", "seedance-2.0-mini", "720p", "$0.38"),
        ("byteplus", "seedance-2.5", "480p", "$0.52"),
        ("byteplus", "seedance-2.5", "720p", "$1.17"),
        ("volcengine", "seedance-2.0", "720p", "$0.70"),
        ("laozhang", "seedance-2.0", "720p", "$0.86"),
    ],
)
def test_five_seconds_cost_what_the_lists_say(prices: str, model: str, resolution: str, shown: str) -> None:
    (offer,) = [offer for offer in offers("ark", prices, Decimal("0.14")) if offer.model.id == model]
    width, height = offer.model.sizes[resolution, "16:9"]
    wanted = order(model=model, resolution=resolution, width=width, height=height).spec
    assert show(offer.price.quote(wanted, 0)) == shown


def test_every_list_prices_every_resolution_of_every_model() -> None:
    for prices in PRICE_LISTS.values():
        for model in MODELS:
            assert set(prices.listed[model.id]) == set(model.resolutions)
