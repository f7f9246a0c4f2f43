"""Words that are not taken: what is the same word, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.wordlist import folded, has_one_of, phrases_of


@pytest.mark.parametrize(
    ("listed", "text", "refused"),
    [
        ("dog", "a DOG runs", True),
        ("dog", "a hotdog runs", False),
        ("dog", "dogs run", False),
        ("dog", "cat,dog;cow", True),
        ("dog", "a_dog_runs", True),
        ("dog", "d\u200bo\u00adg", True),
        ("dog", "d\ufe0fo\U000e0100g", True),
        ("dog", "d\u3164o\u115fg\uffa0", True),
        ("dog", "d\u17b4o\u180bg", True),
        ("dog", "\uff44\uff4f\uff47", True),
        ("dog", "d\u0336o\u0336g\u0336", True),
        ("ёж", "ЕЖ идёт", True),
        ("еж", "е\u0308ж", True),
        ("мой", "мои", False),
        ("STRASSE", "die Straße", True),
        ("café", "cafe\u0301 noir", True),
        ("red flag", "RED\n\n flag", True),
        ("red flag", "a flag, red", False),
        ("don't", "I DON\u2019T", True),
        ("bomb", "a b-o-m-b goes off", True),
        ("bomb", "B.O.M.B", True),
        ("bomb", "a b\u043emb", True),
        ("bomb", "a B0MB", True),
        ("бомба", "б\u006fмб\u0061", True),
        ("бомба", "6омба", True),
        ("бомба", "б о м б а", True),
        ("at", "c a t", False),
        ("red bomb", "a red b0mb", True),
        ("ss", "a dog 5s 4k", False),
        ("dog", "plan d o g", True),
        ("dog", "d o gs", False),
        ("bomb", "a b-\u043e-m-b", True),
        ("bomb", "и b o m b", True),
        ("bomb", "b-0-m-b", True),
        ("бомба", "6-о-м-б-а", True),
        ("red bomb", "a red b-o-m-b", True),
        ("228", "a 1 2 2 8", False),
        ("abc", "cameras 1 2 3 and 4", False),
        ("со", "a dog, co", False),
    ],
)
def test_a_word_is_found_whole_and_however_it_is_written(listed: str, text: str, refused: bool) -> None:
    assert has_one_of(phrases_of(listed), text) is refused


def test_several_are_told_apart_by_commas_semicolons_and_lines() -> None:
    assert phrases_of(" Dog, «два Слова»;\n…, ,dog") == {"dog": "dog", "два слова": "два Слова", "": "…"}


@given(st.text(), st.text(), st.text())
def test_what_was_listed_is_found_between_any_words(before: str, word: str, after: str) -> None:
    assert folded(folded(word)) == folded(word)
    if folded(word):
        assert has_one_of([folded(word)], f"{before} {word} {after}")
        assert not has_one_of([], word)
