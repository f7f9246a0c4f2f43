"""Several videos of one request: money for all or for none, room kept by waiting, one card, one summary."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.job import Fail
from bot.core.limits import Lift
from bot.core.money import usd
from bot.services import admins, lifecycle, limiting, waiting
from bot.services.heard import Source
from bot.services.limiting import Target
from tests.services.house import BOB, LAB, MIA, House, opened
from tests.services.test_card import tap

SLOT = "request:1"
COUNTS = "SELECT active, requests, money FROM tallies WHERE scope = 'user' AND grain = 'ever'"
RECOUNT = (
    "SELECT sum(active) AS active, sum(requests) AS requests, sum(money) AS money FROM recount WHERE scope = 'user'"
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Two jobs at once, ten dollars a month."""
    async with opened(tmp_path, user_active_jobs=2, user_microusd_per_month=usd(10)) as built:
        yield built


async def states(house: House) -> list[str]:
    """What the jobs do: waiting ones in small letters."""
    return [job["state"].lower() if job["waits"] else job["state"] for job in await house.jobs()]


async def taken(house: House) -> dict[str, int]:
    """What its asker's counters say; they equal the books counted again."""
    (counted,) = await house.rows(COUNTS)
    assert [counted] == await house.rows(RECOUNT)
    return counted


async def ended(house: House, number: int, key: str = "deadline") -> None:
    """The worker ends a job without a video."""
    house.later(s=5)
    held = await lifecycle.take(house.env, number)
    assert held is not None
    await lifecycle.apply(house.env, held, Fail(key, {"model": "Seedance 2.0", "waited_s": 300}))


async def test_jobs_of_one_request_wait_for_room_and_money_is_held_for_all(house: House) -> None:
    await house.hear("a dog 9:16 --n 5")
    await tap(house, SLOT, "▶ Start $3.81")
    assert await states(house) == ["QUEUED", "QUEUED", "queued", "queued", "queued"]
    assert await taken(house) == {"active": 2, "requests": 5, "money": 5 * 762_300}
    assert (await house.shown(SLOT))["text"].splitlines() == [
        "🎬 0 of 5 done",
        "░░░░░░░░░░",
        "⏳ 2 rendering · 3 waiting",
    ]
    assert await lifecycle.due(house.env, 9) == [1, 2]


async def test_each_end_makes_room_for_the_next(house: House) -> None:
    await house.hear("a dog 9:16 --n 4")
    await tap(house, SLOT, "▶")
    assert await waiting.go_on(house.env) == 0
    await ended(house, 1)
    assert await waiting.go_on(house.env) == 1
    assert await states(house) == ["FAILED", "QUEUED", "QUEUED", "queued"]
    assert await taken(house) == {"active": 2, "requests": 3, "money": 3 * 762_300}
    job = (await house.jobs())[2]
    assert (job["run_at"], job["deadline_at"] - house.clock[0]) == (house.clock[0], 1_800_000)


async def test_money_for_all_is_held_or_for_none(house: House) -> None:
    await house.hear("a dog 1080p 9:16 1:1 16:9 --n 2")
    assert "you have $10.00 left" in (await house.shown(SLOT))["text"]
    assert await house.jobs() == []
    assert await house.value("SELECT count(*) FROM entries") == 0
    await tap(house, SLOT, next(words for words in await house.words(SLOT) if "720p" in words), "▶")
    assert len(await house.jobs()) == 6


async def test_cancel_of_all_ends_what_waits_and_asks_for_what_is_at_work(house: House) -> None:
    await house.hear("a dog 9:16 --n 5")
    await tap(house, SLOT, "▶")
    await house.rows("UPDATE jobs SET state = 'RUNNING', task_id = 'T' WHERE id = 1")
    cancel = await house.button("✕ Cancel all", SLOT)
    assert await house.press(cancel) == "⏳ Asking the video model to stop."
    assert await states(house) == ["RUNNING", "CANCELLED", "cancelled", "cancelled", "cancelled"]
    assert await taken(house) == {"active": 1, "requests": 1, "money": 762_300}
    assert await house.press(cancel) == "Already done."


