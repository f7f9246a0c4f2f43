"""Ark's variables. `ARK_PRICES` names the list of a house that has none of its own."""

from __future__ import annotations

from pydantic import SecretStr

from bot.providers.adapter import Adapter, PriceLists
from bot.providers.ark.catalog import PRICE_LISTS
from bot.providers.ark.client import ArkProvider
from bot.providers.ark.hosts import known_host
from bot.providers.config import ProviderConfig
from bot.providers.variables import BaseUrl, Variables, told


class ArkVariables(Variables):
    ark_api_key: SecretStr | None = None
    ark_base_url: BaseUrl = "https://ark.ap-southeast.bytepluses.com/api/v3"
    ark_prices: str | None = None


def _read(own: ArkVariables) -> ProviderConfig | None:
    if not own.ark_api_key:
        return None
    return ProviderConfig("ark", own.ark_base_url, told(own.ark_api_key), prices=own.ark_prices)


ADAPTER = Adapter(
    ArkProvider,
    ArkVariables,
    _read,
    place=10,
    prices=PriceLists("ARK_PRICES", PRICE_LISTS, has_own=lambda host: known_host(host) is not None),
)
