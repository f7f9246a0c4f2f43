"""Limits and order in a group's chat: who may set them, in words and with buttons, and what they then do."""

from __future__ import annotations

import asyncio

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, MIA, WorldOptions
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words

AT = "@kinetogram_bot"
ADMIN_BOT = pytest.mark.parametrize("world_options", [WorldOptions(started=True, bot_is_admin=True)], ids=["admin"])
FORUM = pytest.mark.parametrize("world_options", [WorldOptions(started=True, forum=True)], ids=["forum"])
OPERATORS = (ANN,)
"""Mia only administrates the group; Ann is the operator."""


def talk(world: World, thread: int | None = None) -> tuple[Talk, Talk, Talk]:
    """Ann, Bob and Mia in the group."""
    return Talk(world.ann, GROUP, thread), Talk(world.bob, GROUP, thread), Talk(world.mia, GROUP, thread)


def limits(world: World) -> list[tuple[str, str, str, int | None, str]]:
    rows = world.books.rows("SELECT scope, measure, period, value, words FROM limits ORDER BY scope, measure, period")
    return [(row["scope"], row["measure"], row["period"], row["value"], row["words"]) for row in rows]


async def test_an_administrator_sets_each_members_limits_in_words(world: World) -> None:
    _, bob, mia = talk(world)
    async with world.bot(operator_ids=OPERATORS):
        await mia.say(f"/quota{AT} 5/day $2/week active=2 hours=9-23")
        saved = await mia.reads("Saved. Each member: 5 videos a day, $2.00 a week, 2 at once, from 09:00 to 23:00.")
        assert limits(world) == [
            ("member", "active", "now", 2, ""),
            ("member", "hours", "now", 1, "9-23"),
            ("member", "money", "week", 2_000_000, ""),
            ("member", "requests", "day", 5, ""),
        ]
        await mia.say(f"/quota{AT}")
        await mia.reads("Each member: 5 videos a day, $2.00 a week, 2 at once, from 09:00 to 23:00\n")
        await mia.press(saved, "Undo")
        await mia.reads("videos a day: as by default")
        assert limits(world) == []
        await bob.say(f"/quota{AT} 50/day")
        await bob.reads("могут только администраторы")
        assert limits(world) == []


async def test_every_reason_of_a_bad_order_comes_at_once_and_nothing_of_it_holds(world: World) -> None:
    *_, mia = talk(world)
    async with world.bot(operator_ids=OPERATORS):
        await mia.say(f"/quota{AT} 5/day wibble colour=red")
        await mia.reads("“wibble”", "no limit “colour”")
        await mia.say(f"/quota{AT} 5/day model=nonesuch service")
        await mia.reads("“service”")
        await mia.say(f"/quota{AT} 5/day model=nonesuch")
        await mia.reads("no model “nonesuch”")
        await mia.say(f"/quota{AT} service 5/day")
        await mia.reads("Only an operator")
        assert limits(world) == []


async def test_an_amount_that_can_be_read_in_two_ways_sets_and_gives_nothing(world: World) -> None:
    ann, _, mia = talk(world)
    async with world.bot(operator_ids=OPERATORS):
        await mia.say(f"/quota{AT} $1.000/week")
        await mia.reads("“1.000” can be read as $1 or as $1000")
        await mia.say(f"/quota{AT} job=$1,000")
        await mia.reads("“1,000” can be read as $1 or as $1000")
        await ann.say(f"/grant{AT} $12.500")
        await ann.reads("“12.500” can be read as $12.5 or as $12500")
        assert limits(world) == []
    assert world.books.rows("SELECT * FROM entries") == []


async def test_a_person_is_meant_by_name_by_number_and_by_a_reply(world: World) -> None:
    _, bob, mia = talk(world)
    async with world.bot(operator_ids=OPERATORS):
        said = await bob.say(f"/jobs{AT}")
        await bob.reads("Видео пока нет")
        await mia.say(f"/quota{AT} @bob 20/day")
        await mia.reads("Saved. Bob: 20 videos a day.")
        await mia.say(f"/quota{AT} 7770001 21/day")
        await mia.reads("Saved. 7770001: 21 videos a day.")
        await mia.say(f"/quota{AT} 22/day", reply_to=said)
        await mia.reads("Saved. Bob: 22 videos a day.")
        await mia.say(f"/quota{AT} @nobody_here 5/day")
        await mia.reads("I have not seen @nobody_here yet. Reply to one of their messages")
        assert [row[3] for row in limits(world)] == [22, 21]
        await mia.say(f"/quota{AT} @bob off")
        await mia.reads("Saved. Bob: videos a day: as by default.")
        assert [row[3] for row in limits(world)] == [21]


