"""Quota sentences, English and Russian, good and bad, each with its exact effect or refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Faults
from bot.core.quotas import QuotaOrder, Whom, read_quota, written

GOOD: list[tuple[str, str, str | None, str]] = [
    # sentence, whom, name, effect as words
    ("5/day", "members", None, "5/day"),
    ("$2/week", "members", None, "$2/week"),
    ("5/day $2/week active=2", "members", None, "5/day $2/week active=2"),
    ("@ann 20/day", "member", "@ann", "20/day"),
    ("@Ann_B 20/day", "member", "@ann_b", "20/day"),
    ("123456789 3/day", "member", "123456789", "3/day"),
    ("chat $40/month", "chat", None, "$40/month"),
    ("group $40/month", "chat", None, "$40/month"),
    ("topic 10/hour", "topic", None, "10/hour"),
    ("service $100/day", "service", None, "$100/day"),
    ("members 3/day", "members", None, "3/day"),
    ("5 a day, $2 a week", "members", None, "5/day $2/week"),
    ("5 per day", "members", None, "5/day"),
    ("5 videos a day", "members", None, "5/day"),
    ("2$/week", "members", None, "$2/week"),
    ("2 usd/week", "members", None, "$2/week"),
    ("2 dollars per week", "members", None, "$2/week"),
    ("$2.50/week", "members", None, "$2.5/week"),
    ("$2,50/week", "members", None, "$2.5/week"),
    ("$0.005/day", "members", None, "$0.005/day"),
    ("$100/ever", "members", None, "$100/ever"),
    ("$100/total", "members", None, "$100/ever"),
    ("1/min", "members", None, "1/minute"),
    ("1/minute 10/h 20/d", "members", None, "1/minute 10/hour 20/day"),
    ("5 / day", "members", None, "5/day"),
    ("active = 2", "members", None, "active=2"),
    ("job=$1", "members", None, "job=$1"),
    ("job=0.75$", "members", None, "job=$0.75"),
    ("model=seedance-2.0,seedance-2.0-fast", "members", None, "model=seedance-2.0,seedance-2.0-fast"),
    ("model=seedance-2.0, seedance-2.0-mini", "members", None, "model=seedance-2.0,seedance-2.0-mini"),
    ("model=OFF", "members", None, "model=off"),
    ("res=720p", "members", None, "res=720p"),
    ("res=720P", "members", None, "res=720p"),
    ("res=8k", "members", None, "res=8k"),
    ("res=4K", "members", None, "res=4k"),
    ("res=2k", "members", None, "res=2K"),
    ("sec=10", "members", None, "sec=10"),
    ("sec=10s", "members", None, "sec=10"),
    ("hours=09-23", "members", None, "hours=9-23"),
    ("hours=22-6", "members", None, "hours=22-6"),
    ("hours=9:00-24:00", "members", None, "hours=9-0"),
    ("0", "members", None, "0/day"),
    ("@ann 0", "member", "@ann", "0/day"),
    ("0/day", "members", None, "0/day"),
    ("$0/week", "members", None, "$0/week"),
    ("active=0", "members", None, "active=0"),
    ("model=0", "members", None, "model=0"),
    ("active=off", "members", None, "active=off"),
    ("off/day", "members", None, "off/day"),
    ("$off/week", "members", None, "$off/week"),
    ("unlimited/day", "members", None, "unlimited/day"),
    ("@ann everywhere 3/day $5/month", "member", "@ann", "everywhere 3/day $5/month"),
    ("@ann 3/day $5/month everywhere", "member", "@ann", "everywhere 3/day $5/month"),
    ("@ann active=2 everywhere 3/day", "member", "@ann", "active=2 everywhere 3/day"),
    ("@аня_к везде 3/день", "member", "@аня_к", "everywhere 3/day"),
    ("@аня_к 3/день везде", "member", "@аня_к", "everywhere 3/day"),
    ("5/день", "members", None, "5/day"),
    ("5 в день", "members", None, "5/day"),
    ("5 видео в день", "members", None, "5/day"),
    ("$2 в неделю", "members", None, "$2/week"),
    ("2 доллара в неделю", "members", None, "$2/week"),
    ("10 баксов за месяц", "members", None, "$10/month"),
    ("группа $40/месяц", "chat", None, "$40/month"),
    ("тема 10/час", "topic", None, "10/hour"),
    ("сервис $100/день", "service", None, "$100/day"),
    ("участники 3/день", "members", None, "3/day"),
    ("@аня_к 3/день", "member", "@аня_к", "3/day"),
    ("сразу=2", "members", None, "active=2"),
    ("ролик=$1", "members", None, "job=$1"),
    ("модель=seedance-2.0", "members", None, "model=seedance-2.0"),
    ("разрешение=720p", "members", None, "res=720p"),
    ("сек=10", "members", None, "sec=10"),
    ("часы=9-23", "members", None, "hours=9-23"),
    ("безлимит/день", "members", None, "unlimited/day"),
    ("5/DAY", "members", None, "5/day"),
    ("5\u00a0/\u00a0day", "members", None, "5/day"),
]

CLEARED = [
    ("off", "members"),
    ("@ann off", "member"),
    ("все убрать", "members"),
    ("тема выкл", "topic"),
]

BAD: list[tuple[str, list[str]]] = [
    ("lots", ["quota-unknown-word"]),
    ("5", ["quota-unknown-word"]),
    ("$5", ["quota-unknown-word"]),
    ("5/fortnight", ["quota-unknown-period"]),
    ("/day", ["quota-no-amount"]),
    ("$/day", ["quota-no-amount"]),
    ("many/day", ["quota-no-amount"]),
    ("-5/day", ["quota-no-amount"]),
    ("2.5/day", ["quota-no-amount"]),
    ("5/week", ["quota-period-requests"]),
    ("$5/hour", ["quota-period-money"]),
    ("$99999999/day", ["quota-no-amount"]),
    ("$9999999/day", ["quota-too-much"]),
    ("99999999/day", ["quota-too-much"]),
    ("active=two", ["quota-no-amount"]),
    ("active=", ["quota-no-amount"]),
    ("job=1", ["quota-no-amount"]),
    ("colour=red", ["quota-unknown-limit"]),
    ("=5", ["quota-unknown-limit"]),
    ("model=!", ["quota-bad-model"]),
    ("res=tiny", ["quota-bad-resolution"]),
    ("hours=25-26", ["quota-bad-hours"]),
    ("hours=9", ["quota-bad-hours"]),
    ("hours=9-9", ["quota-bad-hours"]),
    ("sec=99999", ["quota-too-much"]),
    ("5/day 6/day", ["quota-twice"]),
    ("@ann 5/day wibble colour=red", ["quota-unknown-word", "quota-unknown-limit"]),
    ("5 в полнолуние", ["quota-unknown-period"]),
    ("много", ["quota-unknown-word"]),
    ("пять/день", ["quota-no-amount"]),
    ("/день", ["quota-no-amount"]),
    ("$/неделя", ["quota-no-amount"]),
    ("две в день", ["quota-no-amount"]),
    ("5/неделя", ["quota-period-requests"]),
    ("5 видео в месяц", ["quota-period-requests"]),
    ("$5/час", ["quota-period-money"]),
    ("2 доллара в минуту", ["quota-period-money"]),
    ("$9999999/день", ["quota-too-much"]),
    ("сразу=два", ["quota-no-amount"]),
    ("ролик=1", ["quota-no-amount"]),
    ("сек=99999", ["quota-too-much"]),
    ("цвет=красный", ["quota-unknown-limit"]),
    ("модель=лучшая!", ["quota-bad-model"]),
    ("разрешение=большое", ["quota-bad-resolution"]),
    ("часы=утро", ["quota-bad-hours"]),
    ("часы=9-25", ["quota-bad-hours"]),
    ("5/день 6/день", ["quota-twice"]),
    ("сразу=2 одновременно=3", ["quota-twice"]),
    ("группа 5/день как-нибудь", ["quota-unknown-word"]),
    ("@аня_к 5/день сброс", ["quota-unknown-word"]),
    ("@аня_к 3/век цвет=красный", ["quota-unknown-period", "quota-unknown-limit"]),
]


@pytest.mark.parametrize(("sentence", "whom", "name", "effect"), GOOD)
def test_a_sentence_sets_exactly_these_limits(sentence: str, whom: str, name: str | None, effect: str) -> None:
    order = read_quota(sentence)
    assert (order.whom, order.name, written(order.settings), order.clear) == (Whom(whom), name, effect, False)


@pytest.mark.parametrize("names", ["My_Model,8k", "лучшая"])
def test_an_operator_s_own_names_of_models_are_read(names: str) -> None:
    """Whether there are such models is the service's to say."""
    assert written(read_quota(f"model={names}").settings) == f"model={names}"


