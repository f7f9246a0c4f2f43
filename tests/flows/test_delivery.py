"""Delivery: into the right topic, past blocks, lost answers and migrations; a paid video is never lost nor doubled."""

import asyncio
from pathlib import Path

import pytest

from bot.chat.limiter import Pace as ChatPace
from bot.sandbox.providers.ark.tasks import Status
from bot.sandbox.telegram import ANN, BASIC_GROUP, BOB, GROUP, MIA, FileToSend, FloodLimits, WorldOptions
from bot.sandbox.telegram.world import GENERAL_TOPIC
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words

FORUM = pytest.mark.parametrize("world_options", [WorldOptions(started=True, forum=True, bot_is_admin=True)])
GROUPED = pytest.mark.parametrize("world_options", [WorldOptions(started=True, basic_group=True, bot_is_admin=True)])


async def at_work(world: World) -> str:
    """Waits until the one task is rendered and only the clock holds it back; its id."""
    await until(lambda: any(task.output is not None for task in world.ark.tasks.values()))
    return next(iter(world.ark.tasks))


def idle(world: World) -> bool:
    """Whether the outbox has nothing to send."""
    return bool(world.books.value("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')") == 0)


@FORUM
async def test_a_video_comes_into_the_topic_that_asked(world: World, dog: Path) -> None:
    topic = world.telegram.add_topic(GROUP, "Videos", MIA)
    ann = Talk(world.ann, GROUP, topic.id)
    async with world.bot():
        asked = await ann.say("/video the dog runs", dog)
        video = await ann.video()
        assert (video["thread_id"], video["reply_to"]["id"]) == (topic.id, asked["id"])
        await until(lambda: world.books.states == ["DELIVERED"])
        await ann.unfold(video, "Details")
        assert (await ann.reads("Cost: $0.77"))["thread_id"] == topic.id
        await ann.unfold(video, "Original file")
        file = await ann.sees(lambda m: m.get("media", {}).get("kind") == "document")
        assert file["thread_id"] == topic.id
        await ann.press(video, "↻ Again")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        assert {m["thread_id"] for m in await ann.heard()} == {topic.id}


@FORUM
async def test_general_is_a_topic_like_any_other(world: World) -> None:
    world.telegram.add_topic(GROUP, "Videos", MIA)
    ann = Talk(world.ann, GROUP)
    async with world.bot():
        await ann.say("/video a dog runs")
        assert (await ann.video())["thread_id"] == GENERAL_TOPIC
        await until(lambda: idle(world))
    assert [call.params.get("message_thread_id") for call in world.telegram.calls.of("sendVideo")] == [None]


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_a_video_without_words_is_told_by_what_there_is(world: World, dog: Path, language: str) -> None:
    talk = Talk(world.ann, ANN) if language == "en" else Talk(world.bob, BOB)
    async with world.bot():
        await talk.say("/video", dog)
        video = await talk.video()
        assert words(video).startswith("Seedance 2.0 · 5")
        await until(lambda: world.books.states == ["DELIVERED"])
        await talk.say("/jobs")
        listed = await talk.sees(lambda m: any("🎞" in text for text in buttons(m)))
        assert "·  ·" not in words(listed)
        assert "$0" in words(listed)


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_a_video_for_who_blocked_the_bot_waits_for_them_and_is_announced(world: World, language: str) -> None:
    world.refusals.add(403)
    world.ark.knobs.render_s = 600
    person, chat, word = {
        "en": (world.ann, ANN, "A finished video was waiting for you. Here it is."),
        "ru": (world.bob, BOB, "Вас ждало готовое видео. Вот оно."),
    }[language]
    talk = Talk(person, chat)
    async with world.bot():
        await talk.say("/video a dog runs")
        task = await at_work(world)
        await person.block(chat)
        await world.ark.advance(task, Status.SUCCEEDED)
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state = 'parked'") == 1)
        assert world.books.states == ["DELIVERING"]
    async with world.bot():
        await person.block(chat, blocked=False)
        told, video = await talk.reads(word), await talk.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        assert told["id"] < video["id"]
        assert len(await talk.videos()) == 1
        await person.block(chat)
        await person.block(chat, blocked=False)
        await until(lambda: idle(world))
        assert len([m for m in await talk.heard() if words(m) == word]) == 1