async def test_all_cancelled_before_anything_began_costs_nothing(house: House) -> None:
    await house.hear("a dog 9:16 --n 3")
    await tap(house, SLOT, "▶", "✕ Cancel all")
    assert (await house.shown(SLOT))["text"] == "Cancelled. Nothing was charged."
    assert await taken(house) == {"active": 0, "requests": 0, "money": 0}
    assert await house.press(await house.button("▶", SLOT) if await house.words(SLOT) else "gone") is not None


async def test_the_end_is_summed_up_once_with_each_reason(house: House) -> None:
    await house.hear("a dog 9:16 --n 3")
    await tap(house, SLOT, "▶")
    for number in (1, 2):
        await ended(house, number)
    await waiting.go_on(house.env)
    await ended(house, 3)
    told = await house.rows("SELECT payload FROM outbox WHERE once = 'batch-over:1'")
    assert len(told) == 1
    text = (await house.shown())["text"]
    assert text.startswith("0 of 3 videos are here · $0.00")
    assert text.count("did not finish within") == 3
    assert await house.words() == ["↻ Again 1", "↻ Again 2", "↻ Again 3"]


async def test_what_waits_gives_its_money_back_as_soon_as_nothing_may_be_made_any_more(house: House) -> None:
    await house.hear("a dog 9:16 --n 4")
    await tap(house, SLOT, "▶")
    await forbid(house, Lift.OPERATOR, Target.user(1))
    assert await waiting.go_on(house.env) == 2
    assert await states(house) == ["QUEUED", "QUEUED", "failed", "failed"]
    assert await taken(house) == {"active": 2, "requests": 2, "money": 2 * 762_300}
    assert "2 ended without a video; nothing was charged for them." in (await house.shown(SLOT))["text"]
    assert await waiting.go_on(house.env) == 0
    for number in (1, 2):
        await ended(house, number)
    text = (await house.shown())["text"]
    assert text.count("switched off for you. An operator can switch it on.") == 2
    assert await taken(house) == {"active": 0, "requests": 0, "money": 0}


async def test_nothing_waits_for_longer_than_a_week(house: House) -> None:
    await house.hear("a dog 9:16 --n 3")
    await tap(house, SLOT, "▶")
    house.later(days=waiting.MAX_DAYS, ms=-1)
    assert await waiting.go_on(house.env) == 0
    house.later(ms=1)
    assert await waiting.go_on(house.env) == 1
    assert await states(house) == ["QUEUED", "QUEUED", "failed"]
    for number in (1, 2):
        await ended(house, number)
    assert "It waited 7 days for its turn. Nothing was charged." in (await house.shown())["text"]


async def test_several_that_moderators_allowed_past_a_zero_do_not_wait_for_it(tmp_path: Path) -> None:
    async with opened(tmp_path, operator_ids=frozenset()) as house:
        await admins.keep(house.env, LAB, [MIA], house.clock[0])
        await house.run("quota", "active=0", MIA, chat=LAB)
        await house.hear("a dog 9:16 480p --n 2", user=BOB, chat=LAB, source=Source.COMMAND)
        await house.press(await house.button("Ask a moderator", SLOT), BOB, LAB)
        await house.press(await house.button("Allow once", "approval:1"), MIA, LAB)
        assert await waiting.go_on(house.env) == 0
        assert await states(house) == ["QUEUED", "QUEUED"]


async def forbid(house: House, by: Lift, whose: Target) -> None:
    """No job at once any more."""
    await house.store.transact(lambda tx: limiting.set_limit(house.env, tx, None, by, whose, "active", "now", 0))


async def test_two_requests_share_the_room(house: House) -> None:
    await house.hear("a dog 9:16 --n 3")
    await tap(house, SLOT, "▶")
    await house.hear("a cat 9:16 --n 3")
    await tap(house, "request:2", "▶")
    assert await states(house) == ["QUEUED", "QUEUED", *["queued"] * 4]
    await ended(house, 1)
    await ended(house, 2)
    assert await waiting.go_on(house.env) == 2
    assert await states(house) == ["FAILED", "FAILED", "QUEUED", "QUEUED", "queued", "queued"]
