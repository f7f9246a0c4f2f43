"""Money to try it and a code's, with the process gone at every commit: each is given once, and a code is used once."""

from __future__ import annotations

import pytest

from bot.chat import sender
from bot.sandbox.telegram import ANN, BOB, MIA
from tests.crash.mortal import Mortal, When, survived
from tests.flows.stage import World, until
from tests.flows.talk import Talk

MOST_COMMITS, STRIDE = 20, 4
"""Without `--crash-full` every fourth commit, before it and after it in turns."""
GIFTS = [("promo:GIFT", 1_000_000), ("welcome", 250_000)]
OPEN = "SELECT count(*) FROM inbox WHERE state <> 'closed'"


async def people(world: World) -> None:
    """Ann comes by a link with a code, twice; Bob comes too late for the code, and is new too."""
    ann, bob = Talk(world.ann, ANN), Talk(world.bob, BOB)
    await ann.say("/start promo_GIFT")
    await ann.reads("$1.00 are on your account now", "$0.25 are on your account to try it")
    await ann.say("/start promo_GIFT")
    await ann.reads("You have redeemed GIFT already")
    await bob.say("/redeem GIFT")
    await bob.reads("Этот код не действует")
    await bob.say("/start")
    await bob.reads("$0,25")
    await until(lambda: world.books.value(OPEN) == 0)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The commits at which the process ends."""
    every = [(at, when) for at in range(1, MOST_COMMITS + 1) for when in ("before", "after")]
    some = [(at, "after" if at % (2 * STRIDE) else "before") for at in range(STRIDE, MOST_COMMITS + 1, STRIDE)]
    metafunc.parametrize(("at", "when"), every if metafunc.config.getoption("--crash-full") else some)


@pytest.mark.crash
@pytest.mark.timeout(120)
async def test_gifts_are_given_once_wherever_the_process_ends(
    world: World, monkeypatch: pytest.MonkeyPatch, at: int, when: When
) -> None:
    monkeypatch.setattr(sender, "GRACE_S", 0.1)
    world.refusals |= {400, 409}
    mia = Talk(world.mia, MIA)
    async with world.bot():
        await mia.say("/promo new GIFT $1")
        await mia.reads("GIFT gives")
    mortal = Mortal(at, when)
    await survived(world, mortal, people(world), welcome_usd="0.25")
    assert mortal.died.is_set()
    rows = world.books.rows(
        "SELECT business_id, amount_microusd FROM entries WHERE kind = 'GRANT' ORDER BY business_id"
    )
    given = [(row["business_id"].rpartition(":")[0], row["amount_microusd"]) for row in rows]
    assert given == [*GIFTS, ("welcome", 250_000)]
    assert world.books.value("SELECT uses FROM promos") == 1
    assert world.books.value("SELECT count(*) FROM audit WHERE action IN ('welcome', 'promo-redeem')") == 3
    world.books.check()