async def test_a_deleted_question_is_answered_all_the_same(world: World) -> None:
    world.ark.knobs.render_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot():
        asked = await ann.say("/video a dog runs")
        task = await at_work(world)
        await world.ann.delete(ANN, asked["id"])
        await world.ark.advance(task, Status.SUCCEEDED)
        assert "reply_to" not in await ann.video()


@GROUPED
async def test_a_group_that_became_a_supergroup_gets_its_video_there(world: World) -> None:
    world.ark.knobs.render_s = 600
    world.refusals.add(400)
    ann = Talk(world.ann, BASIC_GROUP)
    async with world.bot():
        await ann.say("/video a dog runs")
        task = await at_work(world)
        moved = Talk(world.ann, world.telegram.migrate(BASIC_GROUP, MIA).id)
        await world.ark.advance(task, Status.SUCCEEDED)
        await moved.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        await moved.say("/jobs")
        await moved.reads(world.books.jobs[0]["code"], "delivered")


async def test_a_video_whose_arrival_is_not_confirmed_is_sent_again_only_when_asked(world: World) -> None:
    world.telegram.faults.add("sendVideo", when="after", drop=True)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        told = await ann.reads("Telegram did not confirm it")
        assert len(await ann.videos()) == 1
        assert world.books.states == ["DELIVERING"]
        await ann.press(told, "Send it again")
        await until(lambda: world.books.states == ["DELIVERED"])
        assert len(await ann.videos()) == 2
        await ann.press(told, "Send it again")
        assert "Already done." in await ann.toast(1)
    assert len(world.ark.tasks) == 1


async def test_telegram_s_own_trouble_before_a_send_costs_time_only(world: World) -> None:
    world.refusals.add(429)
    world.telegram.faults.add("sendVideo", retry_after_s=1)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        assert len(await ann.videos()) == 1


async def test_a_video_that_telegram_refuses_stays_paid_and_can_be_sent_again(world: World) -> None:
    world.refusals.add(400)
    world.telegram.faults.add("sendVideo", status=400)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        told = await ann.sees(lambda m: any(text.startswith("Send") for text in buttons(m)))
        assert world.books.states == ["DELIVERING"]
        await ann.press(told, "Send")
        await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])


@pytest.mark.parametrize("status", [500, 502])
async def test_files_are_fetched_until_telegram_gives_them(world: World, dog: Path, status: int) -> None:
    world.refusals.add(status)
    world.telegram.faults.add("getFile", status=status, times=5)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("the dog runs", dog)
        await ann.video()
    assert len(world.telegram.calls.of("getFile")) == 6


async def test_a_file_that_is_gone_is_told_and_costs_nothing(world: World, dog: Path) -> None:
    world.refusals.add(400)
    world.telegram.faults.add("getFile", status=400, body={"ok": False, "error_code": 400, "description": "gone"})
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("the dog runs", dog)
        await ann.reads("Telegram does not have a file any more", "Nothing was charged.")
    assert world.ark.calls == []


async def test_a_file_that_can_not_be_read_is_told_and_costs_nothing(world: World, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0" + bytes(5_000))
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("it runs", FileToSend(broken, "document", mime="image/jpeg"))
        await ann.start()
        await ann.reads("can't be read", "Nothing was charged.")
    assert world.ark.calls == []


@pytest.mark.parametrize("flood", [FloodLimits()])
async def test_the_pace_of_a_chat_never_meets_telegram_s_limits(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(chat_pace=ChatPace()):
        await ann.say("/video a dog runs")
        await asyncio.gather(*(ann.say("/help") for _ in range(3)))
        await ann.video()
        await until(lambda: idle(world))
    assert {call.status for call in world.telegram.calls if call.method.startswith("send")} == {200}


async def test_one_status_message_is_edited_and_goes_at_the_end(world: World) -> None:
    world.ark.knobs.render_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await ann.reads("Rendering · about 1 min")
        await world.ark.advance(await at_work(world), Status.SUCCEEDED)
        await ann.video()
        await until(lambda: world.telegram.calls.of("deleteMessage"))
        await until(lambda: idle(world))
        assert [m["media"]["kind"] for m in await ann.heard()] == ["video"]
    assert len(world.telegram.calls.of("sendMessage")) == 1
    assert len({call.params["message_id"] for call in world.telegram.calls.of("editMessageText")}) == 1
