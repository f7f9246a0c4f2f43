"""Google's JSON, both ways: every state, every refusal, every trap of the two nestings."""

from __future__ import annotations

from dataclasses import replace
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
from bot.core.request import Label, Role
from bot.providers.base import Ended, Order, PreparedReference, Rendering, Succeeded, Waiting
from bot.providers.bodies import InlineFile
from bot.providers.google import omni_wire, veo_wire
from bot.providers.google.catalog import OMNI_11, OMNI_12, gemini_offers, vertex_offers
from bot.providers.google.faults import ask_error, create_error
from bot.providers.google.inline import Inline
from bot.providers.http import Account, Reply
from tests.providers.kit import image, reference, spec

ACCOUNT = Account("google", "https://generativelanguage.googleapis.com", "a-key-of-google")
A_WAIT = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "37s"}
BAD_KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
BLOCKED = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_SERVICE_BLOCKED"}
A_MINUTE = {"violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}]}
USUAL = "You exceeded your current quota, please check your plan and billing details."
A_DAY = {"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel"}, "odd"]}


@pytest.fixture
def still(tmp_path: Path) -> Path:
    path = tmp_path / "still.png"
    path.write_bytes(b"\x89PNG still")
    return path


def ordered(prompt: Any, *references: PreparedReference, model: str = "gemini-omni-1.1", **changes: Any) -> Order:
    words = (prompt,) if isinstance(prompt, str) else prompt
    wanted = spec(words, [ref.reference for ref in references], model=model, **changes)
    return Order(wanted, f"{model}-flash", references, "t-1")


# Omni: what goes out


def test_words_alone_are_a_short_body_with_seconds_as_a_text() -> None:
    assert omni_wire.create_body(ordered("a cat", resolution="1080p", ratio="9:16")) == {
        "model": "gemini-omni-1.1-flash",
        "input": [{"type": "text", "text": "a cat"}],
        "response_format": {
            "type": "video",
            "aspect_ratio": "9:16",
            "resolution": "1080p",
            "duration": "5s",
            "delivery": "uri",
        },
        "background": True,
        "store": True,
    }


def test_an_address_of_ours_hears_of_the_end() -> None:
    ours = "https://bot.example/callbacks/google/t0k"
    body: Any = omni_wire.create_body(replace(ordered("a cat"), callback_url=ours))
    assert body["webhook_config"] == {"uris": [ours]}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"type":"interaction.completed","version":"v1","data":{"id":"v1_a"}}', "v1_a"),
        (b'{"type":"interaction.failed","data":{"id":"v1_a","error_code":"internal"}}', "v1_a"),
        (b'{"type":"batch.completed","data":{"id":"batch_1"}}', None),
        (b'{"type":"interaction.completed","data":{"id":["v1_a"]}}', None),
        (b'{"type":"interaction.completed","data":{"id":"%s"}}' % (b"x" * 201), None),
        (b'{"type":"interaction.completed","data":"v1_a"}', None),
        (b'{"type":["interaction.completed"]}', None),
    ],
)
def test_an_event_names_its_interaction(body: bytes, found: str | None) -> None:
    assert omni_wire.callback_task(body) == found


def test_frames_are_named_by_their_tags_and_their_task(still: Path) -> None:
    frames = image(still, 1, Role.FIRST), image(still, 2, Role.LAST)
    prompt = ("from ", Label(MediaKind.IMAGE, 1), " to ", Label(MediaKind.IMAGE, 2))
    body: Any = omni_wire.create_body(ordered(prompt, *frames))
    assert body["input"][0]["text"] == "from <FIRST_FRAME> to the last frame"
    assert body["input"][1] == {"type": "image", "data": InlineFile(still), "mime_type": "image/png"}
    assert body["generation_config"] == {"video_config": {"task": "image_to_video"}}


