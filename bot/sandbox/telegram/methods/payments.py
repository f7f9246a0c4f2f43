"""Selling for Stars: invoices, the answer to a checkout, refunds, transactions. No other currency is sold for here."""

from bot.sandbox.telegram import checkout
from bot.sandbox.telegram.entities import utf16_length
from bot.sandbox.telegram.errors import JsonDict, bad
from bot.sandbox.telegram.markup import check_markup
from bot.sandbox.telegram.methods.call import MethodCall
from bot.sandbox.telegram.stars import PERIOD_S, Invoice

_TITLE_MAX = 32
_DESCRIPTION_MAX = 255
_PAYLOAD_MAX_BYTES = 128
_STARS_MAX = 100_000
_SUBSCRIPTION_STARS_MAX = 10_000
_NOT_WITH_STARS = (
    "max_tip_amount", "suggested_tip_amounts", "need_name", "need_phone_number", "need_email",
    "need_shipping_address", "send_phone_number_to_provider", "send_email_to_provider", "is_flexible",
)  # fmt: skip


async def send_invoice(call: MethodCall) -> JsonDict:
    """A message with a Pay button; what the bot keeps in `payload` is not in it."""
    chat = call.chat()
    stars = _price(call)
    _check_words(call)
    draft = call.draft(chat, {"invoice": _shown(call, stars)}, with_markup=False)
    draft.body |= _markup(call, stars, is_private=chat.is_private)
    call.count(chat)
    message = call.exchange.post(draft)
    call.exchange.stars.sell(Invoice(chat.id, message.id, call.params["title"], call.params["payload"], stars))
    return call.shown(message)


async def create_invoice_link(call: MethodCall) -> str:
    """An address that sells, perhaps every thirty days."""
    stars, period_s = _price(call), call.get("subscription_period")
    _check_words(call)
    if period_s is not None and period_s != PERIOD_S:
        raise bad("SUBSCRIPTION_PERIOD_INVALID")
    if period_s is not None and stars > _SUBSCRIPTION_STARS_MAX:
        raise bad("CURRENCY_TOTAL_AMOUNT_INVALID")
    sold = Invoice(0, 0, call.params["title"], call.params["payload"], stars, period_s)
    return f"https://t.me/${call.exchange.stars.sell_by_link(sold)}"


def _price(call: MethodCall) -> int:
    """Stars: one price, no provider, nothing asked of the buyer. Raises ApiError 400."""
    if call.params["currency"] != checkout.CURRENCY:
        raise bad("PAYMENT_PROVIDER_INVALID")
    if call.get("provider_token"):
        raise bad("PAYMENT_PROVIDER_INVALID")
    prices: list[JsonDict] = call.params["prices"]
    if len(prices) != 1:
        raise bad("STARS_INVOICE_INVALID")
    if any(call.get(name) for name in _NOT_WITH_STARS):
        raise bad("STARS_INVOICE_INVALID")
    stars = int(prices[0]["amount"])
    if not 1 <= stars <= _STARS_MAX:
        raise bad("CURRENCY_TOTAL_AMOUNT_INVALID")
    return stars


def _check_words(call: MethodCall) -> None:
    if not 1 <= utf16_length(call.params["title"].strip()) <= _TITLE_MAX:
        raise bad("invoice title must be 1-32 characters long")
    if not 1 <= utf16_length(call.params["description"].strip()) <= _DESCRIPTION_MAX:
        raise bad("invoice description must be 1-255 characters long")
    if not 1 <= len(call.params["payload"].encode()) <= _PAYLOAD_MAX_BYTES:
        raise bad("INVOICE_PAYLOAD_INVALID")


def _shown(call: MethodCall, stars: int) -> JsonDict:
    return {
        "title": call.params["title"],
        "description": call.params["description"],
        "start_parameter": call.get("start_parameter", ""),
        "currency": checkout.CURRENCY,
        "total_amount": stars,
    }


def _markup(call: MethodCall, stars: int, *, is_private: bool) -> JsonDict:
    """The bot's own keyboard begins with its Pay button; without one Telegram puts a Pay button."""
    rows = (call.get("reply_markup") or {}).get("inline_keyboard")
    if not rows:
        return {"reply_markup": {"inline_keyboard": [[{"text": f"Pay ⭐️{stars}", "pay": True}]]}}
    if "pay" not in rows[0][0]:
        raise bad("BUTTON_TYPE_INVALID")
    return check_markup(call.get("reply_markup"), is_private=is_private, is_invoice=True)


async def answer_pre_checkout_query(call: MethodCall) -> bool:
    """Yes or no, within ten seconds; a no needs its reason."""
    ok, why = call.params["ok"], call.get("error_message", "")
    if not ok and not why.strip():
        raise bad("error_message is empty")
    exchange = call.exchange
    decided = exchange.stars.answer(call.params["pre_checkout_query_id"], exchange.now_ms(), ok=ok)
    if ok:
        checkout.approve(exchange, decided)
    else:
        checkout.refuse(exchange, decided, why)
    return True


async def refund_star_payment(call: MethodCall) -> bool:
    """Gives a charge back whole, once."""
    if call.params["user_id"] not in call.exchange.world.users:
        raise bad("USER_ID_INVALID")
    checkout.refund(call.exchange, call.params["user_id"], call.params["telegram_payment_charge_id"])
    return True


async def edit_user_star_subscription(call: MethodCall) -> bool:
    """Stops a subscription at the end of what is paid, or allows that the person goes on with it."""
    if call.params["user_id"] not in call.exchange.world.users:
        raise bad("USER_ID_INVALID")
    charge, is_canceled = call.params["telegram_payment_charge_id"], call.params["is_canceled"]
    call.exchange.stars.edit(call.params["user_id"], charge, is_canceled=is_canceled)
    return True


async def get_star_transactions(call: MethodCall) -> JsonDict:
    """In the order of time, `offset` of them left out."""
    page = call.exchange.stars.page(call.get("offset", 0), call.get("limit", 100))
    users = call.exchange.world.users
    return {"transactions": [one.api(users[one.user_id].api()) for one in page]}


async def get_my_star_balance(call: MethodCall) -> JsonDict:
    """The bot's Stars."""
    return {"amount": call.exchange.stars.balance}


PAYMENTS = {
    "sendInvoice": send_invoice,
    "createInvoiceLink": create_invoice_link,
    "editUserStarSubscription": edit_user_star_subscription,
    "answerPreCheckoutQuery": answer_pre_checkout_query,
    "refundStarPayment": refund_star_payment,
    "getStarTransactions": get_star_transactions,
    "getMyStarBalance": get_my_star_balance,
}
