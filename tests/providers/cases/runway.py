"""Runway, by a model that it hosts and that takes everything."""

from __future__ import annotations

from bot.core.media import MediaKind
from bot.providers.config import ProviderConfig
from bot.sandbox.providers.runway import RunwayKnobs, RunwayServer
from bot.sandbox.providers.wire import Fault, Trouble
from tests.providers.case import Can, Case, Wish

CASE = Case(
    adapter="runway",
    model="seedance-2.0",
    server=lambda key, renders, clock: RunwayServer(key, renders, clock, RunwayKnobs(concurrency=10)),
    config=lambda base, key: ProviderConfig("runway", base, key),
    can={
        *(Can.CANCEL, Can.QUEUE, Can.PROGRESS, Can.GONE, Can.LINK_EXPIRY, Can.USAGE, Can.BILLED_REFUSALS),
    },
    label=lambda kind, number: f"{MediaKind(kind).value.capitalize()} {number}",
    broke=Fault(Trouble.STATUS, status=400, code="credits"),
    unwished=frozenset({Wish.EXPIRE}),
)
