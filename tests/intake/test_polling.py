"""The getUpdates loop before a real Bot API and a real inbox: what stops it, what it waits out."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from telegram.error import InvalidToken

from bot.chat.bot import build_bot
from bot.chat.request import AiohttpRequest
from bot.core.errors import Transient
from bot.intake.polling import Poller
from bot.sandbox.telegram import ANN, Options, Person, TelegramServer, WorldOptions
from bot.storage.base import UseCase
from bot.storage.queries import Query
from bot.storage.sqlite import SqliteStore, open_store
from tests.fresh import lay

TOKEN = "700700:polling-tests"
COUNT = Query("tests.count", "SELECT count(*) AS kept FROM inbox", "How many were kept.")
T = TypeVar("T")


def now() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Stumbling:
    """A store whose first `stumbles` commits meet a busy database."""

    store: SqliteStore
    stumbles: int = 0
    tried: int = 0

    async def transact(self, use_case: UseCase[T]) -> T:
        self.tried += 1
        if self.tried <= self.stumbles:
            raise Transient("database-busy")
        return await self.store.transact(use_case)

    async def read(self, use_case: UseCase[T]) -> T:
        return await self.store.read(use_case)


@dataclass
class Post:
    """A Telegram with Ann, and an inbox."""

    telegram: TelegramServer
    base: str
    store: SqliteStore
    ann: Person
    rings: list[int] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def polling(self, token: str = TOKEN, stumbles: int = 0) -> AsyncIterator[asyncio.Task[None]]:
        """The loop, while the block runs."""
        bot = build_bot(token, request=AiohttpRequest(), polling=AiohttpRequest(), api_url=self.base)
        store: Any = Stumbling(self.store, stumbles)
        async with AiohttpBot(bot):
            poller = Poller(bot, store, lambda: self.rings.append(1), now, long_poll_s=2)
            task = asyncio.create_task(poller.run())
            try:
                yield task
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def kept(self) -> int:
        row = await self.store.read(lambda tx: tx.one(COUNT))
        return int(row["kept"]) if row is not None else 0

    async def until_kept(self, count: int) -> None:
        async with asyncio.timeout(15):
            while await self.kept() < count:
                await asyncio.sleep(0.02)


class AiohttpBot:
    """Opens and closes a bot's transports, without asking Telegram who it is."""

    def __init__(self, bot: Any) -> None:
        self._bot = bot

    async def __aenter__(self) -> None:
        for request in self._bot._request:
            await request.initialize()

    async def __aexit__(self, *_: object) -> None:
        for request in self._bot._request:
            await request.shutdown()


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    options = Options(world=WorldOptions(started=True))
    telegram = TelegramServer(TOKEN, tmp_path / "files", now, options=options)
    store = await open_store(lay(tmp_path / "inbox.db"), now_ms=now())
    async with telegram.running() as base, Person(base, ANN) as ann:
        yield Post(telegram, base, store, ann)
    await store.close()


async def test_updates_are_kept_before_the_next_offset_is_asked_for(post: Post) -> None:
    async with post.polling():
        await post.ann.send(ANN, "one")
        await post.until_kept(1)
        await post.ann.send(ANN, "two")
        await post.until_kept(2)
    offsets = [call.params.get("offset") for call in post.telegram.calls.of("getUpdates")]
    assert offsets[0] is None
    assert offsets[1:] == sorted(offset for offset in offsets[1:] if offset is not None)
    assert post.rings


async def test_a_busy_database_moves_no_offset(post: Post) -> None:
    async with post.polling(stumbles=2):
        await post.ann.send(ANN, "one")
        await post.until_kept(1)
    offsets = [call.params.get("offset") for call in post.telegram.calls.of("getUpdates")]
    assert offsets[:3] == [None, None, None]


async def test_telegram_s_pause_is_kept(post: Post) -> None:
    post.telegram.faults.add("getUpdates", retry_after_s=1)
    await post.ann.send(ANN, "one")
    started = time.monotonic()
    async with post.polling():
        await post.until_kept(1)
    assert time.monotonic() - started >= 1


async def test_a_refused_token_ends_it(post: Post) -> None:
    async with post.polling(token="700701:somebody-else's") as task:
        with pytest.raises(InvalidToken):
            async with asyncio.timeout(5):
                await task
