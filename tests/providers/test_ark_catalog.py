"""Houses that speak Ark, their ids and their price lists."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.core.money import show
from bot.providers.ark.catalog import MODELS, PRICE_LISTS, offers
from bot.providers.ark.hosts import host_of
from tests.providers.kit import order


@pytest.mark.parametrize(
    ("host", "named", "prices", "lists"),
    [
        ("ark.ap-southeast.bytepluses.com", None, "byteplus", True),
        ("ark.cn-beijing.volces.com", "byteplus", "volcengine", True),
        ("api.laozhang.ai", None, "laozhang", False),
        ("api.apiyi.com", None, "apiyi", False),
        ("evil-volces.com", None, "", True),
        ("127.0.0.1", "byteplus", "byteplus", True),
        ("proxy.example", None, "", True),
    ],
)
def test_a_price_list_belongs_to_a_house(host: str, named: str | None, prices: str, lists: bool) -> None:
    found = host_of(host, named)
    assert (found.prices, found.lists, found.cancels) == (prices, lists, lists)


@pytest.mark.parametrize(("prices", "prefix"), [("byteplus", "dreamina-"), ("volcengine", "doubao-")])
def test_a_house_has_its_own_ids_for_four_models(prices: str, prefix: str) -> None:
    made = list(offers("ark", prices, Decimal("0.14")))
    assert [offer.model for offer in made] == list(MODELS)
    assert all(offer.wire_id.startswith(prefix + "seedance-2-") for offer in made)


def test_without_a_price_list_nothing_is_offered() -> None:
    assert list(offers("ark", "", Decimal("0.14"))) == []
    assert list(offers("ark", "unheard-of", Decimal("0.14"))) == []


@pytest.mark.parametrize(
    ("prices", "model", "resolution", "shown"),
    [
        ("byteplus", "seedance-2.0", "720p", "$0.76"),
        ("byteplus", "seedance-2.0", "1080p", "$1.89"),
        ("byteplus", "seedance-2.0", "4k", "$3.92"),
        ("byteplus", "seedance-2.0-fast", "720p", "$0.61"),
        ("byteplus", "seedance-2.0-mini", "720p", "$0.38"),
        ("byteplus", "seedance-2.5", "480p", "$0.52"),
        ("byteplus", "seedance-2.5", "720p", "$1.17"),
        ("volcengine", "seedance-2.0", "720p", "$0.70"),
        ("laozhang", "seedance-2.0", "720p", "$0.86"),
    ],
)
def test_five_seconds_cost_what_the_lists_say(prices: str, model: str, resolution: str, shown: str) -> None:
    (offer,) = [offer for offer in offers("ark", prices, Decimal("0.14")) if offer.model.id == model]
    width, height = offer.model.sizes[resolution, "16:9"]
    wanted = order(model=model, resolution=resolution, width=width, height=height).spec
    assert show(offer.price.quote(wanted, 0)) == shown


def test_every_list_prices_every_resolution_of_every_model() -> None:
    for prices in PRICE_LISTS.values():
        for model in MODELS:
            assert set(prices.listed[model.id]) == set(model.resolutions)
