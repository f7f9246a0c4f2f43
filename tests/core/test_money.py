"""Money is whole micro-dollars, shown to the nearest cent unless that would hide something."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalog import Usage
from bot.core.money import MOST, Microusd, ceil_microusd, show, show_together, usd
from bot.core.pricing import PerSecondPrice
from bot.core.request import VideoSpec


@pytest.mark.parametrize(
    ("amount", "microusd"),
    [("0.7623", 762_300), (5, 5_000_000), ("0.0000005", 0), ("0.0000015", 2), ("-1.5", -1_500_000)],
)
def test_an_amount_becomes_whole_microdollars(amount: str | int, microusd: int) -> None:
    assert usd(amount) == microusd


@pytest.mark.parametrize("amount", ["", "five", "NaN", "Infinity", "1e400"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"not an amount|NaN"):
        usd(amount)


def test_no_price_rounds_down_to_free() -> None:
    assert (ceil_microusd(Decimal("0.0001")), ceil_microusd(Decimal(7)), ceil_microusd(Decimal(0))) == (1, 7, 0)


def test_no_reported_number_makes_a_cost_that_the_books_cannot_hold() -> None:
    price = PerSecondPrice({"720p": Microusd(140_000)})
    assert ceil_microusd(Decimal("1e30")) == MOST
    spec = VideoSpec("m", ("a dog",), (), 8, "720p", "16:9", 1280, 720)
    assert price.cost(spec, 0, Usage(seconds=9e14)) == MOST < 2**63


@pytest.mark.parametrize(
    ("microusd", "shown"),
    [
        (756_000, "$0.76"),
        (4_200, "$0.0042"),
        (10_000, "$0.01"),
        (0, "$0.00"),
        (-1_500_000, "-$1.50"),
        (1_234_567_890, "$1,234.57"),
    ],
)
def test_figures_are_shown_to_the_cent_and_finer_below_one(microusd: int, shown: str) -> None:
    assert show(microusd) == shown


def test_figures_that_would_look_equal_are_told_apart() -> None:
    assert show_together([640_000, 644_000]) == ["$0.6400", "$0.6440"]
    assert show_together([640_000, 640_000, 1_000_000]) == ["$0.64", "$0.64", "$1.00"]


@given(st.integers(0, 10**12))
def test_a_shown_amount_is_within_half_a_cent(microusd: int) -> None:
    shown = usd(show(microusd).removeprefix("$").replace(",", ""))
    assert abs(shown - microusd) <= 5_000
