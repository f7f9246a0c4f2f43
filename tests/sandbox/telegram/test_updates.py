"""How updates wait, are confirmed, expire, and are posted to a webhook."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from bot.sandbox.telegram import ANN, BOB, Options, Person, TelegramServer, WorldOptions
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import JsonDict
from bot.sandbox.telegram.webhook import SECRET_HEADER, growing_delay_s
from tests.sandbox.telegram.wire import Clock, Wire


async def test_an_update_is_given_again_until_a_higher_offset_confirms_it(wire: Wire, ann: Person) -> None:
    await ann.send(ANN, "one")
    await ann.send(ANN, "two")
    first = await wire.ok("getUpdates")
    assert await wire.ok("getUpdates") == first
    assert first[1]["update_id"] == first[0]["update_id"] + 1
    assert await wire.ok("getUpdates", offset=first[1]["update_id"]) == first[1:]
    assert await wire.ok("getUpdates") == first[1:]
    assert await wire.ok("getUpdates", offset=first[1]["update_id"] + 1) == []


async def test_a_negative_offset_forgets_all_but_the_last(wire: Wire, ann: Person) -> None:
    for text in ("one", "two", "three"):
        await ann.send(ANN, text)
    (last,) = await wire.ok("getUpdates", offset=-1)
    assert last["message"]["text"] == "three"
    assert len(await wire.ok("getUpdates")) == 1


async def test_a_limit_gives_the_oldest(wire: Wire, ann: Person) -> None:
    for text in ("one", "two"):
        await ann.send(ANN, text)
    (first,) = await wire.ok("getUpdates", limit=1)
    assert first["message"]["text"] == "one"


async def test_a_long_poll_answers_when_something_comes(wire: Wire, ann: Person) -> None:
    poll = await _poll(wire)
    await ann.send(ANN, "hi")
    async with asyncio.timeout(5):
        (update,) = (await poll)["result"]
    assert update["message"]["text"] == "hi"


async def test_a_second_poller_ends_the_first(wire: Wire) -> None:
    older = await _poll(wire)
    newer = await _poll(wire)
    async with asyncio.timeout(5):
        answer = await older
    assert answer["error_code"] == 409
    assert answer["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    newer.cancel()


async def test_polling_is_refused_while_a_webhook_is_set(wire: Wire) -> None:
    await wire.ok("setWebhook", url="http://127.0.0.1:9/hook")
    assert (await wire.call("getUpdates"))["error_code"] == 409
    await wire.ok("deleteWebhook")
    assert await wire.ok("getUpdates") == []


async def test_presses_live_150_seconds_and_messages_a_day(wire: Wire, ann: Person, clock: Clock) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    card = await wire.ok("sendMessage", chat_id=ANN, text="x", reply_markup=markup)
    await ann.send(ANN, "hi")
    await ann.press(ANN, card["message_id"], "b")
    clock.forward(149.9)
    assert len(await wire.ok("getUpdates")) == 2
    clock.forward(0.1)
    (message,) = await wire.ok("getUpdates")
    assert "message" in message
    clock.forward(24 * 3600)
    assert await wire.ok("getUpdates") == []


async def test_chat_member_comes_only_when_it_is_asked_for(wire: Wire) -> None:
    world = wire.server.world
    group = next(chat for chat in world.chats.values() if not chat.is_private)
    wire.server.set_member(group.id, world.bot.id, "administrator", 1003)
    wire.server.set_member(group.id, ANN, "administrator", 1003)
    assert [_kind(update) for update in await wire.updates()] == ["my_chat_member"]
    await wire.ok("getUpdates", allowed_updates=["chat_member"])
    wire.server.set_member(group.id, ANN, "member", 1003)
    wire.server.set_member(group.id, world.bot.id, "member", 1003)
    (update,) = await wire.updates()
    assert update["chat_member"]["old_chat_member"]["status"] == "administrator"
    assert update["chat_member"]["new_chat_member"]["status"] == "member"


async def test_allowed_updates_are_remembered_until_they_are_set_again(wire: Wire, ann: Person) -> None:
    await wire.ok("getUpdates", allowed_updates=["callback_query"])
    await ann.send(ANN, "unseen")
    assert await wire.ok("getUpdates") == []
    await wire.ok("getUpdates", allowed_updates=[])
    await ann.send(ANN, "seen")
    assert len(await wire.ok("getUpdates")) == 1


def _kind(update: JsonDict) -> str:
    return next(name for name in update if name != "update_id")


async def _poll(wire: Wire) -> asyncio.Task[JsonDict]:
    """A long poll that has arrived at the server."""
    arrived = asyncio.Event()

    async def tap(_: Call, phase: str) -> None:
        if phase == "before":
            arrived.set()

    wire.server.taps.append(tap)
    poll = asyncio.create_task(wire.call("getUpdates", timeout=30))
    async with asyncio.timeout(5):
        await arrived.wait()
    return poll


@dataclass
class Hook:
    """A bot's webhook that answers as the test says and keeps what came."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    hold: set[str] = field(default_factory=set)
    got: asyncio.Queue[tuple[str | None, JsonDict]] = field(default_factory=asyncio.Queue)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        update: JsonDict = await request.json()
        self.got.put_nowait((request.headers.get(SECRET_HEADER), update))
        if _lane(update) in self.hold:
            await self.released.wait()
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def next(self) -> JsonDict:
        async with asyncio.timeout(5):
            return (await self.got.get())[1]


