"""Cards of several references show them, and several videos of one request come with one card and one summary."""

from collections.abc import Sequence
from pathlib import Path

from bot.core.drawing import Tile
from bot.core.media import MediaInfo
from bot.media.tool import MediaTool
from bot.sandbox.telegram import ANN, BOB, FileToSend
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, data, words
from tests.reading import as_read


async def test_a_card_of_two_pictures_shows_them_and_becomes_the_status(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("@image1 meets @image2 9:16", dog, cat)
        card = await ann.card()
        shown = await ann.sees(lambda m: m["id"] == card["id"] and m.get("media", {}).get("kind") == "photo")
        assert "@image2" in words(shown)
        await ann.press(shown, "5 s")
        await ann.sees(lambda m: m["id"] == card["id"] and any("8 s" in text for text in buttons(m)))
        assert len(world.telegram.calls.of("editMessageMedia")) == 1
        await ann.press(await ann.sees(lambda m: m["id"] == card["id"]), "8 s")
        await ann.press(await ann.card(), "▶")
        await ann.video()
        await until(lambda: world.telegram.calls.of("deleteMessage"))
    assert world.telegram.calls.of("editMessageCaption")
    assert len(list((world.folder / "data" / "sheets").glob("*.jpg"))) == 1


async def test_the_picture_of_a_card_speaks_the_language_and_tells_what_each_is_for(
    world: World, dog: Path, cat: Path, note: Path
) -> None:
    """Bob reads Russian; another role is another picture."""
    drawn: list[list[tuple[str, str]]] = []
    draw = MediaTool.contact_sheet

    async def spied(tool: MediaTool, tiles: Sequence[Tile], out: Path) -> MediaInfo:
        drawn.append([(tile.label, as_read(tile.about)) for tile in tiles])
        return await draw(tool, tiles, out)

    world.patch.setattr(MediaTool, "contact_sheet", spied)
    bob = Talk(world.bob, BOB)
    async with world.bot():
        await bob.say("", FileToSend(note, "voice", 3))
        await bob.say("@фото1 и @фото2, песня @голос1 9:16", dog, cat)
        await bob.sees(lambda m: m.get("media", {}).get("kind") == "photo")
        await bob.say("@фото1 first, @фото2 last 9:16", dog, cat)
        await until(lambda: len(drawn) == 2)
        card = await bob.sees(lambda m: "Роли ▾" in buttons(m))
        await bob.press(card, "Роли")
        choice = await bob.sees(lambda m: "‹ Назад" in buttons(m))
        assert buttons(choice)[1:3] == ["✓ От @фото1 к @фото2", "От @фото2 к @фото1"]
        await bob.press(choice, "Все как образцы")
        await until(lambda: len(drawn) == 3)
    assert drawn == [
        [("@фото1", "образец"), ("@фото2", "образец"), ("@аудио1", "звук · 3 с")],
        [("@фото1", "первый кадр"), ("@фото2", "последний кадр")],
        [("@фото1", "образец"), ("@фото2", "образец")],
    ]


async def test_a_card_whose_picture_can_t_be_made_says_so_and_loses_nothing(world: World, dog: Path, cat: Path) -> None:
    """A file stands where the pictures' folder should be."""
    ann, place = Talk(world.ann, ANN), world.folder / "data" / "sheets"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"")
    async with world.bot():
        await ann.say("@image1 meets @image2 9:16", dog, cat)
        card = await ann.reads("The picture of them could not be made; this list is what counts.")
        assert "@image2" in words(card)
        assert "media" not in card
        place.unlink()
        await ann.press(card, "5 s")
        await ann.press(await ann.sees(lambda m: "4 s · $0.61" in buttons(m)), "4 s")
        await ann.start()
        await ann.video()
    assert world.books.states == ["DELIVERED"]


async def test_a_card_shows_a_sign_for_a_picture_that_telegram_does_not_give(
    world: World, dog: Path, cat: Path
) -> None:
    ann, world.refusals = Talk(world.ann, ANN), {400}
    async with world.bot():
        world.telegram.faults.add("getFile", status=400, times=2)
        await ann.say("@image1 meets @image2 9:16", dog, cat)
        await ann.sees(lambda m: m.get("media", {}).get("kind") == "photo")
        await ann.start()
        await ann.video()


async def test_a_list_with_a_restart_in_the_middle_comes_whole(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(user_active_jobs=1):
        await ann.say("/batch\na dog 9:16 480p 4s\na cat 9:16 480p 4s\na cow 9:16 480p 4s")
        card = await ann.card()
        old = data(card, "▶")
        await ann.press(card, "▶")
        await until(lambda: "DELIVERED" in world.books.states)
    async with world.bot(user_active_jobs=1):
        await ann.reads("3 of 3 videos are here")
        summary = await ann.reads("3 of 3 videos are here")
        await ann.press(summary, "All as an album")
        await until(lambda: world.telegram.calls.of("sendMediaGroup"))
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')") == 0)
    assert old
    assert world.books.states == ["DELIVERED"] * 3
    assert len(world.ark.tasks) == 3
    assert len(world.telegram.calls.of("sendVideo")) == 3
