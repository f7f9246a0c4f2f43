"""Ways past a limit that a review found: each is a fact now."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.job import Fail
from bot.core.limits import Scope
from bot.core.money import usd
from bot.services import accounts, admins, groups, lifecycle, limiting, presses, waiting
from bot.services.counting import account_id
from bot.services.directory import ChatRef, UserRef, see_place
from bot.services.heard import Pressed, Source
from bot.storage.base import Transaction
from tests.services.house import BOB, LAB, MIA, House, opened

MOD = UserRef(5, "Mo", "mo", "en")
AT_BOBS = ChatRef(7, "private", "Bob")
WORDS = "a dog runs 9:16"


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[House]:
    """A group that Mo administrates; Bob taps ▶ for everything."""
    async with opened(tmp_path, operator_ids=frozenset(), confirm_above_microusd=0) as house:
        await admins.keep(house.env, LAB, [MOD], house.clock[0])
        yield house


async def ask(house: House, number: int) -> None:
    """Bob's request over the limit, laid before the moderators."""
    await house.hear(WORDS, user=BOB, chat=LAB, source=Source.COMMAND)
    await house.press(await house.button("Ask a moderator", f"request:{number}"), BOB, LAB)
    await house.sender_is_done()


async def start(house: House, slot: str) -> None:
    await house.press(await house.button("▶", slot), BOB, LAB)


async def test_what_was_allowed_once_does_not_grow_by_its_askers_own_settings(lab: House) -> None:
    await lab.run("quota", "job=$0.5", MOD, chat=LAB)
    await ask(lab, 1)
    await lab.press(await lab.button("Allow once", "approval:1"), MOD, LAB)
    larger = json.dumps({"duration_s": 15, "resolution": "1080p"})
    await lab.rows("UPDATE users SET preferences = :larger WHERE name = 'Bob'", larger=larger)
    await start(lab, "request:1")
    assert await lab.jobs() == []
    assert await lab.words("request:1") == ["480p · 7 s fits, $0.50", "Ask a moderator"]


async def test_a_raise_never_lowers_what_was_set_meanwhile(lab: House) -> None:
    await lab.run("quota", "0/day", MOD, chat=LAB)
    await ask(lab, 1)
    await lab.run("quota", "@bob 50/day", MOD, chat=LAB)
    await lab.press(await lab.button("Raise", "approval:1"), MOD, LAB)
    assert await lab.value("SELECT value FROM limits WHERE member_id > 0") == 50
    await start(lab, "request:1")
    assert len(await lab.jobs()) == 1


async def test_a_raise_that_is_not_enough_any_more_is_shown_anew(lab: House) -> None:
    await lab.run("quota", "1/day", MOD, chat=LAB)
    await lab.hear(WORDS, user=BOB, chat=LAB, source=Source.COMMAND)
    await start(lab, "request:1")
    await ask(lab, 2)
    assert await lab.words("approval:1") == ["Allow once", "Raise to 2 a day", "Refuse"]
    await lab.run("quota", "@bob 2/day", MOD, chat=LAB)
    await lab.hear(WORDS, user=BOB, chat=LAB, source=Source.COMMAND)
    await start(lab, "request:3")
    toast = await lab.press(await lab.button("Raise", "approval:1"), MOD, LAB)
    assert toast == "Something changed meanwhile. Look at the card once more."
    assert await lab.words("approval:1") == ["Allow once", "Raise to 3 a day", "Refuse"]
    await lab.press(await lab.button("Raise", "approval:1"), MOD, LAB)
    assert await lab.value("SELECT value FROM limits WHERE member_id > 0") == 3


