"""After a refusal of the model's: other words or another file at a tap, all else kept; never the same once more."""

from pathlib import Path

import pytest

from bot.sandbox.providers.ark.tasks import Status
from bot.sandbox.telegram import ANN, BOB, GROUP, WorldOptions
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words

WORDS = {
    "en": ("refused the words. Change the wording", "Nothing was charged.", "✏️ Edit the words", "with other words"),
    "ru": ("не пропустили текст", "Деньги не списаны.", "✏️ Изменить текст", "с другим текстом"),
}
ADMIN = pytest.mark.parametrize("world_options", [WorldOptions(started=True, bot_is_admin=True)], ids=["admin"])


@pytest.mark.parametrize("language", WORDS)
async def test_refused_words_are_edited_by_a_tap_and_the_references_stay(
    world: World, dog: Path, cat: Path, language: str
) -> None:
    talk = Talk(world.ann, ANN) if language == "en" else Talk(world.bob, BOB)
    said, charged, edit, question = WORDS[language]
    async with world.bot():
        await talk.say("@image1 fights @image2 [nsfw] 9:16 6s 480p", dog, cat)
        await talk.start()
        told = await talk.reads(said, charged)
        assert buttons(told) == [edit]
        await talk.press(told, edit)
        await talk.say("@image1 kisses @image2", reply_to=await talk.reads(question))
        assert "9:16" in words(await talk.start())
        await talk.video()
    two = list(world.ark.tasks.values())[-1]
    assert (len(two.ask.of_kind("image")), "kisses" in two.ask.text) == (2, True)
    assert [job["parent_job_id"] for job in world.books.jobs] == [None, 1]


async def test_a_refused_picture_makes_room_for_another_and_the_words_stay(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("my friend dances [face]", dog)
        told = await ann.reads("@image1 shows a real person", "Nothing was charged.")
        assert buttons(told)[:2] == ["🖼 Another file", "✏️ Edit the words"]
        await ann.press(told, "🖼 Another file")
        await ann.say("", cat, reply_to=await ann.reads("with another file", "my friend dances"))
        card = await ann.card()
        assert "@image1 first frame" in words(card)
        assert "@image2" not in words(card)
    (given,) = world.books.rows("SELECT media_id FROM request_media")
    assert given != world.books.rows("SELECT media_id FROM job_references")[0]
    assert "my friend dances" in world.books.value("SELECT text FROM requests ORDER BY id DESC")


@ADMIN
async def test_in_a_group_the_file_alone_answers_the_question(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, GROUP)
    async with world.bot():
        await ann.say("/video my friend dances [face]", dog)
        told = await ann.reads("@image1 shows a real person")
        await ann.press(told, "🖼 Another file")
        await ann.say("", cat, reply_to=await ann.reads("with another file"))
        await ann.card()


@pytest.mark.parametrize(("language", "button"), [("en", "Let it come"), ("ru", "Пусть снимается")])
async def test_what_can_not_be_stopped_is_taken_note_of_by_a_tap(world: World, language: str, button: str) -> None:
    world.ark.knobs.render_s = 600
    talk = Talk(world.ann, ANN) if language == "en" else Talk(world.bob, BOB)
    async with world.bot():
        await talk.say("/video a dog runs")
        await until(lambda: any(task.status is Status.RUNNING for task in world.ark.tasks.values()))
        await talk.press(await talk.reads("⏳"), "✕")
        told = await talk.sees(lambda m: buttons(m) == [button])
        await talk.press(told, button)
        await until(lambda: any(c.params["message_id"] == told["id"] for c in world.telegram.calls.of("deleteMessage")))
        await world.ark.advance(next(iter(world.ark.tasks)), Status.SUCCEEDED)
        await talk.video()


async def test_that_a_video_can_not_be_stopped_is_said_no_longer_when_it_is_there(world: World) -> None:
    world.ark.knobs.render_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: any(task.status is Status.RUNNING for task in world.ark.tasks.values()))
        await ann.press(await ann.reads("⏳"), "✕")
        told = await ann.sees(lambda m: buttons(m) == ["Let it come"])
        await world.ark.advance(next(iter(world.ark.tasks)), Status.SUCCEEDED)
        await ann.video()
        await until(lambda: any(c.params["message_id"] == told["id"] for c in world.telegram.calls.of("deleteMessage")))
