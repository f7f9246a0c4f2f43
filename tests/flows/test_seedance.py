"""The guide's provider through the same stories: it tells percent, can't be stopped, and can't be asked what it has."""

from pathlib import Path

from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.telegram import ANN, FileToSend
from tests.flows.stage import World, until
from tests.flows.talk import Talk, words


async def test_a_photo_with_words_is_delivered_by_the_guide(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**world.by_the_guide()):
        await ann.say("the dog runs 8s", dog)
        video = await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
    assert video["media"]["duration_s"] == 8
    (job,) = world.books.jobs
    assert job["provider"] == "seedance"
    assert job["cost_microusd"] == 13_334
    assert "$0.01" in words(video)


async def test_a_voice_and_two_photos_go_as_references(world: World, dog: Path, cat: Path, note: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**world.by_the_guide()):
        await ann.say("", FileToSend(note, "voice", 3.0))
        await until(lambda: world.books.value("SELECT count(*) FROM tray") == 1)
        await ann.say("@image1 sings to @image2, @audio1 is the song", dog, cat)
        await ann.start()
        await ann.video()
    (job,) = world.guide.jobs.values()
    assert (len(job.order.pictures), len(job.order.sounds)) == (2, 1)


async def test_percent_is_shown_and_a_wish_to_stop_is_answered_honestly(world: World) -> None:
    world.guide.knobs.render_s = 3
    ann = Talk(world.ann, ANN)
    async with world.bot(**world.by_the_guide()):
        await ann.say("/video a dog runs")
        status = await ann.reads("Rendering", "%")
        await ann.press(status, "✕")
        await ann.reads("can't be stopped there; it will come and cost")
        await ann.video()
    assert world.books.value("SELECT progress FROM jobs") > 0


async def test_a_lost_answer_that_can_not_be_looked_up_is_released_and_booked_to_the_operator(world: World) -> None:
    world.guide.fail("create", Fault(Trouble.DROP_AFTER))
    ann = Talk(world.ann, ANN)
    async with world.bot(**world.by_the_guide()):
        await ann.say("/video a dog runs")
        await ann.reads("Checking whether the video model took the request")
        world.clock.push(minutes=1.1)
        await ann.reads("could not be found out", "Nothing was charged")
        world.clock.push(minutes=6)
        await until(lambda: world.books.value("SELECT run_at FROM jobs") == 0)
    assert world.books.losses == [("uncertain", 8_334)]
    assert len(world.guide.jobs) == 1


async def test_a_small_request_that_is_too_large_there_ends_and_is_told(world: World, dog: Path, cat: Path) -> None:
    world.guide.fail("create", Fault(Trouble.STATUS, status=413))
    ann = Talk(world.ann, ANN)
    async with world.bot(**world.by_the_guide()):
        await ann.say("@image1 chases @image2", dog, cat)
        await ann.start()
        await ann.reads("too large for this model", "Nothing was charged.")
    assert world.books.states == ["FAILED"]
