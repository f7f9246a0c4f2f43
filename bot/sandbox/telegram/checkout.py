"""How a payment goes: Pay is pressed, the bot is asked, the Stars move, both sides read of it."""

from bot.sandbox.telegram.errors import ClientError, JsonDict
from bot.sandbox.telegram.exchange import Draft, Exchange
from bot.sandbox.telegram.stars import Checkout, Transaction
from bot.sandbox.telegram.world import Chat, Message

CURRENCY = "XTR"


def pay(exchange: Exchange, chat: Chat, message: Message, user_id: int) -> Checkout:
    """Press Pay under an invoice; what comes of it is an event of type "payment". Raises ClientError."""
    if message.paid_by is not None:
        raise ClientError(409, "already paid")
    return _ask(exchange, exchange.stars.open(chat.id, message.id, user_id, exchange.now_ms()))


def pay_link(exchange: Exchange, slug: str, user_id: int) -> Checkout:
    """Press Pay behind an invoice link; what comes of it is an event with the message 0. Raises ClientError."""
    return _ask(exchange, exchange.stars.open_link(slug, user_id, exchange.now_ms()))


def _ask(exchange: Exchange, checkout: Checkout) -> Checkout:
    user_id = checkout.user_id
    query = {
        "id": checkout.id,
        "from": exchange.world.users[user_id].api(),
        "currency": CURRENCY,
        "total_amount": checkout.invoice.stars,
        "invoice_payload": checkout.invoice.payload,
    }
    exchange.updates.put("pre_checkout_query", query, f"user:{user_id}")
    return checkout


def approve(exchange: Exchange, checkout: Checkout) -> None:
    """The bot said yes: the Stars are taken and the chat shows it."""
    made = exchange.stars.charge(checkout, exchange.now_ms())
    first = {"is_first_recurring": True} if made.period_s is not None else {}
    chat = exchange.world.chats[checkout.invoice.chat_id]
    message = chat.find(checkout.invoice.message_id)
    if message is not None:
        message.paid_by = checkout.user_id
        exchange.tell(message, "edit")
    thread_id = message.thread_id if message is not None else None
    body = {"successful_payment": _told(made) | _provider(made) | _recurring(exchange, made, made.charge) | first}
    exchange.post(Draft(chat, checkout.user_id, body, thread_id=thread_id))
    _tell(exchange, checkout, "paid")


def renew(exchange: Exchange, charge: str) -> Transaction:
    """The next payment of a subscription: no checkout is asked about it, the bot reads that it was made.

    Raises ValueError where it is stopped or the purse is empty.
    """
    made = exchange.stars.renew(charge, exchange.now_ms())
    body = {"successful_payment": _told(made) | _provider(made) | _recurring(exchange, made, charge)}
    exchange.post(Draft(exchange.world.chats[made.user_id], made.user_id, body))
    return made


def _recurring(exchange: Exchange, made: Transaction, first_charge: str) -> JsonDict:
    if made.period_s is None:
        return {}
    until = exchange.stars.subscriptions[first_charge].expires_at_ms // 1000
    return {"subscription_expiration_date": until, "is_recurring": True}


def refuse(exchange: Exchange, checkout: Checkout, why: str) -> None:
    """The bot said no: its words are shown to the payer alone."""
    _tell(exchange, checkout, "refused", why)


def refund(exchange: Exchange, user_id: int, charge: str) -> Transaction:
    """The Stars go back; the payer's private chat shows it, and the bot hears of it. Raises ApiError 400."""
    back = exchange.stars.give_back(user_id, charge, exchange.now_ms())
    exchange.post(Draft(exchange.world.chats[user_id], user_id, {"refunded_payment": _told(back)}))
    return back


def _told(made: Transaction) -> JsonDict:
    return {
        "currency": CURRENCY,
        "total_amount": made.stars,
        "invoice_payload": made.payload,
        "telegram_payment_charge_id": made.charge,
    }


def _provider(made: Transaction) -> JsonDict:
    return {"provider_payment_charge_id": f"{made.user_id}_{made.at_ms}"}


def _tell(exchange: Exchange, checkout: Checkout, state: str, text: str = "") -> None:
    place = {"chat_id": checkout.invoice.chat_id, "id": checkout.invoice.message_id}
    exchange.tell_people([checkout.user_id], {"type": "payment", **place, "state": state, "text": text})