def test_one_reference_is_kept_from_becoming_the_first_frame(still: Path) -> None:
    body: Any = omni_wire.create_body(ordered((Label(MediaKind.IMAGE, 4), " sings"), image(still, 4)))
    assert body["input"][0]["text"] == "<IMAGE_REF_0> sings"
    assert body["generation_config"] == {"video_config": {"task": "reference_to_video"}}


def test_with_a_video_the_words_decide_what_is_done_with_it(still: Path) -> None:
    clip = reference(still, MediaKind.VIDEO)
    order = ordered((Label(MediaKind.VIDEO, 1), " in the snow"), clip)
    body: Any = omni_wire.create_body(order)
    assert body["input"][0]["text"] == "video 1 in the snow"
    assert body["input"][1]["mime_type"] == "video/mp4"
    assert "generation_config" not in body
    assert omni_wire.encoded_size(order) > omni_wire.ENVELOPE_BYTES


def test_more_than_ten_seconds_to_a_last_frame_are_refused_before_they_are_asked_for(still: Path) -> None:
    frames = image(still, 1, Role.FIRST), image(still, 2, Role.LAST)
    order = ordered("grow", *frames, model="gemini-omni-1.2", duration_s=12)
    with pytest.raises(Refusal) as caught:
        omni_wire.create_body(order)
    assert caught.value.key == "fault-duration"
    assert caught.value.data == {"seconds": 12, "made": "3–10", "model": "Gemini Omni 1.2"}
    omni_wire.create_body(replace(order, references=frames[:1]))


# Omni: what comes back


@pytest.mark.parametrize("body", [{}, {"id": ""}, {"id": "v1_" + "x" * 200}, {"id": ["v1"]}])
def test_an_answer_without_an_id_may_stand_for_a_task(body: object) -> None:
    with pytest.raises(Uncertain):
        omni_wire.read_created(Reply(200, "json", body), ACCOUNT)


def test_an_id_is_taken_as_it_is_and_quoted_in_a_path() -> None:
    assert omni_wire.read_created(Reply(200, "json", {"id": "v1_a/b"}), ACCOUNT) == "v1_a/b"
    assert omni_wire.path_of("v1_a/b") == "/v1beta/interactions/v1_a%2Fb"


def answered(status: Any, **fields: Any) -> Any:
    return omni_wire.read_task({"id": "v1_x", "status": status, **fields}, ACCOUNT, "v1_x")


def output(*parts: Any, kind: str = "model_output") -> dict[str, Any]:
    return {"type": kind, "content": list(parts)}


@pytest.mark.parametrize(
    ("status", "wanted"),
    [("queued", Waiting()), ("in_progress", Rendering()), ("a_new_word", Rendering())],
)
def test_what_is_not_over_goes_on(status: str, wanted: object) -> None:
    assert answered(status) == wanted


@pytest.mark.parametrize("status", [None, 7, {}])
def test_no_status_is_no_answer(status: object) -> None:
    with pytest.raises(Transient):
        answered(status)


@pytest.mark.parametrize("status", ["failed", "incomplete", "budget_exceeded", "requires_action", "idle"])
def test_what_will_never_go_on_has_failed(status: str) -> None:
    ended = answered(status, errors=[{"code": "x", "message": "An internal error."}, "odd"])
    assert (ended.kind, ended.error.key, ended.billed) == ("failed", "task-failed", None)
    assert ended.error.data["detail"] == "An internal error."


def test_a_failure_of_a_step_may_be_a_refusal_and_what_is_counted_is_believed() -> None:
    step = {"type": "model_output", "error": {"code": 3, "message": "It violates our usage guidelines for faces."}}
    usage = {"output_tokens_by_modality": [{"modality": "video", "tokens": 100}]}
    ended = answered("failed", steps=[step, {"error": "odd"}], usage=usage)
    assert ended.error.key == "refused-face"
    assert ended.billed == Usage(tokens=100)


