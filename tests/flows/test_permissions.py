"""What a moderator allowed once, in the chat: it says until when it holds, and who forbids later has the last word."""

from __future__ import annotations

from bot.sandbox.telegram import BOB, GROUP
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, words

AT = "@kinetogram_bot"


async def allowed(world: World, ann: Talk, mia: Talk) -> Message:
    """What Ann reads when Mia allowed her dear request: it waits for her tap."""
    await mia.say(f"/quota{AT} sec=4")
    await mia.reads("Saved")
    await ann.say(f"/video{AT} a dog runs 9:16 15s")
    await ann.press(await ann.sees(lambda m: "Ask a moderator" in buttons(m)), "Ask a moderator")
    await mia.press(await mia.sees(lambda m: "Allow once" in buttons(m)), "Allow once")
    await mia.reads("✔ Allowed once, until tomorrow")
    told = await ann.reads("A moderator allowed this once. Start it by tomorrow")
    assert world.books.jobs == []
    return told


def covered_no_more(message: Message) -> bool:
    return "covers this no more" in words(message) and "Ask a moderator" in buttons(message)


async def test_a_moderator_who_forbids_after_a_permission_has_the_last_word(world: World) -> None:
    ann, mia = Talk(world.ann, GROUP), Talk(world.mia, GROUP)
    async with world.bot(operator_ids=(BOB,)):
        told = await allowed(world, ann, mia)
        await mia.say(f"/quota{AT} 0")
        await mia.reads("Saved", "none")
        await ann.press(told, "▶")
        refused = await ann.sees(covered_no_more)
        assert world.books.jobs == []
        await ann.press(refused, "Ask a moderator")
        await mia.press(await mia.sees(lambda m: "Allow once" in buttons(m)), "Allow once")
        await until(lambda: world.books.value("SELECT count(*) FROM passes") == 1)
        anew = await ann.sees(lambda m: m["id"] != told["id"] and "A moderator allowed this once" in words(m))
        await ann.press(anew, "▶")
        await ann.video()


async def test_a_permission_ends_after_its_day(world: World) -> None:
    ann, mia = Talk(world.ann, GROUP), Talk(world.mia, GROUP)
    async with world.bot(operator_ids=(BOB,)):
        told = await allowed(world, ann, mia)
        world.clock.push(days=1)
        await ann.press(told, "▶")
        await ann.sees(covered_no_more)
    assert world.books.jobs == []