def _lane(update: JsonDict) -> str:
    return f"user:{update['callback_query']['from']['id']}" if "callback_query" in update else "chat"


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    hook.released.set()
    await runner.cleanup()


@pytest.fixture
def options() -> Options:
    return Options(world=WorldOptions(started=True), webhook_delay_s=lambda attempt: attempt / 1000)


async def test_a_webhook_gets_updates_in_order(wire: Wire, ann: Person, hook: Hook) -> None:
    await ann.send(ANN, "before")
    await wire.ok("setWebhook", url=hook.url)
    await ann.send(ANN, "after")
    first, second = await hook.next(), await hook.next()
    assert [update["message"]["text"] for update in (first, second)] == ["before", "after"]


async def test_the_secret_is_sent_and_its_letters_are_checked(wire: Wire, ann: Person, hook: Hook) -> None:
    refusal = await wire.refused("setWebhook", url=hook.url, secret_token="no spaces")
    assert refusal == "Bad Request: secret token contains unallowed characters"
    await wire.ok("setWebhook", url=hook.url, secret_token="s3cret")
    await ann.send(ANN, "hi")
    secret, _ = await asyncio.wait_for(hook.got.get(), 5)
    assert secret == "s3cret"


async def test_a_webhook_that_fails_is_asked_again_in_order(wire: Wire, ann: Person, hook: Hook) -> None:
    hook.statuses = [500, 502]
    await wire.ok("setWebhook", url=hook.url)
    await ann.send(ANN, "one")
    await ann.send(ANN, "two")
    texts = [(await hook.next())["message"]["text"] for _ in range(4)]
    assert texts == ["one", "one", "one", "two"]
    info = await wire.ok("getWebhookInfo")
    assert "502" in info["last_error_message"]


async def test_a_slow_chat_holds_back_only_itself(wire: Wire, ann: Person, hook: Hook) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    card = await wire.ok("sendMessage", chat_id=ANN, text="x", reply_markup=markup)
    hook.hold = {"chat"}
    await wire.ok("setWebhook", url=hook.url)
    await ann.send(ANN, "one")
    await ann.send(ANN, "two")
    assert (await hook.next())["message"]["text"] == "one"
    await ann.press(ANN, card["message_id"], "b")
    assert "callback_query" in await hook.next()
    hook.released.set()
    assert (await hook.next())["message"]["text"] == "two"


async def test_without_the_webhook_the_rest_waits_for_polling(wire: Wire, ann: Person, hook: Hook) -> None:
    await wire.ok("setWebhook", url=hook.url)
    assert (await wire.ok("getWebhookInfo"))["url"] == hook.url
    await wire.ok("setWebhook", url="")
    await ann.send(ANN, "waits")
    assert (await wire.ok("getWebhookInfo"))["pending_update_count"] == 1
    await wire.ok("deleteWebhook", drop_pending_updates=True)
    assert (await wire.ok("getWebhookInfo")) == {"url": "", "has_custom_certificate": False, "pending_update_count": 0}


def test_the_delay_grows_to_a_minute() -> None:
    assert [growing_delay_s(attempt) for attempt in (1, 2, 3, 6, 7, 20)] == [1, 2, 4, 32, 60, 60]


async def test_two_people_have_two_private_chats(wire: Wire, ann: Person, bob: Person) -> None:
    await ann.send(ANN, "ann")
    await bob.send(BOB, "bob")
    chats = [update["message"]["chat"]["id"] for update in await wire.updates()]
    assert chats == [ANN, BOB]


async def test_the_server_stops_while_somebody_polls(server: TelegramServer) -> None:
    async with asyncio.timeout(4):
        async with server.running():
            poll = asyncio.create_task(server.exchange.updates.fetch(0, 100, 50))
            await asyncio.sleep(0)
        assert await poll == []
