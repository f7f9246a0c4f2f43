"""`/forget` over the wire: what Telegram brought goes too, whoever was in the middle of what."""

import json

from bot.sandbox.telegram import ANN, BOB
from bot.services import privacy
from tests.flows.stage import World, until
from tests.flows.talk import Talk

SECRET = "the red umbrella"
ASKED = "SELECT count(*) FROM users WHERE forget_at IS NOT NULL"
OPEN = "SELECT count(*) FROM inbox WHERE state = 'open'"


def raw(world: World) -> str:
    """Every raw update that is kept."""
    return json.dumps(world.books.rows("SELECT payload FROM inbox"), ensure_ascii=False)


async def test_messages_edits_and_presses_go_raw_too_though_the_bot_was_away_in_between(world: World) -> None:
    ann, bob = Talk(world.ann, ANN), Talk(world.bob, BOB)
    async with world.bot():
        said = await ann.say(f"a draft of {SECRET}")
        await ann.edit(said, f"another draft of {SECRET}")
        await ann.press(await ann.card(), "5 s")
        await bob.say(f"bob keeps {SECRET}")
        await bob.card()
        await ann.say("/forget")
        await ann.press(await ann.reads("Forget your words"), "Forget all")
        await until(lambda: world.books.value(ASKED) == 1)
        assert str(ANN) in raw(world)
    await ann.say("said while the bot was away")
    async with world.bot() as service:
        await until(lambda: "while the bot was away" in raw(world) and world.books.value(OPEN) == 0)
        world.clock.push(s=1)
        await privacy.forget_due(service._root.env)
        await ann.reads("All is forgotten: words, raw messages")
    left = raw(world)
    assert left.count(SECRET) == left.count(f"bob keeps {SECRET}") > 0
    assert "said while the bot was away" in left
    assert world.books.value(ASKED) == 0
