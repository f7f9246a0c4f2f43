"""One embedded provider on a port of its own, for clients in other processes: prints its address and the settings that
reach it, ends with its input.

python -m tests.sdk.serving openai '{"dialect": "sglang"}'     {"base": "http://127.0.0.1:…/openai/v1", …}
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox.providers.base import Tempo
from bot.sandbox.providers.entries import entry_of
from bot.sandbox.providers.serving import serve as open_site
from bot.sandbox.render import Renderer
from tests.sdk.conftest import KEY

BRISK = Tempo(queue_s=0.1, render_s=0.2)


async def serve(name: str, knobs: Mapping[str, Any], folder: Path) -> None:
    """Until the input is closed."""
    entry, renderer = entry_of(name), Renderer(folder, fast=True, alike=True)
    server = entry.build(KEY, renderer, lambda: time.time_ns() // 1_000_000, BRISK)
    for knob, value in knobs.items():
        setattr(server.knobs, knob, value)
    app = web.Application()
    server.attach(app, entry.path)
    async with open_site(app, "127.0.0.1", 0) as origin:
        base = origin + entry.path
        sys.stdout.write(json.dumps({**entry.variables(base, KEY), "base": base}) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(serve(sys.argv[1], json.loads(sys.argv[2]), Path(scratch)))
