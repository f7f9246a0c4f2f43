"""The Gemini API's variables."""

from pydantic import SecretStr

from bot.providers.adapter import Adapter, by_key
from bot.providers.google.client import GoogleProvider
from bot.providers.variables import BaseUrl, Variables


class GeminiVariables(Variables):
    gemini_api_key: SecretStr | None = None
    gemini_base_url: BaseUrl = "https://generativelanguage.googleapis.com"


ADAPTER = Adapter(GoogleProvider, GeminiVariables, by_key("google"), place=40)
