"""The providers that are configured, in the order of preference, and the catalog of what they offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.catalog import Catalog
from bot.providers.ark.client import ArkProvider
from bot.providers.ark.hosts import known_host
from bot.providers.base import Provider
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import Files
from bot.providers.google.client import GoogleProvider
from bot.providers.google.vertex import VertexProvider
from bot.providers.http import Http
from bot.providers.kling.client import KlingProvider
from bot.providers.openai.client import OpenAIProvider
from bot.providers.runway.client import RunwayProvider
from bot.providers.seedance.client import SeedanceProvider

ADAPTERS: Mapping[str, Callable[[ProviderConfig, Tools], Provider]] = {
    "ark": ArkProvider,
    "seedance": SeedanceProvider,
    "openai": OpenAIProvider,
    "kling": KlingProvider,
    "runway": RunwayProvider,
    "google": GoogleProvider,
    "vertex": VertexProvider,
}


@dataclass(frozen=True, slots=True)
class Registry:
    """`providers` by name, first choice first. `borrowed`: those at a house without a price list of its own, which
    use the one that was named for them: worth a warning at start.
    """

    providers: Mapping[str, Provider]
    tools: Tools
    borrowed: tuple[str, ...] = ()

    def catalog(self, default_model: str, model_order: Sequence[str]) -> Catalog:
        """Everything that is offered with a price."""
        offers = tuple(offer for provider in self.providers.values() for offer in provider.offers)
        return Catalog(offers, default_model, tuple(model_order))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Providers that offer nothing, because no price list is known for their host: worth a warning at start."""
        return tuple(name for name, provider in self.providers.items() if not provider.offers)

    async def close(self) -> None:
        for provider in self.providers.values():
            await provider.close()
        await self.tools.close()


def build(configs: Sequence[ProviderConfig], order: Sequence[str] = (), tools: Tools | None = None) -> Registry:
    """Clients for all configs; those named in `order` first. Opens no connection yet."""
    shared = tools or Tools(Http(), Files())
    rank = {name: place for place, name in enumerate(order)}
    accounts = sorted(configs, key=lambda config: rank.get(config.account.name, len(rank)))
    providers = {config.account.name: ADAPTERS[config.adapter](config, shared) for config in accounts}
    borrowed = (config.account for config in accounts if config.adapter == "ark")
    return Registry(providers, shared, tuple(account.name for account in borrowed if known_host(account.host) is None))
