"""Which proposals for a prompt may be shown."""

from __future__ import annotations

import pytest

from bot.core.changes import Changes
from bot.core.errors import Refusal
from bot.core.improving import MAX_CHARS, reviewed
from bot.core.media import MediaKind
from bot.core.parsing import read
from bot.core.request import Label, Role

OWN = "@image1 sings while @image2 watches"
RICHER = "In soft light @image1 sings on a small stage while @image2 watches from the dark"

SHOWN = [
    (OWN, RICHER),
    (OWN, "While @image2 watches, @image1 sings; @image1 bows"),
    ("a dog runs", "A dog runs - well-known, 2 metres tall – along the sea"),
    ("собака @image1 бежит", "Собака @фото1 бежит по берегу, мягкий свет"),
    ("犬がうみではしる", "夕暮犬海岸疾走"),
    ("киберпанк neon noir, dog бежит", "Собака бежит под дождём, неоновый свет"),
    ("киберпанк neon noir, dog бежит", "A dog runs through neon rain"),
    ("@image1 9000", "@image1 counts to 9000"),
    ("see https://a.example/dog.jpg @hero", "see https://a.example/dog.jpg @hero in rain"),
]

REFUSED = [
    (OWN, "", "improve-none"),
    (OWN, "…", "improve-none"),
    (OWN, f" {OWN.upper()} ", "improve-none"),
    (OWN, RICHER + " x" * MAX_CHARS, "improve-too-long"),
    (OWN, RICHER.replace("@image2", "somebody"), "improve-references"),
    (OWN, RICHER.replace("@image2", "@image3"), "improve-references"),
    (OWN, f"{RICHER}, @audio1 plays", "improve-references"),
    (OWN, f"{RICHER} beside @hero", "improve-references"),
    (OWN, f"{RICHER} https://a.example/cat.png", "improve-references"),
    ("a dog runs", "a dog runs beside @image1", "improve-references"),
    (OWN, f"{RICHER} --ratio 9:16", "improve-settings"),
    (OWN, f"{RICHER} --v 6", "improve-settings"),
    (OWN, f"{RICHER} —res 1080p", "improve-settings"),
    (OWN, f"{RICHER}, 9:16, 8s", "improve-settings"),
    (OWN, RICHER.replace("@image1 sings", "@image1 (first frame) sings"), "improve-settings"),
    ("собака бежит по берегу", "a dog runs along the shore", "improve-language"),
    ("a dog runs", "собака бежит", "improve-language"),
]


@pytest.mark.parametrize(("own", "proposal"), SHOWN)
def test_richer_words_about_the_same_files_are_shown(own: str, proposal: str) -> None:
    assert reviewed(f"  {proposal}\n", own) == proposal


@pytest.mark.parametrize(("own", "proposal", "why"), REFUSED, ids=[f"{n}-{why}" for n, (*_, why) in enumerate(REFUSED)])
def test_what_loses_invents_or_sets_something_is_not(own: str, proposal: str, why: str) -> None:
    with pytest.raises(Refusal) as caught:
        reviewed(proposal, own)
    assert caught.value.key == why


def test_other_words_keep_the_options_and_the_roles_of_the_text() -> None:
    attached = [Label(MediaKind.IMAGE, 1), Label(MediaKind.IMAGE, 2)]
    text = "@image1 (first) runs, @image2 last 9:16 --seed 7"
    changes = Changes().after("set_words", {"words": "@image1 runs into the sea until @image2"})
    own, said = read(text, attached), read(text, attached, changes)
    assert said.faults == ()
    assert (said.request.options, said.request.roles) == (own.request.options, own.request.roles)
    assert said.request.roles == {attached[0]: Role.FIRST, attached[1]: Role.LAST}
    assert said.request.prompt == (attached[0], " runs into the sea until ", attached[1])
    assert Changes.from_json(changes.to_json()) == changes
    assert read(text, attached, changes.after("set_words", {"words": ""})) == own


def test_a_mend_of_a_label_reaches_other_words_too_and_no_flag_leaves_them() -> None:
    attached = [Label(MediaKind.IMAGE, 1)]
    changes = Changes().after("set_words", {"words": "@image2 runs --rs 4k"})
    assert [fault.key for fault in read("@image2 runs", attached, changes).faults] == ["fault-no-attachment"]
    mended = changes.after("replace", {"old": "@image2", "new": "@image1"})
    assert read("@image2 runs", attached, mended).request.prompt == (attached[0], " runs — rs 4k")
