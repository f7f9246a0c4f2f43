"""Runway's variables, by the names of its own SDK."""

from pydantic import SecretStr

from bot.providers.adapter import Adapter, by_key
from bot.providers.runway.client import RunwayProvider
from bot.providers.variables import BaseUrl, Variables


class RunwayVariables(Variables):
    runwayml_api_secret: SecretStr | None = None
    runwayml_base_url: BaseUrl = "https://api.dev.runwayml.com"


ADAPTER = Adapter(RunwayProvider, RunwayVariables, by_key("runway"), place=70)
