"""The variables of the `/v1/videos` format. A self-hosted server asks for no key: its address is enough."""

from __future__ import annotations

from typing import Literal

from pydantic import SecretStr

from bot.providers.adapter import Adapter, PriceLists
from bot.providers.config import ProviderConfig
from bot.providers.openai.catalog import PRICE_LISTS, USUAL_PRICES, offers
from bot.providers.openai.client import OpenAIProvider
from bot.providers.openai.dialects import DIALECTS
from bot.providers.variables import BaseUrl, SigningSecret, Variables, told


class OpenAIVariables(Variables):
    openai_base_url: BaseUrl | None = None
    openai_api_key: SecretStr | None = None
    openai_dialect: Literal["official", "sglang", "vllm-omni", "litellm", "generic"] = "generic"
    openai_prices: str | None = None
    openai_webhook_secret: SigningSecret | None = None


def _read(own: OpenAIVariables) -> ProviderConfig | None:
    if own.openai_base_url is None:
        return None
    extras = {"dialect": own.openai_dialect, "webhook_secret": told(own.openai_webhook_secret)}
    key, prices = told(own.openai_api_key), own.openai_prices
    return ProviderConfig("openai", own.openai_base_url, key, prices=prices, extras=extras)


ADAPTER = Adapter(
    OpenAIProvider,
    OpenAIVariables,
    _read,
    place=30,
    prices=PriceLists("OPENAI_PRICES", PRICE_LISTS),
    alike=tuple(offers("openai", "", DIALECTS["generic"], USUAL_PRICES)),
)
