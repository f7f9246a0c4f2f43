"""Rendering: plurals, units, escaping, and what happens when a text is missing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from bot.core.errors import Defect
from bot.texts import Html, Texts
from tests.reading import as_read

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = 1_796_079_600_000
"""Tue 1 Dec 2026 00:00 in Berlin."""
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(strict=True)


@pytest.mark.parametrize(
    ("count", "english", "russian"),
    [
        (1, "One thing to settle:", "Нужно уточнить одно:"),
        (2, "2 things to settle:", "Нужно уточнить 2 вещи:"),
        (5, "5 things to settle:", "Нужно уточнить 5 вещей:"),
        (11, "11 things to settle:", "Нужно уточнить 11 вещей:"),
        (21, "21 things to settle:", "Нужно уточнить 21 вещь:"),
        (101, "101 things to settle:", "Нужно уточнить 101 вещь:"),
    ],
)
def test_numbers_choose_their_plural(texts: Texts, count: int, english: str, russian: str) -> None:
    assert texts.render("en", "faults-head", count=count) == english
    assert texts.render("ru", "faults-head", count=count) == russian


@pytest.mark.parametrize(
    ("count", "russian"),
    [
        (0, "<code>@фото3</code>: вы не приложили ни одной картинки."),
        (1, "<code>@фото3</code>: вы приложили 1 картинку."),
        (2, "<code>@фото3</code>: вы приложили 2 картинки."),
        (11, "<code>@фото3</code>: вы приложили 11 картинок."),
        (21, "<code>@фото3</code>: вы приложили 21 картинку."),
    ],
)
def test_attachments_are_counted_in_russian(texts: Texts, count: int, russian: str) -> None:
    assert texts.render("ru", "fault-no-attachment", label="@image3", kind="image", count=count) == russian


@pytest.mark.parametrize(
    ("microusd", "english", "russian"),
    [
        (756_000, "$0.76", "$0,76"),
        (4_200, "$0.0042", "$0,0042"),
        (0, "$0.00", "$0,00"),
        (-1_500_000, "-$1.50", "-$1,50"),
        (1_234_567_000, "$1,234.57", "$1\u00a0234,57"),
    ],
)
def test_money(texts: Texts, microusd: int, english: str, russian: str) -> None:
    assert texts.money("en", microusd) == english
    assert texts.money("ru", microusd) == russian


@pytest.mark.parametrize(
    ("duration_s", "english", "russian"),
    [
        (0, "0 s", "0 с"),
        (40, "40 s", "40 с"),
        (60, "1 min", "1 мин"),
        (80, "1 min 20 s", "1 мин 20 с"),
        (3600, "1 h", "1 ч"),
        (7_525, "2 h 5 min", "2 ч 5 мин"),
        (-3, "0 s", "0 с"),
    ],
)
def test_durations(texts: Texts, duration_s: int, english: str, russian: str) -> None:
    assert as_read(texts.duration("en", duration_s)) == english
    assert as_read(texts.duration("ru", duration_s)) == russian


@pytest.mark.parametrize(
    ("size_bytes", "english", "russian"),
    [
        (0, "0 kB", "0 кБ"),
        (340_200, "340 kB", "340 кБ"),
        (4_234_567, "4.2 MB", "4,2 МБ"),
        (1_300_000_000, "1.3 GB", "1,3 ГБ"),
    ],
)
def test_sizes(texts: Texts, size_bytes: int, english: str, russian: str) -> None:
    assert as_read(texts.size("en", size_bytes)) == english
    assert as_read(texts.size("ru", size_bytes)) == russian


def test_seconds_and_bars(texts: Texts) -> None:
    assert (texts.seconds("en", 5), texts.seconds("ru", 2.5)) == ("5\u00a0s", "2,5\u00a0с")
    assert texts.bar(0.5) == "▓▓▓▓▓░░░░░"


@pytest.mark.parametrize(
    ("language", "key", "parameters", "shown"),
    [
        ("en", "limit-seconds", {"limit": 8}, "8~s is the longest video here."),
        ("ru", "limit-seconds", {"limit": 8}, "Самое длинное видео здесь — 8~с."),
        ("ru", "status-rendering-percent", {"percent": 40, "bar": "▓"}, "⏳ Снимаю~· 40~% ▓"),
        ("ru", "failed", {"reason": "8 с 80 %"}, "8 с 80 % Деньги не списаны."),
        ("ru", "models-line", {"price": "$1"}, "$1 за 5~с в 720p"),
        ("en", "status-rendering", {"left": "5 s", "bar": "▓"}, "Rendering~· "),
    ],
)
def test_a_line_never_ends_between_a_figure_and_its_unit(
    language: str, key: str, parameters: dict[str, str | int], shown: str
) -> None:
    assert shown in Texts().render(language, key, **parameters).replace("\u00a0", "~")


def test_a_date_holds_together_and_a_line_may_end_before_its_zone(texts: Texts) -> None:
    told = texts.plain("en", "approval-until", until=texts.moment("en", MONDAY, ZoneInfo("America/Los_Angeles")))
    assert told.replace("\u00a0", "~") == "Please answer by Mon~30~Nov~15:00 (Los~Angeles)."


def test_a_moment_names_its_zone(texts: Texts) -> None:
    assert as_read(texts.moment("en", MONDAY, BERLIN)) == "Tue 1 Dec 00:00 (Berlin)"
    assert as_read(texts.moment("ru", MONDAY, BERLIN)) == "вт 1 дек. 00:00 (Берлин)"
    assert as_read(texts.moment("en", MONDAY, ZoneInfo("UTC"))) == "Mon 30 Nov 23:00 (UTC)"


def test_a_moment_is_told_to_each_reader_in_their_own_zone_and_on_a_button_in_ours(texts: Texts) -> None:
    at = texts.moment("en", MONDAY, BERLIN)
    assert at.startswith('<tg-time unix="1796079600" format="dt">')
    assert texts.render("en", "approval-until", until=at) == f"Please answer by {at}."
    assert as_read(texts.plain("en", "approval-until", until=at)) == f"Please answer by {as_read(at)}."


def test_a_near_moment_is_today_or_tomorrow_where_it_is(texts: Texts) -> None:
    assert as_read(texts.moment("en", MONDAY, BERLIN, now_ms=MONDAY - HOUR_MS)) == "tomorrow 00:00 (Berlin)"
    assert as_read(texts.moment("ru", MONDAY, BERLIN, now_ms=MONDAY - HOUR_MS)) == "завтра в 00:00 (Берлин)"
    assert as_read(texts.moment("en", MONDAY + HOUR_MS, BERLIN, now_ms=MONDAY)) == "today 01:00 (Berlin)"
    assert as_read(texts.moment("en", MONDAY, BERLIN, now_ms=MONDAY - 100 * HOUR_MS)) == "Tue 1 Dec 00:00 (Berlin)"


def test_the_name_of_a_number_says_its_unit(texts: Texts) -> None:
    assert as_read(texts.render("en", "deadline", model="S", waited_s=1800)).startswith(
        "S did not finish within 30 min."
    )
    assert as_read(texts.render("en", "deadline", model="S", waited_s=45)).startswith("S did not finish within 45 s.")
    owed = texts.render("ru", "limit-balance-owed", owed_microusd=1_250_000)
    assert "$1,25" in owed


def test_units_by_name_cover_milliseconds_and_bytes(texts: Texts) -> None:
    assert texts._shown("en", "age_ms", 80_000) == "1\u00a0min\u00a020\u00a0s"
    assert texts._shown("en", "size_bytes", 4_000_000) == "4\u00a0MB"
    assert texts._shown("en", "seconds", 7) == 7


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("Tom & Jerry &amp;", "Tom &amp; Jerry &amp;amp;"),
        ("</b><a href='x'>", "&lt;/b&gt;&lt;a href='x'&gt;"),
        ("\u202eevil\u2066", "evil"),
        ("שלום", "\u2068שלום\u2069"),
        ("{ $model } { start }", "{ $model } { start }"),
    ],
)
def test_what_people_write_stays_text(texts: Texts, hostile: str, shown: str) -> None:
    assert texts.render("en", "failed", reason=hostile) == f"{shown} Nothing was charged."


def test_markup_of_our_own_passes(texts: Texts) -> None:
    inner = texts.render("en", "card-reference", label="image1", role="first frame")
    assert isinstance(inner, Html)
    assert texts.render("en", "fault-line", text=inner) == "• <code>@image1</code> first frame"


def test_labels_are_told_in_the_readers_words(texts: Texts) -> None:
    assert texts.plain("ru", "button-first", label="image1") == "@фото1: первый кадр"
    assert texts.labels("ru", "@audio2, @video1 and @imagery, @image1x") == "@аудио2, @видео1 and @imagery, @image1x"
    assert texts.labels("en", "@image1") == "@image1"


def test_buttons_have_no_markup_and_no_escapes(texts: Texts) -> None:
    assert texts.plain("en", "mend-replace", text="<b>&\u2026") == "<b>&…"
    assert texts.plain("en", "card-reference", label="image1", role="a < b") == "@image1 a < b"


@pytest.mark.parametrize(
    ("chosen", "client", "language"),
    [
        ("ru", "en", "ru"),
        (None, "ru-RU", "ru"),
        (None, "ru_RU", "ru"),
        ("xx", "RU", "ru"),
        (None, "de", "en"),
        (None, None, "en"),
        (None, "", "en"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_clients(
    texts: Texts, chosen: str | None, client: str | None, language: str
) -> None:
    assert texts.language_for(chosen, client) == language


def test_the_languages_are_known_by_name(texts: Texts) -> None:
    assert texts.languages == ("en", "ru")
    assert [texts.plain(language, "language-name") for language in texts.languages] == ["English", "Русский"]
    assert texts.has("start")
    assert not texts.has("no-such-text")


@pytest.mark.parametrize("key", ["no-such-text", "deadline"])
def test_a_missing_text_or_parameter_is_a_defect_in_tests(texts: Texts, key: str) -> None:
    with pytest.raises(Defect, match="text-"):
        texts.render("en", key)


def test_a_missing_text_is_a_calm_sentence_in_production() -> None:
    texts = Texts()
    with capture_logs() as logs:
        said = texts.render("ru", "no-such-text", detail="x")
    assert said == texts.render("ru", "something-broke")
    assert [entry["fault"] for entry in logs] == ["text-missing"]


def test_a_missing_parameter_is_logged_and_the_rest_is_said() -> None:
    texts = Texts()
    with capture_logs() as logs:
        said = texts.render("en", "deadline", model="Seedance")
    assert said.startswith("Seedance did not finish within")
    assert [entry["fault"] for entry in logs] == ["text-incomplete"]


def test_an_unknown_language_is_english(texts: Texts) -> None:
    assert texts.render("xx", "language-set") == "English from now on."
    assert texts.money("xx", 10_000) == "$0.01"


@pytest.mark.parametrize("key", ["button-monthly", "subscription-words"])
def test_a_monthly_amount_is_no_number_of_times(texts: Texts, key: str) -> None:
    """`500 раз` is five hundred times."""
    said = texts.plain("ru", key, stars=500, price_microusd=6_500_000)
    assert as_read(said).startswith("⭐ 500 каждые 30 дней")
