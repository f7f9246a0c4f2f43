"""Flood limits and faults on demand."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientError

from bot.sandbox.telegram import ANN, BOB, GROUP, FloodLimits, Options, Person, TelegramServer, WorldOptions
from bot.sandbox.telegram.calls import Call
from tests.sandbox.telegram.wire import TOKEN, Clock, Wire, jpeg


@pytest.fixture
def server(tmp_path: Path, clock: Clock, options: Options, flood: FloodLimits | None) -> TelegramServer:
    return TelegramServer(TOKEN, tmp_path / "files", clock, flood, options)


@pytest.fixture
def flood() -> FloodLimits | None:
    return None


limited = pytest.mark.parametrize("flood", [FloodLimits()])


@limited
async def test_a_chat_takes_a_burst_of_three_and_then_one_a_second(wire: Wire, clock: Clock) -> None:
    for _ in range(3):
        await wire.ok("sendMessage", chat_id=ANN, text="x")
    answer = await wire.call("sendMessage", chat_id=ANN, text="x")
    assert answer["error_code"] == 429
    assert answer["description"] == "Too Many Requests: retry after 1"
    assert answer["parameters"] == {"retry_after": 1}
    await wire.ok("sendMessage", chat_id=BOB, text="another chat is not held")
    clock.forward(1)
    await wire.ok("sendMessage", chat_id=ANN, text="x")


@limited
async def test_a_group_takes_twenty_a_minute_edits_included(wire: Wire, clock: Clock) -> None:
    sent = await wire.ok("sendMessage", chat_id=GROUP, text="0")
    edit = {"chat_id": GROUP, "message_id": sent["message_id"]}
    for number in range(1, 20):
        clock.forward(0.5)
        await wire.ok("editMessageText", text=str(number), **edit)
    answer = await wire.call("editMessageText", text="one more", **edit)
    assert answer["parameters"] == {"retry_after": 51}
    clock.forward(51)
    await wire.ok("editMessageText", text="one more", **edit)


@limited
async def test_an_album_counts_as_many_messages_as_it_has_items(wire: Wire, clock: Clock) -> None:
    sent = await wire.form("sendPhoto", {"photo": jpeg()}, chat_id=BOB)
    picture = sent["result"]["photo"][-1]["file_id"]
    album = [{"type": "photo", "media": picture}] * 10
    await wire.ok("sendMediaGroup", chat_id=GROUP, media=album)
    assert (await wire.call("sendMessage", chat_id=GROUP, text="x"))["parameters"] == {"retry_after": 8}
    clock.forward(20)
    await wire.ok("sendMessage", chat_id=GROUP, text="x")
    answer = await wire.call("sendMediaGroup", chat_id=GROUP, media=album)
    assert answer["parameters"] == {"retry_after": 40}
    await wire.ok("sendMediaGroup", chat_id=GROUP, media=album[:9])


@limited
async def test_thirty_a_second_is_all(wire: Wire, clock: Clock) -> None:
    sent = [await wire.ok("sendMessage", chat_id=chat, text="x") for chat in (ANN, BOB)]
    for number in range(28):
        await wire.ok("editMessageText", chat_id=ANN, message_id=sent[0]["message_id"], text=str(number))
    assert (await wire.call("sendMessage", chat_id=BOB, text="x"))["error_code"] == 429
    clock.forward(1)
    await wire.ok("sendMessage", chat_id=BOB, text="x")


@limited
async def test_a_refused_call_costs_nothing(wire: Wire) -> None:
    for _ in range(5):
        await wire.refused("sendMessage", chat_id=ANN, text="")
    for _ in range(3):
        await wire.ok("sendMessage", chat_id=ANN, text="x")


async def test_a_fault_refuses_as_often_as_it_was_told(wire: Wire, ann: Person) -> None:
    wire.server.faults.add("sendMessage", status=502, times=2)
    for _ in range(2):
        assert (await wire.call("sendMessage", chat_id=ANN, text="x"))["error_code"] == 502
    await wire.ok("sendMessage", chat_id=ANN, text="x")
    assert len(await ann.messages(ANN)) == 1
    assert [call.status for call in wire.server.calls.of("sendMessage")] == [502, 502, 200]


async def test_a_429_can_be_for_one_chat_alone(wire: Wire) -> None:
    wire.server.faults.add("sendMessage", chat_id=ANN, retry_after_s=7)
    await wire.ok("sendMessage", chat_id=BOB, text="x")
    answer = await wire.call("sendMessage", chat_id=ANN, text="x")
    assert answer["parameters"] == {"retry_after": 7}


async def test_a_fault_can_act_and_lose_the_answer(wire: Wire, ann: Person) -> None:
    wire.server.faults.add("sendMessage", when="after", drop=True)
    with pytest.raises(ClientError):
        await wire.call("sendMessage", chat_id=ANN, text="delivered all the same")
    assert [m["text"] for m in await ann.messages(ANN)] == ["delivered all the same"]
    (call,) = wire.server.calls.of("sendMessage")
    assert call.status == 0
    assert call.result["text"] == "delivered all the same"


async def test_a_fault_can_drop_the_connection_before_acting(wire: Wire, ann: Person) -> None:
    wire.server.faults.add("*", drop=True)
    with pytest.raises(ClientError):
        await wire.call("sendMessage", chat_id=ANN, text="lost")
    assert await ann.messages(ANN) == []


async def test_a_fault_can_answer_what_is_no_json(wire: Wire) -> None:
    wire.server.faults.add("getMe", status=502, body="<html>Bad Gateway</html>")
    async with wire.session.get(f"{wire.base}/bot{TOKEN}/getMe") as response:
        assert response.status == 502
        assert "<html>" in await response.text()


async def test_a_delay_alone_only_delays(wire: Wire) -> None:
    wire.server.faults.add("getMe", delay_s=0.01)
    assert (await wire.ok("getMe"))["is_bot"]


async def test_taps_see_each_call_before_it_acts_and_before_it_is_answered(wire: Wire) -> None:
    seen: list[tuple[str, str, int]] = []

    async def tap(call: Call, phase: str) -> None:
        seen.append((call.method, phase, len(wire.server.world.chats[ANN].messages)))

    wire.server.taps.append(tap)
    await wire.ok("sendMessage", chat_id=ANN, text="x")
    assert seen == [("sendMessage", "before", 0), ("sendMessage", "after", 1)]


@pytest.mark.parametrize("options", [Options(keep_messages=3, world=WorldOptions(started=True))])
async def test_a_chat_keeps_its_newest_messages(wire: Wire, ann: Person) -> None:
    for number in range(5):
        await wire.ok("sendMessage", chat_id=ANN, text=str(number))
    assert [m["text"] for m in await ann.messages(ANN)] == ["2", "3", "4"]


async def test_a_page_that_does_not_read_is_closed(wire: Wire) -> None:
    async with wire.server.exchange.events.listening(ANN) as queue:
        for _ in range(queue.maxsize + 1):
            wire.server.exchange.events.publish([ANN], {"type": "action"})
        while (data := queue.get_nowait()) is not None:
            assert data == '{"type":"action"}'
    await asyncio.sleep(0)
