"""Telegram's till: refunds, and the list of all transactions. Not messages, so not by the outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import telegram
from telegram import StarTransaction, TransactionPartnerUser
from telegram.constants import TransactionPartnerUser as Bought
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.chat.files import retry_after_s
from bot.core.stars import Answer, Given, Later, Move, Refused

_ALREADY: Final = "charge_already_refunded"


class TelegramStars:
    """Asks the Bot API about money."""

    def __init__(self, bot: telegram.Bot) -> None:
        self._bot = bot

    async def refund(self, telegram_user_id: int, charge: str) -> Answer:
        """Gives a charge back whole. Safe to ask again: Telegram does it once."""
        try:
            await self._bot.refund_star_payment(telegram_user_id, charge)
        except RetryAfter as error:
            return Later(round(retry_after_s(error) * 1000))
        except (BadRequest, Forbidden) as error:
            return Given(already=True) if _ALREADY in error.message.lower() else Refused(error.message)
        except TelegramError:
            return Later()
        return Given()

    async def set_renewal(self, telegram_user_id: int, charge: str, *, on: bool) -> Answer:
        """Stops the subscription whose first payment a charge is, or allows that its payer goes on. Safe to repeat."""
        try:
            await self._bot.edit_user_star_subscription(telegram_user_id, charge, is_canceled=not on)
        except RetryAfter as error:
            return Later(round(retry_after_s(error) * 1000))
        except (BadRequest, Forbidden) as error:
            return Refused(error.message)
        except TelegramError:
            return Later()
        return Given()

    async def moves(self, offset: int, limit: int) -> list[Move | None] | None:
        """A page of the list, oldest first; what is no sale of ours is None. None as a whole: not to be had now."""
        try:
            page = await self._bot.get_star_transactions(offset=offset, limit=limit)
        except TelegramError:
            return None
        return [_move(one) for one in page.transactions]


def _move(one: StarTransaction) -> Move | None:
    partner = one.source or one.receiver
    if not isinstance(partner, TransactionPartnerUser) or partner.transaction_type != Bought.INVOICE_PAYMENT:
        return None
    at = round(one.date.timestamp() * 1000)
    payload, incoming = partner.invoice_payload or "", one.source is not None
    return Move(one.id, partner.user.id, abs(one.amount), payload, at, incoming, _seconds(partner.subscription_period))


def _seconds(period: timedelta | int | None) -> int | None:
    return round(period.total_seconds()) if isinstance(period, timedelta) else period
