"""What a person used up is given back: of ended videos once, for the group's own limits, and never past a ceiling."""

from __future__ import annotations

import pytest

from bot.core.money import Microusd
from bot.services import accounts
from bot.services.directory import UserRef
from bot.services.heard import Source
from bot.storage.base import Transaction
from bot.storage.queries import Query
from tests.services.house import ANN, BOB, LAB, MIA, House
from tests.services.test_standings import AT_BOBS, AT_MIAS, MOD, answer, lab

__all__ = ["lab"]
DONE = Query("test.done", "UPDATE jobs SET state = 'DELIVERED', cost_microusd = :cost WHERE id = :id", "Of a test.")


async def make(house: House, user: UserRef = BOB, **values: object) -> None:
    """A video of 28 cents that is asked for and is made."""
    await house.hear("a dog 480p 4s", **{"user": user, "chat": LAB, "source": Source.COMMAND, **values})
    job = (await house.jobs())[-1]

    async def use_case(tx: Transaction) -> None:
        await accounts.settle(house.env, tx, job, Microusd(job["quote_microusd"]))
        await tx.run(DONE, id=job["id"], cost=job["quote_microusd"])

    await house.store.transact(use_case)


async def left(house: House) -> list[str]:
    """Bob's lines here, without their ends."""
    lines = (await answer(house, "quota", "", BOB)).splitlines()
    return [line.removeprefix("You here: ").partition(" until")[0] for line in lines if line.startswith("You here")]


async def test_a_moderator_gives_back_what_a_member_used_up(lab: House) -> None:
    await answer(lab, "quota", "2/day $1/week 2/hour", MOD)
    await make(lab)
    await make(lab)
    assert await left(lab) == [
        "$1.00 a week, $0.43 left",
        "2 videos a day, 0 left",
        "2 videos an hour, 0 left",
    ]
    told = await answer(lab, "quota", "@bob reset", MOD)
    assert told == "Bob: 2 videos and $0.57 of the share given back. What runs still counts."
    assert await left(lab) == [
        "$1.00 a week, $1.00 left",
        "2 videos a day, 2 left",
        "2 videos an hour, 2 left",
    ]
    assert (await answer(lab, "audit", "", MOD)).splitlines()[1].endswith("Mo: gave the counts back to Bob $0.57")
    again = await answer(lab, "quota", "@bob reset", MOD)
    assert again == "Bob: there is nothing to give back. What runs still counts."
    await make(lab)
    assert await answer(lab, "quota", "@bob сброс", MOD) == (
        "Bob: 1 video and $0.28 of the share given back. What runs still counts."
    )
    booked = await lab.value("SELECT -sum(amount_microusd) FROM entries")
    assert booked == await lab.value("SELECT sum(cost_microusd) FROM jobs"), "no money moves"


async def test_what_runs_still_counts_and_is_given_back_by_its_own_end(lab: House) -> None:
    await answer(lab, "quota", "2/day", MOD)
    await make(lab)
    await lab.hear("a cat 480p 4s", user=BOB, chat=LAB, source=Source.COMMAND)
    assert (await answer(lab, "quota", "@bob reset", MOD)).startswith("Bob: 1 video given back.")
    assert await left(lab) == ["2 videos a day, 1 left"]
    job = (await lab.jobs())[-1]
    await lab.store.transact(lambda tx: accounts.release(lab.env, tx, job))
    assert await left(lab) == ["2 videos a day, 2 left"]


async def test_a_ceiling_counts_on(lab: House) -> None:
    await answer(lab, "ceiling", "3/day $1/week")
    await answer(lab, "quota", "2/day $0.6/week", MOD)
    await make(lab)
    await make(lab)
    await answer(lab, "quota", "@bob reset", MOD)
    assert await left(lab) == [
        "$0.60 a week, $0.60 left",
        "2 videos a day, 2 left",
        "$1.00 a week, $0.43 left",
        "3 videos a day, 1 left",
    ]
    await make(lab)
    await lab.hear("a cat 480p 4s", user=BOB, chat=LAB, source=Source.COMMAND)
    assert len(await lab.jobs()) == 3, "the operator's most for a day is taken"


async def test_others_and_the_group_keep_their_counts(lab: House) -> None:
    await answer(lab, "quota", "5/day", MOD)
    await answer(lab, "quota", "chat 9/day", MOD)
    await make(lab)
    await make(lab, ANN)
    await answer(lab, "quota", "@bob reset", MOD)
    assert "You here: 5 videos a day, 4 left" in await answer(lab, "quota", "", ANN)
    assert "The group: 9 videos a day, 7 left" in await answer(lab, "quota", "", BOB)


async def test_an_operator_gives_back_the_videos_of_a_person_s_own_account_and_no_money(lab: House) -> None:
    await answer(lab, "quota", "@bob 2/day", chat=AT_MIAS)
    await answer(lab, "quota", "@bob everywhere 3/hour", chat=AT_MIAS)
    await make(lab, chat=AT_BOBS)
    told = await answer(lab, "quota", "@bob reset", chat=AT_MIAS)
    assert told == "Bob: 1 video given back. What runs still counts."
    limits = await answer(lab, "quota", "", BOB, AT_BOBS)
    assert "You: 2 videos a day, 2 left" in limits
    assert "You: 3 videos an hour, 3 left" in limits
    assert "You: $50.00 a month, $49.72 left" in limits


@pytest.mark.parametrize(("words", "user"), [("reset", MOD), ("chat сброс", MOD), ("service reset", MIA)])
async def test_without_a_person_it_is_asked_whose(lab: House, words: str, user: UserRef) -> None:
    await answer(lab, "quota", "5/day", MOD)
    assert (await answer(lab, "quota", words, user)).startswith("Whose counts? For example: /quota @name reset.")
    assert await lab.value("SELECT count(*) FROM limits") == 1


async def test_a_member_gives_nothing_back_to_themselves(lab: House) -> None:
    await answer(lab, "quota", "1/day", MOD)
    await make(lab)
    await answer(lab, "quota", "@bob reset", BOB)
    assert await left(lab) == ["1 video a day, 0 left"]


async def test_a_nearly_used_limit_is_told_again_after_what_was_used_was_given_back(lab: House) -> None:
    await answer(lab, "quota", "1/day", MOD)
    await make(lab)
    await answer(lab, "quota", "@bob reset", MOD)
    await make(lab)
    told = await lab.rows("SELECT payload FROM outbox WHERE payload LIKE '%100_% used of%'")
    assert len(told) == 2
