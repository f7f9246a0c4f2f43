"""A member's share of a pool under jobs that come, end and are given back at the same time."""

from __future__ import annotations

import asyncio

from bot.core.money import Microusd
from bot.services import accounts, asking, commands
from bot.services.heard import Asked, Heard, Source
from bot.storage.base import Transaction
from tests.services.house import BOB, LAB, MIA, House
from tests.services.test_resets import DONE, left
from tests.services.test_standings import MOD, answer, lab

__all__ = ["lab"]


async def at_once(house: House, count: int) -> list[dict[str, object]]:
    """So many requests of Bob's together; the jobs that were taken of them."""
    before = len(await house.jobs())
    words = [(await house.arrived(), f"a dog {n} 480p 4s") for n in range(count)]
    asks = (Heard(update, BOB, LAB, update, said, source=Source.COMMAND, words=said) for update, said in words)
    await asyncio.gather(*(asking.hear(house.env, one) for one in asks))
    return (await house.jobs())[before:]


async def settle(house: House, job: dict[str, object], times: int) -> None:
    async def use_case(tx: Transaction) -> None:
        quote = int(str(job["quote_microusd"]))
        cost = await accounts.settle(house.env, tx, job, Microusd(times * quote))
        await tx.run(DONE, id=int(str(job["id"])), cost=cost)

    await house.store.transact(use_case)


async def test_a_share_of_a_pool_is_not_exceeded_by_jobs_that_come_together_or_cost_more(lab: House) -> None:
    await answer(lab, "grant", "$100")
    await answer(lab, "ceiling", "$1/week")
    await answer(lab, "quota", "$0.6/week", MOD)
    first = await at_once(lab, 5)
    assert len(first) == 2
    await asyncio.gather(*(settle(lab, job, 9) for job in first))
    assert await at_once(lab, 3) == []
    taken = sum(int(str(job["quote_microusd"])) for job in first)
    chat = (
        "SELECT -sum(amount_microusd) FROM entries JOIN accounts ON accounts.id = account_id WHERE accounts.kind = :k"
    )
    assert await lab.value(chat + " AND job_id IS NOT NULL", k="chat") == taken <= 600_000
    assert await lab.value(chat, k="service") == 2 * taken


async def test_two_administrators_who_give_back_at_once_give_once_also_while_a_job_ends(lab: House) -> None:
    await answer(lab, "ceiling", "$1/week")
    await answer(lab, "quota", "$0.6/week 2/day", MOD)
    one, other = await at_once(lab, 2)
    await settle(lab, one, 1)
    orders = [
        Asked(update_id=await lab.arrived(), user=user, chat=LAB, message_id=9, words="@bob reset")
        for user in (MOD, MIA)
    ]
    first, second = (commands.run(lab.env, "quota", order) for order in orders)
    await asyncio.gather(first, settle(lab, other, 1), second)
    assert await lab.value("SELECT count(*) FROM given_back WHERE measure = 'requests' AND scope = 'member'") == 2
    assert (await left(lab))[:2] == ["$0.60 a week, $0.60 left", "2 videos a day, 2 left"]
    assert len(await at_once(lab, 3)) == 1, "the operator's ceiling counts on"
