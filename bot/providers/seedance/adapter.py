"""The variables of the guide's shape."""

from __future__ import annotations

from pydantic import SecretStr

from bot.providers.adapter import Adapter
from bot.providers.config import ProviderConfig
from bot.providers.seedance.client import SeedanceProvider
from bot.providers.variables import BaseUrl, Variables, told


class SeedanceVariables(Variables):
    seedance_api_key: SecretStr | None = None
    seedance_base_url: BaseUrl = "https://api.laozhang.ai/v1"


def _read(own: SeedanceVariables) -> ProviderConfig | None:
    if not own.seedance_api_key:
        return None
    return ProviderConfig("seedance", own.seedance_base_url, told(own.seedance_api_key))


ADAPTER = Adapter(SeedanceProvider, SeedanceVariables, _read, place=20)
