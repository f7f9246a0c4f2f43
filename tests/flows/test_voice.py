"""A voice note is a song, a speech, or the words of a request: one tap of its sender says which."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.providers.serving import serve
from bot.sandbox.speech import PATH, SpeechServer
from bot.sandbox.telegram import ANN, MIA, FileToSend
from bot.worker import scribe
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, words

KEY = "speech-key-made-up-1234"


@pytest.fixture
async def speech(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[SpeechServer, dict[str, Any]]]:
    """The service that writes down, and the settings that name it."""
    monkeypatch.setattr(scribe, "RETRY_MS", (50, 50, 50))
    monkeypatch.setattr(scribe, "TURN_MS", 50)
    server, app = SpeechServer(KEY), web.Application()
    server.attach(app)
    async with serve(app, "127.0.0.1", 0) as origin:
        yield server, {"transcribe_base_url": origin + PATH, "transcribe_api_key": KEY}


async def spoken(ann: Talk, note: Path) -> Message:
    """Sends a voice note; answers the question that comes back."""
    await ann.say("", FileToSend(note, "voice", 3.0))
    return await ann.reads("What is this voice note?")


async def test_spoken_words_become_a_card_that_shows_what_was_understood(
    world: World, note: Path, speech: tuple[SpeechServer, dict[str, Any]]
) -> None:
    server, settings = speech
    server.says = "a dog runs into the sea, 9:16"
    ann = Talk(world.ann, ANN)
    async with world.bot(**settings):
        question = await spoken(ann, note)
        assert [text[:2].strip() for text in buttons(question)] == ["🎵", "🗣", "✍️"]
        await ann.press(question, "✍️")
        await ann.reads("I understood: a dog runs into the sea")
        card = await ann.card()
        assert ("9:16" in words(card), "@audio1" in words(card)) == (True, False)
        await ann.press(card, "▶")
        await ann.video()
    (task,) = world.ark.tasks.values()
    assert (task.ask.text, len(server.notes)) == ("a dog runs into the sea", 1)
    assert not list((world.folder / "data" / "voices").iterdir())


@pytest.mark.parametrize(("tap", "said"), [("🎵", "is the soundtrack"), ("🗣", "is the voice that speaks")])
async def test_a_note_is_told_to_the_model_as_what_it_is(
    world: World, dog: Path, note: Path, speech: tuple[SpeechServer, dict[str, Any]], tap: str, said: str
) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**speech[1]):
        await ann.press(await spoken(ann, note), tap)
        await ann.reads("of your next video")
        await ann.say("@image1 sings", dog)
        await ann.press(await ann.card(), "▶")
        assert words(await ann.video()).startswith("@image1 sings · Seedance 2.0")
        await until(lambda: world.books.states == ["DELIVERED"])
        assert [words(message) for message in await ann.heard() if "next video" in words(message)] == []
    (task,) = world.ark.tasks.values()
    assert task.ask.text == f"Image 1 sings. Audio 1 {said}."


async def test_other_words_keep_what_a_note_is_for_and_only_ones_own_are_shown_again(
    world: World, dog: Path, note: Path
) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("", FileToSend(note, "voice", 3.0))
        await ann.say("@image1 sings to @audio1", dog)
        await ann.press(await ann.card(), "🗣")
        await ann.press(await ann.reads("@audio1 speech"), "▶")
        video = await ann.video()
        await ann.unfold(video, "⏩ Extend")
        asked = await ann.reads("goes on from its last frame")
        assert words(asked).split("\n")[-1] == "image1 sings to audio1"
        await ann.unfold(video, "✏️ Edit")
        asked = await ann.reads("with other words")
        assert words(asked).split("\n")[-1] == "@image1 sings to @audio1"
        await ann.say("@image1 whispers to @audio1", reply_to=asked)
        await ann.start()
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    assert [task.ask.text for task in world.ark.tasks.values()] == [
        "Image 1 sings to Audio 1. Audio 1 is the voice that speaks.",
        "Image 1 whispers to Audio 1. Audio 1 is the voice that speaks.",
    ]


async def test_the_card_changes_what_a_sound_is_for_and_without_a_service_no_words_are_offered(
    world: World, dog: Path, note: Path
) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("", FileToSend(note, "voice", 3.0))
        await ann.say("@image1 sings to @audio1", dog)
        card = await ann.card()
        assert not any("✍️" in text for text in buttons(card))
        await ann.press(card, "🗣")
        changed = await ann.reads("@audio1 speech")
        await ann.press(changed, "🎵")
        await ann.reads("@audio1 song")
        assert [words(message) for message in await ann.heard() if "voice note" in words(message)] == []


async def test_what_can_not_be_written_down_is_said_after_some_tries_and_nothing_is_charged(
    world: World, note: Path, speech: tuple[SpeechServer, dict[str, Any]]
) -> None:
    server, settings = speech
    server.statuses = [500] * 4
    ann = Talk(world.ann, ANN)
    async with world.bot(**settings):
        await ann.press(await spoken(ann, note), "✍️")
        await ann.reads("can't be written down at the moment")
        server.says = ""
        await ann.press(await spoken(ann, note), "✍️")
        await ann.reads("No words could be made out")
    assert len(server.notes) == 5
    assert world.books.states == []


async def test_a_key_that_is_refused_is_told_to_the_operator_once(
    world: World, note: Path, speech: tuple[SpeechServer, dict[str, Any]]
) -> None:
    server, settings = speech
    server.statuses = [401] * 4
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot(**settings):
        await mia.say("/start")
        await ann.press(await spoken(ann, note), "✍️")
        await ann.reads("can't be written down at the moment")
        await mia.reads("⚠️ Voice notes can't be written down.", "refuses the key")
    assert len([one for one in await mia.heard() if "⚠️" in words(one)]) == 1


async def test_a_second_tap_and_a_restart_write_a_note_down_once(
    world: World, note: Path, speech: tuple[SpeechServer, dict[str, Any]]
) -> None:
    server, settings = speech
    server.statuses = [500] * 2
    ann = Talk(world.ann, ANN)
    async with world.bot(**settings):
        question = await spoken(ann, note)
        await ann.press(question, "✍️")
        await until(lambda: server.notes)
    async with world.bot(**settings):
        await ann.reads("I understood")
        await ann.card()
    assert world.books.value("SELECT count(*) FROM requests") == 1


async def test_spoken_words_are_held_to_the_list(
    world: World, note: Path, speech: tuple[SpeechServer, dict[str, Any]]
) -> None:
    server, settings = speech
    server.says = "a dog runs into the sea"
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot(**settings):
        await mia.say("/words add dog")
        await mia.reads("Not taken any more")
        await ann.press(await spoken(ann, note), "✍️")
        await ann.reads("There are words in it that are not taken here")
    assert world.books.states == []
