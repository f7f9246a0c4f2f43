"""The one order in which wishes count: lock ▶ words ▶ preset ▶ parent ▶ person ▶ chat ▶ service."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.core.errors import Refusal
from bot.core.parsing import parse
from bot.core.preferences import NOTHING_SET, Preferences, Terms, Told, options_from, options_json, quiet_of
from bot.core.request import Options
from bot.core.resolve import Resolution, resolve
from bot.providers.ark.catalog import MODELS

MODEL = next(model for model in MODELS if model.id == "seedance-2.0")
PARENT, PERSON, CHAT = Options(ratio="3:4"), Preferences(ratio="1:1"), Preferences(ratio="9:16")
LOCK = Preferences(ratio="21:9", locked=frozenset({"ratio"}))


def made(words: str, terms: Terms) -> Resolution:
    parsed, overruled = terms.lay_over(parse(words, ()))
    return terms.noted(resolve(parsed, {}, MODEL, terms.defaults, can_link=False), Told(overruled))


@pytest.mark.parametrize(
    ("words", "parent", "person", "chat", "ratio"),
    [
        ("a dog --ar 4:3 --for reels", PARENT, PERSON, LOCK, "21:9"),
        ("a dog --ar 4:3 --for reels", PARENT, PERSON, CHAT, "4:3"),
        ("a dog --for reels", PARENT, PERSON, Preferences(ratio="4:3"), "9:16"),
        ("a dog", PARENT, PERSON, CHAT, "3:4"),
        ("a dog", Options(), PERSON, CHAT, "1:1"),
        ("a dog", Options(), NOTHING_SET, CHAT, "9:16"),
        ("a dog", Options(), NOTHING_SET, NOTHING_SET, "16:9"),
        ("a dog", Options(), NOTHING_SET, LOCK, "21:9"),
    ],
)
def test_the_first_that_says_something_is_heard(
    words: str, parent: Options, person: Preferences, chat: Preferences, ratio: str
) -> None:
    assert made(words, Terms.of(parent, person, chat)).spec.ratio == ratio


def test_each_option_has_its_own_order() -> None:
    person, chat = Preferences(resolution="480p"), Preferences(resolution="1080p", duration_s=9, ratio="1:1")
    spec = made("a dog 9:16", Terms.of(Options(), person, chat)).spec
    assert (spec.resolution, spec.duration_s, spec.ratio) == ("480p", 9, "9:16")


def test_what_a_lock_overrules_is_said_and_waits_for_a_tap() -> None:
    terms = Terms.of(Options(), NOTHING_SET, Preferences(resolution="480p", locked=frozenset({"resolution"})))
    told = made("a dog 1080p", terms)
    assert (told.spec.resolution, told.guessed, [note.key for note in told.notes]) == ("480p", True, ["note-locked"])
    silent = made("a dog 480p", terms)
    assert (silent.guessed, silent.notes) == (False, ())


def test_a_preset_yields_to_a_locked_shape() -> None:
    told = made("a dog --for reels", Terms.of(Options(), NOTHING_SET, LOCK))
    assert (told.spec.ratio, [note.key for note in told.notes]) == ("21:9", ["note-locked"])


def test_a_preferred_model_that_is_gone_is_passed_over_but_a_named_one_is_not() -> None:
    terms = Terms.of(Options(), Preferences(model="gone"), NOTHING_SET)
    assert terms.model(None, ["seedance-2.0"]) is None
    assert terms.model("gone", ["seedance-2.0"]) == "gone"
    assert Terms.of(Options(), Preferences(model="auto"), NOTHING_SET).model(None, []) == "auto"


def test_preferences_and_options_survive_their_json() -> None:
    full = Preferences("m", "1:1", 5, "480p", 0, "Europe/Berlin", (22, 7), "do", frozenset({"model"}))
    assert Preferences.from_json(full.to_json()) == full
    assert Preferences.from_json('{"of_a_later_version": 1}') == NOTHING_SET
    assert options_from(options_json(Options(audio=False, ratio="1:1"))) == Options(audio=False, ratio="1:1")


def test_a_value_that_is_taken_back_takes_its_lock_along() -> None:
    assert LOCK.with_value("ratio", None) == NOTHING_SET
    assert LOCK.with_value("ratio", "1:1").locks.ratio == "1:1"


@pytest.mark.parametrize(
    ("quiet", "hour", "is_quiet"),
    [((22, 7), 23, True), ((22, 7), 6, True), ((22, 7), 7, False), ((1, 5), 4, True), ((1, 5), 5, False)],
)
def test_quiet_hours_may_go_past_midnight(quiet: tuple[int, int], hour: int, *, is_quiet: bool) -> None:
    assert Preferences(quiet=quiet).is_quiet(hour * 3_600_000, ZoneInfo("UTC")) is is_quiet


def test_quiet_hours_are_those_of_the_zone() -> None:
    at_berlin_23 = 22 * 3_600_000
    assert Preferences(quiet=(23, 8)).is_quiet(at_berlin_23, ZoneInfo("Europe/Berlin"))
    assert not Preferences(quiet=(23, 8)).is_quiet(at_berlin_23, ZoneInfo("UTC"))
    assert not NOTHING_SET.is_quiet(at_berlin_23, ZoneInfo("UTC"))


@pytest.mark.parametrize("text", ["", "22", "22-22", "24-3", "a-b", "-1-5"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Refusal):
        quiet_of(text)
    assert quiet_of("23-8") == (23, 8)