@pytest.mark.parametrize("word", ["cancelled", "canceled"])
def test_a_stopped_task_is_told_apart(word: str) -> None:
    assert answered(word).kind == "cancelled"


def test_an_address_is_preferred_and_the_tokens_are_told_apart() -> None:
    usage = {
        "total_input_tokens": "101",
        "total_thought_tokens": 9,
        "output_tokens_by_modality": [{"modality": "video", "tokens": "28960"}, {"modality": "text", "tokens": 30}, 7],
    }
    video = {"type": "video", "uri": "https://a.example/f", "data": "#0"}
    done = answered("completed", steps=[output(video)], usage=usage, model="gemini-omni-1.1-flash")
    assert done == Succeeded(
        "https://a.example/f",
        Usage(28_960, read_tokens=101, word_tokens=39),
        receipt={"model": "gemini-omni-1.1-flash"},
    )


def test_a_video_inside_the_record_is_told_by_the_task_and_the_last_one_counts() -> None:
    steps = [output({"type": "video", "data": "AAAA"}), output({"type": "video"}), "odd", output("odd", {"type": "x"})]
    assert answered("completed", steps=steps) == Succeeded("inline:v1_x", Usage())
    body = {"steps": [output({"type": "video", "data": "AAAA"}), output({"type": "video", "data": "#1"})]}
    assert omni_wire.inline_data(Reply(200, "json", body)) == "#1"
    assert omni_wire.inline_data(Reply(200, "json", {})) is None
    assert Inline.task("https://a.example/inline:x") is None


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("I can't create that video.", "refused-output"),
        ("It shows the face of a real person.", "refused-face"),
        ("It is under copyright.", "refused-copyright"),
        ("The generated speech is not fit.", "refused-output-audio"),
        ("The photo is not fit.", "refused-media"),
        ("Your prompt is not fit.", "refused-text"),
    ],
)
def test_completed_without_a_video_is_a_refusal_that_costs_nothing(words: str, key: str) -> None:
    usage = {"output_tokens_by_modality": [{"modality": "text", "tokens": 40}]}
    ended = answered("completed", steps=[output({"type": "text", "text": words})], usage=usage)
    assert isinstance(ended.error, ContentRefused)
    assert (ended.kind, ended.error.key, ended.billed) == ("failed", key, None)


@pytest.mark.parametrize("status", ["incomplete", "budget_exceeded"])
def test_a_video_that_is_there_is_delivered_though_the_end_was_cut(status: str) -> None:
    assert isinstance(answered(status, steps=[output({"type": "video", "data": "AAAA"})]), Succeeded)


def test_a_thought_that_holds_a_video_is_no_output() -> None:
    thought = output({"type": "video", "data": "AAAA"}, kind="thought")
    assert isinstance(answered("completed", steps=[thought]), Ended)


def test_an_unknown_interaction_is_a_400_with_a_sentence() -> None:
    said = {"error": {"code": "invalid_request", "message": "Invalid interaction name"}}
    assert omni_wire.is_unknown(Reply(400, "json", said))
    assert omni_wire.is_unknown(Reply(400, "json", [said]))
    assert not omni_wire.is_unknown(Reply(404, "json", said))
    assert not omni_wire.is_unknown(Reply(400, "json", {"error": {"message": "Invalid duration"}}))


# Veo


def test_veo_takes_seconds_as_a_number_and_names_who_may_be_seen() -> None:
    order = ordered("a cat", model="veo-3.1", duration_s=8)
    assert veo_wire.create_body(order, enterprise=False) == {
        "instances": [{"prompt": "a cat"}],
        "parameters": {
            "aspectRatio": "16:9",
            "durationSeconds": 8,
            "resolution": "720p",
            "sampleCount": 1,
            "personGeneration": "allow_all",
        },
    }


