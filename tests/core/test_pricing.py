"""Prices against every figure that was billed or published (facts: Ark price)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalog import Usage
from bot.core.errors import Defect
from bot.core.media import MediaKind
from bot.core.money import Microusd, usd
from bot.core.pricing import (
    ClipPrice,
    PerMinutePrice,
    PerSecondPrice,
    TokenPrice,
    UnitPrice,
    UnitRate,
    rates,
    tokens,
)
from bot.core.request import Label, Reference, Role, VideoSpec

USD_20 = TokenPrice(
    rates({"480p": ("7.0", "4.3"), "720p": ("7.0", "4.3"), "1080p": ("7.7", "4.7"), "4k": ("4.0", "2.4")})
)
SIZES = {"480p": (864, 496), "720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}
SIZES_25 = {"480p": (854, 480), "720p": (1280, 720), "1080p": (1920, 1080)}
A_VIDEO = Reference(Label(MediaKind.VIDEO, 1), Role.REFERENCE, 1)
A_PICTURE = Reference(Label(MediaKind.IMAGE, 1), Role.REFERENCE, 2)


def spec(
    duration_s: int = 5,
    resolution: str = "720p",
    size: tuple[int, int] | None = None,
    references: tuple[Reference, ...] = (),
) -> VideoSpec:
    width, height = size or SIZES[resolution]
    return VideoSpec("seedance-2.0", ("a dog",), references, duration_s, resolution, "16:9", width, height)


@pytest.mark.parametrize(
    ("size", "output_s", "input_s", "billed"),
    [
        ((1280, 720), 4, 0, 87_300),
        ((1280, 720), 5, 0, 108_900),
        ((1280, 720), 4, 4, 173_700),
        ((1280, 720), 11, 8, 411_300),
        ((864, 496), 4, 0, 40_594),
        ((854, 480), 4, 0, 38_830),
        ((1280, 720), 30, 30, 1_296_900),
    ],
)
def test_the_formula_gives_the_tokens_that_were_billed(
    size: tuple[int, int], output_s: int, input_s: int, billed: int
) -> None:
    assert tokens(*size, output_s, input_s) == billed


def test_five_seconds_of_720p_on_byteplus_cost_76_cents() -> None:
    assert USD_20.quote(spec(), 0) == usd("0.7623")
    assert USD_20.cost(spec(), 0, Usage(tokens=108_900)) == usd("0.7623")


CNY_20 = {"480p": ("46", "28"), "720p": ("46", "28"), "1080p": ("51", "31"), "4k": ("26", "16")}
CNY_FAST = {"480p": ("37", "22"), "720p": ("37", "22")}
CNY_MINI = {"480p": ("23", "14"), "720p": ("23", "14")}
CNY_25 = {"480p": ("70", "42"), "720p": ("70", "42"), "1080p": ("77", "46")}
USD_25 = {"480p": ("10.7", "6.4"), "720p": ("10.7", "6.4"), "1080p": ("11.7", "7.0")}
EXAMPLES = [
    (CNY_20, SIZES, {"480p": "2.31", "720p": "4.97", "1080p": "12.39", "4k": "25.27"}),
    (CNY_FAST, SIZES, {"720p": "4.00"}),
    (CNY_MINI, SIZES, {"720p": "2.48"}),
    (CNY_25, SIZES_25, {"480p": "3.36", "720p": "7.56", "1080p": "18.71"}),
    ({"720p": ("7.0", "4.3")}, SIZES, {"720p": "0.756"}),
    ({"720p": ("5.6", "3.3")}, SIZES, {"720p": "0.605"}),
    ({"720p": ("3.5", "2.1")}, SIZES, {"720p": "0.378"}),
    (USD_25, SIZES_25, {"480p": "0.514", "720p": "1.156"}),
]


@pytest.mark.parametrize(("listed", "sizes", "printed"), EXAMPLES)
def test_published_examples_are_our_quote_less_the_one_frame_that_they_leave_out(
    listed: dict[str, tuple[str, str]], sizes: dict[str, tuple[int, int]], printed: dict[str, str]
) -> None:
    price = TokenPrice(rates(listed))
    for resolution, example in printed.items():
        quote = price.quote(spec(5, resolution, sizes[resolution]), 0)
        assert abs(quote * 120 / 121 - usd(example)) <= usd("0.0125")
        assert quote > usd(example) - usd("0.005")


def test_a_yuan_list_is_charged_at_the_rate_that_the_operator_set() -> None:
    price = TokenPrice(rates(CNY_20, Decimal("0.14")))
    assert price.quote(spec(), 0) == usd(Decimal(46) * Decimal("0.14") * 108_900 / 1_000_000)


def test_a_video_reference_takes_the_cheaper_rate_and_counts_at_least_the_length_of_the_output() -> None:
    order = spec(4, references=(A_PICTURE, A_VIDEO))
    assert USD_20.quote(order, 4) == usd(Decimal("4.3") * 173_700 / 1_000_000)
    assert USD_20.quote(order, 2) == USD_20.quote(order, 4)
    assert USD_20.quote(order, 7.2) == USD_20.quote(order, 8)
    assert USD_20.cost(order, 2, Usage(tokens=130_500)) == usd(Decimal("4.3") * 130_500 / 1_000_000)


def test_pictures_do_not_change_the_price() -> None:
    assert USD_20.quote(spec(references=(A_PICTURE,)), 0) == USD_20.quote(spec(), 0)


def test_the_resolution_that_was_made_is_the_one_that_is_billed() -> None:
    made = USD_20.cost(spec(), 0, Usage(tokens=1_000_000, resolution="1080p"))
    unheard = USD_20.cost(spec(), 0, Usage(tokens=1_000_000, resolution="9000p"))
    assert (made, unheard) == (usd("7.7"), usd("7.0"))


@pytest.mark.parametrize("price", [USD_20, PerMinutePrice({"720p": usd("0.10")}), ClipPrice({"720p": usd("0.4")})])
def test_without_a_report_the_quote_is_the_cost(price: TokenPrice | PerMinutePrice | ClipPrice) -> None:
    assert price.cost(spec(), 0, Usage()) == price.quote(spec(), 0)
    nothing = Usage(tokens=0, seconds=0.0, credits=-1.0, read_tokens=7)
    assert nothing.of_output() == Usage(read_tokens=7)
    assert Usage(tokens=1, seconds=0.5, credits=2.0).of_output() == Usage(tokens=1, seconds=0.5, credits=2.0)


@pytest.mark.parametrize("price", [USD_20, PerMinutePrice({}), ClipPrice({})])
def test_a_resolution_without_a_price_is_a_defect_and_never_free(
    price: TokenPrice | PerMinutePrice | ClipPrice,
) -> None:
    with pytest.raises(Defect, match="no-price"):
        price.quote(spec(resolution="8k", size=(1, 1)), 0)


def test_the_guides_prices_are_per_minute_of_output() -> None:
    price = PerMinutePrice({"720p": usd("0.10"), "1080p": usd("0.30"), "2K": usd("0.80")})
    assert price.quote(spec(15), 0) == usd("0.025")
    assert price.quote(spec(15, "1080p"), 0) == usd("0.075")
    assert price.quote(spec(5), 0) == 8_334, "a third of a micro-dollar is rounded up"
    assert price.cost(spec(5), 0, Usage(seconds=4.5)) == usd("0.0075")


def test_a_second_is_billed_as_it_was_made() -> None:
    price = PerSecondPrice({"720p": usd("0.30"), "1080p": usd("0.70")})
    assert price.quote(spec(8, "1080p"), 0) == price.cost(spec(8, "1080p"), 0, Usage()) == usd("5.60")
    assert price.cost(spec(8, "1080p"), 0, Usage(seconds=4.0, resolution="720p")) == usd("1.20")
    assert price.cost(spec(8, "1080p"), 0, Usage(resolution="9000p")) == usd("5.60")
    with pytest.raises(Defect, match="no-price"):
        price.quote(spec(8, "4k"), 0)


def test_a_clip_has_one_price() -> None:
    price = ClipPrice({"720p": Microusd(400_000)})
    assert price.quote(spec(4), 0) == price.cost(spec(12), 0, Usage(seconds=12)) == 400_000


@given(
    duration_s=st.integers(4, 15),
    input_s=st.floats(0, 15.2),
    resolution=st.sampled_from(sorted(SIZES)),
    with_video=st.booleans(),
)
def test_what_the_formula_bills_is_never_above_the_quote(
    duration_s: int, input_s: float, resolution: str, with_video: bool
) -> None:
    order = spec(duration_s, resolution, references=(A_VIDEO,) if with_video else ())
    billed = tokens(order.width, order.height, duration_s, input_s if with_video else 0)
    assert 0 < USD_20.cost(order, input_s, Usage(tokens=billed)) <= USD_20.quote(order, input_s)


UNITS = UnitPrice(
    Decimal(140_000), {"720p": UnitRate.listed("0.6", "0.9", "1.2"), "1080p": UnitRate.listed("2", "2", by_input="1")}
)


@pytest.mark.parametrize(
    ("wanted", "input_s", "dollars"),
    [
        (spec(), 0, "0.63"),
        (replace(spec(), audio=False), 0, "0.42"),
        (spec(references=(A_PICTURE,)), 0, "0.63"),
        (spec(references=(A_VIDEO,)), 9, "0.84"),
        (spec(resolution="1080p", references=(A_VIDEO,)), 2.1, "1.82"),
    ],
)
def test_units_are_counted_by_the_second(wanted: VideoSpec, input_s: float, dollars: str) -> None:
    assert UNITS.quote(wanted, input_s) == usd(dollars)
    assert UNITS.cost(wanted, input_s, Usage()) == usd(dollars)


def test_units_settle_to_what_is_reported() -> None:
    assert UNITS.cost(spec(), 0, Usage(credits=3.5)) == usd("0.49")
    assert UNITS.cost(spec(), 0, Usage(credits=0)) == 0


def test_a_video_costs_at_least_so_many_units() -> None:
    least = UnitPrice(Decimal(10_000), {"720p": UnitRate.listed("0", "0", by_input="28")}, Decimal(56))
    assert least.quote(spec(), 1) == usd("0.56")
    assert least.quote(spec(), 2.5) == usd("0.84")
    with pytest.raises(Defect):
        least.quote(spec(resolution="4k"), 1)
