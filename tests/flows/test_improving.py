"""✨ Richer words: proposed by a service, shown as a text, in force by a tap alone, and gone by another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.providers.serving import serve
from bot.sandbox.telegram import ANN, BOB, GROUP, MIA, WorldOptions
from bot.sandbox.telegram.world import Message as Sent
from bot.sandbox.wordsmith import MODEL, PATH, Answer, WordsmithServer, completion
from bot.services import improving, privacy
from bot.worker import improver
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, data, words

KEY = "wordsmith-key-made-up-1234"
OWN = "a dog runs into the sea 9:16"
Service = tuple[WordsmithServer, dict[str, Any]]


@pytest.fixture
async def smith(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    """The service that makes words richer, and the settings that name it."""
    monkeypatch.setattr(improver, "RETRY_MS", (50, 50))
    monkeypatch.setattr(improver, "TURN_MS", 50)
    server, app = WordsmithServer(KEY), web.Application()
    server.attach(app)
    async with serve(app, "127.0.0.1", 0) as origin:
        yield server, {"enhance_base_url": origin + PATH, "enhance_api_key": KEY, "enhance_model": MODEL}


def proposed(message: Message) -> bool:
    return any(text.startswith("✔") for text in buttons(message))


async def proposal(talk: Talk, own: str = OWN, *files: Path) -> tuple[Message, Message]:
    """A card, and what was proposed after a tap on ✨."""
    await talk.say(own, *files)
    card = await talk.card()
    await talk.press(card, "✨")
    return card, await talk.sees(proposed)


async def test_a_proposal_is_taken_by_a_tap_and_the_video_is_made_of_it(
    world: World, dog: Path, cat: Path, smith: Service
) -> None:
    server, settings = smith
    ann = Talk(world.ann, ANN)
    async with world.bot(**settings):
        card, shown = await proposal(ann, "@photo1 chases @photo2 9:16 480p", dog, cat)
        assert words(shown).startswith("✨ Proposed, and nothing is changed yet:")
        assert "✨ Improve the words" in buttons(await ann.now(card))
        await ann.press(shown, "✔")
        await ann.reads("In place of your words: @image1 chases @image2. The c")
        assert "↩ My own words" in buttons(await ann.now(card))
        await ann.press(card, "▶")
        await until(lambda: world.ark.tasks)
        await until(lambda: world.books.value("SELECT count(*) FROM cards WHERE slot LIKE 'improving:%'") == 0)
        assert [words(m) for m in await ann.heard() if words(m).startswith("✨")] == []
    (task,) = world.ark.tasks.values()
    assert task.ask.text.startswith("Image 1 chases Image 2. The camera moves in slowly;")
    (asked,) = server.asked
    assert [one["content"] for one in asked["messages"][1:]] == ["@image1 chases @image2"]
    assert set(asked) == {"model", "messages"}
    assert not any(KEY in line for line in world.journal.lines)


async def test_nothing_changes_until_a_tap_and_the_way_back_is_one(world: World, smith: Service) -> None:
    server, settings = smith
    ann = Talk(world.ann, ANN)
    async with world.bot(**settings):
        card, first = await proposal(ann)
        await ann.press(first, "↻")
        other = await ann.sees(lambda m: proposed(m) and words(m) != words(first))
        assert other["id"] == first["id"]
        await ann.press(other, "✔")
        used = await ann.reads("✨ In place of your words:", "A low wide shot")
        await ann.press(used, "↩")
        await ann.sees(lambda m: m["id"] == card["id"] and "✨ Improve the words" in buttons(m))
        await until(lambda: world.books.value("SELECT count(*) FROM improvements WHERE state <> 'over'") == 0)
        await ann.press(await ann.card(), "▶")
        await until(lambda: world.ark.tasks)
    (task,) = world.ark.tasks.values()
    assert (task.ask.text, len(server.asked)) == ("a dog runs into the sea", 2)


def _offers(message: Sent) -> bool:
    """Whether it is a proposal that still stands in the chat."""
    rows = message.body.get("reply_markup", {}).get("inline_keyboard", [])
    return any(button["text"].startswith("✔") for row in rows for button in row)


async def test_keep_mine_and_an_edit_take_the_proposal_away(world: World, smith: Service) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**smith[1]):
        said = await ann.say(OWN)
        card = await ann.card()
        for away in ("keep", "edit"):
            await ann.press(card, "✨")
            shown = await ann.sees(proposed)
            if away == "keep":
                await ann.press(shown, "Keep mine")
            else:
                await ann.press(shown, "✔")
                await ann.reads("In place of your words")
                await ann.edit(said, "a cat sleeps 1:1")
                await ann.reads("· 1:1 ·", without="In place")
            await until(lambda: world.books.value("SELECT count(*) FROM improvements WHERE state <> 'over'") == 0)
            await until(lambda: len([m for m in world.telegram.world.chats[ANN].messages.values() if _offers(m)]) == 0)
        await ann.press(await ann.card(), "▶")
        await until(lambda: world.ark.tasks)
    (task,) = world.ark.tasks.values()
    assert task.ask.text == "a cat sleeps"


BAD = [
    ("a cat sleeps, @image1 watches", "lost a reference of yours, or invented one"),
    ("a dog runs into the sea --fps 60", "would change settings"),
    ("собака бежит в море", "another language"),
    ("a dog runs into the sea " + "and the sea " * 240, "longer than this model takes"),
    (" ", "No better words"),
    ("a dog runs beside a gun into the sea", "words that are not taken here"),
]


@pytest.mark.parametrize(("says", "told"), BAD, ids=[told for _, told in BAD])
async def test_what_may_not_be_shown_is_said_so(world: World, smith: Service, says: str, told: str) -> None:
    server, settings = smith
    server.says = says
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot(**settings):
        await mia.say("/words add gun")
        await mia.reads("Not taken any more")
        await ann.say(OWN)
        card = await ann.card()
        await ann.press(card, "✨")
        failed = await ann.reads(told, "Your words stay as they are; it cost nothing.")
        assert says.strip() not in words(failed) or not says.strip()
        assert buttons(failed) == ["↻ Another", "Keep mine"]
        assert "In place" not in words(await ann.now(card))


TROUBLE = [
    ([Answer(500)] * 3, 3, "does not answer. Try again in a minute"),
    ([Answer(429, retry_after_s=600)], 1, "is busy. Try again in a minute"),
    ([Answer(401)], 1, "is out of order; an operator has to look at it"),
    ([Answer(html="<html>log in</html>")], 1, "is out of order; an operator has to look at it"),
    ([Answer(body=completion(None, refusal="no"))], 1, "does not take these words"),
]


@pytest.mark.parametrize(("answers", "calls", "told"), TROUBLE, ids=["down", "busy", "key", "page", "refused"])
async def test_trouble_of_the_service_is_told_in_plain_words_and_the_draft_goes_on(
    world: World, smith: Service, answers: list[Answer], calls: int, told: str
) -> None:
    server, settings = smith
    server.answers = [*answers]
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot(**settings):
        await mia.say("/start")
        await ann.say(OWN)
        await ann.press(await ann.card(), "✨")
        failed = await ann.reads(told, "it cost nothing")
        assert len(server.asked) == calls
        if "an operator" in told:
            await mia.reads("⚠️ Richer words can't be proposed.", "127.0.0.1")
        await ann.press(failed, "↻")
        await ann.sees(proposed)
        assert "In place" not in words(await ann.card())
    assert not any(KEY in line for line in world.journal.lines)


async def test_what_was_looked_up_just_before_it_failed_is_not_asked_once_more(world: World, smith: Service) -> None:
    server, settings = smith
    server.answers = [Answer(401)]
    ann = Talk(world.ann, ANN)
    async with world.bot(**settings) as bot:
        await ann.say(OWN)
        await ann.press(await ann.card(), "✨")
        await ann.reads("is out of order")
        (stale,) = world.books.rows("SELECT * FROM improvements")
        assert await improving.begin(bot._root.env, stale | {"state": "waiting"}) is None
    assert len(server.asked) == 1


async def test_two_taps_ask_once_and_a_restart_asks_again_for_what_did_not_come(world: World, smith: Service) -> None:
    server, settings = smith
    server.answers = [Answer(delay_s=30)]
    ann = Talk(world.ann, ANN)
    async with world.bot(**settings):
        await ann.say(OWN)
        card = await ann.card()
        await ann.press(card, "✨")
        await until(lambda: server.asked)
        await ann.press(card, "✨")
        await until(lambda: "A proposal is on its way already." in ann.toasts())
    async with world.bot(**settings):
        shown = await ann.sees(proposed)
        used = data(shown, "✔")
        await ann.press(shown, used)
        await ann.reads("In place of your words: a dog runs")
    async with world.bot(**settings):
        await ann.press(shown, used)
        await until(lambda: "This button" in ann.toasts()[-1] or "Already done." in ann.toasts()[-1])
    assert world.books.value("SELECT count(*) FROM improvements") == 1


async def test_what_comes_after_the_draft_is_over_is_not_shown(world: World, smith: Service) -> None:
    server, settings = smith
    server.answers = [Answer(delay_s=0.5)] * 2
    ann = Talk(world.ann, ANN)
    async with world.bot(**settings):
        for end, told in (("✕", "Thrown away"), ("▶", "Seedance 2.0")):
            before = len(server.asked)
            await ann.say(OWN)
            card = await ann.card()
            await ann.press(card, "✨")
            await until(partial(_is_asked, server, before))
            await ann.press(card, end)
            await ann.reads(told)
        await until(lambda: world.books.value("SELECT count(*) FROM improvements WHERE state = 'over'") == 2)
        await until(lambda: world.books.value("SELECT count(*) FROM cards WHERE slot LIKE 'improving:%'") == 0)
        assert [words(m) for m in await ann.heard() if words(m).startswith("✨")] == []


def _is_asked(server: WordsmithServer, before: int) -> bool:
    return len(server.asked) > before


@pytest.mark.parametrize("world_options", [WorldOptions(started=True)])
async def test_in_a_group_it_is_the_asker_s_alone_and_who_is_blocked_may_not(world: World, smith: Service) -> None:
    server, settings = smith
    ann, bob, mia = Talk(world.ann, GROUP), Talk(world.bob, GROUP), Talk(world.mia, GROUP)
    async with world.bot(**settings):
        await ann.say("/video@kinetogram_bot a dog runs 15s")
        card = await ann.card()
        await bob.press(card, "✨")
        assert "Эта кнопка для того, кто просил" in await bob.toast()
        await ann.press(card, "✨")
        shown = await ann.sees(proposed)
        await bob.press(shown, "✔")
        await until(lambda: len(bob.toasts()) == 2)
        await mia.say("/block@kinetogram_bot", reply_to=await _asked(ann))
        await until(lambda: world.books.value("SELECT count(*) FROM chat_blocks") == 1)
        for message, button in ((shown, "✔"), (card, "✨")):
            before = len(ann.toasts())
            await ann.press(message, button)
            assert "/unblock" in await ann.toast(before)
    assert len(server.asked) == 1
    assert world.books.value("SELECT changes FROM requests") == "{}"


async def _asked(talk: Talk) -> Message:
    return next(m for m in await talk.person.messages(talk.chat, 1000) if not m["from"]["is_bot"])


async def test_a_person_s_proposals_are_bounded_and_without_a_service_there_is_no_button(
    world: World, smith: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(improving, "MAX_AN_HOUR", 1)
    ann = Talk(world.ann, ANN)
    async with world.bot(**smith[1]):
        card, _ = await proposal(ann)
        await ann.press(card, "✨")
        await until(lambda: "60 a day" in ann.toasts()[-1])
        world.clock.push(minutes=61)
        await ann.press(card, "✨")
        await until(lambda: world.books.value("SELECT count(*) FROM improvements") == 2)
    bob = Talk(world.bob, BOB)
    async with world.bot():
        await bob.say("собака бежит")
        assert not any("✨" in text for text in buttons(await bob.card()))
        before = len(ann.toasts())
        await ann.press(card, "✨")
        assert "too old" in await ann.toast(before)


async def test_privacy_names_who_is_given_words_and_forget_takes_proposals_away(world: World, smith: Service) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**smith[1]) as service:
        await ann.say("/privacy")
        await ann.reads("With ✨ the words of that draft go to 127.0.0.1: no files, no names.")
        await proposal(ann)
        await ann.say("/forget")
        await ann.press(await ann.reads("Forget your words"), "Forget all")
        world.clock.push(s=1)
        await until(lambda: world.books.value("SELECT count(*) FROM users WHERE forget_at IS NOT NULL"))
        await privacy.forget_due(service._root.env)
    assert world.books.value("SELECT count(*) FROM improvements") == 0
