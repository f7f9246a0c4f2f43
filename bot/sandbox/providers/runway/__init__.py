"""Runway, embedded: uploads, the three video endpoints, tasks and the organization."""

from bot.sandbox.providers.runway.server import RunwayServer
from bot.sandbox.providers.runway.settings import RunwayKnobs

__all__ = ["RunwayKnobs", "RunwayServer"]
