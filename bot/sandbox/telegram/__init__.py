"""The embedded Telegram: a strict Bot API and the client side that people use, in memory and over HTTP."""

from bot.sandbox.telegram.client import FileToSend, Person, Refused
from bot.sandbox.telegram.flood import FloodLimits
from bot.sandbox.telegram.server import Options, TelegramServer
from bot.sandbox.telegram.world import ANN, BASIC_GROUP, BOB, GROUP, MIA, User, WorldOptions

__all__ = [
    "ANN",
    "BASIC_GROUP",
    "BOB",
    "GROUP",
    "MIA",
    "FileToSend",
    "FloodLimits",
    "Options",
    "Person",
    "Refused",
    "TelegramServer",
    "User",
    "WorldOptions",
]
