"""What a provider needs to be told. Plain data: settings are read by `app` alone."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import SystemRandom

from bot.providers.download import Files
from bot.providers.gate import GateLimits
from bot.providers.http import Account, Http

CNY_USD = Decimal("0.14")


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One provider as configured. `adapter` is the wire by its folder's name, `name` what the catalog calls it.

    `prices` names a price list for a host that has none of its own; `cny_usd` is what a yuan is worth.
    `extras` is what one adapter alone needs (`dialect`, `project`, …), by name; the one that `paired` names holds a
    value for each key, in the same order.
    """

    adapter: str
    base_url: str
    api_key: str = field(default="", repr=False)
    name: str = ""
    prices: str | None = None
    cny_usd: Decimal = CNY_USD
    limits: GateLimits = field(default_factory=GateLimits)
    extras: Mapping[str, str] = field(default_factory=dict, repr=False)
    paired: str = ""

    def each(self) -> list[ProviderConfig]:
        """One configuration for each key; several stand in one variable with commas between them."""
        keys, partners = listed(self.api_key), listed(self.extras.get(self.paired, ""))
        if len(keys) < 2:
            return [self]
        extras = [{**self.extras, self.paired: one} for one in partners] if partners else [self.extras] * len(keys)
        return [replace(self, api_key=key, extras=more) for key, more in zip(keys, extras, strict=False)]

    @property
    def account(self) -> Account:
        return Account(self.name or self.adapter, self.base_url, self.api_key)

    @property
    def key_name(self) -> str:
        """Tells keys apart without telling them."""
        return hashlib.sha256(self.api_key.encode()).hexdigest()[:8]


def listed(text: str) -> list[str]:
    """What stands in one variable with commas between."""
    return [part.strip() for part in text.split(",") if part.strip()]


@dataclass(frozen=True, slots=True)
class Tools:
    """What every client shares: the network, and time and chance as arguments."""

    http: Http
    files: Files
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = SystemRandom().random

    async def close(self) -> None:
        await self.http.close()
        await self.files.close()
