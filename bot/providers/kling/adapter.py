"""Kling's variables. An API key is the newer way; without one the pair of keys."""

from __future__ import annotations

from pydantic import SecretStr, model_validator

from bot.providers.adapter import Adapter
from bot.providers.config import ProviderConfig, listed
from bot.providers.kling.client import KlingProvider
from bot.providers.variables import BaseUrl, SigningSecret, Variables, told


class KlingVariables(Variables):
    kling_api_key: SecretStr | None = None
    kling_access_key: SecretStr | None = None
    kling_secret_key: SecretStr | None = None
    kling_webhook_secret: SigningSecret | None = None
    kling_base_url: BaseUrl = "https://api-singapore.klingai.com"

    @model_validator(mode="after")
    def _pairs_are_whole(self) -> KlingVariables:
        pair = (self.kling_access_key, self.kling_secret_key)
        counts = {len(listed(told(key))) for key in pair if key is not None}
        if len(counts) > 1:
            raise ValueError("KLING_ACCESS_KEY and KLING_SECRET_KEY must hold as many keys, in the same order")
        return self


def _read(own: KlingVariables) -> ProviderConfig | None:
    key, extras = told(own.kling_api_key), {"webhook_secret": told(own.kling_webhook_secret)}
    if not key and own.kling_access_key is not None:
        key, extras["access_key"] = told(own.kling_secret_key), told(own.kling_access_key)
    return ProviderConfig("kling", own.kling_base_url, key, extras=extras, paired="access_key") if key else None


ADAPTER = Adapter(KlingProvider, KlingVariables, _read, place=60)
