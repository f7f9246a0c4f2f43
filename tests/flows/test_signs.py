"""In a group a request wears how it stands as a reaction; in private its status card is enough."""

import pytest

from bot.sandbox.telegram import ANN, GROUP
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk


def signs(world: World, asked: Message) -> list[str]:
    """The reactions that were set on a message, in their order."""
    there = (asked["chat_id"], asked["id"])
    calls = world.telegram.calls.of("setMessageReaction")
    calls = [call for call in calls if (call.params["chat_id"], call.params["message_id"]) == there]
    return [call.params["reaction"][0]["emoji"] for call in calls]


@pytest.mark.parametrize(
    ("words", "last"),
    [("a dog runs", "👍"), ("собака бежит", "👍"), ("a dog [fail]", "👎"), ("a dog --n 2 480p", "👍")],
)
async def test_a_request_in_a_group_wears_how_it_stands(world: World, words: str, last: str) -> None:
    ann = Talk(world.ann, GROUP)
    async with world.bot(user_usd_per_month=50):
        asked = await ann.say(f"/video@kinetogram_bot {words}")
        await until(lambda: signs(world, asked) == ["👀", last])


async def test_in_private_and_where_reactions_are_off_nothing_is_lost(world: World) -> None:
    world.refusals.add(400)
    world.telegram.faults.add("setMessageReaction", status=400, times=2)
    ann, group = Talk(world.ann, ANN), Talk(world.ann, GROUP)
    async with world.bot():
        asked = await ann.say("/video a dog runs")
        await ann.video()
        await group.say("/video@kinetogram_bot a dog runs")
        await group.video()
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        await until(lambda: len(world.telegram.calls.of("setMessageReaction")) == 2)
        assert signs(world, asked) == []
