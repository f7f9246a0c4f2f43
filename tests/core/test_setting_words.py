"""`/settings` as words: whose settings, which, and where a group's videos are made."""

from __future__ import annotations

import pytest

from bot.core.errors import Refusal
from bot.core.preferences import NOTHING_SET, Preferences
from bot.core.setting_words import SettingsOrder, Where, read_settings

MODELS = {"seedance-2.0", "seedance-2.0-fast"}


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("only here", SettingsOrder(where=Where.HERE)),
        ("Только  здесь", SettingsOrder(where=Where.HERE)),
        ("here too", SettingsOrder(where=Where.TOO)),
        ("не здесь", SettingsOrder(where=Where.NOT)),
        ("везде", SettingsOrder(where=Where.EVERYWHERE)),
        ("off", SettingsOrder(clear=True)),
        ("тема убрать", SettingsOrder(topic=True, clear=True)),
        ("topic", SettingsOrder(topic=True)),
        (
            "topic seedance-2.0-fast 9:16 8s 720p",
            SettingsOrder(
                topic=True,
                values={"model": "seedance-2.0-fast", "ratio": "9:16", "duration_s": 8, "resolution": "720p"},
            ),
        ),
        ("тема —model Seedance-2.0 8с", SettingsOrder(topic=True, values={"model": "seedance-2.0", "duration_s": 8})),
        ("1:1", SettingsOrder(values={"ratio": "1:1"})),
    ],
)
def test_words_say_what_a_tap_would(words: str, order: SettingsOrder) -> None:
    assert read_settings(words, MODELS) == order


@pytest.mark.parametrize(
    "words",
    [
        "a dog runs",
        "topic please 9:16",
        "--seed 4",
        "9:16 1:1",
        "8s 9s",
        "--camera fixed",
        "seedance-2.0 seedance-2.0-fast",
        "seedance-2.0 --model seedance-2.0-fast",
        "only there",
        "2.5s",
    ],
)
def test_what_sets_nothing_is_a_fault_and_never_half_an_order(words: str) -> None:
    with pytest.raises(Refusal):
        read_settings(words, MODELS)


def test_a_topic_s_own_stands_in_the_place_of_the_chat_s_under_its_lock_too() -> None:
    chat = Preferences(model="a", ratio="1:1", zone="Asia/Tokyo", locked=frozenset({"model"}))
    topic = Preferences(model="b", resolution="480p", locked=frozenset({"resolution"}))
    both = topic.within(chat)
    assert (both.model, both.ratio, both.resolution, both.zone) == ("b", "1:1", "480p", "Asia/Tokyo")
    assert (both.locks.model, both.locks.resolution, both.locks.ratio) == ("b", "480p", None)
    assert NOTHING_SET.within(chat) == chat
