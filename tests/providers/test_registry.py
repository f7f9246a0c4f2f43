"""What is configured becomes providers in order, and one catalog."""

from __future__ import annotations

import pytest

from bot.core.errors import OperatorFault
from bot.providers.config import ProviderConfig
from bot.providers.own import read_own
from bot.providers.registry import build
from tests.providers.kit import KEY

BYTEPLUS = "https://ark.ap-southeast.bytepluses.com/api/v3"
CONFIGS = (
    ProviderConfig("seedance", "https://api.laozhang.ai/v1", KEY),
    ProviderConfig("ark", BYTEPLUS, KEY),
    ProviderConfig("ark", "http://127.0.0.1:9/api/v3", KEY, name="sandbox", prices="byteplus"),
)


async def test_the_order_given_comes_first_and_the_rest_as_configured() -> None:
    registry = build(CONFIGS, ["ark", "seedance"])
    assert list(registry.providers) == ["ark", "seedance", "sandbox"]
    assert {name: provider.name for name, provider in registry.providers.items()} == {
        name: name for name in registry.providers
    }
    await registry.close()


async def test_the_catalog_prefers_the_first_provider_of_a_model() -> None:
    registry = build(CONFIGS, ["ark", "seedance"])
    catalog = registry.catalog("seedance-2.0", ["seedance-2.0", "seedance-2.5"])
    assert [offer.provider for offer in catalog.of("seedance-2.0")] == ["ark", "seedance", "sandbox"]
    assert [model.id for model in catalog.models][-1] == "seedance-2.5"
    assert catalog.model_order == ("seedance-2.0", "seedance-2.5")
    assert registry.unpriced == ()
    await registry.close()


async def test_a_house_without_a_price_list_offers_nothing_and_is_named() -> None:
    registry = build([ProviderConfig("ark", "https://proxy.example/api/v3", KEY)])
    assert registry.unpriced == ("ark",)
    assert registry.catalog("seedance-2.0", []).offers == ()
    await registry.close()


@pytest.mark.parametrize(
    ("base", "prices", "borrows"),
    [
        ("https://proxy.example/api/v3", "byteplus", True),
        ("https://api.laozhang.ai/seedance/api/v3", "byteplus", False),
        ("https://proxy.example/api/v3", "contract", False),
        ("https://proxy.example/api/v3", None, False),
    ],
)
async def test_a_host_borrows_a_built_in_list_where_it_has_none_of_its_own(
    base: str, prices: str | None, *, borrows: bool
) -> None:
    own = read_own('[prices.contract]\nlike = "byteplus"\nprice."seedance-2.0".per_clip = {"720p" = "1"}\n')
    registry = build([ProviderConfig("ark", base, KEY, prices=prices)], own=own)
    assert [config.prices for config in registry.borrowing] == [prices] * borrows
    await registry.close()


async def test_a_named_list_of_another_format_is_no_house_to_compare_with() -> None:
    registry = build([ProviderConfig("openai", "https://proxy.example/v1", KEY, prices="sora-2")])
    assert registry.borrowing == ()
    await registry.close()


@pytest.mark.parametrize(("adapter", "variable"), [("ark", "ARK_PRICES"), ("openai", "OPENAI_PRICES")])
def test_a_price_list_that_there_is_not_is_named_with_those_that_there_are(adapter: str, variable: str) -> None:
    own = read_own('[prices.contract]\nlike = "byteplus"\nprice = {}\n')
    with pytest.raises(OperatorFault) as caught:
        build([ProviderConfig(adapter, BYTEPLUS, KEY, prices="bytplus")], own=own)
    told = caught.value.data
    assert (caught.value.key, told["variable"], told["name"]) == ("price-list-unknown", variable, "bytplus")
    assert str(told["known"]).endswith(", contract")


def test_a_list_like_none_is_told_where_it_stands() -> None:
    own = read_own('[prices.contract]\nlike = "bytplus"\nprice = {}\n')
    with pytest.raises(OperatorFault) as caught:
        build([ProviderConfig("ark", BYTEPLUS, KEY, prices="contract")], own=own)
    assert (caught.value.key, caught.value.data["where"]) == ("models-file-wrong", "prices contract, like")


def test_a_config_does_not_show_its_key_and_tells_keys_apart() -> None:
    one, other = ProviderConfig("ark", BYTEPLUS, KEY), ProviderConfig("ark", BYTEPLUS, KEY + "1")
    assert KEY not in repr(one)
    assert one.key_name != other.key_name
    assert one.key_name not in KEY


@pytest.mark.parametrize("adapter", ["ark", "seedance"])
async def test_an_adapter_is_told_apart_from_its_name(adapter: str) -> None:
    registry = build([ProviderConfig(adapter, BYTEPLUS, KEY, name="mine")])
    (provider,) = registry.providers.values()
    assert (provider.name, {offer.provider for offer in provider.offers}) == ("mine", {"mine"})
    await registry.close()
