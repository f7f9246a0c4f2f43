"""Names of saved references: what may be one, where one is meant, and that labels stay labels in every language."""

from __future__ import annotations

import pytest

from bot.core.errors import Refusal
from bot.core.media import MediaKind
from bot.core.parsing.names import mentioned, name_of, named, nearly
from bot.core.request import Label

HERO = Label(MediaKind.IMAGE, 2)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("hero", "hero"),
        (" @Hero_2 ", "Hero_2"),
        ("герой", "герой"),
        ("photographer", "photographer"),
        ("видеоблог", "видеоблог"),
    ],
)
def test_a_name_is_one_word(words: str, name: str) -> None:
    assert name_of(words) == name


@pytest.mark.parametrize("words", ["", "two words", "2nd", "_x", "a-b", "a" * 33, "he😀ro", "日本"])
def test_what_is_no_name_is_refused(words: str) -> None:
    with pytest.raises(Refusal, match="library-bad-name"):
        name_of(words)


@pytest.mark.parametrize(
    "words", ["image1", "Photo", "img_2", "фото1", "картинка", "видео3", "голос", "music", "@clip9"]
)
def test_a_label_in_any_language_is_no_name(words: str) -> None:
    with pytest.raises(Refusal, match="library-name-is-label"):
        name_of(words)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@hero runs", ["hero"]),
        ("@Hero meets @hero, then @фото1", ["Hero"]),
        ("write to ann@hero.org or x@hero", []),
        ("＠герой, and (@Other)!", ["герой", "Other"]),
    ],
)
def test_names_are_found_where_they_are_meant(text: str, names: list[str]) -> None:
    assert mentioned(text) == names


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("@HERO runs 9:16", "@image2 runs 9:16"),
        ("@heroes run, @hero first", "@heroes run, @image2 first"),
        ("@photo1 meets @hero", "@photo1 meets @image2"),
        ("no name", "no name"),
    ],
)
def test_a_saved_name_becomes_its_label(text: str, becomes: str) -> None:
    assert named(text, {"hero": HERO}) == becomes


def test_the_text_stays_as_it_is_when_nothing_is_saved() -> None:
    assert named("@hero  runs", {}) == "@hero  runs"


def test_a_name_that_is_almost_a_saved_one_is_noticed() -> None:
    saved = ["hero", "Пётр"]
    assert nearly("@herro and @петр and @durov", saved) == [("herro", "hero")]
    assert nearly("@herro", []) == []
