"""Kling's new design, by an API key, with a webhook secret.

The suite orders the same again and again; that Kling takes a name once has a test of its own.
"""

from __future__ import annotations

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.kling import KlingKnobs, KlingServer
from bot.sandbox.providers.wire import Fault, Trouble
from tests.providers.case import Can, Case, Wish

SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="

CASE = Case(
    adapter="kling",
    model="kling-3.0",
    server=lambda key, renders, clock: KlingServer(
        key, renders, clock, KlingKnobs(webhook_secret=SECRET, refuses_repeats=False)
    ),
    config=lambda base, key: ProviderConfig("kling", base, key, extras={"webhook_secret": SECRET}),
    can={
        *(Can.LOOK_UP, Can.QUEUE, Can.CALLBACKS, Can.SIGNED, Can.AT_ONCE, Can.GONE, Can.LINK_EXPIRY, Can.USAGE),
        Can.BODY_LIMIT,
    },
    broke=Fault(Trouble.STATUS, status=429, code="1102"),
    unwished=frozenset({Wish.EXPIRE}),
)
