"""The Gemini API's variables."""

from __future__ import annotations

from pydantic import SecretStr

from bot.providers.adapter import Adapter
from bot.providers.config import ProviderConfig
from bot.providers.google.client import GoogleProvider
from bot.providers.variables import BaseUrl, SigningSecret, Variables, told


class GeminiVariables(Variables):
    gemini_api_key: SecretStr | None = None
    gemini_base_url: BaseUrl = "https://generativelanguage.googleapis.com"
    gemini_webhook_secret: SigningSecret | None = None


def _read(own: GeminiVariables) -> ProviderConfig | None:
    if own.gemini_api_key is None:
        return None
    extras = {"webhook_secret": told(own.gemini_webhook_secret)}
    return ProviderConfig("google", own.gemini_base_url, told(own.gemini_api_key), extras=extras)


ADAPTER = Adapter(GoogleProvider, GeminiVariables, _read, place=40)
