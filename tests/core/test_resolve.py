"""One order against one model: what the table of requests does not show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.catalog import Model, Source
from bot.core.errors import Faults, Refusal
from bot.core.media import MediaKind, Range, audio_limits, image_limits, video_limits
from bot.core.request import Attachment, Label, Options, Origin, ParsedRequest, Role, label_attachments
from bot.core.resolve import Resolution, ordinals, resolve

SPAN = Range(2_000, 15_000)
MODEL = Model(
    id="m",
    title="Model",
    durations_s=(4, 15),
    sizes={("480p", "16:9"): (864, 496), ("720p", "16:9"): (1280, 720), ("720p", "9:16"): (720, 1280)},
    inputs={
        MediaKind.IMAGE: image_limits(max_bytes=30_000_000),
        MediaKind.VIDEO: video_limits(max_bytes=50_000_000, duration_ms=SPAN, total_duration_ms=15_000),
        MediaKind.AUDIO: audio_limits(max_bytes=15_000_000, duration_ms=SPAN),
    },
    max_counts={MediaKind.IMAGE: 9, MediaKind.VIDEO: 3, MediaKind.AUDIO: 3},
    max_files=12,
    prompt_max_chars=40,
    patience_s=300,
    deadline_s=1_800,
    source=Source("test", "2026-11-01"),
    video_by_link_only=True,
)
IMAGE_1, IMAGE_2, VIDEO_1 = Label(MediaKind.IMAGE, 1), Label(MediaKind.IMAGE, 2), Label(MediaKind.VIDEO, 1)
PICTURE = Attachment(1, MediaKind.IMAGE, width=1280, height=720)
CLIP = Attachment(2, MediaKind.VIDEO, width=1280, height=720, duration_ms=6_000)
SONG = Attachment(3, MediaKind.AUDIO, duration_ms=6_000)
DOG = ParsedRequest(("a dog",))


def made(
    parsed: ParsedRequest = DOG,
    *attached: Attachment,
    model: Model = MODEL,
    defaults: Options | None = None,
    can_link: bool = True,
    max_download_bytes: int = 20 << 20,
) -> Resolution:
    labelled = label_attachments(attached)
    chosen = defaults or Options()
    return resolve(parsed, labelled, model, chosen, can_link=can_link, max_download_bytes=max_download_bytes)


def faults_of(
    *args: Attachment, parsed: ParsedRequest = DOG, model: Model = MODEL, can_link: bool = True
) -> list[Refusal]:
    with pytest.raises(Faults) as caught:
        made(parsed, *args, model=model, can_link=can_link)
    return list(caught.value.faults)


def keys(resolution: Resolution) -> list[str]:
    return [note.key for note in resolution.notes]


def test_defaults_of_a_person_or_chat_stand_behind_the_words() -> None:
    defaults = Options(duration_s=8, resolution="480p", ratio="16:9", audio=False, count=2)
    spec = made(DOG, defaults=defaults).spec
    assert (spec.duration_s, spec.resolution, spec.width, spec.audio) == (8, "480p", 864, False)
    said = ParsedRequest(("a dog",), Options(duration_s=5, resolution="720P", audio=True, count=1))
    assert made(said, defaults=defaults).spec.resolution == "720p"
    assert (made(said, defaults=defaults).count, made(DOG, defaults=defaults).count) == (1, 2)


def test_a_default_that_the_model_lacks_becomes_the_nearest_and_is_said() -> None:
    resolution = made(DOG, defaults=Options(duration_s=30, resolution="1080p", ratio="1:1"))
    assert (resolution.spec.duration_s, resolution.spec.resolution, resolution.spec.ratio) == (15, "720p", "16:9")
    assert keys(resolution) == ["note-resolution-nearest", "note-duration-nearest", "note-ratio-nearest"]
    assert resolution.guessed


def test_a_preset_that_the_model_lacks_becomes_the_nearest_ratio() -> None:
    resolution = made(ParsedRequest(("a dog",), Options(preset="story", resolution="480p")))
    assert (resolution.spec.ratio, keys(resolution)) == ("16:9", ["note-ratio-nearest"])


def test_a_model_of_adaptive_ratio_alone_takes_nothing_else() -> None:
    adaptive = replace(MODEL, sizes={("720p", "adaptive"): (1470, 630)})
    assert made(ParsedRequest(("a dog",), Options(ratio="9:16")), model=adaptive).spec.ratio == "adaptive"


def test_a_model_whose_smallest_resolution_is_above_the_default_makes_that() -> None:
    large = replace(MODEL, sizes={("1080p", "16:9"): (1920, 1080), ("full", "16:9"): (10, 10)})
    assert made(DOG, model=replace(large, sizes={("1080p", "16:9"): (1920, 1080)})).spec.resolution == "1080p"
    assert made(DOG, model=large).spec.resolution == "full", "a name without lines counts as the smallest"


def test_the_ratio_follows_the_first_picture_else_the_first_video() -> None:
    tall_clip = replace(CLIP, width=720, height=1280)
    assert made(DOG, tall_clip).spec.ratio == "9:16"
    assert made(DOG, tall_clip, PICTURE).spec.ratio == "16:9"
    unknown = made(DOG, replace(PICTURE, width=None))
    assert (unknown.spec.ratio, unknown.guessed) == ("16:9", True)


def test_numbers_on_the_wire_have_no_gaps_when_media_stay_behind() -> None:
    tray = replace(PICTURE, origin=Origin.TRAY)
    resolution = made(ParsedRequest((IMAGE_2, " meets ", Label(MediaKind.IMAGE, 3))), tray, tray, tray)
    assert resolution.unused == (IMAGE_1,)
    assert ordinals(resolution.spec) == {IMAGE_2: 1, Label(MediaKind.IMAGE, 3): 2}


def test_frames_come_first_and_kinds_keep_their_order() -> None:
    parsed = ParsedRequest(("x",), roles={IMAGE_2: Role.FIRST, IMAGE_1: Role.LAST})
    assert [ref.label for ref in made(parsed, PICTURE, PICTURE).spec.references] == [IMAGE_2, IMAGE_1]
    mixed = made(DOG, SONG, CLIP, PICTURE).spec
    assert [ref.label.kind.value for ref in mixed.references] == ["image", "video", "audio"]
    assert ordinals(mixed) == {ref.label: 1 for ref in mixed.references}


def test_a_tray_item_is_used_once_a_button_gave_it_a_role() -> None:
    tray = replace(PICTURE, origin=Origin.TRAY)
    used = made(ParsedRequest(("a dog",), roles={IMAGE_1: Role.REFERENCE}), tray)
    assert (used.added, used.unused) == ((IMAGE_1,), ())
    assert used.spec.prompt == (IMAGE_1, " ", "a dog")


def test_a_role_for_a_video_is_no_frame() -> None:
    spec = made(ParsedRequest(("x",), roles={VIDEO_1: Role.FIRST}), CLIP).spec
    assert spec.references[0].role is Role.REFERENCE


def test_a_model_without_frames_takes_a_single_picture_as_a_reference() -> None:
    plain = replace(MODEL, first_last=False)
    assert made(DOG, PICTURE, model=plain).spec.references[0].role is Role.REFERENCE
    (fault,) = faults_of(PICTURE, parsed=ParsedRequest(("x",), roles={IMAGE_1: Role.FIRST}), model=plain)
    assert (fault.key, fault.mends[0].value) == ("fault-no-frames", {"image1": "reference"})


def test_a_model_that_mixes_frames_with_references_is_let_to() -> None:
    mixing = replace(MODEL, frames_mix_with_references=True)
    spec = made(ParsedRequest(("x",), roles={IMAGE_1: Role.FIRST}), PICTURE, PICTURE, model=mixing).spec
    assert [ref.role for ref in spec.references] == [Role.FIRST, Role.REFERENCE]


def test_two_last_frames_are_one_too_many() -> None:
    roles = {IMAGE_1: Role.LAST, IMAGE_2: Role.LAST}
    (fault,) = faults_of(PICTURE, PICTURE, parsed=ParsedRequest(("x",), roles=roles))
    assert (fault.key, fault.data["role"]) == ("fault-frame-twice", "last")


def test_videos_that_go_by_link_need_an_address_of_ours() -> None:
    (fault,) = faults_of(CLIP, can_link=False)
    assert fault.key == "fault-needs-public-url"
    assert made(DOG, PICTURE, can_link=False).notes == ()
    assert made(DOG, CLIP, model=replace(MODEL, video_by_link_only=False), can_link=False).input_video_s == 7


def test_a_kind_that_the_model_does_not_take_is_said_once() -> None:
    deaf = replace(MODEL, inputs={MediaKind.IMAGE: MODEL.inputs[MediaKind.IMAGE]})
    assert [fault.key for fault in faults_of(PICTURE, SONG, SONG, model=deaf)] == ["fault-kind-not-taken"]


def test_audio_alone_is_fine_where_the_model_says_so() -> None:
    assert made(DOG, SONG, model=replace(MODEL, audio_needs_visual=False)).notes == ()


def test_a_local_bot_api_server_fetches_more() -> None:
    big = replace(PICTURE, size_bytes=25 << 20)
    assert [fault.key for fault in faults_of(big)] == ["fault-file-too-big-for-telegram"]
    assert made(DOG, big, max_download_bytes=2 << 30).notes == ()


@pytest.mark.parametrize(
    ("clips", "seconds"),
    [([6_000], 7), ([None], 15), ([0], 15), ([4_000, 5_000], 11), ([None, 6_000], 15), ([40_000], 15)],
)
def test_the_quote_counts_as_much_input_as_there_can_be(clips: list[int | None], seconds: float) -> None:
    attached = [replace(CLIP, duration_ms=ms) for ms in clips]
    assert made(DOG, *attached).input_video_s == pytest.approx(seconds, abs=0.1)


def test_without_a_longest_video_an_unknown_one_counts_fifteen_seconds() -> None:
    endless = video_limits(max_bytes=1 << 30, duration_ms=Range(2_000))
    model = replace(MODEL, inputs={**MODEL.inputs, MediaKind.VIDEO: endless})
    assert made(DOG, replace(CLIP, duration_ms=None), model=model).input_video_s == 15
    assert made(DOG, replace(CLIP, duration_ms=60_000), model=model).input_video_s == 60


def test_what_conversion_changes_without_a_loss_is_not_worth_a_word() -> None:
    shaped = {**MODEL.inputs, MediaKind.IMAGE: image_limits(max_bytes=30_000_000, sides_px=Range(300, 6_000))}
    small = replace(PICTURE, width=160, height=90)
    assert made(DOG, small, model=replace(MODEL, inputs=shaped)).notes == ()


def test_a_negative_prompt_goes_where_the_model_has_a_place_for_it() -> None:
    parsed = ParsedRequest(("a dog",), Options(negative="rain"))
    spec = made(parsed, model=replace(MODEL, takes_negative=True)).spec
    assert (spec.words(), spec.negative) == ("a dog", "rain")


def test_the_words_to_avoid_count_as_prompt() -> None:
    (fault,) = faults_of(parsed=ParsedRequest(("a dog",), Options(negative="r" * 40)))
    assert (fault.key, fault.data) == ("fault-prompt-too-long", {"count": 54, "max": 40, "over": 14})


def test_labels_count_as_they_are_sent() -> None:
    words = "x" * 33
    assert made(ParsedRequest((IMAGE_1, words)), PICTURE).spec.words() == f"@image1{words}"
    assert faults_of(PICTURE, parsed=ParsedRequest((IMAGE_1, f"{words}x")))[0].data["over"] == 1


def test_what_a_model_can_not_be_told_is_said() -> None:
    plain = replace(MODEL, takes_audio_switch=False, takes_seed=False)
    resolution = made(ParsedRequest(("a dog",), Options(audio=False, seed=7)), model=plain)
    assert (resolution.spec.audio, resolution.spec.seed) == (True, None)
    assert keys(resolution) == ["note-sound-stays", "note-seed-ignored"]
    assert keys(made(DOG, model=plain, defaults=Options(audio=False))) == []


def test_faults_of_the_words_are_said_before_those_of_the_model() -> None:
    words = Refusal("fault-bad-seed", value="x")
    with pytest.raises(Faults) as caught:
        resolve(ParsedRequest(()), {}, MODEL, Options(), can_link=True, faults=[words])
    assert [fault.key for fault in caught.value.faults] == ["fault-bad-seed", "fault-empty"]


def test_a_label_without_its_file_is_never_sent_as_a_reference() -> None:
    assert made(ParsedRequest(("x ", IMAGE_2)), PICTURE).spec.references[0].label == IMAGE_1
