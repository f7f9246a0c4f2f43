"""The providers that are configured, in the order of preference, and the catalog of what they offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.catalog import Catalog
from bot.core.errors import OperatorFault
from bot.providers.adapters import ADAPTERS
from bot.providers.base import Provider
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import Files
from bot.providers.http import Http
from bot.providers.own import Own
from bot.providers.ring import Ring, ring_of


@dataclass(frozen=True, slots=True)
class Registry:
    """`providers` by name, first choice first. `lists`: which of the operator's own price lists each of them uses.
    `borrowing`: those at a host without a list of its own, where the built-in one that was named holds.
    """

    providers: Mapping[str, Ring]
    tools: Tools
    own: Own = field(default_factory=Own)
    lists: Mapping[str, str] = field(default_factory=dict)
    borrowing: tuple[ProviderConfig, ...] = ()

    def catalog(self, default_model: str, model_order: Sequence[str]) -> Catalog:
        """Everything that is offered with a price, the operator's own models and prices laid over it."""
        self.own.only_of([*ADAPTERS, *(name for name in self.providers if name not in ADAPTERS)])
        built_in = [offer for provider in self.providers.values() for offer in provider.offers]
        alike = [offer for adapter in ADAPTERS.values() for offer in adapter.alike]
        offers = [*self.own.laid_over(built_in, self.lists, alike, here=self.providers)]
        rank = {name: place for place, name in enumerate(self.providers)}
        offers.sort(key=lambda offer: rank[offer.provider])
        return Catalog(tuple(offers), default_model, tuple(model_order))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Providers that offer nothing, because no price list is known for their host."""
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


def client_of(config: ProviderConfig, tools: Tools) -> Provider:
    """A client for one key."""
    return ADAPTERS[config.adapter].client(config, tools)


def _ring(config: ProviderConfig, tools: Tools) -> Ring:
    return ring_of([client_of(one, tools) for one in config.each()])


def build(
    configs: Sequence[ProviderConfig], order: Sequence[str] = (), tools: Tools | None = None, own: Own | None = None
) -> Registry:
    """Clients for all configs; those named in `order` first. Opens no connection yet."""
    shared, mine = tools or Tools(Http(), Files()), own or Own()
    lists = {config.account.name: config.prices for config in configs if config.prices in mine.prices}
    borrowing = tuple(config for config in configs if _borrows(config, mine))
    configs = [_under(config, mine) for config in configs]
    rank = {name: place for place, name in enumerate(order)}
    accounts = sorted(configs, key=lambda config: rank.get(config.account.name, len(rank)))
    providers = {config.account.name: _ring(config, shared) for config in accounts}
    return Registry(providers, shared, mine, {name: str(prices) for name, prices in lists.items()}, borrowing)


def _under(config: ProviderConfig, own: Own) -> ProviderConfig:
    """A list of the operator's own holds the ids of the list that it is like. Raises OperatorFault for one that there
    is not.
    """
    lists = ADAPTERS[config.adapter].prices
    if lists is None or not config.prices:
        return config
    below = own.list_below(config.prices, lists.names)
    if below is None:
        known = ", ".join([*lists.names, *own.prices])
        raise OperatorFault("price-list-unknown", variable=lists.variable, name=config.prices, known=known)
    return replace(config, prices=below)


def _borrows(config: ProviderConfig, own: Own) -> bool:
    """Prices that an operator wrote down are nobody else's."""
    lists = ADAPTERS[config.adapter].prices
    named = config.prices is not None and config.prices not in own.prices
    return named and lists is not None and not lists.has_own(config.account.host)