@pytest.mark.parametrize(
    ("said", "found"),
    [("my_model", "My_Model"), ("MY_MODEL,8K", "My_Model,8k"), ("veo,VEO,Veo", "veo,veo,Veo"), ("other", "other")],
)
def test_a_model_is_found_whatever_its_case(said: str, found: str) -> None:
    (setting,) = read_quota(f"model={said}", {"My_Model", "8k", "veo", "Veo"}).settings
    assert setting.value == found


@pytest.mark.parametrize(("sentence", "whom"), CLEARED)
def test_off_alone_removes_every_override(sentence: str, whom: str) -> None:
    order = read_quota(sentence)
    assert (order.whom, order.clear, order.settings) == (Whom(whom), True, ())


@pytest.mark.parametrize(
    ("sentence", "name"),
    [("@ann reset", "@ann"), ("@аня_к сброс", "@аня_к"), ("777888 сбросить", "777888"), ("reset", None)],
)
def test_reset_alone_gives_back_and_sets_nothing(sentence: str, name: str | None) -> None:
    order = read_quota(sentence)
    assert (order.reset, order.name, order.clear, order.settings, order.is_panel) == (True, name, False, (), False)


@pytest.mark.parametrize(
    ("sentence", "named"),
    [("@ann unlimited", ""), ("@ann unlimited 5/day", "5/day"), ("@ann безлимит", ""), ("@ann ∞ job=$1", "job=$1")],
)
def test_unlimited_alone_takes_away_all_that_is_not_named(sentence: str, named: str) -> None:
    order = read_quota(sentence)
    assert (order.unlimited, written(order.settings), order.is_panel) == (True, named, False)


@pytest.mark.parametrize("sentence", ["", "  ", "@ann", "group", "тема"])
def test_no_limit_asks_for_the_panel(sentence: str) -> None:
    assert read_quota(sentence).is_panel


@pytest.mark.parametrize(("sentence", "keys"), BAD)
def test_a_bad_sentence_is_refused_whole_with_every_reason(sentence: str, keys: list[str]) -> None:
    with pytest.raises(Faults) as refused:
        read_quota(sentence)
    assert [fault.key for fault in refused.value.faults] == keys


PIECES = st.lists(st.sampled_from(["5", "/", "$", "day", "=", "off", "@ann", "active", " "])).map("".join)


def outcome(text: str) -> QuotaOrder | tuple[object, ...]:
    try:
        return read_quota(text)
    except Faults as refused:
        return refused.faults


@given(st.text(max_size=60) | PIECES)
def test_any_text_is_an_order_or_a_refusal(text: str) -> None:
    assert outcome(text)


@given(st.sampled_from(GOOD))
def test_an_order_written_down_reads_the_same(row: tuple[str, str, str | None, str]) -> None:
    settings = read_quota(row[0]).settings
    assert read_quota(written(settings)).settings == settings
