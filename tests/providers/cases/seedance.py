"""The guide's REST shape."""

from __future__ import annotations

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.guide import GuideKnobs, GuideServer
from tests.providers.case import Can, Case, Wish

CASE = Case(
    adapter="seedance",
    model="seedance-2.0",
    server=lambda key, renders, clock: GuideServer(key, renders, clock, GuideKnobs()),
    config=lambda base, key: ProviderConfig("seedance", base, key),
    can={Can.QUEUE, Can.PROGRESS, Can.AT_ONCE, Can.GONE, Can.LINK_EXPIRY, Can.BODY_LIMIT},
    made=lambda server: len(server.jobs),
    unwished=frozenset({Wish.EXPIRE}),
)
