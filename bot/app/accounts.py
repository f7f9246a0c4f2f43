"""Which providers are configured: the settings of each, translated. One without what it needs is off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from bot.core.errors import OperatorFault
from bot.providers.config import ProviderConfig
from bot.providers.gate import GateLimits
from bot.providers.http import Account
from bot.providers.own import Own, read_own
from bot.providers.registry import Registry
from bot.providers.transcriber import Transcriber
from bot.settings import Settings


def provider_configs(settings: Settings) -> list[ProviderConfig]:
    """Each provider that has what it needs."""
    found = [config for read in _READERS for config in [read(settings)] if config is not None]
    return [_limited(config, settings) for config in found]


MODELS_FILE = Path("models.toml")


def own_models(settings: Settings) -> Own:
    """The operator's models and prices: the file that is named, else models.toml where the bot is started, if it is
    there. Raises OperatorFault that says what is wrong with it.
    """
    path = settings.models_file or MODELS_FILE
    try:
        return read_own(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if settings.models_file is None:
            return Own()
        raise OperatorFault("models-file-wrong", where=str(path), why="there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorFault("models-file-wrong", where=str(path), why=type(error).__name__) from None


def _limited(config: ProviderConfig, settings: Settings) -> ProviderConfig:
    told = settings.key_limits.get(config.account.name)
    return config if told is None else replace(config, limits=GateLimits(*told))


def _told(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""


def _ark(settings: Settings) -> ProviderConfig | None:
    if settings.ark_api_key is None:
        return None
    prices, yuan = settings.ark_prices, settings.cny_usd
    return ProviderConfig("ark", settings.ark_base_url, _told(settings.ark_api_key), prices=prices, cny_usd=yuan)


def _seedance(settings: Settings) -> ProviderConfig | None:
    if settings.seedance_api_key is None:
        return None
    return ProviderConfig("seedance", settings.seedance_base_url, _told(settings.seedance_api_key))


def _openai(settings: Settings) -> ProviderConfig | None:
    """A self-hosted server asks for no key: its address is enough."""
    if settings.openai_base_url is None:
        return None
    key, secret = _told(settings.openai_api_key), _told(settings.openai_webhook_secret)
    extras = {"dialect": settings.openai_dialect, "webhook_secret": secret}
    return ProviderConfig("openai", settings.openai_base_url, key, prices=settings.openai_prices, extras=extras)


def _kling(settings: Settings) -> ProviderConfig | None:
    """An API key is the newer way; without one the pair of keys."""
    key, extras = _told(settings.kling_api_key), {"webhook_secret": _told(settings.kling_webhook_secret)}
    if not key and settings.kling_access_key is not None:
        key, extras["access_key"] = _told(settings.kling_secret_key), _told(settings.kling_access_key)
    if not key:
        return None
    return ProviderConfig("kling", settings.kling_base_url, key, cny_usd=settings.cny_usd, extras=extras)


def _google(settings: Settings) -> ProviderConfig | None:
    if settings.gemini_api_key is None:
        return None
    return ProviderConfig("google", settings.gemini_base_url, _told(settings.gemini_api_key))


def _vertex(settings: Settings) -> ProviderConfig | None:
    """Without an address of its own, Google's for the region; `global` has no region in its name."""
    if settings.vertex_project is None:
        return None
    region = settings.vertex_location
    host = "aiplatform.googleapis.com" if region == "global" else f"{region}-aiplatform.googleapis.com"
    key_file = settings.google_application_credentials
    extras = {
        "project": settings.vertex_project,
        "location": region,
        "credentials": "" if key_file is None else str(key_file),
    }
    return ProviderConfig("vertex", settings.vertex_base_url or f"https://{host}", extras=extras)


def _runway(settings: Settings) -> ProviderConfig | None:
    if settings.runwayml_api_secret is None:
        return None
    return ProviderConfig("runway", settings.runwayml_base_url, _told(settings.runwayml_api_secret))


def _fal(settings: Settings) -> ProviderConfig | None:
    return ProviderConfig("fal", settings.fal_base_url, _told(settings.fal_key)) if settings.fal_key else None


_READERS: tuple[Callable[[Settings], ProviderConfig | None], ...] = (
    _ark,
    _seedance,
    _openai,
    _kling,
    _google,
    _vertex,
    _runway,
    _fal,
)


def transcriber(settings: Settings, registry: Registry) -> Transcriber | None:
    """Who writes voice notes down; None when nobody was named."""
    if settings.transcribe_base_url is None:
        return None
    account = Account("transcribe", settings.transcribe_base_url, _told(settings.transcribe_api_key))
    return Transcriber(account, settings.transcribe_model, registry.tools.http)
