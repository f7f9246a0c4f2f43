"""Cards of several references show them, and several videos of one request come with one card and one summary."""

from pathlib import Path

from bot.sandbox.telegram import ANN
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, data, words


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
