"""A saved photo by its name, the library's pictures and the finished videos together: on the wire."""

from pathlib import Path

from bot.sandbox.telegram import ANN
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, is_video, words


async def test_a_saved_photo_makes_videos_that_come_together_as_an_album(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        sent = await ann.say("", dog)
        await ann.say("/save hero", reply_to=sent)
        await ann.reads("@hero means this picture")
        await ann.say("/video @hero runs")
        await ann.video()
        await ann.say("/video @Hero sleeps")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        await ann.say("/jobs")
        await ann.press(await ann.reads("Your latest videos"), "🎞")
        await until(lambda: world.telegram.calls.of("sendMediaGroup"))
        await ann.sees(lambda m: is_video(m) and not buttons(m) and "@image1 sleeps" in words(m))
        await ann.say("/library")
        shown = await ann.sees(lambda m: m.get("media", {}).get("kind") == "photo")
        assert words(shown) == "@hero"
        await ann.press(await ann.reads("Your library"), "@hero")
        opened = await ann.sees(lambda m: "Rename" in buttons(m))
        await ann.press(opened, "Rename")
        await ann.say("star", reply_to=await ann.reads("Reply with the new name"))
        await ann.reads("Now it is @star")
    assert all(len(task.ask.of_kind("image")) == 1 for task in world.ark.tasks.values())
    assert [len(call.files) for call in world.telegram.calls.of("sendMediaGroup")] == [0]