async def test_a_moderator_sets_a_quota_in_three_taps(world: World) -> None:
    _, bob, mia = talk(world)
    async with world.bot(operator_ids=OPERATORS):
        await mia.say(f"/quota{AT}")
        panel = await mia.reads("Limits in “Video lab”")
        assert buttons(panel) == ["Members", "One person", "Group", "📊 Stats"]
        await mia.press(panel, "Members")
        sheet = await mia.sees(lambda m: buttons(m)[:1] == ["−"])
        assert sheet["id"] == panel["id"]
        await world.mia.press(GROUP, sheet["id"], sheet["buttons"][0][2]["data"])
        await mia.reads("Not saved yet")
        await mia.press(panel, "✔ Save")
        saved = await mia.reads("Saved. Each member: 5 videos a day.")
        assert saved["id"] == panel["id"]
        assert limits(world) == [("member", "requests", "day", 5, "")]
        await world.bob.press(GROUP, saved["id"], "Undo")
        assert await bob.toast()
        assert limits(world) == [("member", "requests", "day", 5, "")]
        await mia.press(saved, "Undo")
        await mia.reads("as by default")
        assert limits(world) == []


@FORUM
async def test_a_topic_has_its_own_limits_in_russian_too(world: World) -> None:
    topic = world.telegram.add_topic(GROUP, "Renders", MIA)
    _, bob, _ = talk(world, topic.id)
    world.telegram.set_member(GROUP, BOB, "administrator", MIA)
    async with world.bot(operator_ids=OPERATORS):
        await bob.say(f"/quota{AT} тема 10/час")
        await bob.reads("Сохранено. Эта тема: 10 видео в час.")
        await bob.say(f"/quota{AT}")
        panel = await bob.reads("Лимиты в «Video lab»")
        assert "Эта тема" in buttons(panel)
        await bob.press(panel, "Эта тема")
        await bob.reads("Эта тема: 10 видео в час")
    assert [row[0] for row in limits(world)] == ["topic"]


@ADMIN_BOT
async def test_who_was_an_administrator_a_minute_ago_is_none_any_more(world: World) -> None:
    *_, mia = talk(world)
    world.telegram.set_member(GROUP, BOB, "administrator", MIA)
    bob = Talk(world.bob, GROUP)
    async with world.bot(operator_ids=OPERATORS):
        await bob.say(f"/quota{AT} 5/полнолуние")
        await bob.reads("не период")
        await bob.say(f"/quota{AT}")
        panel = await bob.reads("Лимиты в")
        world.telegram.set_member(GROUP, BOB, "member", MIA)
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'open'") == 0)
        await bob.say(f"/quota{AT} 50/day")
        await bob.reads("могут только администраторы")
        await bob.press(panel, "Участники")
        assert "администраторы" in await bob.toast()
        await mia.say(f"/quota{AT} 4/day")
        await mia.reads("Saved. Each member: 4 videos a day.")
    assert limits(world) == [("member", "requests", "day", 4, "")]


async def test_an_anonymous_administrator_may_and_a_channel_may_not(world: World) -> None:
    _, bob, mia = talk(world)
    world.telegram.set_anonymous(GROUP, MIA)
    async with world.bot(operator_ids=OPERATORS):
        await mia.say(f"/quota{AT} 5/day")
        await mia.reads("Saved. Each member: 5 videos a day.")
        await mia.say(f"/quota{AT}")
        panel = await mia.reads("Limits in “Video lab”")
        await world.bob.press(GROUP, panel["id"], "Members")
        assert "администраторы" in await bob.toast()
        await mia.press(panel, "Members")
        await mia.reads("Each member: 5 videos a day")


