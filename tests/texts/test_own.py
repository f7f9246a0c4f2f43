"""The operator's own texts are refused at the start where they could not be told, with a sentence that says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import OperatorFault
from bot.texts import Texts, read_own

WRONG = [
    ("de.ftl", "card = 🎬 { $model", "de.ftl, line 1: this is not Fluent."),
    ("de.ftl", "language-name = Deutsch\n\nkarte = x\n", "de.ftl, karte: there is no such text."),
    ("de.ftl", "button-start = Los { $preis }\n", "de.ftl, button-start: it is not told $preis."),
    ("de.ftl", "discarded = <b>Weg.\n", "de.ftl, discarded: its markup is not closed, or is other than b, code, i."),
    ("de.ftl", "discarded = <u>Weg</u>\n", "de.ftl, discarded: its markup is not closed, or is other than b, code, i."),
    ("german.ftl", "", "german.ftl: a file is named by the two letters of its language, like de.ftl."),
    ("qq.ftl", "", "qq.ftl: a file is named by the two letters of its language, like de.ftl."),
    ("de.ftl", "\udcff", "{folder}: UnicodeDecodeError."),
]


@pytest.mark.parametrize(("name", "text", "told"), WRONG)
def test_a_file_that_could_not_be_told_is_refused(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(OperatorFault) as refused:
        read_own(tmp_path)
    said = Texts(strict=True).plain("en", refused.value.key, **refused.value.data)
    assert said == f"TEXTS_DIR, {told.format(folder=tmp_path)}"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorFault, match="FileNotFoundError"):
        read_own(tmp_path / "nowhere")


def test_other_files_of_the_folder_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "de.ftl").write_text("language-name = Deutsch\n")
    assert read_own(tmp_path).keys() == {"de"}


def test_plurals_are_the_language_s_own_and_those_of_english_are_english_in_it(tmp_path: Path) -> None:
    """French counts nought as one; English does not."""
    french = "card-count =\n    { $count ->\n        [one] { $count } vidéo\n       *[other] { $count } vidéos\n    }\n"
    texts = Texts({"fr": french})
    assert [texts.plain("fr", "card-count", count=count) for count in (0, 1, 2)] == ["0 vidéo", "1 vidéo", "2 vidéos"]
    assert texts.plain("fr", "faults-head", count=1) == "One thing to settle:"
    assert texts.money("fr", 1_520_000) == "$1,52"
    assert texts.language_for(None, "fr-CA") == "fr"
