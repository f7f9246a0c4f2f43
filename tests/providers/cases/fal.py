"""fal's queue."""

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.fal.server import FalServer
from bot.sandbox.providers.house import HouseKnobs
from tests.providers.case import Can, Case

CASE = Case(
    adapter="fal",
    model="seedance-2.0",
    server=lambda key, renders, clock: FalServer(key, renders, clock, HouseKnobs()),
    config=lambda base, key: ProviderConfig("fal", base, key),
    can={Can.CANCEL, Can.QUEUE, Can.EXPIRY, Can.GONE, Can.LINK_EXPIRY, Can.BODY_LIMIT, Can.CALLBACKS},
)
