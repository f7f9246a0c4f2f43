"""What a button makes is made where its job or request lives, whoever pressed it wherever: that place's rules hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.job import Fail
from bot.services import admins, groups, lifecycle, say, ways
from bot.services.directory import ChatRef, UserRef, person_by_id, place_by_id
from bot.services.heard import HeardReply, Source
from bot.storage.base import Transaction
from bot.storage.queries import load
from tests.services.house import BOB, LAB, MIA, House, opened

JOBS = load("jobs")
AT_BOBS = ChatRef(7, "private", "Bob")
MOVED = ChatRef(-100055, "supergroup", "Lab")
MOD = UserRef(5, "Mo", "mo", "en")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as built:
        yield built


async def newest(house: House, action: str) -> str:
    """The nonce of the newest button that does so."""
    return str(await house.value("SELECT nonce FROM buttons WHERE action = :it ORDER BY rowid DESC", it=action))


async def copy_in_private(house: House) -> str:
    """Bob's video of the group's pool, sent to him alone; its button "again"."""
    await house.run("grant", "$50", MIA, chat=LAB)
    await house.hear("a dog runs", user=BOB, chat=LAB, source=Source.COMMAND)
    await house.rows("UPDATE jobs SET state = 'DELIVERED', file_id = 'F', cost_microusd = 1, finished_at = 1")
    await house.run("jobs", "", BOB, chat=AT_BOBS)
    await house.press(await newest(house, "redeliver"), BOB, AT_BOBS)
    return await newest(house, "again")


async def test_a_pool_pays_what_its_member_repeats_from_a_private_chat(house: House) -> None:
    again = await copy_in_private(house)
    assert await house.press(again, BOB, AT_BOBS) is None
    assert [job["chat_id"] for job in await house.jobs()] == [1, 1]


@pytest.mark.parametrize(
    ("command", "words", "toast"),
    [
        (
            "block",
            "@bob",
            "An administrator of this chat has paused your requests here. They can let you again with /unblock.",
        ),
        ("pause", "", "This chat is paused by its administrators. What runs goes on; they end it with /resume."),
        ("deny", "", "This bot does not work in this chat. Write to it in private."),
    ],
)
async def test_whom_a_group_holds_spends_none_of_its_pool_from_a_private_chat(
    house: House, command: str, words: str, toast: str
) -> None:
    again = await copy_in_private(house)
    await house.run(command, words, MIA, chat=LAB)
    assert await house.press(again, BOB, AT_BOBS) == f"{toast} Nothing was charged."
    assert len(await house.jobs()) == 1


async def test_who_left_a_group_spends_none_of_its_pool(house: House) -> None:
    again = await copy_in_private(house)
    await groups.member_left(house.env, await house.arrived(), BOB, LAB)
    assert "not in that group any more" in str(await house.press(again, BOB, AT_BOBS))
    assert len(await house.jobs()) == 1
    await house.hear("hello again", user=BOB, chat=LAB)
    assert await house.press(again, BOB, AT_BOBS) is None
    assert len(await house.jobs()) == 2


async def test_another_model_over_a_limit_is_answered_and_the_waiting_job_stays(tmp_path: Path) -> None:
    async with opened(tmp_path, operator_ids=frozenset()) as house:
        await admins.keep(house.env, LAB, [MOD], house.clock[0])
        await house.hear("a dog runs 9:16", user=BOB, chat=LAB, source=Source.COMMAND)
        await house.store.transact(lambda tx: offer_others(house, tx))
        taps = await house.button("Seedance 2.0 fast")
        await house.run("quota", "0/day", MOD, chat=LAB)
        assert await house.press(taps, BOB, LAB) is None
        assert await house.value("SELECT payload FROM outbox WHERE once LIKE '%press:%'") is not None
        assert [(job["state"], job["model"]) for job in await house.jobs()] == [("QUEUED", "seedance-2.0")]
        await house.run("quota", "1/day", MOD, chat=LAB)
        assert await house.press(taps, BOB, LAB) is None, "the button is whole"
        made = [(job["state"], job["model"]) for job in await house.jobs()]
        assert made == [("CANCELLED", "seedance-2.0"), ("QUEUED", "seedance-2.0-fast")]


async def test_what_was_asked_in_a_supergroup_before_its_group_had_moved_goes_on_there(house: House) -> None:
    await house.run("grant", "$50", MIA, chat=ChatRef(-55, "group", "Lab"))
    await house.hear("a dog runs 9:16", user=BOB, chat=MOVED, source=Source.COMMAND)
    await groups.migrate(house.env, await house.arrived(), -55, MOVED.telegram_id)
    assert await house.value("SELECT count(DISTINCT chat_id) FROM outbox WHERE state = 'pending'") == 1
    house.later(s=5)
    held = await lifecycle.take(house.env, 1)
    assert held is not None
    await lifecycle.apply(house.env, held, Fail("deadline", {"model": "Seedance 2.0", "waited_s": 300}))
    assert [job["state"] for job in await house.jobs()] == ["FAILED"]
    assert await house.value("SELECT count(*) FROM holds") == 0
    told = await house.value("SELECT chat_id FROM outbox WHERE once = 'end:1'")
    assert told == await house.value("SELECT owner_id FROM telegram_ids WHERE telegram_id = -100055") == 1


async def test_who_is_no_administrator_any_more_sets_no_zone_of_the_chat(tmp_path: Path) -> None:
    async with opened(tmp_path, operator_ids=frozenset()) as house:
        await admins.keep(house.env, LAB, [MOD], house.clock[0])
        await house.run("settings", "", MOD, chat=LAB)
        await house.press(await house.button("Time zone"), MOD, LAB)
        await house.press(await house.button("Another"), MOD, LAB)
        await house.rows("UPDATE outbox SET state = 'sent', message_id = 77 WHERE slot LIKE 'question:%'")
        await house.rows("INSERT INTO cards (chat_id, slot, message_id) SELECT chat_id, slot, 77 FROM questions")
        await admins.keep(house.env, LAB, [BOB], house.clock[0])
        await house.hear("Asia/Tokyo", user=MOD, chat=LAB, reply=HeardReply(77, to_bot=True), words="Asia/Tokyo")
        assert "Tokyo" not in str(await house.value("SELECT preferences FROM chats"))


async def offer_others(house: House, tx: Transaction) -> None:
    """As the status of a job does whose provider does not answer."""
    job = await tx.one(JOBS.get, id=1)
    assert job is not None
    person, place = await person_by_id(house.env, tx, job["user_id"]), await place_by_id(tx, job["chat_id"], None)
    buttons = await ways.buttons(house.env, tx, "en", job, lambda _: True)
    await say.message(house.env, tx, place, "others", person=person, buttons=buttons)
