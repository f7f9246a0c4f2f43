"""Which providers are configured: the settings of each, translated. One without what it needs is off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.core.errors import OperatorFault
from bot.providers.adapters import ADAPTERS
from bot.providers.aid import Aid
from bot.providers.config import ProviderConfig
from bot.providers.enhancer import Enhancer
from bot.providers.gate import GateLimits
from bot.providers.http import Account
from bot.providers.own import Own, read_own
from bot.providers.registry import Registry
from bot.providers.transcriber import Transcriber
from bot.providers.variables import told
from bot.settings import Settings


def provider_configs(settings: Settings) -> list[ProviderConfig]:
    """Each provider that has what it needs, first choice first."""
    found = (adapter.config(settings) for adapter in ADAPTERS.values())
    return [_shared(config, settings) for config in found if config is not None]


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


def _shared(config: ProviderConfig, settings: Settings) -> ProviderConfig:
    """With what the settings say for all of them."""
    limits = settings.key_limits.get(config.account.name)
    config = replace(config, cny_usd=settings.cny_usd)
    return config if limits is None else replace(config, limits=GateLimits(*limits))


def transcriber(settings: Settings, registry: Registry) -> Transcriber | None:
    """Who writes voice notes down; None when nobody was named."""
    if settings.transcribe_base_url is None:
        return None
    account = Account("transcribe", settings.transcribe_base_url, told(settings.transcribe_api_key))
    return Transcriber(account, settings.transcribe_model, registry.tools.http)


def enhancer(settings: Settings, registry: Registry) -> Enhancer | None:
    """Who makes words richer; None when nobody was named."""
    if settings.enhance_base_url is None or settings.enhance_model is None:
        return None
    account = Account("enhance", settings.enhance_base_url, told(settings.enhance_api_key))
    return Enhancer(account, settings.enhance_model, registry.tools.http)


def aids(settings: Settings, registry: Registry) -> dict[str, Aid]:
    """The services beside the providers that were named, by what they are for."""
    found = {"transcription": transcriber(settings, registry), "richer words": enhancer(settings, registry)}
    return {name: aid for name, aid in found.items() if aid is not None}
