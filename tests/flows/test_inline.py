"""Inline mode on the wire: one's own videos in any chat, by the names that Telegram gave them, and nobody else's."""

from bot.sandbox.telegram import ANN, GROUP
from tests.flows.stage import World, until
from tests.flows.talk import Talk


async def test_one_s_own_videos_are_offered_in_any_chat_and_found_by_their_words(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await ann.video()
        await ann.say("/video Кот спит")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        offer = await world.ann.type_inline()
        assert [result["title"] for result in offer["results"]] == ["Кот спит", "a dog runs"]
        assert (offer["is_personal"], offer["cache_time"] <= 10, offer["button"]) == (True, True, None)
        found = await world.ann.type_inline("DOG run")
        (result,) = found["results"]
        sent = await world.ann.choose_inline(GROUP, found, result["id"])
        assert sent["media"]["kind"] == "video"
        other = await world.bob.type_inline()
        assert (other["results"], bool(other["button"])) == ([], True)
        assert (await world.ann.type_inline("elephant"))["button"]
    assert len(world.telegram.calls.of("sendVideo")) == 2
