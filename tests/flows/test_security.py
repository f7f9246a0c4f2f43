"""Who may answer for a chat, at the wire: its administrators, anonymous too; nobody who was one, no bot, no copy."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, MIA
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, data, words

AT = "@kinetogram_bot"
OWN_GROUP = -1001700000077
NOBODY = (999,)
"""An operator who is not here: Mia only administrates."""
ONLY_ADMINS = {ANN: "Only this chat's administrators may do that.", BOB: "Это могут только администраторы чата."}
COMMANDS = (
    "/quota{at} 50/day",
    "/quota{at} @ann 50/day",
    "/quota{at} service $1000/day",
    "/pause{at}",
    "/resume{at}",
    "/block{at} @mia",
    "/unblock{at} @ann",
    "/grant{at} @ann $5",
    "/grant{at} $5",
    "/moderators{at} here",
    "/audit{at}",
    "/allow{at}",
    "/deny{at}",
    "/halt{at}",
    "/refund{at} charge",
)


def state(world: World) -> list[Any]:
    """All that a moderator or an operator can change."""
    return [
        world.books.rows(f"SELECT * FROM {table}")  # noqa: S608 - our own names
        for table in ("limits", "ceilings", "chat_blocks", "passes", "audit", "entries", "marks WHERE name = 'stopped'")
    ] + [world.books.rows("SELECT paused_at, denied_at, allowed_at, moderators_at FROM chats")]


async def asked(world: World, ann: Talk) -> Message:
    """The moderators' card of Ann's request: one of the two speaks Russian and was the first to be named."""
    await ann.say(f"/video{AT} a dog runs 9:16 4s 480p")
    refusal = await ann.sees(lambda m: "Ask a moderator" in buttons(m))
    await ann.press(refusal, "Ask a moderator")
    return await ann.sees(lambda m: "Разрешить один раз" in buttons(m))


def handled(world: World) -> bool:
    return bool(world.books.value("SELECT count(*) FROM inbox WHERE state = 'open'") == 0)


def forge(world: World, user: dict[str, Any], chat_id: int, pressed: str) -> None:
    """A press as Telegram would never tell it: another chat's message, or a bot's finger."""
    chat = {"id": chat_id, "type": "supergroup", "title": "x"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": world.telegram.world.bot.api(), "text": "copied"}
    query = {"id": "7", "from": user, "message": message, "chat_instance": "1", "data": pressed}
    world.telegram.exchange.updates.put("callback_query", query, f"chat:{chat_id}")


async def test_each_gets_exactly_what_they_may(world: World) -> None:
    """Nobody tells the bot, a plain member of the group, that Bob fell: it asks before it obeys."""
    world.refusals |= {400}
    ann, bob, mia = (Talk(one, GROUP) for one in (world.ann, world.bob, world.mia))
    world.telegram.set_member(GROUP, BOB, "administrator", MIA)
    world.telegram.set_anonymous(GROUP, MIA)
    world.telegram.world.add_group(OWN_GROUP, "supergroup", "Ann's own", {ANN: "creator"})
    async with world.bot(operator_ids=NOBODY):
        await bob.say(f"/quota{AT} 0")
        await bob.reads("Сохранено")
        card = await asked(world, ann)
        world.telegram.set_member(GROUP, BOB, "member", MIA)
        world.clock.push(minutes=1)
        before = state(world)
        for who, talk in ((ANN, ann), (BOB, bob)):
            for button in ("Разрешить", "Поднять", "Отказать"):
                count = len(talk.toasts())
                await talk.press(card, button)
                assert await talk.toast(count) == ONLY_ADMINS[who]
        nonce = data(card, "Разрешить")
        forge(world, world.telegram.world.users[ANN].api(), OWN_GROUP, nonce)
        forge(world, {"id": MIA, "is_bot": True, "first_name": "Mia"}, GROUP, nonce)
        await until(lambda: handled(world))
        assert (state(world), world.books.jobs, world.ark.calls) == (before, [], [])
        await mia.press(card, "Разрешить")
        await ann.video()
    assert [row["decided_by"] for row in world.books.rows("SELECT decided_by FROM approvals")] == [
        world.books.value("SELECT owner_id FROM telegram_ids WHERE kind = 'user' AND telegram_id = ?", MIA)
    ]


@pytest.mark.parametrize("who", ["a member", "who was an administrator a minute ago", "a bot", "a channel"])
async def test_no_command_of_theirs_changes_anything(world: World, who: str) -> None:
    if who == "a channel":
        world.refusals.add(400)  # what it wrote is on the wire alone: nothing to react to
    bob, mia = Talk(world.bob, GROUP), Talk(world.mia, GROUP)
    world.telegram.set_member(GROUP, BOB, "administrator", MIA)
    async with world.bot(operator_ids=NOBODY):
        await bob.say(f"/quota{AT} 5/day")
        await bob.reads("Сохранено")
        if who != "a bot":
            world.telegram.set_member(GROUP, BOB, "member", MIA)
            world.clock.push(minutes=1 if "minute" in who else 10)
        before = state(world)
        for command in COMMANDS:
            if who in {"a bot", "a channel"}:
                spoken(world, who, command.format(at=AT))
            else:
                await bob.say(command.format(at=AT))
        await until(lambda: handled(world))
        assert state(world) == before
        told = [words(m) for m in await bob.heard()]
        assert len(told) <= 4, "one answer to the first, and three refusals"
        await mia.say(f"/pause{AT}")
        await mia.reads("Paused")


def spoken(world: World, who: str, text: str) -> None:
    """A command as a bot, or a channel that is linked to the group, would write it."""
    chat = {"id": GROUP, "type": "supergroup", "title": "Video lab"}
    sender: dict[str, Any] = {"from": {"id": 5, "is_bot": True, "first_name": "Another bot", "username": "other_bot"}}
    if who == "a channel":
        sender = {
            "from": {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"},
            "sender_chat": {"id": -1009, "type": "channel", "title": "News"},
        }
    length = len(text.split(maxsplit=1)[0])
    entities = [{"type": "bot_command", "offset": 0, "length": length}]
    numbers = world.telegram.world.chats[GROUP]
    numbers.next_message_id += 1
    message = {"message_id": numbers.next_message_id - 1, "date": 1, "chat": chat, "text": text, "entities": entities}
    world.telegram.exchange.updates.put("message", message | sender, f"chat:{GROUP}")
