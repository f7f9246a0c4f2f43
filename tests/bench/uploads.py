"""Ten deliveries of 50 MB at once: extra memory and the longest stall of the loop, streamed and with whole files.

Each way runs in a fresh process (memory that was once taken is not given back), the server in another.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import threading
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from aiohttp import web
from telegram import InputFile

from bot.chat.bot import Bot, build_bot
from bot.chat.limiter import Limiter
from bot.chat.request import AiohttpRequest
from bot.chat.sender import Sender
from bot.storage.base import Transaction, UseCase
from bot.storage.queries import Query, load
from bot.storage.sqlite import open_store

UPLOADS, FILE_BYTES = 10, 50_000_000
TOKEN = "7700001:AA-only-for-the-bench"
SAMPLE_S = 0.002
TARGET_MB, TARGET_MS = 20, 50
WAYS = ("streamed", "whole file")
_PROJECT = Path(__file__).resolve().parents[2]
_CHAT = Query("bench.chat", "INSERT INTO chats (id, kind, created_at) VALUES (:id, 'private', 0)", "A chat.")
_ALIAS = Query(
    "bench.alias",
    "INSERT INTO telegram_ids (kind, telegram_id, owner_id) VALUES ('chat', :telegram_id, :id)",
    "Its Telegram id.",
)
_SENT = Query("bench.sent", "SELECT count(*) AS n FROM outbox WHERE state = 'sent'", "How many arrived.")


async def run() -> list[str]:
    """The figures as lines of text."""
    lines = [f"deliveries: extra memory and longest stall (targets: {TARGET_MB} MB, {TARGET_MS} ms, streamed)"]
    async with _child("serve") as server:
        url = await _line(server)
        for way in WAYS:
            async with _child("measure", way, url) as child:
                found: dict[str, float] = json.loads(await _line(child))
            figures = "{extra_mb:>8.1f} MB{stall_ms:>9.1f} ms{took_s:>8.2f} s".format_map(found)
            lines.append(f"  {UPLOADS} x 50 MB to Telegram  {way:<11}{figures}")
    return lines


@asynccontextmanager
async def _child(*words: str) -> AsyncIterator[Process]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.uploads", *words, stdout=PIPE, cwd=_PROJECT
    )
    try:
        yield child
    finally:
        if words[0] == "serve":
            child.terminate()
        await child.wait()


async def _line(child: Process) -> str:
    assert child.stdout is not None
    async with asyncio.timeout(120):
        return (await child.stdout.readline()).decode().strip()


# The children


async def _serve() -> None:
    """A Bot API that swallows uploads: its own disk is not what is measured."""
    number = iter(range(1, 1_000_000))

    async def call(request: web.Request) -> web.Response:
        async for _ in request.content.iter_any():
            pass
        return web.json_response({"ok": True, "result": _result(request.match_info["method"], next(number))})

    app = web.Application()
    app.router.add_post("/bot{token}/{method}", call)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    _say(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await asyncio.Event().wait()


def _result(method: str, number: int) -> dict[str, object]:
    if method == "getMe":
        return {"id": 7700001, "is_bot": True, "first_name": "Kinetogram", "username": "kinetogram_bot"}
    video = {"file_id": f"V{number}", "file_unique_id": f"u{number}", "width": 1, "height": 1, "duration": 1}
    return {"message_id": number, "date": 0, "chat": {"id": 1, "type": "private"}, "video": video}


async def _measure(way: str, url: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "video.mp4"
        await asyncio.to_thread(_sparse, path)
        request = AiohttpRequest()
        async with build_bot(TOKEN, request=request, polling=AiohttpRequest(), api_url=url) as bot:
            with _watching() as seen:
                ticking = asyncio.create_task(_tick(seen))
                started = time.perf_counter()
                await (_streamed(bot, folder, path) if way == "streamed" else _whole(bot, path))
                took_s = time.perf_counter() - started
                ticking.cancel()
    _say(json.dumps({"extra_mb": seen.extra_mb, "stall_ms": seen.stall_ms, "took_s": took_s}))


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(FILE_BYTES)


async def _streamed(bot: Bot, folder: Path, path: Path) -> None:
    """As the service does it: rows of the outbox, sent by the sender."""
    store = await open_store(folder / "bench.db", now_ms=0)
    sender = Sender(store, bot, Limiter(), lambda: time.time_ns() // 1_000_000, concurrency=UPLOADS)
    await store.transact(_laid(path))
    running = asyncio.create_task(sender.run())
    while await store.read(_count) < UPLOADS:
        await asyncio.sleep(0.05)
    await sender.stop()
    await running
    await store.close()


def _laid(path: Path) -> UseCase[None]:
    queries = load("outbox")

    async def lay(tx: Transaction) -> None:
        for number in range(1, UPLOADS + 1):
            await tx.run(_CHAT, id=number)
            await tx.run(_ALIAS, id=number, telegram_id=number)
            payload = json.dumps({"caption": "", "path": str(path)})
            row = {"topic_id": None, "once": None, "job_id": None, "run_at": 0, "now": 0}
            await tx.run(queries.put_message, chat_id=number, kind="video", priority=0, payload=payload, **row)

    return lay


async def _count(tx: Transaction) -> int:
    row = await tx.one(_SENT)
    assert row is not None
    return int(row["n"])


async def _whole(bot: Bot, path: Path) -> None:
    """As it is done by giving the library a path: each file is read whole."""
    files = [InputFile(await asyncio.to_thread(path.read_bytes), path.name) for _ in range(UPLOADS)]
    await asyncio.gather(*(bot.send_video(1, file) for file in files))


@dataclass(slots=True)
class _Seen:
    extra_mb: float = 0.0
    stall_ms: float = 0.0


@contextmanager
def _watching() -> Iterator[_Seen]:
    """The peak of this process's memory above where it stood, watched from a thread of its own."""
    seen, process, ended = _Seen(), psutil.Process(), threading.Event()
    before = process.memory_info().rss

    def watch() -> None:
        while not ended.wait(SAMPLE_S):
            seen.extra_mb = max(seen.extra_mb, (process.memory_info().rss - before) / 1_000_000)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


async def _tick(seen: _Seen) -> None:
    """The longest time that the loop did not come round."""
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(SAMPLE_S)
            seen.stall_ms = max(seen.stall_ms, (time.perf_counter() - asked - SAMPLE_S) * 1000)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            asyncio.run(_serve())
        case ["measure", way, url]:
            asyncio.run(_measure(way, url))
        case _:
            _say("\n".join(asyncio.run(run())))
