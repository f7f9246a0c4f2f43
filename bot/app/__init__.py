"""The composition root: reads the settings, builds everything once, starts it in order, stops it in reverse."""

from bot.app.base import Base, base, now_ms
from bot.app.sandboxed import demo, in_force, run, sandboxed
from bot.app.service import Service, service

__all__ = ["Base", "Service", "base", "demo", "in_force", "now_ms", "run", "sandboxed", "service"]
