"""What a group hears: refusals a few times and without a sound, warnings once, the audit in words; who is kept out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.services import admins
from bot.services.directory import ChatRef, UserRef
from bot.services.heard import Source
from tests.reading import payload
from tests.services.house import ANN, BOB, LAB, MIA, House, opened

MOD = UserRef(5, "Mo", "mo", "en")
BOBS = ChatRef(7, "private", "Bob")
COMMAND = Source.COMMAND


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[House]:
    """A group that Mo administrates; Mia is the operator and has written to the bot."""
    async with opened(tmp_path) as house:
        await admins.keep(house.env, LAB, [MOD], house.clock[0])
        await house.run("help", user=MIA, chat=ChatRef(1, "private", "Mia"))
        yield house


async def said(house: House, chat: ChatRef = LAB) -> list[dict[str, Any]]:
    """All that the bot wrote into a chat, cards too."""
    rows = await house.rows(
        "SELECT payload FROM outbox JOIN telegram_ids AS ids ON ids.owner_id = outbox.chat_id AND ids.kind = 'chat'"
        " WHERE ids.telegram_id = :chat AND outbox.kind = 'text' ORDER BY outbox.id",
        chat=chat.telegram_id,
    )
    return [payload(row["payload"]) for row in rows]


async def reactions(house: House) -> int:
    return int(await house.value("SELECT count(*) FROM outbox WHERE kind = 'reaction'"))


async def provoke(house: House, what: str, index: int) -> None:
    """One more refusal of Bob's in the group."""
    asked: dict[str, Any] = {"user": BOB, "chat": LAB, "message_id": 1_000 + index}
    match what:
        case "a fault":
            await house.hear("a dog 99s", source=COMMAND, **asked)
        case "a limit":
            await house.hear("a dog runs 9:16", source=COMMAND, **asked)
        case "a stranger":
            await house.hear("a dog", source=COMMAND, **asked)
        case command:
            await house.run(command, **asked)


@pytest.mark.parametrize(
    ("what", "most"),
    [
        ("a fault", 10),
        ("a limit", 10),
        ("a stranger", 3),
        ("start", 3),
        ("add", 3),
        ("grant", 3),
        ("allow", 3),
        ("deny", 3),
        ("halt", 3),
        ("pause", 3),
        ("block", 3),
        ("audit", 3),
        ("moderators", 3),
        ("refund", 3),
    ],
)
async def test_every_refusal_in_a_group_is_silent_and_one_of_a_few(tmp_path: Path, what: str, most: int) -> None:
    async with opened(tmp_path, open_access=what not in {"a stranger", "start", "add"}) as house:
        await admins.keep(house.env, LAB, [MOD], house.clock[0])
        if what == "a limit":
            await house.run("quota", "0", MOD, chat=LAB)
        before = len(await said(house))
        for index in range(most + 2):
            await provoke(house, what, index)
        told = (await said(house))[before:]
        assert (len(told), await reactions(house)) == (most, 2)
        assert all(message["silent"] for message in told)
        house.later(s=3_600)
        await provoke(house, what, 99)
        assert len(await said(house)) == before + most + 1


async def test_a_whole_group_together_is_refused_twenty_times_an_hour(lab: House) -> None:
    for index in range(30):
        await lab.hear("a dog 99s", source=COMMAND, chat=LAB, user=UserRef(100 + index, "P", None, "en"))
    assert (len(await said(lab)), await reactions(lab)) == (20, 10)


async def test_a_card_that_stands_is_changed_however_often(lab: House) -> None:
    message = await lab.hear("a dog 99s", source=COMMAND, chat=LAB, user=BOB)
    for seconds in range(80, 99):
        await lab.hear(f"a dog {seconds}s", source=COMMAND, chat=LAB, user=BOB, edited=True, message_id=message)
    assert await reactions(lab) == 0
    assert "98 s" in (await lab.shown("request:1"))["text"]


async def test_in_private_nothing_is_hushed(lab: House) -> None:
    for _ in range(12):
        await lab.hear("a dog 99s", user=ANN)
    assert await reactions(lab) == 0


@pytest.mark.parametrize(
    ("scope", "where", "words"),
    [
        ("user", BOBS, "80 % used of your own limit: 5 videos a day. Left: 1, until"),
        ("member", BOBS, "80 % used of your limit in “Video lab”: 5 videos a day. Left: 1, until"),
        ("chat", LAB, "80 % used of the group's limit: 5 videos a day. Left: 1, until"),
        ("service", ChatRef(1, "private", "Mia"), "80 % used of the whole service's limit: 5 videos a day. Left: 1"),
    ],
)
async def test_four_fifths_are_told_once_a_period_to_whom_it_concerns(
    lab: House, scope: str, where: ChatRef, words: str
) -> None:
    await lab.run("jobs", user=BOB, chat=BOBS)
    await lab.run("jobs", user=BOB, chat=LAB)
    await lab.rows(
        "INSERT INTO limits (scope, scope_id, measure, period, value, lift, updated_at) SELECT :scope, CASE :scope"
        " WHEN 'user' THEN (SELECT id FROM users WHERE name = 'Bob') WHEN 'service' THEN 0"
        " ELSE (SELECT id FROM chats WHERE kind = 'supergroup') END, 'requests', 'day', 5,"
        " CASE WHEN :scope IN ('user', 'service') THEN 'operator' ELSE 'admin' END, 0",
        scope=scope,
    )
    for _ in range(5):
        await lab.hear("a dog runs 9:16", source=COMMAND, chat=LAB, user=BOB)
    assert len(await lab.jobs()) == 5
    warned = [message["text"] for message in await said(lab, where) if "80 %" in message["text"]]
    assert len(warned) == 1
    assert words in warned[0]


