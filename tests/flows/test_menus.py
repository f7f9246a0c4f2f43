"""Command menus: what each sees of them, in their own language."""

from __future__ import annotations

from bot.sandbox.telegram import ANN, GROUP, MIA
from tests.flows.stage import World, until

LEVELS = 5
"""Default, private chats, groups, administrators, and the one operator."""


def shown(world: World, user_id: int, chat: int | None, language: str = "en") -> dict[str, str]:
    """Commands and their words as this person's client shows them."""
    there = world.telegram.world.chats[chat] if chat is not None else None
    menu = world.telegram.exchange.menus.shown(there, user_id, language)
    return {command["command"]: command["description"] for command in menu}


async def test_each_sees_the_commands_that_are_theirs_in_their_language(world: World) -> None:
    async with world.bot():
        await until(lambda: len(world.telegram.calls.of("setMyCommands")) >= 2 * LEVELS)
    assert {"batch", "balance", "library", "cancel", "tray", "forget"} <= shown(world, ANN, None).keys()
    assert not {"block", "allow", "add"} & shown(world, ANN, None).keys()
    assert {"allow", "refund", "ledger"} <= shown(world, MIA, None).keys()
    assert shown(world, ANN, GROUP).keys() & {"add", "batch", "cancel", "block"} == {"add", "batch", "cancel"}
    assert {"block", "stats", "grant"} <= shown(world, MIA, GROUP).keys()
    assert shown(world, ANN, None, "ru")["balance"] != shown(world, ANN, None, "fr")["balance"]


async def test_an_operator_who_never_wrote_is_no_obstacle(world: World) -> None:
    world.refusals.add(400)
    async with world.bot(operator_ids=(123_456_789,)):
        await until(lambda: world.telegram.calls.of("getUpdates"))
    assert shown(world, ANN, None)
