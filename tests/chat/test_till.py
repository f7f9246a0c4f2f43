"""Telegram's till, on the wire: what of its list renews itself, and a subscription's stop."""

from __future__ import annotations

from bot.chat.stars import TelegramStars
from bot.core.stars import PERIOD_S, Given, Refused
from bot.sandbox.telegram.stars import Invoice
from bot.sandbox.telegram.world import ANN, BOB
from tests.chat.rig import Rig


async def test_the_list_tells_what_renews_itself_and_only_its_payer_s_first_charge_stops_it(rig: Rig) -> None:
    stars, till = rig.server.exchange.stars, TelegramStars(rig.bot)
    for period_s in (None, PERIOD_S):
        slug = stars.sell_by_link(Invoice(0, 0, "Top-up", "topup:1:1:abc", 500, period_s))
        stars.charge(stars.open_link(slug, ANN, 0), 1000)
    moves = await till.moves(0, 100)
    assert moves is not None
    assert [move and (move.stars, move.at, move.period_s) for move in moves] == [
        (500, 1000, None),
        (500, 1000, PERIOD_S),
    ]
    once, monthly = (move.charge for move in moves if move is not None)
    assert await till.set_renewal(ANN, monthly, on=False) == Given()
    assert stars.subscriptions[monthly].stopped_by_bot
    assert await till.set_renewal(ANN, monthly, on=True) == Given()
    for user, charge in ((ANN, once), (BOB, monthly)):
        assert isinstance(await till.set_renewal(user, charge, on=False), Refused)
