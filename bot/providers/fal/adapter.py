"""fal's variables."""

from __future__ import annotations

from pydantic import SecretStr

from bot.providers.adapter import Adapter
from bot.providers.config import ProviderConfig
from bot.providers.fal.client import FalProvider
from bot.providers.variables import BaseUrl, Variables, told


class FalVariables(Variables):
    fal_key: SecretStr | None = None
    fal_base_url: BaseUrl = "https://queue.fal.run"


def _read(own: FalVariables) -> ProviderConfig | None:
    if not own.fal_key:
        return None
    return ProviderConfig("fal", own.fal_base_url, told(own.fal_key))


ADAPTER = Adapter(FalProvider, FalVariables, _read)
