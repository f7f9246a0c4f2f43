"""Labels, prompts and orders as data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.catalog import Catalog, Model, Offer, Source
from bot.core.errors import Faults, NotTaken, Refusal, Throttled
from bot.core.media import MediaKind
from bot.core.money import Microusd
from bot.core.pricing import ClipPrice
from bot.core.request import Attachment, Label, Reference, Role, Sound, VideoSpec, label_attachments

IMAGE_1, AUDIO_2 = Label(MediaKind.IMAGE, 1), Label(MediaKind.AUDIO, 2)
SPEC = VideoSpec(
    model="seedance-2.0",
    prompt=(IMAGE_1, " поёт, ", AUDIO_2, " 犬"),
    references=(Reference(IMAGE_1, Role.FIRST, 7), Reference(AUDIO_2, Role.REFERENCE, 9)),
    duration_s=5,
    resolution="720p",
    ratio="9:16",
    width=720,
    height=1280,
    audio=False,
    seed=42,
    negative="rain",
)
SOURCE = Source("test", "2026-11-01")


def test_an_order_survives_its_job() -> None:
    assert VideoSpec.from_json(SPEC.to_json()) == SPEC


def test_a_prompt_is_worded_for_people_and_for_each_provider() -> None:
    assert SPEC.words() == "@image1 поёт, @audio2 犬"
    assert SPEC.words(lambda label: f"{label.kind.value.title()} {label.ordinal}") == "Image 1 поёт, Audio 2 犬"


@pytest.mark.parametrize("label", [Label(kind, ordinal) for kind in MediaKind for ordinal in (1, 12)])
def test_a_label_is_read_as_it_is_written(label: Label) -> None:
    assert Label.read(str(label)) == label


@pytest.mark.parametrize("text", ["", "image", "imagex", "picture1", "1"])
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a label|invalid literal"):
        Label.read(text)


def test_labels_count_within_their_kind_in_the_order_given() -> None:
    kinds = [MediaKind.IMAGE, MediaKind.AUDIO, MediaKind.IMAGE]
    labelled = label_attachments([Attachment(number, kind) for number, kind in enumerate(kinds)])
    assert {str(label): file.media_id for label, file in labelled.items()} == {"image1": 0, "audio1": 1, "image2": 2}


def offer(name: str, provider: str, retired: str | None = None) -> Offer:
    sizes = {("1080p", "16:9"): (1920, 1080), ("480p", "16:9"): (864, 496), ("480p", "1:1"): (640, 640)}
    model = Model(name, name, (4, 15), sizes, {}, {}, 0, 2_000, 300, 1_800, SOURCE, retired=retired)
    return Offer(provider, name, model, ClipPrice({"480p": Microusd(1)}), SOURCE)


def test_a_model_tells_its_resolutions_from_small_to_large_and_each_ratio_once() -> None:
    model = offer("a", "ark").model
    assert (model.resolutions, model.ratios) == (("480p", "1080p"), ("16:9", "1:1"))


def test_a_retired_offer_is_kept_for_running_jobs_and_offered_to_nobody() -> None:
    catalog = Catalog((offer("a", "ark"), offer("a", "other"), offer("b", "ark", retired="2026-09-24")))
    assert [model.id for model in catalog.models] == ["a"]
    assert [each.provider for each in catalog.of("a")] == ["ark", "other"]
    assert catalog.of("b") == []
    assert catalog.offer("ark", "b") is catalog.offers[2]
    assert catalog.offer("ark", "c") is None


def test_an_error_is_logged_with_its_key_and_data() -> None:
    assert str(Refusal("fault-bad-seed", value="x")) == "fault-bad-seed {'value': 'x'}"
    assert str(Refusal("fault-empty")) == "fault-empty"
    assert Faults([Refusal("fault-empty")]).data == {"count": 1}


def test_a_passing_trouble_says_when_to_come_back_if_it_knows() -> None:
    assert (Throttled("busy", 16.0).retry_after_s, NotTaken("no-connection").retry_after_s) == (16.0, None)


def test_own_words_leave_out_what_the_models_are_told_of_sounds_and_nothing_else() -> None:
    song, image = Label(MediaKind.AUDIO, 1), Label(MediaKind.IMAGE, 1)
    for prompt, told in (
        ((image, " sings", ". ", song, " is the soundtrack."), "@image1 sings"),
        ((image, " sings. ", song, " is the soundtrack."), "@image1 sings. @audio1 is the soundtrack."),
        (("", song, " is the voice that speaks."), ""),
        ((song, " is the soundtrack."), "@audio1 is the soundtrack."),
        ((image, " sings"), "@image1 sings"),
        ((), ""),
    ):
        assert replace(SPEC, prompt=prompt).own_words() == told


def test_what_the_models_are_told_of_sounds_is_read_back_from_the_prompt() -> None:
    song, voice = Label(MediaKind.AUDIO, 1), Label(MediaKind.AUDIO, 2)
    prompt = ("a choir", ". ", song, " is the soundtrack.", " ", voice, " is the voice that speaks.")
    assert replace(SPEC, prompt=prompt).sounds() == {song: Sound.SONG, voice: Sound.SPEECH}
    assert replace(SPEC, prompt=(song, " is the soundtrack.")).sounds() == {}
