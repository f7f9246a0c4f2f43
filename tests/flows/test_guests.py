"""Guest mode on the wire: the bot is named where it is no member, and shows there what is the person's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.telegram import ANN, BOB, MIA
from bot.sandbox.telegram.botapi import Phase
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.faults import When
from bot.services.guests import about
from tests.flows.stage import World, until
from tests.flows.talk import Talk

CLUB = -1_009_000_000_777
NAME = "@kinetogram_bot"


@pytest.fixture
def club(world: World) -> int:
    """A group of Ann's and Bob's that the bot is no member of."""
    group = world.telegram.world.add_group(CLUB, "supergroup", "The club", {ANN: "member", BOB: "member"})
    group.bot_status = "left"
    return CLUB


async def answers(world: World, count: int) -> list[dict[str, Any]]:
    """What the bot said in the club, when it has said so much."""
    chat = world.telegram.world.chats[CLUB]
    bot = world.telegram.world.bot.id
    await until(lambda: sum(one.sender_id == bot for one in chat.messages.values()) >= count)
    return [one.body for one in chat.messages.values() if one.sender_id == bot]


async def test_the_bot_shows_a_person_s_own_video_where_it_is_no_member(world: World, club: int) -> None:
    ann, there = Talk(world.ann, ANN), Talk(world.ann, club)
    async with world.bot():
        await ann.say("/video a dog runs 4s")
        await ann.video()
        await ann.say("/video a cat sleeps 4s")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        code = world.books.value("SELECT code FROM jobs ORDER BY id")
        asked = {
            NAME: "a cat sleeps",
            f"elephant {NAME}": None,
            f"{NAME} DOG": "a dog runs",
            f"{NAME.upper()} {code}": "a dog runs",
        }
        await ann.say(f"/video {code} drawn by a cat 4s")
        await until(lambda: world.books.states == ["DELIVERED"] * 3)
        asked[NAME] = f"{code} drawn by a cat"
        for number, (words, seen) in enumerate(asked.items(), 1):
            await there.say(words)
            last = (await answers(world, number))[-1]
            assert (last.get("caption"), last["guest_bot_caller_user"]["id"]) == (seen, ANN)
    assert len(world.telegram.calls.of("sendVideo")) == 3
    assert world.books.states == ["DELIVERED"] * 3


async def test_who_has_none_is_told_the_way_and_nothing_is_ordered_or_kept(world: World, club: int) -> None:
    there = Talk(world.bob, club)
    async with world.bot():
        await there.say(f"{NAME} /video a secret plan 8s")
        (told,) = await answers(world, 1)
        assert told["text"].startswith("Такого вашего видео пока нет. Снимите его в нашем чате")
        assert told["text"].endswith("https://t.me/kinetogram_bot?start=guest")
        await Talk(world.bob, BOB).say("/start guest")
        await until(lambda: world.telegram.calls.of("sendMessage"))
    assert not world.books.rows(
        "SELECT id FROM jobs UNION ALL SELECT id FROM requests UNION ALL SELECT id FROM entries"
    )


async def test_one_who_is_blocked_and_one_without_a_face_are_not_answered(world: World, club: int) -> None:
    ann, mia = Talk(world.ann, club), Talk(world.mia, MIA)
    world.telegram.world.chats[club].anonymous.add(BOB)
    async with world.bot():
        await ann.say(NAME)
        await answers(world, 1)
        await mia.say("/block @ann")
        await until(lambda: world.books.value("SELECT count(*) FROM users WHERE blocked_at IS NOT NULL"))
        await ann.say(NAME)
        await Talk(world.bob, club).say(NAME)
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'open'") == 0)
    assert len(await answers(world, 1)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_answer_that_the_network_lost_is_there_once(world: World, club: int, when: When) -> None:
    world.refusals.add(400)
    world.telegram.faults.add("answerGuestQuery", drop=True, when=when)
    async with world.bot():
        await Talk(world.ann, club).say(NAME)
        await until(lambda: len(world.telegram.calls.of("answerGuestQuery")) == 2)
    assert len(await answers(world, 1)) == 1


async def test_a_query_under_another_number_is_answered_no_second_time(world: World, club: int) -> None:
    world.refusals.add(400)
    async with world.bot():
        await Talk(world.ann, club).say(NAME)
        await answers(world, 1)
        raw = json.loads(world.books.value("SELECT payload FROM inbox"))
        world.telegram.exchange.updates.put("guest_message", raw["guest_message"], f"user:{ANN}")
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == 2)
    assert len(await answers(world, 1)) == 1


async def test_a_guest_s_query_is_open_until_its_answer_is_there(world: World, club: int) -> None:
    """So that what the end of the process cuts off is answered at the next start."""
    states: list[str] = []

    async def look(call: Call, phase: Phase) -> None:
        if (call.method, phase) == ("answerGuestQuery", "after"):
            states.append(world.books.value("SELECT state FROM inbox"))

    world.telegram.taps.append(look)
    async with world.bot():
        await Talk(world.ann, club).say(NAME)
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'"))
    assert states == ["open"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("@kinetogram_bot", ""), ("@Kinetogram_BOT #12", "12"), ("see @kinetogram_bot, a dog", "see , a dog")],
)
def test_the_words_are_those_beside_the_name(text: str, words: str) -> None:
    assert about(text, "kinetogram_bot") == words
