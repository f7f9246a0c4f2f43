"""What an adapter declares its environment variables with."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, SecretStr

from bot.providers.webhooks import key_of


class Variables(BaseModel):
    """One adapter's variables as fields with their defaults: `fal_key` is FAL_KEY. The first switches it on.

    They become fields of the one `Settings`: a bad value ends the start with a sentence that names its variable.
    What is secret is a SecretStr, so that it stays out of logs.
    """


def told(secret: SecretStr | None) -> str:
    """What a secret holds; "" without one."""
    return secret.get_secret_value() if secret is not None else ""


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("this is no address; write it like https://bot.example.org")
    return url.rstrip("/")


def _signing(secret: SecretStr) -> SecretStr:
    try:
        key_of(secret.get_secret_value())
    except ValueError:
        raise ValueError("whsec_ and base64, as it was shown where the webhook was made") from None
    return secret


BaseUrl = Annotated[str, AfterValidator(_base_url)]
"""Without a slash at its end."""
SigningSecret = Annotated[SecretStr, AfterValidator(_signing)]
"""What the callbacks of an account are signed with (Standard Webhooks)."""
