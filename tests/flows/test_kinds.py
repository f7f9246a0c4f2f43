"""What a phone sends that is no photo: a file is taken for what its name says, and what no model takes is answered."""

import shutil
from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, FileToSend
from bot.sandbox.telegram.errors import JsonDict
from bot.sandbox.telegram.exchange import Draft
from tests.flows.stage import World, until
from tests.flows.talk import Talk, words

BYTES = "application/octet-stream"
STICKER = {
    "file_id": "tgs",
    "file_unique_id": "tgs1",
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": True,
    "is_video": False,
    "file_size": 900,
}
CONTACT = {"phone_number": "+10000000", "first_name": "Zoe"}
ANSWERS = {
    "en": ("The app draws this sticker itself", "A model can't take this. Send a photo", "Nothing was charged."),
    "ru": ("Такой стикер рисует само приложение", "Это модель не возьмёт. Пришлите фото", "Деньги не списаны."),
}


def shows(world: World, chat: int, sender: int, body: JsonDict) -> None:
    """A person sends what the page of the sandbox has no way to send."""
    world.telegram.exchange.post(Draft(world.telegram.world.chats[chat], sender, body))


def copied(file: Path, to: Path) -> Path:
    """The same bytes under another name."""
    return Path(shutil.copy(file, to))


@pytest.mark.parametrize("name", ["IMG_1.HEIC", "cat.webp", "cat.JPG"])
async def test_a_picture_that_comes_as_plain_bytes_is_a_picture(
    world: World, cat: Path, tmp_path: Path, name: str
) -> None:
    sent = copied(cat, tmp_path / name)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("the cat runs", FileToSend(sent, "document", mime=BYTES))
        assert "@image1 first frame" in words(await ann.start())
        await ann.video()
    (task,) = world.ark.tasks.values()
    assert len(task.ask.of_kind("image")) == 1


async def test_films_and_sounds_that_come_as_plain_bytes_are_laid_in_the_tray(
    world: World, tmp_path: Path, note: Path
) -> None:
    film, song = (copied(note, tmp_path / name) for name in ("IMG_2.MOV", "song.mp3"))
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("", FileToSend(film, "document", mime=BYTES))
        await ann.say("", FileToSend(song, "document", mime=BYTES))
        await until(lambda: world.books.value("SELECT count(*) FROM tray") == 2)
    assert [row["kind"] for row in world.books.rows("SELECT kind FROM media ORDER BY id")] == ["video", "audio"]


@pytest.mark.parametrize("language", ANSWERS)
async def test_what_no_model_takes_is_answered_with_what_can_be_sent(
    world: World, tmp_path: Path, language: str
) -> None:
    person, me = (world.ann, ANN) if language == "en" else (world.bob, BOB)
    sticker, contact, charged = ANSWERS[language]
    talk, paper = Talk(person, me), tmp_path / "plan.pdf"
    paper.write_bytes(b"%PDF-1.7")
    async with world.bot():
        shows(world, me, me, {"sticker": STICKER})
        await talk.reads(sticker, charged)
        shows(world, me, me, {"contact": CONTACT})
        await talk.reads(contact, charged)
        asked = await talk.say("/video like this plan", FileToSend(paper, "document", mime="application/pdf"))
        assert charged in words(await talk.answer(asked))
        shows(world, GROUP, me, {"sticker": STICKER})
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state <> 'closed'") == 0)
        assert await Talk(person, GROUP).heard() == []
    assert world.books.jobs == []
