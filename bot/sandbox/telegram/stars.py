"""Telegram Stars: who has how many, which checkouts are open, and every transaction of the bot, oldest first."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.sandbox.telegram.errors import ApiError, ClientError, JsonDict, bad

ANSWER_MS = 10_000
PERIOD_S = 2_592_000
"""The one period that a subscription can have: thirty days."""
_FIRST_STARS = 10_000
_KEEP = 2000
_OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"

State = Literal["open", "paid", "refused"]


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a message or a link sells; `payload` is the bot's own and no person sees it.

    Of a link `message_id` is 0, and the chat is the payer's own with the bot. `period_s`: paid again each time.
    """

    chat_id: int
    message_id: int
    title: str
    payload: str
    stars: int
    period_s: int | None = None


@dataclass(slots=True)
class Subscription:
    """What a person pays every thirty days, known by the charge of its first payment.

    The person may stop it and go on; once the bot stopped it they may not, until the bot allows it again.
    """

    user_id: int
    charge: str
    invoice: Invoice
    expires_at_ms: int
    stopped: bool = False
    stopped_by_bot: bool = False


@dataclass(slots=True)
class Checkout:
    """A person pressed Pay: the bot has ten seconds to say yes."""

    id: str
    user_id: int
    invoice: Invoice
    at_ms: int
    state: State = "open"


@dataclass(frozen=True, slots=True)
class Transaction:
    """Stars that came (`incoming`) or went back, under the charge's id both times."""

    charge: str
    user_id: int
    stars: int
    at_ms: int
    payload: str
    chat_id: int
    incoming: bool = True
    period_s: int | None = None

    def api(self, user: JsonDict) -> JsonDict:
        """As a Bot API StarTransaction."""
        partner: JsonDict = {
            "type": "user",
            "transaction_type": "invoice_payment",
            "user": user,
            "invoice_payload": self.payload,
        } | ({"subscription_period": self.period_s} if self.period_s is not None else {})
        side = "source" if self.incoming else "receiver"
        return {"id": self.charge, "amount": self.stars, "date": self.at_ms // 1000, side: partner}


@dataclass(slots=True)
class Stars:
    """The bot's till and people's purses."""

    purses: dict[int, int] = field(default_factory=dict)
    transactions: list[Transaction] = field(default_factory=list)
    _invoices: dict[tuple[int, int], Invoice] = field(default_factory=dict)
    _checkouts: dict[str, Checkout] = field(default_factory=dict)
    links: dict[str, Invoice] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)

    def purse(self, user_id: int) -> int:
        """How many Stars a person has."""
        return self.purses.get(user_id, _FIRST_STARS)

    @property
    def balance(self) -> int:
        """The bot's own Stars."""
        return sum(one.stars if one.incoming else -one.stars for one in self.transactions)

    def sell(self, invoice: Invoice) -> None:
        """A message sells from now on."""
        self._invoices[invoice.chat_id, invoice.message_id] = invoice

    def open(self, chat_id: int, message_id: int, user_id: int, now_ms: int) -> Checkout:
        """Somebody presses Pay. Raises ClientError 404, or 402 for an empty purse."""
        invoice = self._invoices.get((chat_id, message_id))
        if invoice is None:
            raise ClientError(404, "no invoice there")
        return self._open(invoice, user_id, now_ms)

    def sell_by_link(self, invoice: Invoice) -> str:
        """A link sells from now on; its last part."""
        slug = secrets.token_urlsafe(16)
        self.links[slug] = invoice
        return slug

    def sold_by(self, slug: str) -> Invoice:
        """What a link sells. Raises ClientError 404."""
        if slug not in self.links:
            raise ClientError(404, "no such invoice link")
        return self.links[slug]

    def open_link(self, slug: str, user_id: int, now_ms: int) -> Checkout:
        """Somebody presses Pay behind a link. Raises ClientError 404, or 402 for an empty purse."""
        return self._open(replace(self.sold_by(slug), chat_id=user_id), user_id, now_ms)

    def _open(self, invoice: Invoice, user_id: int, now_ms: int) -> Checkout:
        if self.purse(user_id) < invoice.stars:
            raise ClientError(402, "not enough Stars")
        checkout = Checkout(str(secrets.randbits(62)), user_id, invoice, now_ms)
        self._checkouts[checkout.id] = checkout
        if len(self._checkouts) > _KEEP:
            del self._checkouts[next(iter(self._checkouts))]
        return checkout

    def answer(self, query_id: str, now_ms: int, *, ok: bool) -> Checkout:
        """The bot's word on a checkout. Raises ApiError 400 when it is unknown, decided, or older than ten seconds."""
        checkout = self._checkouts.get(query_id)
        if checkout is None or checkout.state != "open" or now_ms - checkout.at_ms >= ANSWER_MS:
            raise bad(_OLD_QUERY)
        checkout.state = "paid" if ok else "refused"
        return checkout

    def charge(self, checkout: Checkout, now_ms: int) -> Transaction:
        """Takes the Stars; of what is paid again each time for the first time."""
        made = self._take(checkout.invoice, checkout.user_id, now_ms)
        period_s = checkout.invoice.period_s
        if period_s is not None:
            expires_at_ms = now_ms + period_s * 1000
            self.subscriptions[made.charge] = Subscription(made.user_id, made.charge, checkout.invoice, expires_at_ms)
        return made

    def renew(self, charge: str, now_ms: int) -> Transaction:
        """The next month's Stars. Raises ValueError where Telegram would not take them."""
        subscription = self.subscriptions[charge]
        invoice, user_id = subscription.invoice, subscription.user_id
        if subscription.stopped or subscription.stopped_by_bot or self.purse(user_id) < invoice.stars:
            raise ValueError("not renewed")
        subscription.expires_at_ms += PERIOD_S * 1000
        return self._take(invoice, user_id, now_ms)

    def edit(self, user_id: int, charge: str, *, is_canceled: bool) -> None:
        """The bot stops a subscription, or allows that the person goes on with it. Raises ApiError 400."""
        subscription = self.subscriptions.get(charge)
        if subscription is None or subscription.user_id != user_id:
            raise bad("CHARGE_ID_INVALID")
        subscription.stopped = subscription.stopped or is_canceled
        subscription.stopped_by_bot = is_canceled

    def _take(self, invoice: Invoice, user_id: int, now_ms: int) -> Transaction:
        name, chat_id = f"stx{secrets.token_urlsafe(24)}", invoice.chat_id
        made = Transaction(name, user_id, invoice.stars, now_ms, invoice.payload, chat_id, period_s=invoice.period_s)
        self.transactions.append(made)
        self.purses[user_id] = self.purse(user_id) - invoice.stars
        return made

    def give_back(self, user_id: int, charge: str, now_ms: int) -> Transaction:
        """Returns a charge whole, once. Raises ApiError 400."""
        paid = next((one for one in self.transactions if one.charge == charge and one.incoming), None)
        if paid is None or paid.user_id != user_id:
            raise bad("CHARGE_ID_INVALID")
        if any(one.charge == charge and not one.incoming for one in self.transactions):
            raise bad("CHARGE_ALREADY_REFUNDED")
        back = replace(paid, at_ms=now_ms, incoming=False)
        self.transactions.append(back)
        self.purses[user_id] = self.purse(user_id) + paid.stars
        return back

    def page(self, offset: int, limit: int) -> list[Transaction]:
        """Transactions in the order of time. Raises ApiError 400."""
        if offset < 0:
            raise bad("offset must be non-negative")
        if not 1 <= limit <= 100:
            raise ApiError(400, "Bad Request: limit must be in 1..100")
        return self.transactions[offset : offset + limit]
