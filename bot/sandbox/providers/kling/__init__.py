"""Kling, embedded: the new design (model in the path) and the legacy one under ``/v1/videos``."""

from bot.sandbox.providers.kling.server import KlingServer
from bot.sandbox.providers.kling.settings import KlingKnobs

__all__ = ["KlingKnobs", "KlingServer"]
