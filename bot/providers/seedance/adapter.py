"""The variables of the guide's shape."""

from pydantic import SecretStr

from bot.providers.adapter import Adapter, by_key
from bot.providers.seedance.client import SeedanceProvider
from bot.providers.variables import BaseUrl, Variables


class SeedanceVariables(Variables):
    seedance_api_key: SecretStr | None = None
    seedance_base_url: BaseUrl = "https://api.laozhang.ai/v1"


ADAPTER = Adapter(SeedanceProvider, SeedanceVariables, by_key("seedance"), place=20)
