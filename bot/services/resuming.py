"""After a payment: the cards of the requests that waited for it show how they stand now. Nothing starts by itself."""

from __future__ import annotations

import structlog

from bot.core.stars import nonce_of
from bot.services import submission
from bot.services.directory import Person, Place, person_by_id, place_by_id
from bot.services.env import Env
from bot.services.shortfalls import TOPUP
from bot.storage.base import Transaction
from bot.storage.queries import load

Q, PAYMENTS = load("requests"), load("payments")
MOST = 10
"""So many cards are shown anew, the newest first."""

log = structlog.get_logger(__name__)


async def after_payment(env: Env, payload: str) -> None:
    """What waited for a purchase that was credited, by its payload; in a transaction of its own: whatever goes wrong
    with a card, the money is there.
    """

    async def use_case(tx: Transaction) -> None:
        invoice = await tx.one(PAYMENTS.invoice, nonce=nonce_of(payload))
        if invoice is not None:
            payer = await person_by_id(env, tx, invoice["user_id"])
            await _show_anew(env, tx, payer, await place_by_id(tx, invoice["chat_id"], invoice["topic_id"]))

    try:
        await env.store.transact(use_case)
    except Exception:
        log.exception("cards-not-shown-anew")


async def _show_anew(env: Env, tx: Transaction, payer: Person, place: Place) -> None:
    """One's own in a private chat, in a group those of all whom its pool pays for."""
    user_id = payer.id if place.is_private else None
    for row in await tx.all(Q.waiting_for_money, chat_id=place.chat_id, user_id=user_id, action=TOPUP, limit=MOST):
        asker, home = await submission.whose(env, tx, row)
        await submission.consider(env, tx, asker, home, row, card=True)
