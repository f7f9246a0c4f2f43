"""How a message becomes a request: the demo's story, plain words, captions, the rest before it starts."""

from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, FileToSend
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words


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
    media = video["media"]
    assert (media["width"], media["height"], media["duration_s"]) == (720, 1280, 5)
    assert "#" in words(video)
    assert buttons(video)
    (task,) = world.ark.tasks.values()
    assert [item.kind for item in task.ask.of_kind("image")] == ["image", "image"]
    assert len(task.ask.of_kind("audio")) == 1
    (job,) = world.books.jobs
    assert job["cost_microusd"] == job["quote_microusd"] == 762_300
