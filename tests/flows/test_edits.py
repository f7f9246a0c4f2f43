"""An edit that comes too late: the truth once, what can still be stopped, and the new words at a tap."""

from pathlib import Path

import pytest

from bot.sandbox.providers.ark.tasks import Status
from bot.sandbox.telegram import ANN, BOB
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words

TOLD = {
    "en": ("already being made with the old words", "come and cost $0.77", "✕ Cancel", "↻ Again with the new words"),
    "ru": ("уже снимается по прежнему тексту", "будет стоить $0,77", "✕ Отменить", "↻ Ещё раз с новым текстом"),
}


@pytest.mark.parametrize("language", TOLD)
async def test_an_edit_that_comes_later_gets_the_truth_once_and_two_ways_on(
    world: World, dog: Path, language: str
) -> None:
    world.ark.knobs.queue_s = 600
    talk = Talk(world.ann, ANN) if language == "en" else Talk(world.bob, BOB)
    truth, price, *ways = TOLD[language]
    async with world.bot():
        asking = await talk.say("make the dog run", dog)
        await until(lambda: world.books.states == ["RUNNING"])
        await talk.edit(asking, "make the dog sleep")
        told = await talk.reads(truth, price)
        assert buttons(told) == ways
        await talk.edit(asking, "make the dog fly")
        await until(lambda: world.books.value("SELECT count(*) FROM buttons WHERE data LIKE '%fly%'") == 1)
        assert len([m for m in await talk.heard() if truth in words(m)]) == 1
        await talk.press(told, ways[0])
        await until(lambda: world.books.states == ["CANCELLED"])
    (task,) = world.ark.tasks.values()
    assert task.status is Status.CANCELLED


async def test_the_new_words_keep_the_media_the_roles_and_the_settings(
    world: World, dog: Path, cat: Path, note: Path
) -> None:
    world.ark.knobs.render_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot(user_usd_per_month=20):
        await ann.say("", note)
        await until(lambda: world.books.value("SELECT count(*) FROM tray") == 1)
        asking = await ann.say("@image2 looks at @image1 to @audio1 9:16 6s 480p", dog, cat)
        await ann.start()
        await until(lambda: world.books.states == ["RUNNING"])
        await ann.edit(asking, "@image2 sings @audio1 for @image1 7s")
        told = await ann.reads("already being made with the old words")
        await ann.press(told, "↻ Again with the new words")
        card = await ann.card()
        assert all(part in words(card) for part in ("9:16", "7 s", "480p"))
        await ann.press(card, "▶")
        await until(lambda: len(world.ark.tasks) == 2)
        await until(lambda: world.books.states == ["RUNNING"] * 2)
    one, two = world.ark.tasks.values()
    assert [len(two.ask.of_kind(kind)) for kind in ("image", "audio")] == [2, 1]
    assert [item.role for item in one.ask.of_kind("image")] == [item.role for item in two.ask.of_kind("image")]
    assert "sings" in two.ask.text
    assert [job["parent_job_id"] for job in world.books.jobs] == [None, 1]


async def test_after_the_video_an_edit_offers_only_the_new_words(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        asking = await ann.say("make the dog run", dog)
        await until(lambda: world.books.states == ["DELIVERED"])
        await ann.edit(asking, "make the dog sleep")
        told = await ann.reads("It was made already, with the old words.")
        assert buttons(told) == ["↻ Again with the new words"]
        await ann.press(told, "↻")
        await ann.start()
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    assert "sleep" in list(world.ark.tasks.values())[1].ask.text


async def test_new_words_for_what_was_deleted_are_answered(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        asking = await ann.say("/video a dog runs")
        video = await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        await ann.edit(asking, "/video a cat runs")
        told = await ann.reads("with the old words")
        await ann.unfold(video, "🗑 Delete")
        await ann.sees(lambda m: "Delete for good" in buttons(m))
        await ann.press(video, "Delete for good")
        await until(lambda: world.books.jobs[0]["erased_at"] is not None)
        await ann.press(told, "↻")
        await until(lambda: "That video is not known here any more." in ann.toasts())
    assert len(world.books.jobs) == 1