def test_vertex_takes_a_seed_a_switch_for_sound_and_words_to_avoid() -> None:
    order = ordered("a cat", model="veo-3.1", seed=7, audio=False, negative="dogs")
    body: Any = veo_wire.create_body(order, enterprise=True)
    assert body["parameters"] | {"seed": 7, "generateAudio": False, "negativePrompt": "dogs"} == body["parameters"]
    assert body["parameters"]["personGeneration"] == "allow_adult"


def test_veo_s_pictures_stand_where_their_roles_are(still: Path) -> None:
    picture = {"bytesBase64Encoded": InlineFile(still), "mimeType": "image/png"}
    frames = image(still, 1, Role.FIRST), image(still, 2, Role.LAST)
    prompt = (Label(MediaKind.IMAGE, 1), " becomes ", Label(MediaKind.IMAGE, 2))
    body: Any = veo_wire.create_body(ordered(prompt, *frames), enterprise=False)
    assert body["instances"] == [
        {"prompt": "the first frame becomes the last frame", "image": picture, "lastFrame": picture}
    ]
    assert body["parameters"]["personGeneration"] == "allow_adult"
    body = veo_wire.create_body(ordered((Label(MediaKind.IMAGE, 1),), image(still)), enterprise=False)
    assert body["instances"] == [
        {"prompt": "reference image 1", "referenceImages": [{"image": picture, "referenceType": "asset"}]}
    ]


@pytest.mark.parametrize(
    "name", ["", "operations/1", "models/m/operations/../../x", "models/m/operations/" + "x" * 300]
)
def test_a_name_that_is_no_operation_may_stand_for_a_task(name: str) -> None:
    with pytest.raises(Uncertain):
        veo_wire.read_created(Reply(200, "json", {"name": name}), ACCOUNT)


GEMINI = "models/veo-3.1-generate-preview/operations/1"
VERTEX = "projects/p/locations/l/publishers/google/models/veo-3.1-generate-001/operations/1"


def operated(name: str = GEMINI, **body: Any) -> Any:
    return veo_wire.read_operation({"name": name, **body}, ACCOUNT, name)


def test_only_done_ends_an_operation() -> None:
    assert operated() == operated(done=False) == operated(metadata={}, done="soon") == Rendering()
    with pytest.raises(Transient):
        veo_wire.read_operation({}, ACCOUNT, GEMINI)


def test_each_house_is_read_by_its_own_nesting() -> None:
    sample = {"generateVideoResponse": {"generatedSamples": [{"video": {"uri": "https://a.example/f"}}]}}
    model = {"model": "veo-3.1-generate-preview"}
    assert operated(done=True, response=sample) == Succeeded("https://a.example/f", Usage(), receipt=model)
    inline = {"raiMediaFilteredCount": 0, "videos": [{"bytesBase64Encoded": "#0", "mimeType": "video/mp4"}]}
    model = {"model": "veo-3.1-generate-001"}
    assert operated(VERTEX, done=True, response=inline) == Succeeded(f"inline:{VERTEX}", Usage(), receipt=model)
    assert veo_wire.inline_data(Reply(200, "json", {"response": inline})) == "#0"
    assert veo_wire.inline_data(Reply(200, "json", {})) is None


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize(
    ("inner", "key"),
    [
        ({"raiMediaFilteredCount": 1}, "refused-output"),
        ({"raiMediaFilteredCount": "1", "raiMediaFilteredReasons": None}, "refused-output"),
        ({"raiMediaFilteredReasons": ["the prompt has a celebrity", 7]}, "refused-face"),
        (
            {"raiMediaFilteredReasons": ["the generated audio"], "generatedSamples": [], "videos": []},
            "refused-output-audio",
        ),
    ],
)
def test_a_filtered_video_is_no_success_in_either_nesting(wrapped: bool, inner: dict[str, Any], key: str) -> None:
    ended = operated(done=True, response={"generateVideoResponse": inner} if wrapped else inner)
    assert (ended.kind, ended.error.key, ended.billed) == ("failed", key, None)


