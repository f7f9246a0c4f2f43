"""Updates from the wire to closed: kept, acknowledged, dispatched; and what a lane of its own is worth to a chat."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from aiohttp import ClientSession, web

from bot.app.base import now_ms
from bot.chat.bot import Bot, build_bot
from bot.chat.request import AiohttpRequest
from bot.intake.dispatch import Dispatcher, Handle
from bot.intake.lanes import arrival
from bot.intake.polling import Poller
from bot.intake.webhook import PATH, SECRET_HEADER, Webhook
from bot.sandbox.providers.serving import serve
from bot.services import inbox
from bot.storage.base import Store, Transaction
from bot.storage.queries import Query
from bot.storage.sqlite import open_store
from handlers import register
from handlers.kit import Kit
from tests.bench.far_end import CHATS, TOKEN, UPDATES, far_end, update
from tests.bench.house import filled
from tests.bench.measure import Run, in_flight, measured
from tests.bench.report import Line, table

SECRET = "only-for-the-bench"
POSTED, POSTS_OUT = 1_000, 64
SLOW_S, SLOW_UPDATES, WIDTH = 0.02, 128, 32
ENDED_S = 60.0
REPEATS = 3
_CLOSED = Query("bench.closed", "SELECT count(*) AS n FROM inbox WHERE state = 'closed'", "How many are done.")
_ANSWERS = Query("bench.answers", "SELECT count(*) AS n FROM outbox", "How many were answered.")


async def run() -> list[str]:
    """Updates a second, and the loop's longest stall meanwhile: medians of a few runs, since the machine is shared."""
    async with far_end() as url:
        lines = [
            await _line("polled, 100 a call, nothing to do", UPDATES, partial(_polled_idle, f"{url}/100")),
            await _line("polled, 100 a call, /help answered", UPDATES, partial(_polled_answered, f"{url}/100")),
        ]
    lines.append(await _line(f"webhook, {POSTS_OUT} out, nothing to do", POSTED, _posted))
    return [*table("updates from the wire to closed", ["a second", "stall ms"], lines), "", *await _lanes()]


async def _line(label: str, count: int, act: Callable[[], Awaitable[Run]]) -> Line:
    runs = [await act() for _ in range(REPEATS)]
    stall_ms = median(run.stall_ms for run in runs)
    return Line(label, (f"{median(count / run.took_s for run in runs):,.0f}", f"{stall_ms:.1f}"))


# Polling


async def _polled_idle(url: str) -> Run:
    async with _stored() as store, _bot(url) as bot:
        return await _polled(store, bot, _nothing)


async def _polled_answered(url: str) -> Run:
    """Through the real handlers: each answer lies in the outbox when its update is closed."""
    async with filled(lambda _: None) as root, _bot(url) as bot:
        application = register.build(bot, Kit(root.env, lambda: None))
        async with application:
            run = await _polled(root.store, bot, partial(register.handle, application))
        assert await _number(root.store, _ANSWERS) == UPDATES
    return run


async def _polled(store: Store, bot: Bot, handle: Handle) -> Run:
    dispatcher = Dispatcher(store, handle, _nothing, now_ms)
    poller = Poller(bot, store, dispatcher.wake, now_ms)
    async with _running(dispatcher.run(), poller.run()):
        return await measured(partial(_closed, store, UPDATES))


@asynccontextmanager
async def _bot(url: str) -> AsyncIterator[Bot]:
    async with build_bot(TOKEN, request=AiohttpRequest(), polling=AiohttpRequest(), api_url=url) as bot:
        yield bot


# The webhook


async def _posted() -> Run:
    """Poster and service share this process, so the service alone is faster than this."""
    async with _stored() as store:
        dispatcher = Dispatcher(store, _nothing, _nothing, now_ms)
        app = web.Application()
        app.add_routes(Webhook(store, SECRET, dispatcher.wake, now_ms).routes())
        async with serve(app, "127.0.0.1", 0) as origin, _running(dispatcher.run()):
            return await measured(partial(_post_all, origin, store))


async def _post_all(origin: str, store: Store) -> None:
    async with ClientSession(headers={SECRET_HEADER: SECRET}) as session:

        async def post(number: int) -> None:
            body = json.dumps(update(number + 1, number % CHATS + 1))
            async with session.post(origin + PATH, data=body) as reply:
                assert reply.status == 200

        await in_flight(post, POSTED, POSTS_OUT)
    await _closed(store, POSTED)


# Lanes


async def _lanes() -> list[str]:
    """A handler that takes a while: chats do not wait for one another, a chat's updates keep their order."""
    one, many = await _dispatched(1), await _dispatched(WIDTH)
    head = f"dispatch, a handler of {SLOW_S * 1000:.0f} ms, in order within each chat"
    lines = [
        Line("1 chat", (f"{SLOW_UPDATES / one:,.0f}", "1.0")),
        Line(f"{WIDTH} chats", (f"{SLOW_UPDATES / many:,.0f}", f"{one / many:.1f}")),
    ]
    return table(head, ["a second", "ratio"], lines)


async def _dispatched(chats: int) -> float:
    heard = defaultdict[int, list[int]](list)

    async def slowly(raw: Mapping[str, Any]) -> None:
        await asyncio.sleep(SLOW_S)
        heard[raw["message"]["chat"]["id"]].append(raw["update_id"])

    async with _stored() as store:
        updates = [arrival(update(number, number % chats + 1)) for number in range(1, SLOW_UPDATES + 1)]
        await inbox.keep(store, updates, now_ms())
        async with _running(Dispatcher(store, slowly, _nothing, now_ms, WIDTH).run()):
            run = await measured(partial(_closed, store, SLOW_UPDATES))
    assert all(numbers == sorted(numbers) for numbers in heard.values())
    return run.took_s


# What all share


async def _nothing(raw: Mapping[str, Any]) -> None:
    """A handler that needs nothing; the dispatcher closes the update."""


@asynccontextmanager
async def _stored() -> AsyncIterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "bench.db", now_ms=0)
        try:
            yield store
        finally:
            await store.close()


@asynccontextmanager
async def _running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work) for work in works]
    async with AsyncExitStack() as stack:
        for task in tasks:
            stack.callback(task.cancel)
        yield
    await asyncio.gather(*tasks, return_exceptions=True)


async def _closed(store: Store, count: int) -> None:
    async with asyncio.timeout(ENDED_S):
        while await _number(store, _CLOSED) < count:
            await asyncio.sleep(0.01)


async def _number(store: Store, query: Query) -> int:
    async def use_case(tx: Transaction) -> int:
        row = await tx.one(query)
        return int(row["n"]) if row is not None else 0

    return await store.read(use_case)
