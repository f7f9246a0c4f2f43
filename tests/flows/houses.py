"""Any embedded provider in the place of the world's Ark."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.sandbox.providers.base import Embedded, Tempo
from bot.sandbox.providers.entries import entry_of
from bot.sandbox.render import Renderer
from tests.flows.stage import World

KEY = "a-key-that-must-be-seen-nowhere"


@asynccontextmanager
async def serving(world: World, name: str) -> AsyncIterator[tuple[Embedded, dict[str, Any]]]:
    """An embedded provider, and the settings by which it alone is used."""
    entry = entry_of(name)
    films = Renderer(world.films, fast=True, alike=True)
    server = entry.build(KEY, films, world.clock, Tempo(queue_s=0.1, render_s=0.1))
    async with server.running() as base:
        variables = {key.lower(): value for key, value in entry.variables(base, KEY).items()}
        yield server, {"ark_api_key": None, "confirm_above_usd": 100, "user_usd_per_month": 100, **variables}
