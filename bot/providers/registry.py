"""The providers that are configured, in the order of preference, and the catalog of what they offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.catalog import Catalog
from bot.providers.ark.client import ArkProvider
from bot.providers.ark.hosts import known_host
from bot.providers.base import Provider
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import Files
from bot.providers.fal.client import FalProvider
from bot.providers.google.client import GoogleProvider
from bot.providers.google.vertex import VertexProvider
from bot.providers.http import Http
from bot.providers.kling.client import KlingProvider
from bot.providers.openai.catalog import USUAL_PRICES
from bot.providers.openai.catalog import offers as openai_offers
from bot.providers.openai.client import OpenAIProvider
from bot.providers.openai.dialects import DIALECTS
from bot.providers.own import Own
from bot.providers.ring import Ring, ring_of
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
    "fal": FalProvider,
}


_KNOWN = tuple(openai_offers("openai", "", DIALECTS["generic"], USUAL_PRICES))
"""Models of the /v1/videos format that a self-hosted server's own may be like, though it offers none of them."""


@dataclass(frozen=True, slots=True)
class Registry:
    """`providers` by name, first choice first. `borrowed`: those at a house without a price list of its own, which
    use the one that was named for them: worth a warning at start.
    """

    providers: Mapping[str, Ring]
    tools: Tools
    borrowed: tuple[str, ...] = ()
    own: Own = field(default_factory=Own)
    lists: Mapping[str, str] = field(default_factory=dict)

    def catalog(self, default_model: str, model_order: Sequence[str]) -> Catalog:
        """Everything that is offered with a price, the operator's own models and prices laid over it."""
        self.own.only_of([*ADAPTERS, *(name for name in self.providers if name not in ADAPTERS)])
        built_in = [offer for provider in self.providers.values() for offer in provider.offers]
        offers = [*self.own.laid_over(built_in, self.lists, _KNOWN, here=self.providers)]
        rank = {name: place for place, name in enumerate(self.providers)}
        offers.sort(key=lambda offer: rank[offer.provider])
        return Catalog(tuple(offers), default_model, tuple(model_order))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Providers that offer nothing, because no price list is known for their host: worth a warning at start."""
        own = {model.provider for model in self.own.model}
        return tuple(name for name, provider in self.providers.items() if not provider.offers and name not in own)

    def down(self, provider: str, wire_id: str) -> bool:
        """Whether a provider does not answer at the moment, as far as its own gates know; one that is gone is down."""
        found = self.providers.get(provider)
        return found is None or found.down(wire_id)

    async def close(self) -> None:
        for provider in self.providers.values():
            await provider.close()
        await self.tools.close()


def _ring(config: ProviderConfig, tools: Tools) -> Ring:
    return ring_of([ADAPTERS[config.adapter](one, tools) for one in config.each()])


def build(
    configs: Sequence[ProviderConfig], order: Sequence[str] = (), tools: Tools | None = None, own: Own | None = None
) -> Registry:
    """Clients for all configs; those named in `order` first. Opens no connection yet."""
    shared, mine = tools or Tools(Http(), Files()), own or Own()
    lists = {config.account.name: config.prices for config in configs if config.prices in mine.prices}
    configs = [_under(config, mine) for config in configs]
    rank = {name: place for place, name in enumerate(order)}
    accounts = sorted(configs, key=lambda config: rank.get(config.account.name, len(rank)))
    providers = {config.account.name: _ring(config, shared) for config in accounts}
    borrowed = (config.account for config in accounts if config.adapter == "ark")
    names = tuple(account.name for account in borrowed if known_host(account.host) is None)
    return Registry(providers, shared, names, mine, {name: str(prices) for name, prices in lists.items()})


def _under(config: ProviderConfig, own: Own) -> ProviderConfig:
    """A list of the operator's own holds the ids of the list that it is like."""
    mine = own.prices.get(config.prices or "")
    return config if mine is None else replace(config, prices=mine.like)
