"""fal's queue in the sandbox."""

from bot.sandbox.providers.fal.server import FalServer
from bot.sandbox.providers.house import HouseKnobs, entry

ENTRY = entry(FalServer, HouseKnobs, FalServer.path, "FAL_KEY", "FAL_BASE_URL")
