"""Runway's variables, by the names of its own SDK."""

from __future__ import annotations

from pydantic import SecretStr

from bot.providers.adapter import Adapter
from bot.providers.config import ProviderConfig
from bot.providers.runway.client import RunwayProvider
from bot.providers.variables import BaseUrl, Variables, told


class RunwayVariables(Variables):
    runwayml_api_secret: SecretStr | None = None
    runwayml_base_url: BaseUrl = "https://api.dev.runwayml.com"


def _read(own: RunwayVariables) -> ProviderConfig | None:
    if not own.runwayml_api_secret:
        return None
    return ProviderConfig("runway", own.runwayml_base_url, told(own.runwayml_api_secret))


ADAPTER = Adapter(RunwayProvider, RunwayVariables, _read, place=70)
