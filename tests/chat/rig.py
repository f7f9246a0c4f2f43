"""A sender between a real database and the embedded Telegram."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.chat.bot import Bot, build_bot
from bot.chat.limiter import Limiter, Pace
from bot.chat.outbox import SentRow, UnsentRow
from bot.chat.request import AiohttpRequest
from bot.chat.sender import Hooks, Sender
from bot.sandbox.telegram.flood import FloodLimits
from bot.sandbox.telegram.server import Options, TelegramServer
from bot.sandbox.telegram.world import ANN, BOB, GROUP, WorldOptions
from bot.storage.base import Row, Transaction
from bot.storage.queries import Query, load
from bot.storage.sqlite import SqliteStore, open_store
from tests.fresh import lay

TOKEN = "7700001:AAsecretSecretSecretSecretSecret_-x"
Q = load("outbox")
UNLIMITED = Pace(1000, 1000, 1000, 1000, 0, 1000, 0)


def query(sql: str) -> Query:
    return Query("test", sql, "only here")


@dataclass
class Told:
    """What the hooks heard."""

    sent: list[SentRow] = field(default_factory=list)
    parked: list[UnsentRow] = field(default_factory=list)
    maybe_sent: list[UnsentRow] = field(default_factory=list)
    failed: list[UnsentRow] = field(default_factory=list)

    def hooks(self) -> Hooks:
        async def on_sent(tx: Transaction, row: SentRow) -> None:
            self.sent.append(row)

        def keep(heard: list[UnsentRow]) -> Callable[[Transaction, UnsentRow], Any]:
            async def hear(tx: Transaction, row: UnsentRow) -> None:
                heard.append(row)

            return hear

        return Hooks(on_sent, keep(self.parked), keep(self.maybe_sent), keep(self.failed))


class Rig:
    """Chats 1 (Ann), 2 (Bob), 3 (the group), and a sender of their messages."""

    def __init__(self, store: SqliteStore, server: TelegramServer, bot: Bot, now_ms: Callable[[], int]) -> None:
        self.store = store
        self.server = server
        self.bot = bot
        self.now_ms = now_ms
        self.told = Told()
        self.limiter = Limiter(UNLIMITED)
        self.sender = self.new_sender()
        self._runs: list[asyncio.Task[None]] = []
        self._home = ""

    def new_sender(self, **options: Any) -> Sender:
        return Sender(self.store, self.bot, self.limiter, self.now_ms, self.told.hooks(), **options)

    async def seed(self) -> None:
        for number, (telegram_id, kind) in enumerate(((ANN, "private"), (BOB, "private"), (GROUP, "supergroup")), 1):
            await self.add_chat(number, telegram_id, kind)

    async def add_chat(self, number: int, telegram_id: int, kind: str) -> None:
        await self.run("INSERT INTO chats (id, kind, created_at) VALUES (:id, :kind, 0)", id=number, kind=kind)
        await self.run(
            "INSERT INTO telegram_ids (kind, telegram_id, owner_id) VALUES ('chat', :telegram_id, :id)",
            id=number,
            telegram_id=telegram_id,
        )

    async def add_topic(self, number: int, chat_id: int, thread_id: int) -> None:
        sql = "INSERT INTO topics (id, chat_id, thread_id) VALUES (:id, :chat_id, :thread_id)"
        await self.run(sql, id=number, chat_id=chat_id, thread_id=thread_id)

    async def run(self, sql: str | Query, **values: Any) -> int:
        prepared = query(sql) if isinstance(sql, str) else sql

        async def use_case(tx: Transaction) -> int:
            return await tx.run(prepared, **values)

        return await self.store.transact(use_case)

    async def all(self, sql: str, **values: Any) -> list[Row]:
        async def use_case(tx: Transaction) -> list[Row]:
            return await tx.all(query(sql), **values)

        return await self.store.read(use_case)

    async def put(self, chat_id: int, kind: str, payload: dict[str, Any], **values: Any) -> None:
        now = self.now_ms()
        row = {"topic_id": None, "priority": 1, "once": None, "job_id": None, "run_at": now, "now": now} | values
        await self.run(Q.put_message, chat_id=chat_id, kind=kind, payload=json.dumps(payload), **row)
        self.sender.wake()

    async def text(self, chat_id: int, text: str, **values: Any) -> None:
        await self.put(chat_id, "text", {"text": text}, **values)

    async def card(self, chat_id: int, slot: str, text: str, kind: str = "text", **values: Any) -> None:
        now = self.now_ms()
        row = {"topic_id": None, "priority": 2, "job_id": None, "run_at": now, "now": now} | values
        payload = json.dumps({"text": text} if kind == "text" else {})
        await self.run(Q.replace_slot, chat_id=chat_id, kind=kind, slot=slot, payload=payload, **row)
        self.sender.wake()

    async def rows(self) -> list[Row]:
        return await self.all("SELECT * FROM outbox ORDER BY id")

    async def settled(self, seconds: float = 5.0) -> list[Row]:
        """Sends until nothing waits and nothing is out; the rows."""
        self.start()
        async with asyncio.timeout(seconds):
            while True:
                rows = await self.rows()
                if not any(row["state"] in {"pending", "sending"} for row in rows):
                    return rows
                await asyncio.sleep(0.01)

    async def until(self, condition: Callable[[], Any], seconds: float = 5.0) -> None:
        self.start()
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.005)

    def start(self) -> None:
        if not self._runs:
            self._runs.append(asyncio.create_task(self.sender.run()))

    async def stop(self, grace_s: float = 0.5) -> None:
        if self._runs:
            await self.sender.stop(grace_s)
            with suppress(asyncio.CancelledError):
                await self._runs.pop()
            self.sender = self.new_sender()

    def texts(self, chat: int) -> list[str]:
        """What the bot's messages in a chat say now."""
        messages = self.server.world.chats[chat].messages.values()
        ours = [message.body for message in messages if message.sender_id == self.server.world.bot.id]
        return [str(body.get("text", body.get("caption", ""))) for body in ours]

    def methods(self, *names: str) -> list[str]:
        """Which of these methods were called, in order."""
        return [call.method for call in self.server.calls.of(*names)]

    def bot_to(self, url: str | None) -> None:
        """Point the bot at another address; None: back to the server."""
        self._home = self._home or self.bot.base_url
        self.bot._base_url = f"{url}/bot{TOKEN}" if url else self._home


