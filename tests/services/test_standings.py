"""What a person reads of their own means and limits: the tightest, the word for none, until when, and every bound."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.providers.config import ProviderConfig
from bot.providers.registry import build
from bot.services import admins
from bot.services.directory import ChatRef, UserRef
from bot.services.heard import Source
from tests.reading import payload
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
    return str(payload(row["payload"])["text"])


async def test_who_has_no_limit_reads_the_word_and_no_figure(lab: House) -> None:
    await answer(lab, "quota", "@bob $unlimited/month unlimited/day", chat=AT_MIAS)
    await answer(lab, "quota", "service $unlimited/day", chat=AT_MIAS)
    limits, balance = await answer(lab, "quota", "", BOB, AT_BOBS), await answer(lab, "balance", "", BOB, AT_BOBS)
    assert limits.splitlines()[1:] == [
        "You: money a month: no limit",
        "You: videos a day: no limit",
        "You: 300 videos a minute, 300 left",
        "You: 30 at once, 30 left",
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
    assert "You here: 123,456 videos a day, 123,456 left until tomorrow 00:00 (UTC)" in told


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
        "You here: $2.00 a week, $2.00 left until Mon 18 Jan 00:00 (UTC)",
        "Today: 0 of 5 videos",
    ]


async def test_every_bound_stands_in_the_list_with_whom_it_holds(lab: House) -> None:
    await answer(lab, "quota", "res=480p job=$0.2 hours=9-23", MOD)
    await answer(lab, "quota", "chat model=seedance-2.0 sec=10", MOD)
    await answer(lab, "quota", "service res=720p")
    await answer(lab, "ceiling", "job=$0.2")
    told = (await answer(lab, "quota", "", BOB)).splitlines()
    assert [line for line in told if not line.startswith("You: ")] == [
        "<b>Your limits here</b>",
        "Everybody: up to 720p",
        "The group: only seedance-2.0",
        "The group: up to 10 s",
        "You here: from 09:00 to 23:00",
        "You here: at most $0.20 a video",
        "You here: up to 480p",
    ]


async def test_an_operator_reads_back_in_private_what_was_set_for_a_person_and_for_the_service(lab: House) -> None:
    unlimited = "Saved. Bob: $1.00 a day, videos a day: no limit."
    assert await answer(lab, "quota", "@bob $1/day unlimited/day", chat=AT_MIAS) == unlimited
    told = await answer(lab, "quota", "@bob", chat=AT_MIAS)
    assert told.splitlines() == [
        "Bob: videos a day: no limit, $1.00 a day",
        "By default: $50.00 a month, 300 videos a minute, 30 at once",
    ]
    service = await answer(lab, "quota", "service", chat=AT_MIAS)
    assert service.splitlines() == ["The whole service: no limits set", "By default: $200.00 a day"]


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


async def held(house: House) -> list[tuple[str, str, int | None, int]]:
    rows = await house.rows("SELECT scope, measure, period, value, is_everywhere FROM limits ORDER BY measure, period")
    return [(f"{row['scope']} {row['measure']}", row["period"], row["value"], row["is_everywhere"]) for row in rows]


async def test_unlimited_lifts_every_limit_of_the_group_s_for_one_member(lab: House) -> None:
    await answer(lab, "quota", "$2/week 3/hour job=$1", MOD)
    await answer(lab, "quota", "@bob 9/day", MOD)
    assert await answer(lab, "quota", "@bob unlimited", MOD) == "Saved. Bob: everything: no limit of the group's."
    assert "You here" not in await answer(lab, "quota", "", BOB)
    await answer(lab, "quota", "1/hour", MOD)
    assert "You here" not in await answer(lab, "quota", "", BOB), "nor what is set for all later"
    assert "You here: 1 video an hour" in await answer(lab, "quota", "", ANN)
    audit = (await answer(lab, "audit", "", MOD)).splitlines()
    assert audit[2].endswith("Mo: took away every limit of the group's from Bob")
    await answer(lab, "quota", "@bob off", MOD)
    assert "You here: 1 video an hour" in await answer(lab, "quota", "", BOB)


async def test_unlimited_leaves_what_is_named_and_the_way_back_is_whole(lab: House) -> None:
    await answer(lab, "quota", "@bob 9/day $1/week", MOD)
    before = await held(lab)
    told = await answer(lab, "quota", "@bob unlimited job=$1", MOD)
    assert told == "Saved. Bob: at most $1.00 a video, everything else: no limit of the group's."
    assert "You here: at most $1.00 a video" in await answer(lab, "quota", "", BOB)
    undo = await lab.value("SELECT nonce FROM buttons WHERE action = 'quota-undo' ORDER BY rowid DESC LIMIT 1")
    await lab.press(str(undo), MOD, LAB)
    assert await held(lab) == before


async def test_unlimited_up_to_what_the_operator_holds(lab: House) -> None:
    await answer(lab, "quota", "chat $40/month")
    await answer(lab, "quota", "chat 50/day", MOD)
    await answer(lab, "ceiling", "$2/week")
    assert (
        await answer(lab, "quota", "chat unlimited", MOD) == "Saved. The group: videos a day: no limit of the group's."
    )
    await answer(lab, "quota", "@bob unlimited", MOD)
    assert "You here: $2.00 a week, $2.00 left" in await answer(lab, "quota", "", BOB)
    assert await answer(lab, "quota", "chat unlimited", MIA) == (
        "Saved. The group: videos a day: no limit of the group's, money a month: no limit of the group's."
    )


async def test_everywhere_counts_what_pools_pay_for_a_person(lab: House) -> None:
    assert await answer(lab, "quota", "@bob everywhere 1/day") == "Saved. Bob: 1 video a day everywhere."
    await answer(lab, "grant", "$8")
    assert "You: 1 video a day, 1 left" in await answer(lab, "quota", "", BOB)
    await lab.hear("a dog 480p 4s", user=BOB, chat=LAB, source=Source.COMMAND)
    assert len(await lab.jobs()) == 1
    assert "You: 1 video a day, 0 left" in await answer(lab, "quota", "", BOB)
    await lab.hear("a cat 480p 4s", user=BOB, chat=AT_BOBS)
    assert len(await lab.jobs()) == 1, "the pool's video counts in private too"
    assert await answer(lab, "quota", "@bob", chat=AT_MIAS) == (
        "Bob: 1 video a day everywhere\nBy default: $50.00 a month, 300 videos a minute, 30 at once"
    )


async def test_everywhere_is_the_operators_and_somebody_s(lab: House) -> None:
    assert await answer(lab, "quota", "@bob everywhere 3/day", MOD) == "Only an operator may do that."
    assert "/quota @name everywhere 3/day" in await answer(lab, "quota", "everywhere 3/day")
    assert "/ceiling" in await answer(lab, "ceiling", "everywhere 3/day")
    assert await held(lab) == []


async def test_undoing_everywhere_gives_back_what_held_before(lab: House) -> None:
    await answer(lab, "quota", "@bob 9/day", chat=AT_MIAS)
    await answer(lab, "quota", "@bob 3/day everywhere $5/week", chat=AT_MIAS)
    assert await held(lab) == [("user money", "week", 5_000_000, 1), ("user requests", "day", 3, 0)]
    await answer(lab, "quota", "@bob везде 4/день", chat=AT_MIAS)
    await lab.press(await lab.button("Undo"), MIA, AT_MIAS)
    assert await held(lab) == [("user money", "week", 5_000_000, 1), ("user requests", "day", 3, 0)]
    audit = await answer(lab, "audit", "", MIA, AT_MIAS)
    assert "limit · Bob: 4 videos a day everywhere" in audit


@pytest.mark.parametrize(
    ("allowed", "offered"),
    [
        ("seedance-2.5,seedance-2.0-mini,seedance-2.0-fast", ["Seedance 2.0 fast · 480p · 4 s fits, $0.23"]),
        ("seedance-2.5,seedance-2.0-mini", ["Seedance 2.0 mini · 480p · 4 s fits, $0.14"]),
        ("seedance-2.5", []),
    ],
)
async def test_of_other_models_the_nearest_that_costs_no_more_is_offered(
    lab: House, allowed: str, offered: list[str]
) -> None:
    config = ProviderConfig("ark", "https://ark.ap-southeast.bytepluses.com/api/v3", "key-for-nothing")
    order = ("seedance-2.5", "seedance-2.0-mini", "seedance-2.0", "seedance-2.0-fast")
    lab.env = replace(lab.env, catalog=build([config]).catalog("seedance-2.0", order))
    await answer(lab, "quota", f"model={allowed}", MOD)
    await lab.hear("a dog 480p 4s --model seedance-2.0", user=BOB, chat=LAB, source=Source.COMMAND)
    assert [words for words in await lab.words("request:1") if "fits" in words] == offered


async def test_several_models_and_seconds_are_set_by_taps(lab: House) -> None:
    await answer(lab, "quota", "", MOD)

    async def tap(words: str) -> list[str]:
        await lab.press(await lab.button(words), MOD, LAB)
        return await lab.words()

    assert {"any model", "seconds: –"} <= set(await tap("Members"))
    assert await tap("any model") == [
        "Seedance 2.0",
        "Seedance 2.0 fast",
        "Seedance 2.0 mini",
        "Seedance 2.5",
        "‹ Back",
    ]
    await tap("Seedance 2.0")
    assert (await tap("Seedance 2.0 fast"))[:3] == ["✓ Seedance 2.0", "✓ Seedance 2.0 fast", "Seedance 2.0 mini"]
    assert await tap("‹ Back")
    assert "only seedance-2.0, seedance-2.0-fast. Not saved yet." in (await lab.shown())["text"]
    less = [button for row in (await lab.shown())["buttons"] for button in row if button["text"] == "−"]
    await lab.press(less[5]["nonce"], MOD, LAB)
    assert "30 s" in await lab.words()
    await tap("✔ Save")
    assert await held(lab) == [("member model", "now", 1, 0), ("member seconds", "now", 30, 0)]
    assert await lab.value("SELECT words FROM limits WHERE measure = 'model'") == "seedance-2.0,seedance-2.0-fast"
    await tap("Limits")
    await tap("Members")
    await tap("seedance-2.0,")
    await tap("✓ Seedance 2.0 fast")
    assert not any(words.startswith("✓") for words in await tap("✓ Seedance 2.0"))


async def test_the_hours_on_a_button_are_two_moments_of_the_clock(lab: House) -> None:
    await answer(lab, "quota", "hours=9-23", MOD)
    await answer(lab, "quota", "", MOD)
    await lab.press(await lab.button("Members"), MOD, LAB)
    assert "09–23" in await lab.words()
