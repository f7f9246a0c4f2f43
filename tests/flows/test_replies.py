"""In a group: a reply to the bot's own video or card is a request where it reads as one; talk stays talk."""

from pathlib import Path

import pytest

from bot.sandbox.telegram import GROUP, WorldOptions
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, words

pytestmark = pytest.mark.parametrize("world_options", [WorldOptions(started=True)], ids=["privacy-mode"])
WISH = {"en": "now it jumps into the sea 9:16", "ru": "теперь она прыгает в море 9:16"}


def closed(world: World) -> bool:
    return bool(world.books.value("SELECT count(*) FROM inbox WHERE state <> 'closed'") == 0)


def talks(world: World, language: str) -> tuple[Talk, Talk]:
    """Who asks, and somebody else."""
    ann, bob = Talk(world.ann, GROUP), Talk(world.bob, GROUP)
    return (ann, bob) if language == "en" else (bob, ann)


async def made(world: World, talk: Talk) -> Message:
    await talk.say("/video@kinetogram_bot a dog runs 4s 480p")
    video = await talk.video()
    await until(lambda: world.books.states == ["DELIVERED"])
    return video


@pytest.mark.parametrize("language", WISH)
async def test_the_asker_s_words_below_their_video_ask_with_it_and_wait_for_a_tap(world: World, language: str) -> None:
    asker, other = talks(world, language)
    async with world.bot(linked=True):
        video = await made(world, asker)
        before = {message["id"] for message in await asker.heard()}
        await asker.say("wow", reply_to=video)
        await other.say("what a lovely dog that is", reply_to=video)
        await until(lambda: closed(world))
        assert {message["id"] for message in await asker.heard()} <= before
        await asker.say(WISH[language], reply_to=video)
        card = await asker.card()
        assert ("@video1" if language == "en" else "@видео1") in words(card)
        await asker.press(card, "▶")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    assert len(list(world.ark.tasks.values())[1].ask.of_kind("video")) == 1


async def test_somebody_else_asks_by_naming_the_video(world: World) -> None:
    asker, other = talks(world, "en")
    async with world.bot(linked=True):
        video = await made(world, asker)
        await other.say("@видео1 ночью", reply_to=video)
        await other.card()
    assert world.books.value("SELECT count(DISTINCT user_id) FROM requests") == 2


async def test_an_edit_of_such_words_changes_the_card(world: World) -> None:
    asker, _ = talks(world, "en")
    async with world.bot(linked=True):
        said = await asker.say(WISH["en"], reply_to=await made(world, asker))
        card = await asker.card()
        await asker.edit(said, "now it sleeps on the sand 1:1")
        changed = await asker.reads("· 1:1 ·")
        assert changed["id"] == card["id"]


async def test_words_below_one_s_own_card_are_its_new_words_and_nobody_else_s(world: World) -> None:
    asker, other = talks(world, "en")
    async with world.bot():
        await asker.say("/video@kinetogram_bot a dog runs 15s")
        card = await asker.card()
        await other.say("a cat sleeps 1:1", reply_to=card)
        await until(lambda: closed(world))
        assert "16:9" in words(await asker.now(card))
        await asker.say("a cat 15s 9:16", reply_to=card)
        changed = await asker.reads("· 9:16 ·")
        assert changed["id"] == card["id"]
    assert world.books.value("SELECT group_concat(text) FROM requests") == "a cat 15s 9:16"


async def test_media_in_reply_to_the_bot_is_laid_in_the_tray_and_joins_the_open_card(
    world: World, dog: Path, cat: Path
) -> None:
    asker, _ = talks(world, "en")
    async with world.bot():
        await asker.say("/video@kinetogram_bot @image1 runs")
        told = await asker.reads("@image1")
        await asker.say("", dog, reply_to=told)
        card = await asker.card()
        assert "@image1" in words(card)
        photo = await asker.say("", cat)
        await asker.say("/add", reply_to=photo)
        await asker.sees(lambda m: "+ @image2" in buttons(m))
        await asker.say("", dog, cat, reply_to=told)
        await until(lambda: world.books.value("SELECT count(*) FROM tray") == 4)
    assert world.books.jobs == []
