"""The tray: media without words waits for its request; it survives a restart and has an end."""

from functools import partial
from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, FileToSend, WorldOptions
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, words

ADMIN = pytest.mark.parametrize("world_options", [WorldOptions(started=True, bot_is_admin=True)], ids=["admin"])


def lying(world: World) -> int:
    """How much lies in all trays together."""
    return int(world.books.value("SELECT count(*) FROM tray"))


def acknowledged(sent: Message, message: Message) -> bool:
    """Whether this is the message that was sent, with the bot's reaction on it."""
    return message["id"] == sent["id"] and bool(message.get("reactions"))


async def test_voice_first_and_photos_later_go_into_one_request(world: World, dog: Path, cat: Path, note: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("", FileToSend(note, "voice", 3.0))
        await until(lambda: lying(world) == 1)
        await ann.say("", dog, cat)
        await until(lambda: lying(world) == 3)
        await ann.say("@image2 hums @audio1 to @image1 9:16")
        card = await ann.card()
        await ann.press(card, "▶")
        await ann.video()
        assert lying(world) == 0
    assert all(label in words(card) for label in ("@image1", "@image2", "@audio1"))
    (task,) = world.ark.tasks.values()
    assert "Image 2 hums Audio 1 to Image 1" in task.ask.text


async def test_the_tray_is_acknowledged_without_a_message(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        photo = await ann.say("", dog)
        album = await ann.say("", dog, cat)
        for sent in (photo, album):
            await world.ann.wait_for(ANN, partial(acknowledged, sent))
        assert await ann.heard() == []


async def test_the_tray_survives_a_restart(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("", dog)
        await until(lambda: lying(world) == 1)
    async with world.bot():
        await ann.say("@image1 runs")
        assert "@image1" in words(await ann.card())


async def test_the_tray_expires(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("", dog)
        await until(lambda: lying(world) == 1)
        world.clock.push(minutes=16)
        await ann.say("@image1 runs")
        await ann.reads("@image1: you attached no picture")


async def test_what_the_prompt_does_not_name_stays_out_until_its_button_is_pressed(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("", dog)
        await until(lambda: lying(world) == 1)
        await ann.say("it rains in the city")
        card = await ann.card()
        assert "Not used: @image1" in words(card)
        await ann.press(card, "+ @image1")
        await ann.reads("@image1 reference", without="Not used")
        await ann.start()
        await ann.video()
    (task,) = world.ark.tasks.values()
    assert len(task.ask.of_kind("image")) == 1


async def test_the_tray_is_shown_and_emptied(world: World, dog: Path, note: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/tray")
        await ann.reads("The tray is empty")
        await ann.say("", dog)
        await ann.say("", FileToSend(note, "voice", 3.0))
        await until(lambda: lying(world) == 2)
        await ann.say("/tray")
        shown = await ann.reads("In your tray: @image1, @audio1")
        await ann.press(shown, "Empty the tray")
        assert await ann.toast() == "The tray is empty now."
        assert lying(world) == 0


async def test_a_tray_belongs_to_one_person_in_one_chat(world: World, dog: Path) -> None:
    ann, bob = Talk(world.ann, ANN), Talk(world.bob, BOB)
    async with world.bot():
        await ann.say("", dog)
        await until(lambda: lying(world) == 1)
        await bob.say("@фото1 бежит")
        await bob.reads("вы не приложили ни одной картинки")
        group = Talk(world.ann, GROUP)
        await group.say("/video@kinetogram_bot @image1 runs")
        await group.reads("you attached no picture")


@ADMIN
async def test_a_group_lays_into_the_tray_only_what_add_points_at(world: World, dog: Path, cat: Path) -> None:
    ann, bob = Talk(world.ann, GROUP), Talk(world.bob, GROUP)
    async with world.bot():
        await bob.say("", cat)
        photo = await bob.say("", dog)
        await until(lambda: world.books.value("SELECT count(*) FROM media") == 2)
        assert lying(world) == 0
        await ann.say("/add", reply_to=photo)
        await ann.reads("Added as @image1.")
        await ann.say("/video @image1 runs")
        await ann.video()
    (task,) = world.ark.tasks.values()
    assert len(task.ask.of_kind("image")) == 1
    assert world.books.value("SELECT message_id FROM media JOIN job_references ON media_id = media.id") == photo["id"]


async def test_add_in_reply_to_words_shows_the_tray(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        said = await ann.say("/help")
        await ann.say("/add", reply_to=said)
        shown = await ann.reads("The tray is empty")
        assert buttons(shown) == []


async def test_media_without_words_in_a_group_is_nothing_to_the_bot(world: World, dog: Path) -> None:
    bob, ann = Talk(world.bob, GROUP), Talk(world.ann, ANN)
    async with world.bot():
        await bob.say("", dog)
        await ann.say("/help")
        await ann.reads("How to ask")
    assert lying(world) == 0
    assert world.telegram.calls.of("setMessageReaction") == []
