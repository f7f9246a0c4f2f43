"""What operators set for a group: ceilings that hold its administrators, and the hour at which its days begin."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.services import admins
from bot.services.directory import ChatRef, UserRef
from tests.reading import payload
from tests.services.house import BOB, LAB, MIA, House, opened

MOD = UserRef(5, "Mo", "mo", "en")
AT_MIAS = ChatRef(1, "private", "Mia")


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[House]:
    """A group that Mo administrates; Mia is the operator."""
    async with opened(tmp_path) as house:
        await admins.keep(house.env, LAB, [MOD], house.clock[0])
        yield house


async def answer(house: House, command: str, words: str, user: UserRef = MIA, chat: ChatRef = LAB) -> str:
    """The bot's words to one command."""
    await house.run(command, words, user=user, chat=chat)
    row = (await house.rows("SELECT payload FROM outbox WHERE kind = 'text' ORDER BY id DESC LIMIT 1"))[0]
    return str(payload(row["payload"])["text"])


async def test_an_administrator_stays_below_the_ceiling_of_an_operator(lab: House) -> None:
    assert "$2.00" in await answer(lab, "ceiling", "$2/week 5/day")
    assert "Saved" not in await answer(lab, "quota", "$3/week", MOD)
    assert "Saved" in await answer(lab, "quota", "$2/week", MOD)
    await answer(lab, "ceiling", "$off/week")
    assert "Saved" in await answer(lab, "quota", "$3/week", MOD)
    assert await lab.value("SELECT count(*) FROM audit WHERE action = 'ceiling'") == 3


async def test_a_groups_day_begins_at_its_own_hour_and_zone(lab: House) -> None:
    assert "04:00" in await answer(lab, "clock", "Europe/Berlin 4")
    row = (await lab.rows("SELECT timezone, reset_hour FROM chats WHERE kind <> 'private'"))[0]
    assert (row["timezone"], row["reset_hour"]) == ("Europe/Berlin", 4)


@pytest.mark.parametrize("words", ["", "Mars/Base", "Europe/Berlin 24", "Europe/Berlin noon", "../etc/passwd"])
async def test_a_clock_that_is_none_changes_nothing(lab: House, words: str) -> None:
    assert "Europe/Berlin 4" in await answer(lab, "clock", words)
    assert await lab.value("SELECT count(*) FROM chats WHERE timezone IS NOT NULL") == 0


@pytest.mark.parametrize("words", ["", "service $5/day", "@some $5/day", "off"])
async def test_a_ceiling_that_says_nothing_is_answered_with_how_to_say_it(lab: House, words: str) -> None:
    assert "/ceiling" in await answer(lab, "ceiling", words)
    assert await lab.value("SELECT count(*) FROM ceilings") == 0


@pytest.mark.parametrize("command", ["ceiling", "clock"])
async def test_they_are_the_operators_alone_and_of_groups(lab: House, command: str) -> None:
    assert "operator" in (await answer(lab, command, "$2/week", MOD)).lower()
    for words in ("", "$2/week"):
        assert (await answer(lab, command, words, chat=AT_MIAS)).startswith(f"In a group: <code>/{command} ")
    assert await lab.value("SELECT count(*) FROM ceilings") == 0


@pytest.mark.parametrize("words", ["@bob Europe/Berlin 4", "@bob 04:00 Europe/Berlin", "@bob Europe/Berlin 04:00"])
async def test_a_person_s_own_days_begin_where_an_operator_says(lab: House, words: str) -> None:
    await lab.run("help", user=BOB, chat=LAB)
    said = "Days, weeks and months of Bob's own account begin at 04:00 (Europe/Berlin)."
    assert await answer(lab, "clock", words, chat=AT_MIAS) == f"Saved. {said}"
    assert (await answer(lab, "clock", "@bob")).splitlines()[0] == said
    assert "until tomorrow 03:00 (UTC)" in await answer(lab, "quota", "", BOB, ChatRef(7, "private", "Bob"))
    assert "Bob Europe/Berlin" in await answer(lab, "audit", "", chat=AT_MIAS)
    assert await lab.value("SELECT count(*) FROM chats WHERE timezone IS NOT NULL") == 0
    await answer(lab, "clock", "@bob off")
    assert "until tomorrow 00:00 (UTC)" in await answer(lab, "quota", "", BOB, ChatRef(7, "private", "Bob"))


async def test_what_a_clock_shows_is_read_back_and_is_the_operators(lab: House) -> None:
    assert (await answer(lab, "clock", "")).startswith("Days, weeks and months begin here at 00:00 (UTC).")
    await answer(lab, "clock", "Europe/Berlin 4")
    assert (await answer(lab, "clock", "")).startswith("Days, weeks and months begin here at 04:00 (Europe/Berlin).")
    await answer(lab, "clock", "off")
    assert (await answer(lab, "clock", "")).startswith("Days, weeks and months begin here at 00:00 (UTC).")
    assert "I have not seen @nobody" in await answer(lab, "clock", "@nobody Europe/Berlin", chat=AT_MIAS)
    await lab.run("help", user=BOB, chat=LAB)
    for user in (MOD, BOB):
        assert "operator" in await answer(lab, "clock", "@bob Europe/Berlin 4", user)
    assert await lab.value("SELECT count(*) FROM users WHERE timezone IS NOT NULL") == 0


async def test_an_operator_reads_in_private_in_which_group_something_was_changed(lab: House) -> None:
    await answer(lab, "quota", "$2/week", MOD)
    await answer(lab, "grant", "$5")
    await lab.run("help", user=BOB)
    await answer(lab, "clock", "@bob Europe/Berlin 4", chat=AT_MIAS)
    clock, grant, limit = (await answer(lab, "audit", "", chat=AT_MIAS)).splitlines()[1:]
    assert clock.endswith("time zone Bob Europe/Berlin")
    assert grant.endswith("filled the pool $5.00 · in “Video lab”")
    assert limit.endswith("Mo: limit · Each member: $2.00 a week · in “Video lab”")
    assert "in “Video lab”" not in await answer(lab, "audit", "", MOD)
