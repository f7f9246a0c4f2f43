"""A payment and its refund, with the process gone at every commit: totals are equal after the restart."""

from __future__ import annotations

import pytest

from bot.chat import sender
from bot.sandbox.telegram import ANN, MIA
from tests.crash.mortal import Mortal, When, at_every_commit, survived
from tests.flows.stage import World, until
from tests.flows.talk import Talk, words

RATE = "0.013"
STAR = 13_000
STRIDE = 5
"""Without `--crash-full` every fifth commit, before it and after it in turns."""


async def people(world: World, stars: int) -> str:
    """What Ann and the operator do. The charge."""
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    till = world.telegram.exchange.stars
    await ann.say(f"/topup {stars}")
    shown = await ann.sees(lambda m: m.get("invoice", {}).get("stars") == stars)
    await world.ann.pay(ANN, shown["id"])
    await until(lambda: any(one.stars == stars for one in till.transactions))
    charge = next(one.charge for one in till.transactions if one.stars == stars)
    await ann.reads(charge, "arrived")
    await mia.say(f"/refund {charge}")
    await ann.reads(charge, "with you again")
    await settled(world, charge)
    return charge


async def settled(world: World, charge: str) -> None:
    """The books say of the charge what Telegram says."""
    state = "SELECT state FROM payments WHERE charge = ?"
    await until(lambda: world.books.value(state, charge) == "refunded")
    rows = world.books.rows(
        "SELECT kind, amount_microusd FROM entries WHERE business_id LIKE ? ORDER BY id", f"%{charge}%"
    )
    amount = STAR * next(one.stars for one in world.telegram.exchange.stars.transactions if one.charge == charge)
    assert [(row["kind"], row["amount_microusd"]) for row in rows] == [("TOPUP", amount), ("REFUND", -amount)]
    assert world.telegram.exchange.stars.balance == 0
    world.books.check()


@pytest.mark.crash
@pytest.mark.timeout(600)
async def test_a_payment_survives_the_end_of_the_process_at_every_commit(
    world: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "GRACE_S", 0.1)
    world.refusals.add(400)  # a refund that is asked for twice
    async with world.bot(stars_usd_rate=RATE):
        mia = Talk(world.mia, MIA)
        await mia.say("/start")
        await mia.sees(lambda m: bool(words(m)))
    stars = iter(range(100, 1_000))

    async def story(_: int, mortal: Mortal) -> None:
        await survived(world, mortal, people(world, next(stars)), stars_usd_rate=RATE)

    full = bool(request.config.getoption("--crash-full"))
    plans: list[tuple[When, ...]] = [("before",), ("after",)] if full else [("before", "after")]
    stride = 1 if full else STRIDE
    for whens in plans:
        assert await at_every_commit(2, stride, story, whens) * stride >= 12
