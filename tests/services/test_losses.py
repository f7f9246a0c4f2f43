"""What a job may cost the operator: as it is reported while that can be, and never a whole day by one number."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.catalog import Usage
from bot.core.ledger import PLAUSIBLE, Loss, believed
from bot.core.money import Microusd
from bot.services import delivery, lifecycle
from bot.services.directory import ChatRef
from tests.services.hands import running
from tests.services.house import MIA, House, opened

QUOTE, ABSURD = 762_300, Usage(tokens=10**15)


def test_a_cost_is_believed_up_to_a_multiple_of_its_quote() -> None:
    quote = Microusd(100)
    assert [believed(Microusd(n), quote) for n in (0, 300, 301, 10**15)] == [0, 300, 300, PLAUSIBLE * 100]


@pytest.mark.parametrize("why", [Loss.REFUSED_BILLED, Loss.LATE])
async def test_what_is_billed_for_nothing_is_believed_no_further(tmp_path: Path, why: Loss) -> None:
    async with opened(tmp_path) as house:
        await house.run("start", user=MIA, chat=ChatRef(MIA.telegram_id, "private", "Mia"))
        held = await running(house)
        for _ in range(2):
            await lifecycle.book_operator(house.env, held, why, ABSURD)
        assert await spent(house) == PLAUSIBLE * QUOTE
        told = await house.rows("SELECT payload FROM outbox WHERE once LIKE 'alert-implausible:%'")
        assert len(told) == 1


async def test_what_a_lost_output_costs_is_booked_no_further(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await house.run("start", user=MIA, chat=ChatRef(MIA.telegram_id, "private", "Mia"))
        await delivery.lose(house.env, await running(house), ABSURD)
        assert await spent(house) == PLAUSIBLE * QUOTE


async def spent(house: House) -> int:
    """Of the operator's own account."""
    return -int(
        await house.value(
            "SELECT sum(amount_microusd) FROM entries WHERE account_id IN (SELECT id FROM accounts WHERE kind = :kind)",
            kind="service",
        )
    )