async def test_a_ceiling_gives_a_pool_no_money(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await house.run("grant", "$0.01", MIA, chat=LAB)
        await house.store.transact(
            lambda tx: limiting.ceiling(house.env, tx, None, 1, Scope.CHAT, "money", "week", usd(100))
        )
        await house.hear(WORDS, user=BOB, chat=LAB, source=Source.COMMAND)
        assert await house.jobs() == []
        await house.run("grant", "$1", MIA, chat=LAB)
        await house.hear(WORDS, user=BOB, chat=LAB, source=Source.COMMAND)
        assert await house.value("SELECT sum(amount_microusd) FROM entries WHERE bucket = 'allowance'") is None
        assert len(await house.jobs()) == 1


async def test_requests_without_room_hold_up_nobody_elses(tmp_path: Path) -> None:
    async with opened(tmp_path, user_active_jobs=1, user_microusd_per_month=usd(500)) as house:
        for number in range(1, waiting.SOME + 1):
            await house.hear(f"{WORDS} --n 2")
            await house.press(await house.button("▶", f"request:{number}"))
        await house.hear(f"{WORDS} --n 2", user=BOB, chat=AT_BOBS)
        await house.press(await house.button("▶", f"request:{waiting.SOME + 1}"), BOB, AT_BOBS)
        house.later(s=5)
        held = await lifecycle.take(house.env, 2 * waiting.SOME + 1)
        assert held is not None
        await lifecycle.apply(house.env, held, Fail("deadline", {"model": "Seedance 2.0", "waited_s": 300}))
        assert await waiting.go_on(house.env) == 1
        assert [job["waits"] for job in (await house.jobs())[-2:]] == [0, 0]


@pytest.mark.parametrize("calls", range(7, 25, 4))
async def test_an_hour_that_ends_while_a_batch_is_taken_takes_all_of_it_or_nothing(lab: House, calls: int) -> None:
    await lab.run("quota", "hours=0-12", MOD, chat=LAB)
    lab.clock[0] += -lab.clock[0] % 86_400_000
    await lab.hear(f"{WORDS} --n 3", user=BOB, chat=LAB, source=Source.COMMAND)
    ends = lab.clock[0] + 12 * 3_600_000
    looks = iter(range(10_000))
    running = replace(lab.env, now_ms=lambda: ends + (next(looks) - calls))
    await presses.press(running, Pressed(await lab.arrived(), BOB, LAB, 0, await lab.button("▶", "request:1")))
    jobs = await lab.jobs()
    assert len(jobs) in {0, 3}
    assert await lab.value("SELECT state FROM requests") == ("taken" if jobs else "draft")


async def test_money_given_to_a_supergroup_before_its_move_is_known_stays_its_pools(tmp_path: Path) -> None:
    old, new = ChatRef(-4321, "group", "Lab"), ChatRef(-1004321, "supergroup", "Lab")
    async with opened(tmp_path) as house:
        await house.run("grant", "$1", MIA, chat=old)
        await house.run("grant", "$100", MIA, chat=new)
        for _ in range(2):  # both groups tell of it
            await groups.migrate(house.env, await house.arrived(), old.telegram_id, new.telegram_id)
        moved = await house.store.transact(lambda tx: see_place(house.env, tx, new))
        owner = moved.chat_id

        async def balance(tx: Transaction) -> int:
            return await accounts.balance_of(tx, await account_id(tx, "chat", owner))

        assert await house.store.transact(balance) == usd(101)
        assert await house.value("SELECT sum(amount_microusd) FROM entries") == usd(101)
        differing = "SELECT count(*) FROM recount_given r JOIN accounts a ON a.id = r.account_id"
        assert await house.value(f"{differing} WHERE r.given_microusd <> a.given_microusd") == 0


async def test_what_a_video_gives_back_after_the_move_goes_to_the_moved_pool(tmp_path: Path) -> None:
    old, new = ChatRef(-4321, "group", "Lab"), ChatRef(-1004321, "supergroup", "Lab")
    async with opened(tmp_path, confirm_above_microusd=usd(100)) as house:
        await house.run("grant", "$1", MIA, chat=old)
        await house.run("grant", "$100", MIA, chat=new)
        await house.hear(WORDS, user=BOB, chat=new, source=Source.COMMAND)
        await groups.migrate(house.env, await house.arrived(), old.telegram_id, new.telegram_id)
        house.later(s=5)
        held = await lifecycle.take(house.env, 1)
        assert held is not None
        await lifecycle.apply(house.env, held, Fail("deadline", {"model": "Seedance 2.0", "waited_s": 300}))
        for _ in range(2):
            await groups.hand_over_money(house.env)
        balances = await house.rows("SELECT value FROM counters WHERE measure = 'balance' ORDER BY scope_id")
        assert [row["value"] for row in balances] == [usd(101), 0]
