"""Ark, as BytePlus has it."""

from __future__ import annotations

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.ark import ArkKnobs, ArkServer
from bot.sandbox.providers.wire import Fault, Trouble
from tests.providers.case import Can, Case

CASE = Case(
    adapter="ark",
    model="seedance-2.0",
    server=lambda key, renders, clock: ArkServer(key, renders, clock, ArkKnobs(callback_wait_s=0.1)),
    config=lambda base, key: ProviderConfig("ark", base, key, prices="byteplus"),
    can={
        *(Can.LOOK_UP, Can.CANCEL, Can.QUEUE, Can.CALLBACKS, Can.AT_ONCE, Can.EXPIRY, Can.GONE, Can.LINK_EXPIRY),
        *(Can.LAST_FRAME, Can.USAGE, Can.BODY_LIMIT),
    },
    label=lambda kind, number: f"{kind.value.capitalize()} {number}",
    broke=Fault(Trouble.STATUS, status=403, code="AccountOverdueError"),
)
