"""fal's variables."""

from pydantic import SecretStr

from bot.providers.adapter import Adapter, by_key
from bot.providers.fal.client import FalProvider
from bot.providers.variables import BaseUrl, Variables


class FalVariables(Variables):
    fal_key: SecretStr | None = None
    fal_base_url: BaseUrl = "https://queue.fal.run"


ADAPTER = Adapter(FalProvider, FalVariables, by_key("fal"))
