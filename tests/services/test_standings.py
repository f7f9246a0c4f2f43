"""What a person reads of their own means and limits: the tightest, the word for none, until when, and every bound."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.services import admins
from bot.services.directory import ChatRef, UserRef
from tests.services.house import ANN, AT_ANNS, BOB, LAB, MIA, House, opened

MOD = UserRef(5, "Mo", "mo", "en")
AT_MIAS, AT_BOBS = ChatRef(1, "private", "Mia"), ChatRef(7, "private", "Bob")


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[House]:
    """A group that Mo administrates; Mia is the operator, and Ann and Bob have written to the bot."""
    async with opened(tmp_path) as house:
        await admins.keep(house.env, LAB, [MOD], house.clock[0])
        for user, chat in ((ANN, AT_ANNS), (BOB, AT_BOBS), (MIA, AT_MIAS)):
            await house.run("help", user=user, chat=chat)
        yield house


async def answer(house: House, command: str, words: str = "", user: UserRef = MIA, chat: ChatRef = LAB) -> str:
    """The bot's words to one command."""
    await house.run(command, words, user=user, chat=chat)
    row = (await house.rows("SELECT payload FROM outbox WHERE kind = 'text' ORDER BY id DESC LIMIT 1"))[0]
    return str(json.loads(row["payload"])["text"])


async def test_who_has_no_limit_reads_the_word_and_no_figure(lab: House) -> None:
    await answer(lab, "quota", "@bob $unlimited/month unlimited/day", chat=AT_MIAS)
    await answer(lab, "quota", "service $unlimited/day", chat=AT_MIAS)
    limits, balance = await answer(lab, "quota", "", BOB, AT_BOBS), await answer(lab, "balance", "", BOB, AT_BOBS)
    assert limits.splitlines()[1:] == [
        "you: money a month: no limit",
        "you: videos a day: no limit",
        "you: 30 at once, 30 left",
    ]
    assert balance.splitlines() == [
        "You can spend here: <b>∞</b>",
        "Your allowance: money a month: no limit",
        "Own balance: $0.00",
        "Today: 0 videos",
    ]


async def test_what_is_left_of_many_is_grouped(lab: House) -> None:
    await answer(lab, "quota", "123456/day", MOD)
    told = await answer(lab, "quota", "", ANN)
    assert "you here: 123,456 videos a day, 123,456 left until tomorrow 00:00 (UTC)" in told


async def test_the_tightest_allowance_is_the_one_that_is_told(lab: House) -> None:
    await answer(lab, "quota", "@bob $1/day $2.50/week", chat=AT_MIAS)
    told = await answer(lab, "balance", "", BOB, AT_BOBS)
    assert told.splitlines() == [
        "You can spend here: <b>$1.00</b>",
        "Your allowance: $1.00 left of $1.00 a day, until tomorrow 00:00 (UTC)",
        "Own balance: $0.00",
        "Today: 0 of 300 videos",
    ]


async def test_in_a_group_its_allowance_its_pool_and_the_member_s_share_are_told(lab: House) -> None:
    await answer(lab, "grant", "$8")
    await answer(lab, "quota", "chat $40/month")
    await answer(lab, "quota", "$2/week $5/month 5/day", MOD)
    told = await answer(lab, "balance", "", BOB)
    assert told.splitlines() == [
        "You can spend here: <b>$2.00</b>",
        "The group's allowance: $40.00 left of $40.00 a month, until Mon 1 Feb 00:00 (UTC)",
        "Pool of “Video lab”: $8.00",
        "you here: $2.00 a week, $2.00 left until Mon 18 Jan 00:00 (UTC)",
        "Today: 0 of 5 videos",
    ]


async def test_every_bound_stands_in_the_list_with_whom_it_holds(lab: House) -> None:
    await answer(lab, "quota", "res=480p job=$0.2 hours=9-23", MOD)
    await answer(lab, "quota", "chat model=seedance-2.0 sec=10", MOD)
    await answer(lab, "quota", "service res=720p")
    await answer(lab, "ceiling", "job=$0.2")
    told = (await answer(lab, "quota", "", BOB)).splitlines()
    assert [line for line in told if not line.startswith("you: ")] == [
        "<b>Your limits here</b>",
        "everybody: up to 720p",
        "the group: only seedance-2.0",
        "the group: up to 10 s",
        "you here: from 09:00 to 23:00",
        "you here: at most $0.20 a video",
        "you here: up to 480p",
    ]


async def test_an_operator_reads_back_in_private_what_was_set_for_a_person_and_for_the_service(lab: House) -> None:
    unlimited = "Saved. Bob: $1.00 a day, videos a day: no limit."
    assert await answer(lab, "quota", "@bob $1/day unlimited/day", chat=AT_MIAS) == unlimited
    told = await answer(lab, "quota", "@bob", chat=AT_MIAS)
    assert told.splitlines() == [
        "Bob: $1.00 a day, videos a day: no limit",
        "By default: $50.00 a month, 30 at once",
    ]
    service = await answer(lab, "quota", "service", chat=AT_MIAS)
    assert service.splitlines() == ["The whole service: no limits of their own", "By default: $200.00 a day"]


async def test_the_panel_of_a_person_s_own_account_saves_in_private(lab: House) -> None:
    await answer(lab, "quota", "@bob", chat=AT_MIAS)
    assert "‹ Back" not in await lab.words()
    await lab.press(await lab.button("+"), MIA, AT_MIAS)
    assert "Not saved yet" in (await lab.shown())["text"]
    await lab.press(await lab.button("✔ Save"), MIA, AT_MIAS)
    assert (await lab.shown())["text"] == "Saved. Bob: 5 videos a day."
    assert await lab.words() == ["Undo"]
    assert await lab.rows("SELECT scope, measure, period, value FROM limits") == [
        {"scope": "user", "measure": "requests", "period": "day", "value": 5}
    ]


async def test_a_member_s_panel_shows_each_member_s_default_too(lab: House) -> None:
    await answer(lab, "quota", "5/day $2/week", MOD)
    await answer(lab, "quota", "@bob 9/day", MOD)
    told = await answer(lab, "quota", "@bob", MOD)
    assert told.splitlines() == ["Bob: 9 videos a day", "By default: $2.00 a week"]


async def test_without_a_limit_of_the_group_s_others_still_hold(lab: House) -> None:
    told = await answer(lab, "quota", "@bob unlimited/day", MOD)
    assert told == "Saved. Bob: videos a day: no limit of the group's."
