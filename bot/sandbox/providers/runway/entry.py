"""Runway in the sandbox."""

from bot.sandbox.providers.house import entry
from bot.sandbox.providers.runway.server import RunwayServer
from bot.sandbox.providers.runway.settings import RunwayKnobs

ENTRY = entry(RunwayServer, RunwayKnobs, RunwayServer.path, "RUNWAYML_API_SECRET", "RUNWAYML_BASE_URL")
