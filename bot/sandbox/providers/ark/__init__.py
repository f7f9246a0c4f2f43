"""Seedance on the Ark wire (BytePlus and Volcengine), embedded."""

from bot.sandbox.providers.ark.server import ArkServer
from bot.sandbox.providers.ark.settings import ArkKnobs
from bot.sandbox.providers.ark.tasks import Status, Task

__all__ = ["ArkKnobs", "ArkServer", "Status", "Task"]
