"""Several videos of one request come as an album when they are ready together; nobody waits long for who lags."""

import pytest

from bot.sandbox.providers.ark.tasks import Status
from bot.sandbox.telegram import ANN, GROUP, MIA, WorldOptions
from bot.services import together
from tests.flows.stage import Clock, World, until
from tests.flows.talk import Message, Talk, buttons, is_video, words

UNHURRIED_MS = 600_000
SHAPES = "a dog runs 9:16 1:1 16:9 480p 4s"


@pytest.fixture(autouse=True)
def unhurried(world: World) -> None:
    """Videos wait for one another by the story's clock, however slow this machine is; no two looks at it are alike."""
    look = Clock.__call__

    def later(clock: Clock) -> int:
        clock.ahead_ms += 1
        return look(clock)

    world.patch.setattr(Clock, "__call__", later)
    world.patch.setattr(together, "GATHER_MS", UNHURRIED_MS)


def idle(world: World) -> bool:
    """Whether the outbox has nothing to send."""
    return bool(world.books.value("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')") == 0)


async def started(ann: Talk, text: str) -> Message:
    """Asks for several, agrees to the price; the asking message."""
    asked = await ann.say(text)
    await ann.start()
    return asked


async def two_of_three(world: World, ann: Talk) -> str:
    """Two of three videos are about to be sent; the task of the third, which renders on."""
    world.ark.knobs.render_s = 36_000
    await started(ann, SHAPES)
    await until(lambda: sum(task.output is not None for task in world.ark.tasks.values()) == 3)
    first, second, third = world.ark.tasks
    await world.ark.advance(first, Status.SUCCEEDED)
    await world.ark.advance(second, Status.SUCCEEDED)
    await until(lambda: world.books.states.count("DELIVERING") == 2)
    return third


async def test_three_shapes_come_as_one_album_in_their_order_and_each_has_its_buttons(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        asked = await started(ann, SHAPES)
        summary = await ann.reads("3 of 3 videos are here")
        await until(lambda: idle(world))
        videos = sorted(await ann.videos(), key=lambda m: int(m["id"]))
        codes = [job["code"] for job in world.books.jobs]
        assert [next(code for code in codes if code in words(video)) for video in videos] == codes
        assert {video["reply_to"]["id"] for video in videos} == {asked["id"]}
        assert len({video["album"] for video in videos}) == 1
        assert buttons(summary) == codes, "they came as an album: another one would be the same"
        await ann.press(summary, codes[1])
        receipt = await ann.reads("Cost:", codes[1])
        assert receipt["reply_to"]["id"] == videos[1]["id"]
        await ann.press(receipt, "🎲")
        await until(lambda: world.books.states == ["DELIVERED"] * 4)
        assert world.books.jobs[3]["parent_job_id"] == world.books.jobs[1]["id"]
        await ann.press(receipt, "⋯")
        opened = await ann.sees(lambda m: m["id"] == receipt["id"] and any("Delete" in text for text in buttons(m)))
        assert not any("🎲" in text for text in buttons(opened))
    (album,) = world.telegram.calls.of("sendMediaGroup")
    assert len(album.params["media"]) == 3
    assert len(world.telegram.calls.of("sendVideo")) == 1


async def test_an_album_in_russian_has_russian_captions_and_buttons(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/language")
        await ann.press(await ann.sees(lambda m: "Русский" in buttons(m)), "Русский")
        await started(ann, "собака бежит 9:16 1:1 480p 4с")
        summary = await ann.reads("Готово видео: 2 из 2")
        assert all("4\u202fс" in words(video) or "4 с" in words(video) for video in await ann.videos())
        await ann.press(summary, buttons(summary)[0])
        receipt = await ann.reads("Стоимость")
        assert any("Ещё раз" in text for text in buttons(receipt))
    assert len(world.telegram.calls.of("sendMediaGroup")) == 1


async def test_who_lags_holds_up_nobody_for_long(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        third = await two_of_three(world, ann)
        assert await ann.videos() == [], "a moment is given to those that began with them"
        world.clock.push(s=UNHURRIED_MS / 1000)
        await until(lambda: world.books.states.count("DELIVERED") == 2)
        shown = await ann.reads("2 of 3 done")
        assert len([text for text in buttons(shown) if text.startswith("#")]) == 2
        await world.ark.advance(third, Status.SUCCEEDED)
        summary = await ann.reads("3 of 3 videos are here")
        assert "All as an album" in buttons(summary)
    assert [len(call.params["media"]) for call in world.telegram.calls.of("sendMediaGroup")] == [2]
    assert len(world.telegram.calls.of("sendVideo")) == 1


async def test_a_failure_is_not_waited_for(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        third = await two_of_three(world, ann)
        await world.ark.advance(third, Status.FAILED)
        await ann.reads("2 of 3 videos are here")
    assert [len(call.params["media"]) for call in world.telegram.calls.of("sendMediaGroup")] == [2]


async def test_an_album_whose_arrival_is_not_confirmed_is_sent_again_only_when_asked(world: World) -> None:
    world.telegram.faults.add("sendMediaGroup", when="after", drop=True)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await started(ann, "a dog runs 9:16 1:1 480p 4s")
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE maybe_sent = 1") == 2)
        code = world.books.jobs[1]["code"]
        told = await ann.reads("Telegram did not confirm it", code.lstrip("#"))
        assert len(await ann.videos()) == 2
        await ann.press(told, "Send it again")
        await until(lambda: sorted(world.books.states) == ["DELIVERED", "DELIVERING"])
        again = await ann.sees(lambda m: is_video(m) and bool(buttons(m)))
        assert code in words(again)
        assert len(await ann.videos()) == 3
    async with world.bot():
        await until(lambda: idle(world))
    assert len(world.telegram.calls.of("sendMediaGroup")) == 1
    assert len(world.ark.tasks) == 2


@pytest.mark.parametrize("world_options", [WorldOptions(started=True, forum=True, bot_is_admin=True)])
async def test_an_album_comes_into_the_topic_that_asked(world: World) -> None:
    topic = world.telegram.add_topic(GROUP, "Videos", MIA)
    ann = Talk(world.ann, GROUP, topic.id)
    async with world.bot():
        await ann.say(f"/video {SHAPES}")
        await ann.reads("3 of 3 videos are here")
        assert [video["thread_id"] for video in await ann.videos()] == [topic.id] * 3
    assert len(world.telegram.calls.of("sendMediaGroup")) == 1
