"""Taps on a draft: laid over the words, kept as JSON, the last one counts."""

from __future__ import annotations

import pytest

from bot.core.changes import MEND_KEYS, Changes, casting, dropping, replacing, setting
from bot.core.media import MediaKind
from bot.core.parsing import read
from bot.core.request import Attachment, Label, Options, ParsedRequest, Role, Sound, render

IMAGE_1, IMAGE_2 = Label(MediaKind.IMAGE, 1), Label(MediaKind.IMAGE, 2)
MENDS = [
    setting("duration_s", 15),
    setting("ratio", "9:16"),
    setting("resolution", "1080p"),
    setting("model", "seedance-2.5", model="Seedance 2.5"),
    setting("count", 3),
    setting("seed", 7),
    setting("audio", value=False),
    replacing("@image3", "@image2"),
    dropping("@Image3", Label.read("image3")),
    casting({IMAGE_1: Role.FIRST}),
    casting({IMAGE_1: Role.REFERENCE, IMAGE_2: Role.REFERENCE}),
]


def test_every_mend_is_an_action_that_changes_know_and_names_a_text() -> None:
    changes = Changes()
    for mend in MENDS:
        changes = changes.after(mend.action, mend.value)
        assert mend.key in MEND_KEYS
    assert changes.options == Options("seedance-2.5", "9:16", 15, "1080p", seed=7, count=3, audio=False)
    assert changes.roles == {IMAGE_1: Role.REFERENCE, IMAGE_2: Role.REFERENCE}
    assert changes.replaced == (("@image3", "@image2"), ("@Image3", ""))


def test_a_button_says_what_it_does_and_not_the_models_id() -> None:
    assert setting("model", "seedance-2.5", model="Seedance 2.5").data == {"model": "Seedance 2.5"}
    assert casting({IMAGE_2: Role.LAST}).data == {"label": "@image2", "role": "last"}


def test_changes_survive_a_restart() -> None:
    changes = Changes()
    for mend in MENDS:
        changes = changes.after(mend.action, mend.value)
    assert Changes.from_json(changes.to_json()) == changes
    assert Changes.from_json("{}") == Changes()


def test_what_is_no_mend_is_refused() -> None:
    with pytest.raises(ValueError, match="not a mend"):
        Changes().after("make_money", {"usd": 100})


def test_a_preset_that_is_tapped_replaces_the_ratio_of_the_words_and_of_an_earlier_tap() -> None:
    changes = Changes().after("set_ratio", {"ratio": "1:1"}).after("set_preset", {"preset": "reels"})
    options = read("a dog 16:9", [], changes).request.options
    assert (options.ratio, options.preset) == (None, "reels")


def test_a_tapped_role_stands_above_the_role_of_the_words() -> None:
    changes = Changes(roles={IMAGE_1: Role.REFERENCE})
    assert read("@image1 first", [IMAGE_1], changes).request.roles == {IMAGE_1: Role.REFERENCE}
    parsed = ParsedRequest(("a dog",))
    assert Changes().cast(parsed) is parsed


def test_what_a_sound_is_for_is_said_in_the_prompt_and_kept() -> None:
    song, speech = Label(MediaKind.AUDIO, 1), Label(MediaKind.AUDIO, 2)
    changes = Changes().after("set_sounds", {"audio1": "song"}).after("set_sounds", {"audio2": "speech"})
    kept = Changes.from_json(changes.to_json())
    cast = kept.cast(ParsedRequest(("a dog sings",)))
    assert render(cast.prompt, lambda label: f"@{label}") == (
        "a dog sings. @audio1 is the soundtrack. @audio2 is the voice that speaks."
    )
    assert render(Changes(sounds={song: Sound.SONG}).cast(ParsedRequest(())).prompt, str) == "audio1 is the soundtrack."
    assert render(Changes(sounds={song: Sound.SONG}).cast(ParsedRequest((speech,))).prompt, str).startswith(
        "audio2. au"
    )


def test_a_sound_that_is_not_there_any_more_says_nothing() -> None:
    song, gone = Label(MediaKind.AUDIO, 1), Label(MediaKind.AUDIO, 2)
    attached = {song: Attachment(7, MediaKind.AUDIO, sound=Sound.SPEECH)}
    assert Changes(sounds={gone: Sound.SONG}).sounding(attached).sounds == {song: Sound.SPEECH}
    assert Changes(sounds={song: Sound.SONG}).sounding(attached).sounds == {song: Sound.SONG}


def test_what_is_left_out_goes_from_the_words_and_comes_back_with_a_role() -> None:
    one, two = Label(MediaKind.IMAGE, 1), Label(MediaKind.IMAGE, 2)
    changes = Changes().after("set_roles", {"image2": "last"}).after("leave_out", {"labels": "image2,image1"})
    assert Changes.from_json(changes.to_json()) == changes
    parsed = changes.cast(ParsedRequest((one, " meets ", two), roles={one: Role.FIRST}))
    assert parsed.prompt == (" meets ",)
    assert parsed.roles == {}
    assert parsed.left_out == {one, two}
    assert changes.after("set_roles", {"image1": "reference"}).left_out == {two}


def test_a_shape_a_preset_and_several_shapes_replace_each_other() -> None:
    changes = Changes().after("set_ratios", {"ratios": "9:16,1:1"})
    assert changes.options.ratios == "9:16,1:1"
    assert changes.after("set_preset", {"preset": "reels"}).options == Options(preset="reels")
    assert changes.after("set_ratio", {"ratio": "1:1"}).options == Options(ratio="1:1")
