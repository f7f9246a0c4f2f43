"""Payments in Stars: a checkout is answered here and at once; what was paid or came back is booked."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

from telegram import RefundedPayment, SuccessfulPayment, Update, User
from telegram.error import BadRequest

from bot.services import payments, refunds
from bot.services.payments import Charge, Checkout
from handlers.inbound import chat_ref, user_ref
from handlers.kit import Context, kit_of
from handlers.members import know_admins

ANSWER_S = 4.0
"""Two tries fit into Telegram's ten seconds."""
ASK_S = 1.5
"""Beside them, who administrates a group is asked for so long; then what was known holds."""


async def on_checkout(update: Update, context: Context) -> None:
    """The decision is repeatable, so the update stays open until its answer is out; too late is no fault of it."""
    query = update.pre_checkout_query
    if query is None:
        return
    kit = kit_of(context)
    asked = Checkout(user_ref(query.from_user), query.invoice_payload, query.currency, query.total_amount)
    group = await payments.group_to_ask(kit.env, asked)
    if group is not None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ASK_S):
                await know_admins(kit, context.bot, group)
    why = await payments.check(kit.env, asked)
    try:
        await query.answer(ok=why is None, error_message=why, read_timeout=ANSWER_S, connect_timeout=ANSWER_S)
    except BadRequest:
        return  # Telegram gave up on this checkout: nothing was paid


async def on_paid(update: Update, context: Context) -> None:
    """Stars arrived."""
    message, kit = update.message, kit_of(context)
    if message is None or message.successful_payment is None or message.from_user is None:
        return
    charge = _charge(message.successful_payment, message.from_user)
    told = message.successful_payment
    if told.subscription_expiration_date is not None:
        renews_at = round(told.subscription_expiration_date.timestamp() * 1000)
        charge = replace(charge, renews_at=renews_at, is_first=bool(told.is_first_recurring))
    await payments.paid(kit.env, charge, chat_ref(message.chat, message))
    kit.ring()


async def on_refunded(update: Update, context: Context) -> None:
    """Stars went back, whoever wanted it."""
    message, kit = update.message, kit_of(context)
    if message is None or message.refunded_payment is None or message.from_user is None:
        return
    await refunds.returned(kit.env, update.update_id, _charge(message.refunded_payment, message.from_user))
    kit.ring()


def _charge(told: SuccessfulPayment | RefundedPayment, user: User) -> Charge:
    return Charge(told.telegram_payment_charge_id, user_ref(user), told.total_amount, told.invoice_payload)