@pytest.mark.parametrize(
    "response", [None, [], {}, {"generateVideoResponse": {"generatedSamples": [{"video": "odd"}]}}]
)
def test_done_with_nothing_in_it_has_failed(response: object) -> None:
    assert operated(done=True, response=response).error.key == "task-failed"


@pytest.mark.parametrize(
    ("error", "kind", "key"),
    [
        ({"code": 13, "message": "Internal error"}, "failed", "task-failed"),
        ({"code": "4", "message": "Deadline exceeded"}, "expired", "task-expired"),
        ({"code": 3, "message": "The prompt has sensitive words"}, "failed", "refused-text"),
        ({}, "failed", "task-failed"),
    ],
)
def test_an_operation_s_error_says_what_it_was(error: dict[str, Any], kind: str, key: str) -> None:
    ended = operated(done=True, error=error)
    assert (ended.kind, ended.error.key) == (kind, key)


# Errors


def told(status: int, message: str = "", *details: Any, state: str = "", listed: bool = False) -> Reply:
    error = {"code": status, "message": message, "status": state, "details": list(details)}
    return Reply(status, "json", [{"error": error}] if listed else {"error": error})


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize(
    ("reply", "kind", "key"),
    [
        (told(400, "API key not valid. Pass a valid one.", BAD_KEY), OperatorFault, "provider-key-refused"),
        (told(400, "API key expired."), OperatorFault, "provider-key-refused"),
        (told(400, "User location is not supported.", state="FAILED_PRECONDITION"), OperatorFault, "provider-denied"),
        (told(401, "Invalid authentication credentials."), OperatorFault, "provider-key-refused"),
        (told(403, "Requests to this method are blocked by policy.", BLOCKED), OperatorFault, "provider-denied"),
        (told(403, "Blocked by the safety filter: a prompt."), ContentRefused, "refused-text"),
        (told(400, "The input image was blocked by our face filter."), ContentRefused, "refused-face"),
        (told(400, "Invalid duration."), Refusal, "provider-refused-request"),
        (told(404, "models/veo-3.1 is no longer available."), OperatorFault, "provider-model-not-open"),
        (told(404, "Requested entity was not found."), OperatorFault, "provider-wrong-address"),
        (told(429, "Resource has been exhausted."), NotTaken, "provider-throttled"),
        (told(429, "Quota exceeded.", A_DAY, A_WAIT), OperatorFault, "provider-quota-used"),
        (told(429, "You exceeded your monthly spend limit."), OperatorFault, "provider-quota-used"),
        (told(429, "You exceeded your spend limit.", A_WAIT), NotTaken, "provider-throttled"),
        (told(429, "Your prepayment credits are depleted."), OperatorFault, "provider-no-balance"),
        (told(429, USUAL, A_MINUTE, A_WAIT), NotTaken, "provider-throttled"),
        (told(429, USUAL, A_DAY, A_WAIT), OperatorFault, "provider-quota-used"),
        (told(429, USUAL), NotTaken, "provider-throttled"),
        (told(413, "Request payload size exceeds the limit."), Refusal, "request-too-big"),
        (told(500, "An internal error has occurred."), Uncertain, "provider-answer-unclear"),
        (told(503, "The model is overloaded."), NotTaken, "provider-down"),
    ],
)
def test_each_refusal_of_a_create_call_means_one_thing(
    reply: Reply, kind: type[KinetogramError], key: str, listed: bool
) -> None:
    said = replace(reply, data=[reply.data]) if listed else reply
    error = create_error(said, ACCOUNT)
    assert (type(error), error.key) == (kind, key)


