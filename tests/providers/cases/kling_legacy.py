"""Kling's legacy design, by tokens that the adapter signs."""

from __future__ import annotations

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.kling import KlingKnobs, KlingServer
from bot.sandbox.providers.kling.server import Keys
from bot.sandbox.providers.wire import Fault, Trouble
from tests.providers.case import Can, Case, Wish

CASE = Case(
    adapter="kling",
    model="kling-3.0",
    server=lambda key, renders, clock: KlingServer(
        Keys("an-api-key", "access", key), renders, clock, KlingKnobs(refuses_repeats=False)
    ),
    config=lambda base, key: ProviderConfig("kling", base, key, extras={"access_key": "access"}),
    can={
        *(Can.LOOK_UP, Can.QUEUE, Can.CALLBACKS, Can.AT_ONCE, Can.GONE, Can.LINK_EXPIRY, Can.USAGE),
        Can.BODY_LIMIT,
    },
    broke=Fault(Trouble.STATUS, status=429, code="1101"),
    unwished=frozenset({Wish.EXPIRE}),
)
