"""Inline mode on the wire: one's own videos in any chat, by the names that Telegram gave them, and nobody else's."""

from dataclasses import replace

from bot.doctor import examine
from bot.sandbox.telegram import ANN, BOB, GROUP
from tests.flows.stage import World, until
from tests.flows.talk import Talk, texts


async def test_one_s_own_videos_are_offered_in_any_chat_and_found_by_their_words(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await ann.video()
        await ann.say("/video Кот спит")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        offer = await world.ann.type_inline(GROUP)
        assert [result["title"] for result in offer["results"]] == ["Кот спит", "a dog runs"]
        assert (offer["is_personal"], offer["cache_time"] <= 10, offer["button"]) == (True, True, None)
        found = await world.ann.type_inline(GROUP, "DOG run")
        (result,) = found["results"]
        sent = await world.ann.choose_inline(GROUP, found, result["id"])
        assert (sent["media"]["kind"], sent["via"], sent["caption"]) == ("video", "kinetogram_bot", "a dog runs")
        other = await world.bob.type_inline(BOB)
        assert (other["results"], bool(other["button"])) == ([], True)
        assert (await world.ann.type_inline(ANN, "elephant"))["button"]
    assert len(world.telegram.calls.of("sendVideo")) == 2


async def test_a_video_that_one_shows_by_the_bot_s_name_asks_for_nothing(world: World) -> None:
    """It has words and media of its own, as a request does: in the private chat as well it only stands there."""
    ann, group = Talk(world.ann, ANN), Talk(world.ann, GROUP)
    async with world.bot():
        await ann.say("/video a dog runs 4s")
        await ann.video()
        for chat in (ANN, GROUP):
            offer = await world.ann.type_inline(chat)
            await world.ann.choose_inline(chat, offer, offer["results"][0]["id"])
        asked = await ann.say("/balance")
        balance = await ann.answer(asked)
        told = [m for m in await ann.heard() if m["id"] > asked["id"]]
        assert told == [balance], texts(told)
        assert await group.heard() == []
        assert world.books.states == ["DELIVERED"]


async def test_the_doctor_says_when_inline_mode_is_off(world: World) -> None:
    exchange = world.telegram.exchange
    for on in (True, False):
        exchange.settings = replace(exchange.settings, inline=on)
        found = {finding.name: finding async for finding in examine(world.settings())}
        assert ("inline mode is off" in found["telegram"].detail) is not on, found["telegram"]
