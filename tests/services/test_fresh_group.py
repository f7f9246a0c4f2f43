"""Whatever the administrator of a fresh group says and presses: no task that its asker's own account does not cover."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from bot.core.money import usd
from bot.services import admins, approving
from bot.services.directory import ChatRef, UserRef
from bot.services.heard import Source
from tests.services.house import BOB, LAB, House, opened

MO = UserRef(5, "Mo", "mo", "en")
"""Administrates the group; the service knows neither them nor the group."""
PEOPLE = (MO, BOB)
OWN = ChatRef(5, "private", "Mo")
MONTH, A_DAY, AT_ONCE = usd("2"), 4, 2
ORDERS = (
    *("quota unlimited", "quota 100/day $1000/month", "quota chat $1000/ever", "quota @bob unlimited", "quota off"),
    *("quota 0", "quota job=$0.2", "quota service $1000/day", "quota @bob $999/week", "quota chat 0"),
    *("grant $100", "grant @bob $100", "grant @mo $1", "topup 250", "allow", "allow @bob", "deny", "deny @bob"),
    *("block @bob", "unblock @bob", "pause", "resume", "halt off", "moderators here", "moderators off", "refund x"),
)
ASKED = (
    "a dog runs 9:16",
    "a dog runs 9:16 480p 4s",
    "a dog runs 9:16 12s",
    "a dog runs 9:16 --n 2",
    "a dog 1080p 9:16",
)
acts = st.one_of(
    st.tuples(st.just("say"), st.integers(0, 1), st.sampled_from(ORDERS)),
    st.tuples(st.just("say"), st.just(0), st.sampled_from(ORDERS[:10])),
    st.tuples(st.just("ask"), st.integers(0, 1), st.sampled_from(ASKED)),
    st.tuples(st.just("press"), st.integers(0, 1), st.integers(0, 30)),
    st.tuples(st.just("press"), st.just(0), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.sampled_from([1, 3_600, 86_400]), st.just("")),
)
CHEAP, DEAR = ASKED[1], ASKED[2]


def allowed_often(words: str) -> list[tuple[Any, ...]]:
    """Bob asks three times, Mo allows all of it."""
    asks = [("ask", 1, words)] * 3
    answers = [("press all", 1, "ask-moderator"), ("press all", 0, "approve-allow"), ("press all", 0, "approve-raise")]
    return [("say", 0, "quota 0"), *asks, *answers, ("press all", 1, "start")]


async def do(house: House, act: tuple[Any, ...]) -> None:
    match act:
        case "say", who, words:
            command, _, rest = words.partition(" ")
            await house.run(command, rest, PEOPLE[who], chat=LAB)
        case "ask", who, words:
            await house.hear(words, user=PEOPLE[who], chat=LAB, source=Source.COMMAND)
        case "press", who, index:
            rows = await house.rows("SELECT nonce FROM buttons WHERE used_at IS NULL ORDER BY rowid DESC LIMIT 31")
            if rows:
                await house.press(rows[index % len(rows)]["nonce"], PEOPLE[who], LAB)
        case "press all", who, action:
            for row in await house.rows("SELECT nonce FROM buttons WHERE action = :action", action=action):
                await house.press(row["nonce"], PEOPLE[who], LAB)
        case "wait", seconds, _:
            house.later(s=seconds)
            await approving.lapse_overdue(house.env)
            await admins.keep(house.env, LAB, [MO], house.clock[0])


async def check(house: House) -> None:
    """Each job is paid by its asker, from what the operator lends them in a month, and from nothing else."""
    others = await house.value(
        "SELECT count(*) FROM jobs JOIN accounts ON accounts.id = jobs.account_id"
        " WHERE accounts.kind <> 'user' OR accounts.owner_id <> jobs.user_id"
    )
    made = await house.value("SELECT count(*) FROM entries WHERE kind NOT IN ('RESERVE', 'RELEASE', 'SETTLE')")
    waiting = await house.rows(
        "SELECT count(*) AS jobs, count(holds.job_id) AS held FROM jobs LEFT JOIN holds ON holds.job_id = jobs.id"
        " WHERE state = 'QUEUED' GROUP BY user_id"
    )
    taken = await house.rows(
        "SELECT -sum(amount_microusd) AS spent, sum(bucket = 'balance') AS owned FROM entries GROUP BY account_id"
    )
    assert (others, made) == (0, 0)
    assert all(row["jobs"] == row["held"] <= AT_ONCE for row in waiting)
    assert all(row["spent"] <= MONTH and row["owned"] == 0 for row in taken)


async def play(story: list[tuple[Any, ...]]) -> int:
    rules = {"user_microusd_per_month": MONTH, "user_requests_per_day": A_DAY, "user_active_jobs": AT_ONCE}
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder), operator_ids=frozenset({1}), **rules) as house:
            await admins.keep(house.env, LAB, [MO], house.clock[0])
            await house.run("help", user=BOB, chat=LAB)
            for act in story:
                await do(house, act)
                await check(house)
            return len(await house.jobs())


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@example(story=allowed_often(CHEAP))
@example(story=allowed_often(DEAR))
@given(story=st.lists(acts, min_size=6, max_size=20))
def test_no_sequence_of_commands_and_taps_takes_what_the_askers_account_does_not_cover(
    story: list[tuple[Any, ...]],
) -> None:
    asyncio.run(play(story))


@pytest.mark.parametrize(("words", "made"), [(CHEAP, AT_ONCE), (DEAR, 1)], ids=["jobs at once", "money"])
def test_what_is_allowed_is_made_as_far_as_the_askers_account_goes(words: str, made: int) -> None:
    assert asyncio.run(play(allowed_often(words))) == made
