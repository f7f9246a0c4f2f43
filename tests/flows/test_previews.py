"""A video's status follows its person down the chat, by Telegram's own preview with a Stop on it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.chat import previews
from bot.sandbox.providers.ark.tasks import Status
from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.telegram import ANN, BOB, GROUP
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.client import Refused
from bot.worker import previewer
from bot.worker.previewer import Previewer
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, words

CANCELLED = "Cancelled. Nothing was charged."


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewer, "TURN_MS", 40)
    monkeypatch.setattr(previewer, "GAP_MS", 0)


def shown(world: World) -> list[Call]:
    """Every preview that the bot sent."""
    return world.telegram.calls.of("sendMessageDraft")


async def order(world: World, ann: Talk, text: str = "/video a dog runs") -> Message:
    """An order that stays with the provider; its card."""
    world.ark.knobs.queue_s = 600
    await ann.say(text)
    await until(lambda: "RUNNING" in world.books.states)
    return await ann.reads("Rendering")


async def talk_on(ann: Talk, times: int = 2) -> None:
    """Other things are said, and answered, below the card."""
    for _ in range(times):
        await ann.answer(await ann.say("/balance"))


async def preview(ann: Talk) -> dict[str, Any]:
    """What is shown at the bottom of the chat."""
    event = await ann.person.wait_for_event(lambda e: e["type"] == "preview" and e["preview"])
    return dict(event["preview"])


async def stop(world: World, ann: Talk) -> None:
    """Presses Stop. A message that came at that very moment had taken the preview away: then on the next one. An edit
    of the card that is out already finds it gone, and is shown by the new one.
    """
    world.refusals.add(400)
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(Refused):
                return await ann.person.stop(ANN, (await preview(ann))["draft_id"])
            await asyncio.sleep(0.05)


async def test_a_status_that_is_in_sight_has_no_preview(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await order(world, ann)
        await talk_on(ann, 1)
        await asyncio.sleep(0.4)
        assert shown(world) == []
        await talk_on(ann, 1)
        await until(lambda: shown(world))


async def test_what_moved_out_of_sight_is_shown_at_the_bottom_and_stopped_there(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        card = await order(world, ann)
        await talk_on(ann)
        there = await preview(ann)
        code = world.books.value("SELECT code FROM jobs")
        assert there["can_stop"]
        head, status = there["text"].split("\n")
        assert head == f"#{code.lstrip('#')} a dog runs"
        assert status.startswith("⏳ Rendering · ")
        await stop(world, ann)
        done = await ann.reads(CANCELLED)
        assert done["id"] > max(m["id"] for m in await ann.heard() if "$" in words(m))
        assert buttons(done) == []
        assert card["id"] not in [m["id"] for m in await ann.heard()]
        count = len(shown(world))
        await talk_on(ann, 1)
        await asyncio.sleep(0.3)
        assert len(shown(world)) == count
    (task,) = world.ark.tasks.values()
    assert task.status is Status.CANCELLED
    assert world.books.states == ["CANCELLED"]


async def test_a_stop_that_comes_too_late_says_so_and_the_video_comes(world: World) -> None:
    world.ark.knobs.render_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: any(task.status is Status.RUNNING for task in world.ark.tasks.values()))
        await ann.reads("Rendering")
        await talk_on(ann)
        await stop(world, ann)
        await ann.reads("can't be stopped there; it will come and cost $0.76")
        count = len(shown(world))
        await talk_on(ann)
        await asyncio.sleep(0.3)
        assert len(shown(world)) == count, "who has pressed Stop is not asked again"
        world.clock.push(minutes=11)
        await ann.video()
    assert world.books.states == ["DELIVERED"]


async def test_one_stop_ends_all_videos_of_a_request(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        world.ark.knobs.queue_s = 600
        await ann.say("/video a dog runs --n 3")
        await ann.start()
        await until(lambda: world.books.states.count("RUNNING") == 3)
        await talk_on(ann)
        there = await preview(ann)
        assert there["text"].startswith("a dog runs\n")
        await stop(world, ann)
        await ann.reads(CANCELLED)
    assert world.books.states == ["CANCELLED"] * 3


async def test_a_stop_told_twice_and_one_of_another_s_request_do_nothing(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await order(world, ann)
        await talk_on(ann)
        number = (await preview(ann))["draft_id"]
        told = {"chat": {"id": BOB, "type": "private", "first_name": "Bob"}, "draft_id": number}
        world.telegram.exchange.updates.put("stopped_message_generation", told, f"chat:{BOB}")
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'open'") == 0)
        assert world.books.states == ["RUNNING"]
        mine = {"chat": {"id": ANN, "type": "private", "first_name": "Ann"}, "draft_id": number}
        for _ in range(2):
            world.telegram.exchange.updates.put("stopped_message_generation", mine, f"chat:{ANN}")
        await ann.reads(CANCELLED)
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'open'") == 0)
    assert world.books.states == ["CANCELLED"]
    assert len([m for m in await ann.heard() if CANCELLED in words(m)]) == 1


async def test_an_older_telegram_is_asked_once_and_the_card_goes_on(world: World) -> None:
    world.telegram.exchange.settings = replace(world.telegram.exchange.settings, previews=False)
    world.refusals.add(404)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        card = await order(world, ann)
        await talk_on(ann, 3)
        await until(lambda: shown(world))
        await asyncio.sleep(0.3)
        assert len(shown(world)) == 1
        await ann.press(card, "✕")
        await ann.reads(CANCELLED)


async def test_a_telegram_without_stops_shows_the_preview_alone(world: World) -> None:
    world.telegram.exchange.settings = replace(world.telegram.exchange.settings, stops=False)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await order(world, ann)
        await talk_on(ann)
        assert not (await preview(ann))["can_stop"]


async def test_a_stop_while_the_video_is_on_its_way_says_so_and_the_video_comes(world: World) -> None:
    ann = Talk(world.ann, ANN)
    world.telegram.faults.add("sendVideo", delay_s=2)
    world.refusals.add(400)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["DELIVERING"])
        told = {"chat": {"id": ANN, "type": "private", "first_name": "Ann"}, "draft_id": 1}
        assert world.books.value("SELECT id FROM requests") == 1
        world.telegram.exchange.updates.put("stopped_message_generation", told, f"chat:{ANN}")
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE payload LIKE '%finished already%'"))
        await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
    assert len(await ann.videos()) == 1


@pytest.mark.parametrize("trouble", [{"drop": True}, {"delay_s": 5}], ids=["lost", "hangs"])
async def test_a_preview_that_telegram_does_not_answer_is_sent_anew(
    world: World, monkeypatch: pytest.MonkeyPatch, trouble: dict[str, Any]
) -> None:
    monkeypatch.setattr(previews, "DEADLINE_S", 0.2)
    world.telegram.faults.add("sendMessageDraft", **trouble)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await order(world, ann)
        await talk_on(ann)
        await until(lambda: len(shown(world)) >= 2)
        assert (await preview(ann))["can_stop"]


@pytest.mark.parametrize(("status", "retry_after_s"), [(429, 30), (400, None), (403, None), (502, None)])
async def test_a_preview_that_is_refused_harms_nothing(world: World, status: int, retry_after_s: int | None) -> None:
    world.refusals.add(status)
    world.telegram.faults.add("sendMessageDraft", status=status, retry_after_s=retry_after_s)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        card = await order(world, ann)
        await talk_on(ann)
        await until(lambda: shown(world))
        await asyncio.sleep(0.3)
        again = len(shown(world)) > 1
        assert again is (status == 502), "the network is tried again, a refusal is not"
        await ann.press(card, "✕")
        await ann.reads(CANCELLED)


async def test_a_group_has_no_previews(world: World) -> None:
    ann = Talk(world.ann, GROUP)
    async with world.bot():
        await order(world, ann, "/video@kinetogram_bot a dog runs")
        await talk_on(ann, 3)
        await asyncio.sleep(0.3)
    assert shown(world) == []


async def test_a_preview_is_kept_up_while_nothing_changes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewer, "GAP_MS", 10**9)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await order(world, ann)
        world.ark.fail("get", Fault(Trouble.STATUS, status=503), times=2000)  # its status stays as it is
        await asyncio.sleep(0.3)
        await talk_on(ann)
        await until(lambda: shown(world))
        await asyncio.sleep(0.3)
        assert len(shown(world)) <= 2, "one, and one more when a message of the bot's took it away"
        count = len(shown(world))
        world.clock.push(s=19)
        await asyncio.sleep(0.2)
        assert len(shown(world)) == count
        world.clock.push(s=2)
        await until(lambda: len(shown(world)) == count + 1)


@asynccontextmanager
async def turns(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Previewer, list[Talk]]]:
    """A previewer whose turns are the story's, and two chats with a status out of sight, the older one first."""
    monkeypatch.setattr(previewer, "TURN_MS", 10**7)
    talks = [Talk(world.ann, ANN), Talk(world.bob, BOB)]
    world.ark.knobs.queue_s = 600
    async with world.bot() as service:
        running: list[str] = []
        for talk in talks:
            running.append("RUNNING")
            await talk.say("/video a dog runs")
            await until(lambda: world.books.states == running)
            world.clock.push(s=20)
            await talk.reads("▓")
            await talk_on(talk)
        yield service._previewer, talks


async def test_previews_of_many_chats_go_out_no_faster_than_telegram_takes_messages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with turns(world, monkeypatch) as (one, _):
        limiter = one._chat._limiter
        monkeypatch.setattr(limiter, "pace", replace(limiter.pace, overall_per_s=1))
        await one.turn()
        assert len(shown(world)) == 1
        world.clock.push(s=2)
        await one.turn()
        assert len(shown(world)) == 2


async def test_a_chat_in_which_much_is_said_keeps_no_other_from_its_preview(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewer, "AT_ONCE", 1)
    async with turns(world, monkeypatch) as (one, (_, bob)):
        await one.turn()
        await talk_on(bob, 1)
        await one.turn()
        assert [call.params["chat_id"] for call in shown(world)] == [BOB, ANN]
