"""Charts and tables asked for in the chat: who may see which, what stands in them, and that the words say the same."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, MIA, Person
from bot.worker import clerk
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, is_video, words

AT = "@kinetogram_bot"
PATIENCE_S = 90.0
OPERATORS = (ANN,)
"""Mia only administrates the group; Ann is the operator."""


def is_photo(message: Message) -> bool:
    return bool(message.get("media", {}).get("kind") == "photo")


def is_table(message: Message) -> bool:
    return bool(message.get("media", {}).get("kind") == "document")


async def lines(world: World, person: Person, message: Message) -> list[dict[str, str]]:
    """The table that a message carries."""
    path = world.folder / "table.csv"
    await person.download(message["media"]["url"], path)
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


async def made(world: World) -> None:
    """A pool of the group's; of it Bob has a video. Ann's own failed."""
    ann, bob = Talk(world.ann, GROUP), Talk(world.bob, GROUP)
    await ann.say(f"/grant{AT} $3")
    await ann.reads("got $3.00")
    await bob.say(f"/video{AT} a dog runs")
    await bob.sees(is_video, PATIENCE_S)
    await Talk(world.ann, ANN).say("/video a cat runs [fail]")
    await until(lambda: sorted(world.books.states) == ["DELIVERED", "FAILED"])


async def test_a_moderator_sees_the_chats_chart_and_its_table_and_a_member_does_not(world: World) -> None:
    bob, mia = Talk(world.bob, GROUP), Talk(world.mia, GROUP)
    async with world.bot(operator_ids=OPERATORS):
        await made(world)
        await bob.say(f"/stats{AT}")
        await bob.reads("Общие цифры группы видят её модераторы. Ваши покажет /stats в личном чате со мной.")
        asked = await mia.say(f"/stats{AT} week")
        chart = await mia.sees(is_photo, PATIENCE_S)
        assert chart["reply_to"]["id"] == asked["id"]
        head, total, days, _, side, _, model = words(chart).split("\n")
        assert (head, total) == ("“Video lab” · the last 7 days", "$0.76 · 1 video")
        assert days.endswith("$0.76")
        assert (side, model) == ("Bob: $0.76 · 1 video", "Seedance 2.0: 1 delivered")
        assert buttons(chart) == ["Day", "Month", "CSV"]
        await mia.press(chart, "CSV")
        table = await mia.sees(is_table, PATIENCE_S)
        (line,) = await lines(world, world.mia, table)
        kept = {name: line[name] for name in ("user_name", "model", "seconds", "state", "cost_usd")}
        assert kept == {
            "user_name": "Bob", "model": "seedance-2.0", "seconds": "5", "state": "DELIVERED", "cost_usd": "0.762300",
        }  # fmt: skip
        assert words(table) == "“Video lab” · the last 7 days · 1 video"
        await mia.say(f"/stats{AT} yesterday")
        await mia.reads("Use /stats, /stats day")


async def test_a_member_s_stats_in_a_group_point_to_their_own_in_private(world: World) -> None:
    ann, own = Talk(world.ann, GROUP), Talk(world.ann, ANN)
    async with world.bot():
        asked = await ann.say(f"/stats{AT} csv")
        assert "/stats in your own chat with me shows yours" in words(await ann.answer(asked))
        await own.say("/stats")
        await own.reads("Your videos")
        assert not any(map(is_photo, await ann.heard()))


async def test_who_spent_what_goes_to_the_moderators_private_chat_once_they_opened_one(world: World) -> None:
    mia, alone = Talk(world.mia, GROUP), Talk(world.mia, MIA)
    async with world.bot(operator_ids=OPERATORS):
        await made(world)
        await alone.say("/balance")
        await mia.say(f"/stats{AT} week")
        assert "Bob: $0.76 · 1 video" in words(await alone.sees(is_photo, PATIENCE_S))
        note = await mia.reads("sent to you in private")
        assert buttons(note) == ["Day", "Month", "CSV"]
        await mia.press(note, "CSV")
        table = await alone.sees(is_table, PATIENCE_S)
        assert words(table) == "“Video lab” · the last 7 days · 1 video"
        assert not [one for one in await mia.heard() if is_photo(one) or is_table(one)]


async def test_in_private_a_person_sees_their_own_and_an_operator_everything(world: World) -> None:
    ann, bob = Talk(world.ann, ANN), Talk(world.bob, BOB)
    async with world.bot(operator_ids=OPERATORS):
        await bob.say("/stats")
        await bob.reads("Ваши видео, за 7 дней: пока ничего.")
        await made(world)
        await bob.say("/stats месяц")
        own = words(await bob.sees(is_photo, PATIENCE_S))
        assert "Ваши видео · за 30 дней" in own
        assert "Video lab: $0,76 · 1 видео" in own
        assert "Seedance 2.0: 1 готово" in own
        await bob.say("/ledger")
        await bob.reads("только оператор")
        await ann.say("/stats day")
        everything = words(await ann.sees(is_photo, PATIENCE_S))
        assert everything.startswith("The whole service · today\n$0.76 · 2 videos")
        assert "Seedance 2.0: 1 delivered, 1 " in everything
        await ann.say("/ledger all")
        entries = await lines(world, world.ann, await ann.sees(is_table, PATIENCE_S))
    told = [(line["account"], line["owner_name"], line["kind"], line["amount_usd"]) for line in entries]
    assert told[0] == ("chat", "Video lab", "GRANT", "3.000000")
    assert ("chat", "Video lab", "SETTLE", "-0.762300") in told
    assert len(told) == world.books.value("SELECT count(*) FROM entries")


async def test_the_changes_of_a_chat_come_as_a_table(world: World) -> None:
    ann, mia = Talk(world.ann, GROUP), Talk(world.mia, GROUP)
    async with world.bot(operator_ids=OPERATORS):
        await mia.say(f"/quota{AT} 5/day")
        await mia.reads("Saved")
        await Talk(world.ann, ANN).say("/grant @mia $2")
        await mia.say(f"/audit{AT} csv")
        table = await mia.sees(is_table, PATIENCE_S)
        assert [(line["actor_name"], line["action"]) for line in await lines(world, world.mia, table)] == [
            ("Mia", "quota")
        ]
        assert "1 line" in words(table)
        await ann.say(f"/audit{AT} tomorrow")
        await ann.reads("Use /audit for the last changes")
        await ann.say(f"/ledger{AT}")
        await ann.reads("in our private chat")


async def test_what_can_not_be_drawn_is_tried_twice_and_then_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Any] = []

    async def broken(*of: Any) -> None:
        tries.append(of)
        raise OSError("the disk is full")

    monkeypatch.setattr(clerk.Clerk, "_chart", broken)
    mia = Talk(world.mia, MIA)
    async with world.bot():
        await mia.say("/stats")
        await mia.reads("could not be made just now")
    assert len(tries) == 2
    assert world.books.value("SELECT count(*) FROM statements WHERE state = 'failed'") == 1
    assert len(world.journal.alarms) == 2
    world.journal.alarms.clear()
