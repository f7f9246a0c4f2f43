"""A moderator's permission holds in the face of what its giver saw, for a day; who forbids later has the last word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.permits import HOLDS_MS
from bot.services import admins, waiting
from bot.services.directory import UserRef
from bot.services.heard import Source
from tests.services.house import BOB, LAB, House, opened

MOD = UserRef(5, "Mo", "mo", "en")


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[House]:
    """A group that Mo administrates: one video a day each. Bob made it, and confirms everything by a tap."""
    async with opened(tmp_path, operator_ids=frozenset()) as house:
        await quota(house, "1/day")
        await video(house)
        await house.rows("UPDATE users SET confirm_above_microusd = 0")
        yield house


async def quota(house: House, words: str) -> None:
    await order(house, "quota", words)


async def order(house: House, command: str, words: str = "") -> None:
    await admins.keep(house.env, LAB, [MOD], house.clock[0])
    await house.run(command, words, MOD, chat=LAB)


async def video(house: House) -> None:
    await house.hear("a dog runs 9:16", user=BOB, chat=LAB, source=Source.COMMAND)


async def allowed(house: House) -> str:
    """Bob's draft, allowed once: the button that starts it."""
    await video(house)
    await house.press(await house.button("Ask a moderator", "request:2"), BOB, LAB)
    await admins.keep(house.env, LAB, [MOD], house.clock[0])
    assert await house.press(await house.button("Allow once", "approval:1"), MOD, LAB) is None
    assert "✔ Allowed once, until tomorrow" in (await house.shown("approval:1"))["text"]
    told = (await house.shown())["text"]
    assert "Start it by tomorrow" in told
    return await house.button("▶")


async def refusal(house: House, start: str) -> list[str]:
    """What the request's card offers after a tap on ▶ that starts nothing."""
    assert await house.press(start, BOB, LAB) is None
    assert len(await house.jobs()) == 1
    return await house.words("request:2")


@pytest.mark.parametrize("stricter", ["0", "@bob 0", "chat 0", "sec=4", "active=0", "job=$0.1", "chat $0.1/week"])
async def test_a_limit_that_was_set_stricter_after_it_is_not_passed_and_may_be_asked_about(
    lab: House, stricter: str
) -> None:
    start = await allowed(lab)
    await quota(lab, stricter)
    assert "Ask a moderator" in await refusal(lab, start)
    assert "covers this no more" in (await lab.shown("request:2"))["text"]
    asked = await lab.press(await lab.button("Ask a moderator", "request:2"), BOB, LAB)
    assert asked == "The moderators are asked."


@pytest.mark.parametrize("looser", ["2/day", "1/day", "sec=15", "@bob unlimited", "off"])
async def test_a_limit_that_was_set_anew_and_no_stricter_is_passed(lab: House, looser: str) -> None:
    start = await allowed(lab)
    await quota(lab, looser)
    assert await lab.press(start, BOB, LAB) is None
    assert len(await lab.jobs()) == 2


async def test_zero_given_once_more_after_it_wins(lab: House) -> None:
    await quota(lab, "0")
    start = await allowed(lab)
    lab.later(s=1)
    await quota(lab, "0")
    assert "Ask a moderator" in await refusal(lab, start)


async def test_a_permission_ends_after_a_day(lab: House) -> None:
    await quota(lab, "0")
    start = await allowed(lab)
    lab.later(ms=HOLDS_MS)
    assert "Ask a moderator" in await refusal(lab, start)


async def test_a_permission_holds_until_its_day_is_over(lab: House) -> None:
    await quota(lab, "0")
    start = await allowed(lab)
    lab.later(ms=HOLDS_MS - 1)
    assert await lab.press(start, BOB, LAB) is None
    assert len(await lab.jobs()) == 2


@pytest.mark.parametrize("how", ["block", "deny"])
async def test_who_was_kept_out_after_it_has_no_permission_when_let_in_again(tmp_path: Path, how: str) -> None:
    async with opened(tmp_path, operator_ids=frozenset({MOD.telegram_id})) as house:
        await quota(house, "1/day")
        await video(house)
        await house.rows("UPDATE users SET confirm_above_microusd = 0")
        start = await allowed(house)
        await order(house, how, "@bob")
        assert "may not" in str(await house.press(start, BOB, LAB)) or not await house.rows("SELECT * FROM passes")
        await order(house, "unblock" if how == "block" else "allow", "@bob")
        assert "Ask a moderator" in await refusal(house, start)


async def test_a_pause_of_the_chat_holds_it_and_its_day_runs_on(lab: House) -> None:
    start = await allowed(lab)
    await order(lab, "pause")
    assert "pause" in str(await lab.press(start, BOB, LAB))
    await order(lab, "resume")
    assert await lab.press(start, BOB, LAB) is None
    assert len(await lab.jobs()) == 2


async def test_what_waits_in_a_list_ends_when_jobs_at_once_are_forbidden_after_the_permission(lab: House) -> None:
    await quota(lab, "sec=4")
    await lab.hear("a dog 9:16 480p --n 7", user=BOB, chat=LAB, source=Source.COMMAND)
    await lab.press(await lab.button("Ask a moderator", "request:2"), BOB, LAB)
    await admins.keep(lab.env, LAB, [MOD], lab.clock[0])
    await lab.press(await lab.button("Allow once", "approval:1"), MOD, LAB)
    await lab.press(await lab.button("▶"), BOB, LAB)
    assert [job["waits"] for job in await lab.jobs()][1:] == [0] * 5 + [1] * 2
    await quota(lab, "active=0")
    assert await waiting.go_on(lab.env) == 2
    assert [job["state"] for job in await lab.jobs()][1:] == ["QUEUED"] * 5 + ["FAILED"] * 2
