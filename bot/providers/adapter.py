"""What the house must know of an adapter. All of it stands in its own folder: `ADAPTER` in `adapter.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from bot.core.catalog import Offer
from bot.providers.base import Provider
from bot.providers.config import ProviderConfig, Tools
from bot.providers.variables import Variables, told

V = TypeVar("V", bound=Variables)
LAST = 100


@dataclass(frozen=True, slots=True)
class PriceLists:
    """The lists that are built in, by name, and the variable that names one. `has_own`: whether a host has a list of
    its own; any other borrows the one that is named.
    """

    variable: str
    names: Collection[str]
    has_own: Callable[[str], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Adapter(Generic[V]):
    """One wire; its name is its folder's.

    `read` makes a configuration of its variables, None while it lacks what it needs. `place` is where it stands in
    PROVIDER_ORDER unless that says otherwise, lowest first. `prices`: its price lists, where an operator names one.
    `alike`: models that an operator's own may be like, though nobody offers them.
    """

    client: Callable[[ProviderConfig, Tools], Provider]
    variables: type[V]
    read: Callable[[V], ProviderConfig | None]
    place: int = LAST
    prices: PriceLists | None = None
    alike: Sequence[Offer] = ()

    def config(self, settings: BaseModel) -> ProviderConfig | None:
        """Its configuration by the settings of all; it sees its own variables alone."""
        own = {name: getattr(settings, name) for name in self.variables.model_fields}
        return self.read(self.variables.model_validate(own))

    @property
    def switch(self) -> str:
        """The variable that an operator sets to have it."""
        return next(iter(self.variables.model_fields)).upper()


def by_key(name: str) -> Callable[[Variables], ProviderConfig | None]:
    """Reads what has a key and a base URL, its only variables and in this order: it is on with the key."""

    def read(own: Variables) -> ProviderConfig | None:
        key, base_url = (getattr(own, field) for field in type(own).model_fields)
        return ProviderConfig(name, base_url, told(key)) if key else None

    return read
