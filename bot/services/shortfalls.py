"""A refusal for want of one's own money, with its repair: the smallest amount of Stars that covers what is lacking."""

from __future__ import annotations

from bot.core.errors import LimitReached
from bot.core.stars import covering, worth
from bot.services.counting import pool_of
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.say import Button
from bot.storage.base import Transaction
from bot.storage.queries import load

BUTTONS = load("buttons")
TOPUP = "topup"
"""The action of a button that sends an invoice. On a request's card it says that the request waits for money."""


async def repair(
    env: Env, tx: Transaction, person: Person, place: Place, limit: LimitReached, **about: int
) -> tuple[LimitReached, list[Button]]:
    """What is told of a limit, and the payment that lifts it: where Stars are sold, and a payment made here goes to
    the account that would be charged; `about` names what was refused.
    """
    rate = env.policy.star_microusd
    if rate is None or not limit.lacks_microusd or not await _fills_the_payer(tx, place):
        return limit, []
    stars = covering(limit.lacks_microusd, rate)
    words = env.texts.plain(person.language, "button-topup", stars=stars, price_microusd=worth(stars, rate))
    return _unforbidden(limit), [Button(words, TOPUP, {"stars": stars, **about})]


async def _fills_the_payer(tx: Transaction, place: Place) -> bool:
    """In private it is one's own account, in a group an open pool; without one each pays there from their own."""
    return place.is_private or await pool_of(tx, place.chat_id) is not None


def _unforbidden(limit: LimitReached) -> LimitReached:
    """Who has nothing and is given nothing is forbidden nothing where money is to be had: it is too little."""
    if limit.key != "limit-forbidden":
        return limit
    money = {"price_microusd": limit.lacks_microusd, "left_microusd": 0, "limit_microusd": 0}
    return LimitReached("limit-money", (), **limit.data, **money)


async def note(tx: Transaction, slot: str, rows: list[list[Button]]) -> None:
    """A card that offers no payment any more does not wait for one."""
    if not any(button.action == TOPUP for row in rows for button in row):
        await tx.run(BUTTONS.take_back, slot=slot, action=TOPUP)
