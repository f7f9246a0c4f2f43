"""The languages match each other and the code: no key is missing, none is left over."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fluent.syntax import FluentParser, ast

from bot.core.money import Microusd
from bot.services.menus import menus
from bot.texts import Texts, sources
from tests.services.till import POLICY
from tests.texts.usage import usage

LANGUAGES = sources.languages()
ENGLISH = {message.id.name: message for message in sources.messages("en")}
FORMATS = ("unit-", "moment", "language-name")
"""Asked for by the formatters, not by services."""
MENU = "command-"
"""Asked for by the menus alone."""

NUMBERS = {
    "count": 7,
    "position": 2,
    "percent": 40,
    "minutes": 4,
    "requests": 3,
    "requests_limit": 30,
    "limit": 3,
    "max": 15,
    "min": 4,
    "over": 21,
    "seconds": 5,
    "mb": 30,
    "fps": 30,
    "width": 720,
    "height": 1280,
    "on": 1,
}
UNITS = {"waited_s": 95, "price_microusd": 1_890_000, "left_microusd": 640_000, "limit_microusd": 2_000_000}
COPIED = re.compile(r"<(?:code|i)>(.*?)</(?:code|i)>", re.DOTALL)
TAG = re.compile(r"</?([a-z]+)>")


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(strict=True)


def sample(name: str) -> str | int:
    return {**NUMBERS, **UNITS, "owed_microusd": 5_000}.get(name, f"<{name}>")


def parameters(key: str) -> set[str]:
    """Its own, and those of the message that it refers to."""
    return sources.variables(ENGLISH[key]) | ({"count"} if key == "faults" else set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_file_is_valid_fluent_and_no_key_stands_twice(language: str) -> None:
    seen: list[str] = []
    for name, text in sources.files(language).items():
        body = FluentParser().parse(text).body
        assert not [entry.content for entry in body if isinstance(entry, ast.Junk)], f"{language}/{name}"
        seen += [entry.id.name for entry in body if isinstance(entry, ast.Message)]
    assert sorted(seen) == sorted(set(seen))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_keys_and_parameters_of_english(language: str) -> None:
    theirs = {message.id.name: message for message in sources.messages(language)}
    assert theirs.keys() == ENGLISH.keys()
    for key, message in theirs.items():
        assert sources.variables(message) == sources.variables(ENGLISH[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_renders_whole_and_escaped(texts: Texts, language: str) -> None:
    for key in ENGLISH:
        said = texts.render(language, key, **{name: sample(name) for name in parameters(key)})
        assert said.strip(), key
        assert "{" not in said, key
        assert set(TAG.findall(said)) <= {"b", "i", "code"}, key
        assert "<" not in TAG.sub("", said), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_there_to_be_copied_has_plain_spaces(texts: Texts, language: str) -> None:
    for key in ENGLISH:
        said = texts.render(language, key, **{name: sample(name) for name in parameters(key)})
        assert not [code for code in COPIED.findall(said) if "\u00a0" in code], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_be_left_out_may_be_left_out(texts: Texts, language: str) -> None:
    for key, message in ENGLISH.items():
        needed = parameters(key) - sources.optional(message)
        assert texts.render(language, key, **{name: sample(name) for name in needed}).strip(), key


def test_each_key_that_the_code_names_has_a_text_with_those_parameters() -> None:
    missing, short = [], []
    for said in usage().calls:
        if said.key not in ENGLISH:
            missing.append((said.where, said.key))
        elif said.parameters is not None:
            needed = sources.variables(ENGLISH[said.key]) - sources.optional(ENGLISH[said.key])
            short += [(said.where, said.key, name) for name in needed - said.parameters]
    assert missing == []
    assert short == []


def test_no_text_is_left_over() -> None:
    found = usage()
    unused = {key for key in ENGLISH if not key.startswith((*FORMATS, MENU)) and not found.uses(key)}
    assert not unused


def test_each_line_of_a_menu_has_its_words_and_no_other_command_has() -> None:
    shown = menus(replace(POLICY, star_microusd=Microusd(1)))
    names = {*shown.private, *shown.groups, *shown.moderators, *shown.operators}
    assert {key for key in ENGLISH if key.startswith(MENU)} == {f"{MENU}{name}" for name in names}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_voice_is_calm(texts: Texts, language: str) -> None:
    for name, text in sources.files(language).items():
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        assert not [
            line for line in lines if re.search(r"!|\b(sorry|oops|payload|429|извините|упс)\b", line, re.IGNORECASE)
        ], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_of_the_command_menu_is_short(texts: Texts, language: str) -> None:
    for key in ENGLISH:
        if key.startswith("command-"):
            assert len(texts.plain(language, key)) <= 60, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_fits_a_phone_and_a_toast_telegram(texts: Texts, language: str) -> None:
    toasts = {"button-old", "button-used", "button-not-yours", "model-gone", "fault-words", "held-content"}
    for key in [key for key in ENGLISH if key.startswith(("button-", "mend-")) or key in toasts]:
        words = texts.plain(language, key, **dict.fromkeys(parameters(key), 7))
        assert len(words) <= (200 if key in toasts else 40), key
