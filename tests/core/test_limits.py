"""Who may spend what, and when a count starts anew."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import LimitReached
from bot.core.limits import (
    COUNTED,
    QUARTER_MS,
    Bound,
    Counted,
    Facts,
    Lift,
    Measure,
    Period,
    Scope,
    Split,
    admit,
    allowance,
    first_whole_day,
    is_near,
    is_open,
    lacking,
    period_end,
    period_start,
    quarter_of,
    utc_day_of,
)
from bot.core.money import Microusd

BERLIN = ZoneInfo("Europe/Berlin")
RESET = 1_800_000_000_000


def limit(
    value: int,
    used: int = 0,
    measure: Measure = Measure.MONEY,
    period: Period = Period.MONTH,
    scope: Scope = Scope.USER,
    resets_at: int | None = RESET,
) -> Counted:
    return Counted(scope, measure, period, value, used, resets_at)


def refused(*args: object) -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        admit(*args)  # type: ignore[arg-type]  # the test hands over what admit takes
    return caught.value


def test_the_allowance_is_used_first_and_the_balance_pays_the_rest() -> None:
    assert admit([], [limit(500, 100)], Microusd(1_000), Microusd(300)) == Split(Microusd(300), Microusd(0))
    assert admit([], [limit(500, 400)], Microusd(1_000), Microusd(300)) == Split(Microusd(100), Microusd(200))


def test_the_tightest_of_the_own_limits_is_the_allowance() -> None:
    assert allowance([limit(500, 100), limit(900, 650)]) == 250
    assert allowance([limit(500, 700)]) == 0, "a limit that was lowered below its use leaves nothing, not less"


def test_a_price_above_the_means_names_the_limit_what_is_left_and_when_it_resets() -> None:
    fault = refused([], [limit(500, 400)], Microusd(50), Microusd(300))
    assert fault.key == "limit-money"
    assert fault.data == {
        "scope": "user",
        "liftable": "operator",
        "period": "month",
        "resets_at": RESET,
        "price_microusd": 300,
        "left_microusd": 150,
        "limit_microusd": 500,
    }


def test_a_pool_without_limits_of_its_own_pays_from_its_balance_alone() -> None:
    assert admit([], [], Microusd(300), Microusd(300)) == Split(Microusd(0), Microusd(300))
    fault = refused([], [], Microusd(299), Microusd(300))
    assert (fault.key, fault.data["scope"], fault.data["left_microusd"]) == ("limit-money", "chat", 299)
    assert "resets_at" not in fault.data


def test_a_balance_does_not_lift_the_limit_of_the_service() -> None:
    service = limit(1_000, 900, scope=Scope.SERVICE, period=Period.DAY)
    fault = refused([service], [limit(10**9)], Microusd(10**9), Microusd(300))
    assert (fault.data["scope"], fault.data["left_microusd"]) == ("service", 100)
    assert admit([service], [limit(10**9)], Microusd(0), Microusd(100)) == Split(Microusd(100), Microusd(0))


def test_the_last_request_of_the_day_is_allowed_and_the_next_is_not() -> None:
    def requests(used: int) -> Counted:
        return limit(3, used, Measure.REQUESTS, Period.DAY)

    assert admit([requests(2)], [limit(500)], Microusd(0), Microusd(1)) == Split(Microusd(1), Microusd(0))
    fault = refused([requests(3)], [limit(500)], Microusd(0), Microusd(1))
    assert fault.key == "limit-requests"
    assert fault.data == {
        "scope": "user",
        "liftable": "operator",
        "period": "day",
        "resets_at": RESET,
        "left": 0,
        "limit": 3,
    }


def test_jobs_at_once_are_freed_by_no_clock() -> None:
    fault = refused([limit(3, 3, Measure.ACTIVE, Period.NOW, resets_at=None)], [limit(500)], Microusd(0), Microusd(1))
    assert fault.key == "limit-active"
    assert "resets_at" not in fault.data


def test_several_jobs_are_admitted_together_or_not_at_all() -> None:
    active = limit(3, 1, Measure.ACTIVE, Period.NOW)
    assert admit([active], [limit(500)], Microusd(0), Microusd(100), 2) == Split(Microusd(200), Microusd(0))
    assert refused([active], [limit(500)], Microusd(0), Microusd(100), 3).key == "limit-active"
    assert refused([], [limit(500)], Microusd(0), Microusd(200), 3).data["price_microusd"] == 600


@pytest.mark.parametrize("price", [0, 1])
def test_zero_forbids_even_what_costs_nothing(price: int) -> None:
    for measure in COUNTED:
        assert refused([limit(0, measure=measure)], [limit(500)], Microusd(9), Microusd(price)).key == "limit-forbidden"
    assert refused([], [limit(0)], Microusd(0), Microusd(price)).key == "limit-forbidden"


def test_an_own_limit_of_zero_is_lifted_by_a_balance() -> None:
    assert admit([], [limit(0)], Microusd(300), Microusd(300)) == Split(Microusd(0), Microusd(300))
    assert refused([], [limit(0)], Microusd(299), Microusd(300)).data["left_microusd"] == 299


def test_a_debt_must_be_filled_first() -> None:
    fault = refused([], [limit(500)], Microusd(-50), Microusd(1))
    assert (fault.key, fault.data) == ("limit-balance-owed", {"owed_microusd": 50, "liftable": "operator"})


amounts = st.integers(0, 1_000)
counted = st.builds(limit, amounts, amounts, st.sampled_from(sorted(COUNTED)))


@given(hard=st.lists(counted, max_size=4), own=st.lists(st.builds(limit, amounts, amounts), max_size=3), data=st.data())
def test_what_is_admitted_never_exceeds_any_limit(hard: list[Counted], own: list[Counted], data: st.DataObject) -> None:
    balance = data.draw(st.integers(-1_000, 1_000))
    price, count = data.draw(amounts), data.draw(st.integers(1, 3))
    try:
        split = admit(hard, own, Microusd(balance), Microusd(price), count)
    except LimitReached:
        return
    assert split.from_allowance + split.from_balance == price * count
    assert 0 <= split.from_balance <= max(balance, 0)
    assert all(split.from_allowance <= each.left for each in own)
    for each in hard:
        assert each.used + (price * count if each.measure is Measure.MONEY else count) <= each.value


@given(own=st.lists(st.builds(limit, amounts, amounts), max_size=3), balance=st.integers(-1_000, 1_000), price=amounts)
def test_what_is_lacking_is_exactly_what_pays(own: list[Counted], balance: int, price: int) -> None:
    lacks = lacking(own, Microusd(balance), Microusd(price))
    admit([], own, Microusd(balance + lacks), Microusd(price))
    if lacks:
        refused([], own, Microusd(balance + lacks - 1), Microusd(price))


def ms(text: str, zone: ZoneInfo = BERLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


@pytest.mark.parametrize(
    ("period", "at", "reset_hour", "starts", "ends"),
    [
        (Period.DAY, "2026-11-23T15:00", 0, "2026-11-23T00:00", "2026-11-24T00:00"),
        (Period.DAY, "2026-11-23T03:59", 4, "2026-11-22T04:00", "2026-11-23T04:00"),
        (Period.DAY, "2026-11-23T04:00", 4, "2026-11-23T04:00", "2026-11-24T04:00"),
        (Period.WEEK, "2026-11-29T23:59", 0, "2026-11-23T00:00", "2026-11-30T00:00"),
        (Period.WEEK, "2026-11-23T03:00", 4, "2026-11-16T04:00", "2026-11-23T04:00"),
        (Period.MONTH, "2026-12-31T23:59", 0, "2026-12-01T00:00", "2027-01-01T00:00"),
        (Period.MONTH, "2026-02-01T01:00", 4, "2026-01-01T04:00", "2026-02-01T04:00"),
        (Period.MONTH, "2028-02-29T12:00", 0, "2028-02-01T00:00", "2028-03-01T00:00"),
    ],
)
def test_calendar_periods_follow_the_scopes_zone_and_reset_hour(
    period: Period, at: str, reset_hour: int, starts: str, ends: str
) -> None:
    assert period_start(period, ms(at), BERLIN, reset_hour) == ms(starts)
    assert period_end(period, ms(at), BERLIN, reset_hour) == ms(ends)


def test_a_day_has_23_hours_in_spring_and_25_in_autumn() -> None:
    for noon, hours in (("2026-03-29T12:00", 23), ("2026-10-25T12:00", 25)):
        start, end = period_start(Period.DAY, ms(noon), BERLIN), period_end(Period.DAY, ms(noon), BERLIN)
        assert end is not None
        assert (end - start) / 3_600_000 == hours


@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.MONTH])
@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-10-25T01:00"),
        ("America/Havana", "2026-03-08T05:00"),
        ("America/Havana", "2026-11-01T05:00"),
        ("Australia/Lord_Howe", "2026-10-03T15:30"),
        ("Pacific/Chatham", "2026-04-04T14:00"),
        ("Pacific/Chatham", "2026-09-26T14:00"),
        ("Antarctica/Troll", "2026-03-29T01:00"),
        ("Antarctica/Troll", "2026-10-25T01:00"),
    ],
)
def test_each_quarter_about_a_change_of_the_clock_lies_in_one_period(zone: str, change: str, period: Period) -> None:
    """Also where the clock leaps over the reset hour, or shows it twice."""
    middle, place = ms(change, ZoneInfo("UTC")), ZoneInfo(zone)
    for reset_hour in range(5):
        before = 0
        for at in range(middle - 26 * 4 * QUARTER_MS, middle + 26 * 4 * QUARTER_MS, QUARTER_MS):
            start, end = period_start(period, at, place, reset_hour), period_end(period, at, place, reset_hour)
            assert end is not None
            assert max(before, quarter_of(start)) == start <= at < end
            assert period_start(period, end, place, reset_hour) == end
            before = start


def test_jobs_at_once_and_for_ever_have_no_period() -> None:
    for period in (Period.NOW, Period.EVER):
        assert (period_start(period, RESET, BERLIN), period_end(period, RESET, BERLIN)) == (0, None)


zones = st.sampled_from(
    [UTC, *map(ZoneInfo, ("Europe/Berlin", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe"))]
)


@given(
    period=st.sampled_from([Period.DAY, Period.WEEK, Period.MONTH]),
    at_ms=st.integers(ms("2024-01-01T00:00"), ms("2030-01-01T00:00")),
    zone=zones,
    reset_hour=st.integers(0, 23),
)
def test_every_moment_lies_in_its_period_and_periods_meet_without_a_gap(
    period: Period, at_ms: int, zone: ZoneInfo, reset_hour: int
) -> None:
    start, end = period_start(period, at_ms, zone, reset_hour), period_end(period, at_ms, zone, reset_hour)
    assert end is not None
    assert start <= at_ms < end
    assert period_start(period, end, zone, reset_hour) == end
    assert period_end(period, start, zone, reset_hour) == end
    assert period_start(period, end - 1, zone, reset_hour) == start


def bound(measure: Measure, value: int = 1, *words: str, lift: Lift = Lift.ADMIN) -> Bound:
    return Bound(Scope.MEMBER, measure, lift, value, words, BERLIN)


@pytest.mark.parametrize(
    ("limit", "fits", "exceeds"),
    [
        (bound(Measure.MODEL, 1, "a", "b"), Facts(model="b"), Facts(model="c")),
        (bound(Measure.RESOLUTION, 1, "720p"), Facts(resolution="720p"), Facts(resolution="1080p")),
        (bound(Measure.RESOLUTION, 1, "4k"), Facts(resolution="1080p"), Facts(resolution="huge")),
        (bound(Measure.SECONDS, 10), Facts(duration_s=10), Facts(duration_s=11)),
        (bound(Measure.HOURS, 1, "9", "23"), Facts(at=ms("2026-11-23T09:00")), Facts(at=ms("2026-11-23T23:00"))),
        (bound(Measure.HOURS, 1, "22", "6"), Facts(at=ms("2026-11-23T05:59")), Facts(at=ms("2026-11-23T06:00"))),
    ],
)
def test_a_bound_looks_at_each_job_and_waits_for_what_is_not_known(limit: Bound, fits: Facts, exceeds: Facts) -> None:
    limit.check(Microusd(1), fits)
    limit.check(Microusd(1), Facts())
    with pytest.raises(LimitReached, match=f"limit-{limit.measure}") as caught:
        limit.check(Microusd(1), exceeds)
    assert (caught.value.data["scope"], caught.value.data["liftable"]) == ("member", "admin")


def test_the_price_of_one_job_is_bounded_whatever_several_cost() -> None:
    most = [bound(Measure.JOB, 100)]
    assert admit([], [limit(500)], Microusd(0), Microusd(100), 3, bounds=most) == Split(Microusd(300), Microusd(0))
    with pytest.raises(LimitReached, match="limit-job"):
        admit([], [limit(500)], Microusd(0), Microusd(101), bounds=most)


@pytest.mark.parametrize("measure", sorted(set(Measure) - COUNTED))
def test_a_bound_of_zero_forbids(measure: Measure) -> None:
    with pytest.raises(LimitReached, match="limit-forbidden"):
        bound(measure, 0).check(Microusd(0), Facts())


@pytest.mark.parametrize(
    ("at", "opens"), [("2026-11-23T08:00", "2026-11-23T09:00"), ("2026-11-23T23:30", "2026-11-24T09:00")]
)
def test_closed_hours_say_when_they_open(at: str, opens: str) -> None:
    with pytest.raises(LimitReached) as caught:
        bound(Measure.HOURS, 1, "9", "23").check(Microusd(1), Facts(at=ms(at)))
    assert caught.value.data["resets_at"] == ms(opens)


def test_equal_hours_are_the_whole_day() -> None:
    assert all(is_open(9, 9, hour) for hour in range(24))


def test_what_an_operator_holds_is_told_before_what_a_moderator_may_lift() -> None:
    ours = Counted(Scope.MEMBER, Measure.REQUESTS, Period.DAY, 1, 1, lift=Lift.ADMIN)
    theirs = Counted(Scope.SERVICE, Measure.MONEY, Period.DAY, 1, 1)
    assert refused([ours, theirs], [limit(500)], Microusd(0), Microusd(9)).data["liftable"] == "operator"
    assert refused([ours], [limit(5)], Microusd(0), Microusd(9)).data["liftable"] == "operator"
    assert refused([ours], [limit(500)], Microusd(0), Microusd(9)).data["liftable"] == "admin"


@pytest.mark.parametrize(
    ("used", "period", "near"),
    [(7, Period.DAY, True), (6, Period.DAY, False), (9, Period.HOUR, False), (9, Period.NOW, False)],
)
def test_a_limit_is_near_from_four_fifths_on(used: int, period: Period, near: bool) -> None:
    assert is_near(limit(10, used, Measure.REQUESTS, period), 1) is near


@given(at_ms=st.integers(0, 2**42))
def test_quarters_and_days_hold_their_moment(at_ms: int) -> None:
    assert quarter_of(at_ms) <= at_ms < quarter_of(at_ms) + 900_000
    assert utc_day_of(at_ms) <= at_ms <= first_whole_day(at_ms) < utc_day_of(at_ms) + 2 * 86_400_000
