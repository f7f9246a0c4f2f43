"""What a model can and cannot, as its catalog entry says it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.catalog import Model
from bot.core.errors import Faults
from bot.core.media import MediaKind
from bot.core.parsing import read
from bot.core.request import Attachment, Options, ParsedRequest, Role, label_attachments
from bot.core.resolve import Resolution, resolve
from tests.core.test_resolve import MODEL


def picture(media_id: int) -> Attachment:
    return Attachment(media_id, MediaKind.IMAGE, width=1280, height=720)


def tries(model: Model, words: str, files: int = 0) -> Resolution | list[str]:
    labelled = label_attachments([picture(number) for number in range(files)])
    try:
        parsed = read(words, labelled)
        return resolve(parsed.request, labelled, model, Options(), can_link=True, faults=parsed.faults)
    except Faults as faults:
        return [fault.key for fault in faults.faults]


FRAMES_ONLY = replace(MODEL, takes_references=False, only_s=(4, 8, 12), seconds_at={"720p": (8,)})


def test_only_the_seconds_that_a_model_makes_are_offered() -> None:
    assert tries(FRAMES_ONLY, "a dog 12s 720p") == ["fault-duration"]
    assert tries(replace(MODEL, only_s=(4, 8)), "a dog 5s") == ["fault-duration"]
    made = tries(replace(MODEL, only_s=(4, 8)), "a dog")
    assert isinstance(made, Resolution)
    assert (made.spec.duration_s, made.guessed) == (4, False)


def test_references_may_narrow_the_seconds() -> None:
    made = tries(replace(MODEL, reference_s=(8,)), "@image1 and @image2", 2)
    assert isinstance(made, Resolution)
    assert made.spec.duration_s == 8


def mended(model: Model, words: str, files: int = 0, others: tuple[Model, ...] = ()) -> list[int | str]:
    """What the taps of a fault would set, where they set seconds or another model."""
    labelled = label_attachments([picture(number) for number in range(files)])
    parsed = read(words, labelled)
    with pytest.raises(Faults) as caught:
        resolve(parsed.request, labelled, model, Options(), can_link=True, faults=parsed.faults, others=others)
    mends = [mend for fault in caught.value.faults for mend in fault.mends]
    return [mend.value.get("duration_s") or mend.value["model"] for mend in mends]


EIGHT = replace(MODEL, only_s=(4, 6, 8), reference_s=(8,))


@pytest.mark.parametrize("words", ["--dur", "--dur 7.2", "4.5s"])
def test_a_mend_of_the_seconds_is_one_that_is_made_with_the_references(words: str) -> None:
    assert mended(EIGHT, f"@image1 and @image2 {words}", 2) == [8]
    assert mended(EIGHT, "a dog --dur") == [6, 8]


def test_seconds_are_offered_at_another_model_only_where_it_makes_them_of_this_request() -> None:
    longer = replace(MODEL, id="longer", durations_s=(4, 30), reference_s=(4,))
    longest = replace(longer, id="longest", reference_s=())
    few = replace(longest, id="few", max_counts={MediaKind.IMAGE: 1})
    assert mended(EIGHT, "@image1 and @image2 20s", 2, (few, longer, longest)) == [8, "longest"]
    assert mended(EIGHT, "@image1 and @image2 20s", 2, (few, longer)) == [8]
    assert mended(EIGHT, "a dog 20s", 0, (longer, longest)) == [8, "longer"]


def test_pictures_of_a_model_without_references_are_its_frames() -> None:
    made = tries(FRAMES_ONLY, "a dog", 2)
    assert isinstance(made, Resolution)
    assert [ref.role for ref in made.spec.references] == [Role.FIRST, Role.LAST]
    assert tries(FRAMES_ONLY, "a dog", 3) == ["fault-frames-only"]
    assert tries(replace(FRAMES_ONLY, takes_last=False), "a dog", 2) == ["fault-frames-only"]
    assert tries(replace(MODEL, takes_last=False), "@image1 first @image2 last", 2) == ["fault-no-last-frame"]


def test_the_sizes_with_a_first_frame_may_be_others() -> None:
    square = replace(MODEL, frame_sizes={("720p", "1:1"): (960, 960)})
    made = tries(square, "a dog 1:1", 1)
    assert isinstance(made, Resolution)
    assert (made.spec.width, made.spec.height) == (960, 960)


def test_a_model_that_needs_a_picture_says_so() -> None:
    assert tries(replace(MODEL, needs=frozenset({MediaKind.IMAGE})), "a dog") == ["fault-needs-kind"]


def test_a_frame_that_must_fill_another_shape_is_said_to_be_cut() -> None:
    filled = replace(MODEL, frame_fills_output=True)
    for model, words, cut in (
        (filled, "a dog 9:16", True),
        (filled, "a dog 16:9", False),
        (MODEL, "a dog 9:16", False),
    ):
        made = tries(model, words, 1)
        assert isinstance(made, Resolution)
        assert ([note.key for note in made.notes] == ["note-frame-cut"], made.guessed) == (cut, cut)


def notes(made: Resolution | list[str]) -> list[str]:
    assert isinstance(made, Resolution)
    return [note.key for note in made.notes]


def test_a_model_without_sound_says_so_when_sound_is_asked_for() -> None:
    silent = replace(MODEL, makes_sound=False)
    made = tries(silent, "a dog")
    assert isinstance(made, Resolution)
    assert (made.spec.audio, notes(made), made.guessed) == (False, [], False)
    assert notes(tries(silent, "a dog --audio on")) == ["note-no-sound"]


def with_film(model: Model, words: str, duration_ms: int | None = 6_400) -> Resolution:
    labelled = label_attachments([Attachment(1, MediaKind.VIDEO, width=1280, height=720, duration_ms=duration_ms)])
    return resolve(read(words, labelled).request, labelled, model, Options(), can_link=True)


def test_a_film_may_silence_a_model_and_that_is_said() -> None:
    hushed = replace(MODEL, silent_with_video=True)
    made = with_film(hushed, "as in @video1")
    assert (made.spec.audio, "note-no-sound" in notes(made), made.guessed) == (False, True, False)
    assert tries(hushed, "a dog") == tries(MODEL, "a dog")


def test_an_edited_film_keeps_its_length() -> None:
    model = replace(MODEL, as_long_as_input=True)
    assert with_film(model, "make it @video1 snow").spec.duration_s == 8
    assert with_film(model, "make it @video1 snow", None).spec.duration_s == 15
    made = with_film(model, "make it @video1 snow 10s")
    assert (made.spec.duration_s, notes(made), made.guessed) == (8, ["note-duration-nearest"], True)


def test_a_prompt_may_be_counted_in_utf16() -> None:
    tight = replace(MODEL, prompt_max_chars=4)
    assert isinstance(tries(tight, "🐈🐈 a"), Resolution)
    assert tries(replace(tight, prompt_in_utf16=True), "🐈🐈 a") == ["fault-prompt-too-long"]


def test_a_shape_that_is_kept_is_said_when_another_was_asked_for() -> None:
    kept = replace(MODEL, frame_sizes={("720p", "adaptive"): (1280, 720)})
    made = tries(kept, "a dog 9:16", 1)
    assert isinstance(made, Resolution)
    assert (made.spec.ratio, notes(made), made.guessed) == ("adaptive", ["note-ratio-kept"], True)
    assert notes(tries(kept, "a dog", 1)) == []


def test_a_shape_that_was_kept_is_no_wish_for_the_next_video() -> None:
    after = resolve(read("a dog", {}).request, {}, MODEL, Options(ratio="adaptive"), can_link=True)
    assert after.spec.ratio == "16:9"


def test_with_a_last_frame_only_its_seconds_are_offered() -> None:
    model = replace(MODEL, durations_s=(3, 15), ended_s=(3, 4, 5))
    assert model.seconds_for()[-1] == 15
    assert model.seconds_for("720p", ended=True) == (3, 4, 5)
    assert tries(model, "@image1 first @image2 last 9s", 2) == ["fault-duration"]
    assert isinstance(tries(model, "@image1 first 9s", 1), Resolution)


def test_a_model_that_takes_fewer_pictures_beside_a_video_says_so_before_money() -> None:
    film = Attachment(9, MediaKind.VIDEO, mime="video/mp4", width=1280, height=720, duration_ms=5_000)
    labelled = label_attachments([picture(1), picture(2), film])
    words = ParsedRequest(("a dog",), Options(), {})
    assert len(resolve(words, labelled, MODEL, Options(), can_link=True).spec.references) == 3
    with pytest.raises(Faults) as caught:
        resolve(words, labelled, replace(MODEL, images_beside_video=1), Options(), can_link=True)
    assert [fault.key for fault in caught.value.faults] == ["fault-too-many"]
    assert isinstance(tries(replace(MODEL, images_beside_video=1), "a dog", 2), Resolution)