@asynccontextmanager
async def serving(
    folder: Path, flood: FloodLimits | None = None, options: Options | None = None
) -> AsyncIterator[tuple[TelegramServer, str]]:
    server = TelegramServer(TOKEN, folder / "telegram", now, flood, options)
    async with server.running() as url:
        yield server, url


@asynccontextmanager
async def speaking(url: str, **times: float) -> AsyncIterator[Bot]:
    request = AiohttpRequest(**times)
    bot = build_bot(TOKEN, request=request, polling=AiohttpRequest(), api_url=url)
    async with bot:
        yield bot


@asynccontextmanager
async def answering(answer: bytes | None, read_bytes: int = 1) -> AsyncIterator[str]:
    """A server that reads so much of each request, writes `answer` (None: says nothing) and hangs up or waits."""
    ended = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(read_bytes)
        if answer is None:
            await ended.wait()
        else:
            writer.write(answer)
            await writer.drain()
        writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=1 << 16)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        ended.set()
        server.close()
        await asyncio.sleep(0.02)
        await server.wait_closed()


def now() -> int:
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def rigged(
    folder: Path, flood: FloodLimits | None = None, options: Options | None = None, **times: float
) -> AsyncIterator[Rig]:
    options = options or Options(world=WorldOptions(started=True))
    store = await open_store(lay(folder / "test.db"), now_ms=now())
    try:
        async with serving(folder, flood, options) as (server, url), speaking(url, **times) as bot:
            rig = Rig(store, server, bot, now)
            await rig.seed()
            try:
                yield rig
            finally:
                await rig.stop()
            assert server.violations == []
    finally:
        await store.close()
