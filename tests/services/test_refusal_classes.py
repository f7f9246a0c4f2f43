"""Each class of refusal before any money, in each language: words, a next step, and that nothing was charged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.services.directory import UserRef
from bot.services.heard import Source
from tests.services.house import LAB, opened, photo

CHARGED = {"en": "Nothing was charged.", "ru": "Деньги не списаны."}


@dataclass(frozen=True)
class Case:
    """`step`: words that name the next step, in English and Russian; None: a button does it. `before` runs as SQL."""

    text: str | None
    step: tuple[str, str] | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    again: int = 0


IN_LAB = {"chat": LAB, "source": Source.COMMAND}
CASES = {
    "seconds": Case("a dog 20s"),
    "ratio": Case("a dog 5:7"),
    "no attachment": Case("@image3 runs", said={"media": photo(1)}),
    "model": Case("a dog --model sedance-2.5"),
    "empty": Case("--seed 7", ("Say what should happen", "Напишите")),
    "money": Case("a dog", ("until", "Обновится"), {"user_microusd_per_month": 900_000}, again=1),
    "too dear for the month": Case("a dog", rules={"user_microusd_per_month": 500_000}),
    "count": Case("a dog", ("New ones", "Новые"), {"user_requests_per_day": 1}, again=1),
    "at once": Case("a dog", ("Send the next", "следующ"), {"user_active_jobs": 1}, again=1),
    "forbidden": Case("a dog", ("operator", "ператор"), {"user_requests_per_day": 0}),
    "stranger": Case("a dog", ("to be let in", "чтобы"), {"open_access": False}),
    "no media": Case(None, ("Send a photo", "Пришлите фото"), said={"useless": "contact"}),
    "blocked here": Case(
        "a dog", ("/unblock", "/unblock"), before="INSERT INTO chat_blocks SELECT 1, id, 1, 1 FROM users", said=IN_LAB
    ),
    "paused chat": Case("a dog", ("/resume", "/resume"), before="UPDATE chats SET paused_at = 1", said=IN_LAB),
    "denied chat": Case("a dog", ("in private", "личный чат"), before="UPDATE chats SET denied_at = 1", said=IN_LAB),
    "blocked everywhere": Case("a dog", ("Write to them", "Напишите ему"), before="UPDATE users SET blocked_at = 1"),
}


@pytest.mark.parametrize("language", CHARGED)
@pytest.mark.parametrize("name", CASES)
async def test_a_refusal_has_words_a_next_step_and_says_what_was_charged(
    tmp_path: Path, name: str, language: str
) -> None:
    case = CASES[name]
    person = UserRef(42, "Ann", "ann", language)
    async with opened(tmp_path, **case.rules) as house:
        said = {"user": person, "source": Source.COMMAND, **case.said}
        if case.before:
            await house.hear("just talk", **{**said, "source": None})
            await house.rows(case.before)
        for _ in range(case.again):
            await house.hear(case.text, **said)
        if case.text is None:
            said["source"] = None
        await house.hear(case.text, **said)
        shown = await house.shown()
        buttons = [button["text"] for row in shown["buttons"] for button in row]
        assert shown["text"].count(CHARGED[language]) == 1, shown["text"]
        if case.step is None:
            assert [words for words in buttons if words != "✕"], shown
        else:
            assert case.step[language == "ru"] in shown["text"], shown["text"]
