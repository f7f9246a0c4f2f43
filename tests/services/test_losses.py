"""What a job may cost the operator: as it is reported while that can be, and never a whole day by one number."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.catalog import Usage
from bot.core.ledger import PLAUSIBLE, Loss, believed
from bot.core.money import Microusd
from bot.services import delivery, lifecycle
from bot.services.directory import ChatRef
from tests.reading import payload
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


ODD = Usage(odd="-5")


async def told_of_an_odd_bill(house: House) -> list[str]:
    """What the operators read of it."""
    rows = await house.rows("SELECT payload FROM outbox WHERE once LIKE 'alert-odd-bill:%'")
    return [payload(row["payload"])["text"] for row in rows]


async def test_a_bill_that_can_not_be_read_is_taken_for_the_quote_and_told_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await house.run("start", user=MIA, chat=ChatRef(MIA.telegram_id, "private", "Mia"))
        held = await running(house)
        for _ in range(2):
            await lifecycle.book_operator(house.env, held, Loss.REFUSED_BILLED, ODD)
        assert await spent(house) == QUOTE
        (words,) = await told_of_an_odd_bill(house)
        assert "“-5”" in words
        assert "$0.76 is booked" in words


async def test_a_lost_output_whose_bill_can_not_be_read_is_told_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await house.run("start", user=MIA, chat=ChatRef(MIA.telegram_id, "private", "Mia"))
        await delivery.lose(house.env, await running(house), ODD)
        assert await spent(house) == QUOTE
        assert len(await told_of_an_odd_bill(house)) == 1