async def test_a_limit_that_one_video_uses_up_is_told_as_it_is(lab: House) -> None:
    await lab.run("quota", "1/day", chat=LAB, user=MIA)
    await lab.run("jobs", user=BOB, chat=BOBS)
    await lab.hear("a dog runs 9:16", source=COMMAND, chat=LAB, user=BOB)
    (warned,) = [message["text"] for message in await said(lab, BOBS) if "% used" in message["text"]]
    assert warned.startswith("100 % used of your limit in “Video lab”: 1 video a day. Left: 0")


async def test_a_chat_that_an_operator_keeps_out_makes_nothing_until_it_is_let_in(lab: House) -> None:
    await lab.run("deny", chat=LAB)
    await lab.hear("a dog runs 9:16", source=COMMAND, chat=LAB, user=BOB)
    assert (await said(lab))[-1]["text"].startswith("This bot does not work in this chat.")
    await lab.run("allow", user=MOD, chat=LAB)
    await lab.hear("a dog runs 9:16", source=COMMAND, chat=LAB, user=BOB)
    assert await lab.jobs() == []
    await lab.hear("a dog runs 9:16", user=BOB, chat=BOBS, source=COMMAND)
    assert len(await lab.jobs()) == 1, "elsewhere its people are as free as before"
    await lab.run("allow", chat=LAB)
    await lab.hear("a dog runs 9:16", source=COMMAND, chat=LAB, user=BOB)
    assert len(await lab.jobs()) == 2


async def test_a_denied_chat_lets_nobody_in_elsewhere(tmp_path: Path) -> None:
    async with opened(tmp_path, open_access=False) as house:
        await house.run("allow", chat=LAB)
        await house.hear("a dog runs 9:16", source=COMMAND, chat=LAB, user=BOB)
        await house.hear("a dog runs 9:16", source=COMMAND, chat=BOBS, user=BOB)
        assert len(await house.jobs()) == 2
        await house.run("deny", chat=LAB)
        await house.hear("a dog runs 9:16", source=COMMAND, chat=BOBS, user=BOB)
        assert len(await house.jobs()) == 2
        assert "works for invited people" in (await said(house, BOBS))[-1]["text"]


async def test_a_person_who_is_kept_out_is_let_in_again_by_the_same_words(tmp_path: Path) -> None:
    async with opened(tmp_path, open_access=False) as house:
        await house.run("help", user=BOB, chat=BOBS)
        for command, words, jobs in (("allow", "@bob", 1), ("deny", "@bob", 1), ("deny", "1", 1), ("allow", "@bob", 2)):
            await house.run(command, words)
            await house.hear("a dog runs 9:16", source=COMMAND, chat=BOBS, user=BOB)
            assert len(await house.jobs()) == jobs
        assert (await house.value("SELECT blocked_at FROM users WHERE name = 'Mia'")) is None


async def test_the_audit_tells_limits_in_words(lab: House) -> None:
    await lab.run("help", user=BOB, chat=LAB)
    await lab.run("quota", "5/day active=2 job=$1 hours=9-23", MOD, chat=LAB)
    await lab.run("quota", "@bob off", MOD, chat=LAB)
    await lab.run("quota", "@bob 0", MOD, chat=LAB)
    await lab.run("quota", "chat $40/month", MOD, chat=LAB)
    await lab.run("quota", "5/day off", MOD, chat=LAB)
    await lab.run("quota", "active=off", MOD, chat=LAB)
    await lab.run("pause", user=MOD, chat=LAB)
    await lab.run("audit", user=MOD, chat=LAB)
    lines = [line.partition(" · ")[2] for line in (await lab.shown())["text"].splitlines()[1:]]
    assert lines == [
        "Mo: paused the chat",
        "Mo: limit · Each member: at once: as by default",
        "Mo: limit · The group: $40.00 a month",
        "Mo: limit · Bob: videos a day: none",
        "Mo: limit · Each member: from 09:00 to 23:00",
        "Mo: limit · Each member: at most $1.00 a video",
        "Mo: limit · Each member: 2 at once",
        "Mo: limit · Each member: 5 videos a day",
    ]
