"""How a message becomes a request: the demo's story, plain words, captions, the rest before it starts."""

from dataclasses import fields
from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, FileToSend, WorldOptions
from bot.services.env import Policy
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words

LONG_REST = {"rest_ms": 60_000}
ADMIN = pytest.mark.parametrize("world_options", [WorldOptions(started=True, bot_is_admin=True)], ids=["admin"])


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_a_voice_note_then_an_album_become_one_delivered_video(
    world: World, dog: Path, cat: Path, note: Path, webhook: bool
) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(webhook=webhook):
        voice = await ann.say("", FileToSend(note, "voice", 3.0))
        await world.ann.wait_for(ANN, lambda m: m["id"] == voice["id"] and bool(m.get("reactions")))
        await ann.say("/video @image1 sings while @image2 watches, @audio1 is the song 9:16 5s 720p", dog, cat)
        card = await ann.start()
        assert "@image1" in words(card)
        assert "@audio1" in words(card)
        video = await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        await until(lambda: world.telegram.calls.of("deleteMessage"))
    media = video["media"]
    assert (media["width"], media["height"], media["duration_s"]) == (720, 1280, 5)
    assert "$0.76" in words(video)
    assert buttons(video)
    (task,) = world.ark.tasks.values()
    assert len(task.ask.of_kind("image")) == 2
    assert len(task.ask.of_kind("audio")) == 1
    (job,) = world.books.jobs
    assert job["cost_microusd"] == job["quote_microusd"] == 762_300
    (sent,) = world.telegram.calls.of("sendVideo")
    assert {"width", "height", "duration", "supports_streaming"} <= sent.params.keys()
    assert len(sent.files) == 2
    assert sent.params["thumbnail"].startswith("attach://")


def test_albums_and_the_rest_wait_as_long_as_people_expect() -> None:
    waits = {field.name: field.default for field in fields(Policy) if field.name in {"album_ms", "rest_ms", "tray_ms"}}
    assert waits == {"album_ms": 1_500, "rest_ms": 4_000, "tray_ms": 900_000}