def test_how_long_to_wait_stands_in_the_details_or_the_header() -> None:
    reply = told(429, "Too fast.", "odd", {"reason": ""}, A_WAIT)
    error, header = create_error(reply, ACCOUNT), create_error(replace(reply, retry_after_s=7.0), ACCOUNT)
    assert isinstance(error, NotTaken)
    assert isinstance(header, NotTaken)
    assert (error.retry_after_s, header.retry_after_s) == (37, 7)
    asked = ask_error(reply, ACCOUNT)
    assert isinstance(asked, Throttled)
    assert asked.retry_after_s == 37


@pytest.mark.parametrize("data", [None, [], "words", {"error": "words"}, [{"error": None}], {"error": {"details": 7}}])
def test_an_error_of_another_shape_is_read_by_its_status(data: object) -> None:
    assert create_error(Reply(429, "json", data), ACCOUNT).key == "provider-throttled"
    assert create_error(Reply(403, "json", data), ACCOUNT).key == "provider-denied"
    assert create_error(Reply(200, "json", data), ACCOUNT).key == "provider-answer-unclear"
    assert create_error(Reply(200, "html"), ACCOUNT).key == "provider-wrong-address"


def test_a_look_is_refused_to_the_operator_or_to_come_again() -> None:
    assert ask_error(told(400, "API key not valid", BAD_KEY), ACCOUNT).key == "provider-key-refused"
    assert ask_error(told(400, "Something odd."), ACCOUNT).key == "provider-answer-unreadable"


# The catalog


def test_veo_is_retired_on_the_public_host_and_offered_elsewhere() -> None:
    public = {
        offer.model.id: offer.model.retired for offer in gemini_offers("google", "generativelanguage.googleapis.com")
    }
    assert public == dict.fromkeys(("gemini-omni-1.2", "gemini-omni-1.1")) | dict.fromkeys(
        ("veo-3.1", "veo-3.1-fast", "veo-3.1-lite"), "2026-10-22"
    )
    assert {offer.model.retired for offer in gemini_offers("google", "gateway.example")} == {None}
    assert [offer.wire_id for offer in vertex_offers("vertex")] == [
        *("veo-3.1-generate-001", "veo-3.1-fast-generate-001", "veo-3.1-lite-generate-001"),
    ]


def test_omni_is_quoted_above_what_its_tokens_cost(still: Path) -> None:
    offer = next(offer for offer in gemini_offers("google", "x") if offer.model is OMNI_11)
    wanted = ordered("a cat", image(still)).spec
    reported = Usage(28_960, read_tokens=520, word_tokens=120)
    assert offer.price.cost(wanted, 0, reported) == round(28_960 * 17.5 + 520 * 1.5 + 120 * 9)
    assert offer.price.quote(wanted, 0) == round(28_960 * 17.5 + 2_005 * 1.5 + 2_000 * 9)
    assert offer.price.cost(wanted, 0, Usage()) == offer.price.quote(wanted, 0)
    assert offer.price.quote(wanted, 2.5) - offer.price.quote(wanted, 0) == round(3 * 17_000 * 1.5)


@pytest.mark.parametrize(("model", "usd"), [("veo-3.1", 3.2), ("veo-3.1-fast", 0.96), ("veo-3.1-lite", 0.64)])
def test_veo_is_billed_by_the_second(model: str, usd: float) -> None:
    offer = next(offer for offer in vertex_offers("vertex") if offer.model.id == model)
    wanted = ordered("a cat", model=model, resolution="1080p", duration_s=8).spec
    assert offer.price.quote(wanted, 0) == offer.price.cost(wanted, 0, Usage()) == round(usd * 1_000_000)


def test_omni_12_makes_longer_videos_at_a_price_a_second() -> None:
    offer = next(offer for offer in gemini_offers("google", "x") if offer.model is OMNI_12)
    wanted = ordered("a cat", model=OMNI_12.id, duration_s=15).spec
    assert OMNI_12.seconds_for()[-1] == 15
    assert offer.price.quote(wanted, 0) == offer.price.cost(wanted, 0, Usage(86_880)) == 1_050_000
    assert offer.price.quote(wanted, 2.5) == 1_125_000
