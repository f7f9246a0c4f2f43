"""After a payment: the cards of the requests that waited for it show how they stand now. Nothing starts by itself."""

from __future__ import annotations

from bot.services import submission
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.shortfalls import TOPUP
from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("requests")
MOST = 10
"""So many cards are shown anew, the newest first."""


async def show_anew(env: Env, tx: Transaction, payer: Person, place: Place) -> None:
    """One's own in a private chat, in a group those of all whom its pool pays for."""
    user_id = payer.id if place.is_private else None
    for row in await tx.all(Q.waiting_for_money, chat_id=place.chat_id, user_id=user_id, action=TOPUP, limit=MOST):
        asker, home = await submission.whose(env, tx, row)
        await submission.consider(env, tx, asker, home, row, card=True)