async def test_bare_text_gets_a_card_and_starts_on_the_tap(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("a dog runs into the sea 9:16 8s")
        card = await ann.card()
        assert "9:16 · 8 s · 720p" in words(card)
        assert world.books.jobs == []
        await ann.press(card, "▶")
        await until(lambda: world.books.states == ["DELIVERED"])
        assert len(await ann.videos()) == 1


async def test_a_photo_with_words_starts_by_itself_after_the_rest(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        asking = await ann.say("make the dog run into the sea", dog)
        resting = await ann.reads("starts in a moment")
        assert "3:4 · 5 s · 720p" in words(resting)
        assert not any(text.startswith("▶") for text in buttons(resting))
        video = await ann.video()
        assert video["reply_to"]["id"] == asking["id"]
    (task,) = world.ark.tasks.values()
    assert [item.role for item in task.ask.of_kind("image")] == ["first_frame"]


async def test_a_cross_in_the_rest_is_free(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(policy=LONG_REST):
        await ann.say("make the dog run", dog)
        await ann.press(await ann.reads("starts in a moment"), "✕")
        await ann.reads("Cancelled. Nothing was charged.")
        world.clock.push(minutes=2)
        await until(lambda: world.books.states == ["CANCELLED"])
    assert world.ark.calls == []
    assert world.books.value("SELECT sum(value) FROM counters WHERE measure IN ('requests', 'active', 'money')") == 0


async def test_an_edit_in_the_rest_amends_the_request(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(policy=LONG_REST):
        asking = await ann.say("make the dog run", dog)
        await ann.reads("3:4 · 5 s")
        await ann.edit(asking, "make the dog sleep 1:1 6s")
        await ann.reads("1:1 · 6 s", "starts in a moment")
        world.clock.push(minutes=2)
        await ann.video()
    assert world.books.states == ["CANCELLED", "DELIVERED"]
    (task,) = world.ark.tasks.values()
    assert "sleep" in task.ask.text
    assert "run" not in task.ask.text


async def test_an_edit_of_a_card_changes_the_card(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        asking = await ann.say("a dog 8s")
        card = await ann.reads("8 s")
        await ann.edit(asking, "a cat 6s")
        changed = await ann.reads("6 s")
        assert changed["id"] == card["id"]
        await ann.edit(asking, "a cat 6s")
    assert world.books.jobs == []


async def test_an_edited_command_other_than_video_does_not_run_again(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        asking = await ann.say("/help")
        await ann.reads("How to ask")
        await ann.edit(asking, "/balance")
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == 2)
        assert not any("Your allowance" in words(m) for m in await ann.heard())


async def test_video_as_text_in_the_group_starts_by_itself(world: World) -> None:
    ann = Talk(world.ann, GROUP)
    async with world.bot():
        asking = await ann.say("/video@kinetogram_bot a dog runs 1:1")
        video = await ann.video()
    assert video["reply_to"]["id"] == asking["id"]
    assert video["media"]["width"] == video["media"]["height"]


async def test_video_as_a_caption_in_the_group_takes_its_photo(world: World, dog: Path) -> None:
    ann = Talk(world.ann, GROUP)
    async with world.bot():
        await ann.say("/video@kinetogram_bot the dog runs", dog)
        await ann.video()
    (task,) = world.ark.tasks.values()
    assert len(task.ask.of_kind("image")) == 1


async def test_video_in_reply_takes_the_photo_of_somebody_else(world: World, dog: Path) -> None:
    ann, bob = Talk(world.ann, GROUP), Talk(world.bob, GROUP)
    async with world.bot():
        photo = await bob.say("look at him", dog)
        await ann.say("/video@kinetogram_bot the dog runs", reply_to=photo)
        await ann.video()
    (task,) = world.ark.tasks.values()
    assert len(task.ask.of_kind("image")) == 1
    assert world.books.value("SELECT name FROM users JOIN jobs ON jobs.user_id = users.id") == "Ann"


@ADMIN
async def test_video_in_reply_to_one_item_takes_the_whole_album(world: World, dog: Path, cat: Path) -> None:
    ann, bob = Talk(world.ann, GROUP), Talk(world.bob, GROUP)
    async with world.bot():
        first = await bob.say("my pets", dog, cat)
        await until(lambda: world.books.value("SELECT count(*) FROM media") == 2)
        await ann.say("/video @image1 chases @image2", reply_to=first)
        assert "@image2" in words(await ann.card())


@ADMIN
async def test_a_mention_in_a_group_asks(world: World) -> None:
    ann = Talk(world.ann, GROUP)
    async with world.bot():
        await ann.say("@kinetogram_bot, a dog runs into the sea")
        await ann.video()
        await ann.say("nobody asks the bot here")
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == 2)
    (task,) = world.ark.tasks.values()
    assert "kinetogram" not in task.ask.text
    assert task.ask.text.startswith("a dog runs")


async def test_every_kind_of_attachment_is_a_reference(world: World, dog: Path, note: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("", FileToSend(note, "audio", 3.0))
        await until(lambda: world.books.value("SELECT count(*) FROM tray") == 1)
        await ann.say("@image1 hums @audio1", FileToSend(dog, "document", mime="image/jpeg"))
        card = await ann.card()
    assert "@image1" in words(card)
    assert "@audio1" in words(card)
    assert world.books.value("SELECT group_concat(origin) FROM media") == "audio,document"


async def test_a_dear_request_waits_for_the_tap(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("the dog runs 15s", dog)
        card = await ann.card()
        assert "$2.29" in words(card)
    assert world.books.jobs == []


async def test_russian_words_and_labels_are_understood(world: World, dog: Path) -> None:
    bob = Talk(world.bob, BOB)
    async with world.bot():
        await bob.say("@фото1 бежит к морю, 6 с", dog)
        await bob.reads("6 с", "сейчас начну")
        video = await bob.video()
    assert "$0,92" in words(video)
