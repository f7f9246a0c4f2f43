"""Create bodies with whole files inside: extra memory and the longest stall of the loop, streamed and with `json=`.

Each scenario runs in a fresh process (memory that was once taken is not given back), the server in another.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import tempfile
import threading
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from aiohttp import ClientSession, ClientTimeout, web

from bot.core.media import MediaInfo, MediaKind
from bot.core.request import Label, Reference, Role, VideoSpec
from bot.providers.base import Order, PreparedReference
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import Files
from bot.providers.http import Http
from bot.providers.registry import client_of
from bot.sandbox.providers.serving import serve

FILE_BYTES = 5_000_000
COUNTS = {"ark": 9, "seedance": 12}
SAMPLE_S = 0.002
TARGET_MB, TARGET_MS = 20, 50
_PROJECT = Path(__file__).resolve().parents[2]


async def run() -> list[str]:
    """The figures as lines of text."""
    lines = [f"create bodies: extra memory and longest stall (targets: {TARGET_MB} MB, {TARGET_MS} ms, streamed)"]
    async with _child("serve") as server:
        base = await _line(server)
        for provider, count in COUNTS.items():
            for way in ("streamed", "json="):
                found = await _measured(provider, way, base)
                figures = "{extra_mb:>8.1f} MB{stall_ms:>9.1f} ms{took_s:>8.2f} s".format_map(found)
                lines.append(f"  {count:>2} x 5 MB to {provider:<9} {way:<9}{figures}")
        server.terminate()
    return lines


async def _measured(provider: str, way: str, base: str) -> dict[str, float]:
    async with _child("measure", provider, way, base) as child:
        found: dict[str, float] = json.loads(await _line(child))
    return found


@asynccontextmanager
async def _child(*words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bodies", *words, stdout=PIPE, cwd=_PROJECT
    )
    try:
        yield child
    finally:
        if child.returncode is None and words[0] == "serve":
            child.terminate()
        await child.wait()


async def _line(child: asyncio.subprocess.Process) -> str:
    assert child.stdout is not None
    async with asyncio.timeout(120):
        return (await child.stdout.readline()).decode().strip()


# The children


async def _serve() -> None:
    async def swallow(request: web.Request) -> web.Response:
        async for _ in request.content.iter_any():
            pass
        return web.json_response({"id": "cgt-1"})

    app = web.Application()
    app.router.add_post("/{tail:.*}", swallow)
    async with serve(app, "127.0.0.1", 0) as origin:
        _say(origin)
        await asyncio.Event().wait()


async def _measure(provider: str, way: str, base: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        order = _order(Path(folder), provider)
        await _warm_up(base)
        with _watching() as seen:
            ticking = asyncio.create_task(_tick(seen))
            started = time.perf_counter()
            await (_streamed(provider, order, base) if way == "streamed" else _whole(order, base))
            took_s = time.perf_counter() - started
            ticking.cancel()
    _say(json.dumps({"extra_mb": seen.extra_mb, "stall_ms": seen.stall_ms, "took_s": took_s}))


async def _streamed(name: str, order: Order, base: str) -> None:
    tools = Tools(Http(), Files())
    provider = client_of(ProviderConfig(name, base, "bench-key", prices="byteplus"), tools)
    await provider.submit(order)
    await tools.close()


async def _whole(order: Order, base: str) -> None:
    """As a client without streaming does it: everything read, encoded, dumped and handed over."""
    items = [{"type": "image_url", "image_url": {"url": _data_url(ref.path)}} for ref in order.references]
    body = {"model": order.wire_id, "content": items}
    async with (
        ClientSession(timeout=ClientTimeout(total=120)) as session,
        session.post(f"{base}/t", json=body) as reply,
    ):
        await reply.json()


def _data_url(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


async def _warm_up(base: str) -> None:
    """Imports, threads and a connection cost memory once, whichever way is measured."""
    async with ClientSession() as session, session.post(f"{base}/tasks", json={}) as response:
        await response.json()
    await asyncio.gather(*(asyncio.to_thread(time.sleep, 0.01) for _ in range(8)))


def _order(folder: Path, provider: str) -> Order:
    references = tuple(_reference(folder, number) for number in range(1, COUNTS[provider] + 1))
    plain = tuple(ref.reference for ref in references)
    spec = VideoSpec("seedance-2.0", ("all of them",), plain, 5, "720p", "16:9", 1280, 720)
    return Order(spec, "seedance-2.0", references, "bench")


def _reference(folder: Path, number: int) -> PreparedReference:
    path = folder / f"{number}.png"
    path.write_bytes(bytes([number]) * FILE_BYTES)
    info = MediaInfo(MediaKind.IMAGE, "image/png", "png", FILE_BYTES)
    return PreparedReference(Reference(Label(MediaKind.IMAGE, number), Role.REFERENCE, number), path, info)


@dataclass
class _Seen:
    before: int
    peak: int
    stall_ms: float = 0.0

    @property
    def extra_mb(self) -> float:
        return (self.peak - self.before) / 1e6


@contextmanager
def _watching() -> Iterator[_Seen]:
    """A thread reads the resident memory; the loop's own stalls do not stop it."""
    process, over = psutil.Process(), threading.Event()
    start = process.memory_info().rss
    seen = _Seen(start, start)

    def watch() -> None:
        while not over.wait(SAMPLE_S):
            seen.peak = max(seen.peak, process.memory_info().rss)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


async def _tick(seen: _Seen) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(SAMPLE_S)
        seen.stall_ms = max(seen.stall_ms, (time.perf_counter() - began - SAMPLE_S) * 1000)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a bench speaks to the terminal


_CHILDREN: dict[str, Any] = {"serve": _serve, "measure": _measure}


async def main() -> None:
    """Prints the figures, or is one of the children."""
    if len(sys.argv) > 1:
        await _CHILDREN[sys.argv[1]](*sys.argv[2:])
    else:
        _say("\n".join(await run()))


if __name__ == "__main__":
    asyncio.run(main())