async def test_a_blocked_member_is_kept_out_here_and_let_in_again(world: World) -> None:
    _, bob, mia = talk(world)
    async with world.bot(operator_ids=OPERATORS):
        said = await bob.say(f"/jobs{AT}")
        await mia.say(f"/block{AT}", reply_to=said)
        await mia.reads("Bob can't make videos in this chat")
        await bob.say(f"/video{AT} a dog")
        await bob.reads("Администратор чата приостановил")
        await mia.say(f"/unblock{AT} @bob")
        await mia.reads("Bob may make videos in this chat again")
        await bob.say(f"/video{AT} a dog")
        await bob.video()
        await mia.say(f"/audit{AT}")
        await mia.reads("Mia: kept out Bob", "Mia: let in again Bob")
    assert world.books.states == ["DELIVERED"]


async def test_a_group_is_not_flooded_with_refusals(world: World) -> None:
    _, bob, mia = talk(world)
    async with world.bot(operator_ids=OPERATORS):
        await mia.say(f"/pause{AT}")
        await mia.reads("Paused")
        for index in range(5):
            said = await bob.say(f"/video{AT} a dog {index}")
        await world.bob.wait_for(GROUP, lambda m: m["id"] == said["id"] and bool(m.get("reactions")))
        calls = world.telegram.calls
        await until(lambda: sum("на паузу" in str(call.params["text"]) for call in calls.of("sendMessage")) >= 3)
        await asyncio.sleep(0.1)
        assert len([m for m in await bob.heard() if "на паузу" in words(m)]) == 3
        await mia.say(f"/resume{AT}")
        await mia.reads("takes videos again")
    silent = [call for call in world.telegram.calls.of("sendMessage") if "на паузу" in str(call.params["text"])]
    assert all(call.params.get("disable_notification") for call in silent)


async def test_an_operator_stops_everything_and_ends_it(world: World) -> None:
    ann, bob = Talk(world.ann, ANN), Talk(world.bob, BOB)
    async with world.bot(operator_ids=OPERATORS):
        await bob.say("a dog runs")
        card = await bob.card()
        await bob.say("/halt")
        await bob.reads("только оператор")
        await ann.say("/halt")
        await ann.reads("Stopped")
        await bob.press(card, "▶")
        assert "приостановлены везде" in await bob.toast()
        await ann.say("/halt off")
        await ann.reads("taken again everywhere")
        await bob.press(card, "▶")
        await bob.video()


async def test_an_administrator_gives_out_of_the_pool_and_never_more(world: World) -> None:
    ann, bob, mia = talk(world)
    async with world.bot(operator_ids=OPERATORS):
        await bob.say(f"/jobs{AT}")
        await mia.say(f"/grant{AT} @bob $5")
        await mia.reads("The group's pool holds $0.00")
        await mia.say(f"/grant{AT} $5")
        await mia.reads("New money comes from an operator")
        await ann.say(f"/grant{AT} $8")
        await ann.reads("got $8.00")
        await mia.say(f"/grant{AT} @bob $5")
        await mia.reads("Bob got $5.00 out of the group's pool; $3.00 is left in it.")
        await mia.say(f"/grant{AT} @bob $5")
        await mia.reads("The group's pool holds $3.00; $5.00 is more")
    made = world.books.value("SELECT sum(amount_microusd) FROM entries")
    assert made == 8_000_000


async def test_a_member_reads_their_own_limits(world: World) -> None:
    ann, _, mia = talk(world)
    async with world.bot(operator_ids=(BOB,)):
        await mia.say(f"/quota{AT} 5/day")
        await mia.reads("Saved")
        await ann.say(f"/quota{AT}")
        await ann.reads("Your limits here", "You here: 5 videos a day, 5 left")


async def test_what_waits_in_a_batch_is_given_back_when_a_moderator_forbids_it(world: World) -> None:
    ann, _, mia = talk(world)
    world.ark.knobs.render_s = 600
    async with world.bot(operator_ids=OPERATORS):
        await mia.say(f"/quota{AT} active=1")
        await mia.reads("Saved. Each member: 1 at once.")
        await ann.say(f"/batch{AT}\na dog 9:16 480p 4s\na cat 9:16 480p 4s\na cow 9:16 480p 4s")
        await ann.start()
        await until(lambda: "RUNNING" in world.books.states)
        await mia.say(f"/quota{AT} active=0")
        await until(lambda: world.books.states.count("FAILED") == 2)
        world.clock.push(minutes=10)
        told = words(await ann.reads("1 of 3 videos are here"))
    assert told.count("switched off for you in this group. The group's administrators can switch it on.") == 2
    assert world.books.states == ["DELIVERED", "FAILED", "FAILED"]
    assert world.books.rows("SELECT * FROM holds") == []
