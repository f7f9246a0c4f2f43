"""Telegram Stars: who has how many, which checkouts are open, and every transaction of the bot, oldest first."""

import secrets
from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.telegram.errors import ApiError, ClientError, JsonDict, bad

ANSWER_MS = 10_000
_FIRST_STARS = 10_000
_KEEP = 2000
_OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"

State = Literal["open", "paid", "refused"]


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a message sells; `payload` is the bot's own and no person sees it."""

    chat_id: int
    message_id: int
    title: str
    payload: str
    stars: int


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

    def api(self, user: JsonDict) -> JsonDict:
        """As a Bot API StarTransaction."""
        partner = {
            "type": "user",
            "transaction_type": "invoice_payment",
            "user": user,
            "invoice_payload": self.payload,
        }
        side = "source" if self.incoming else "receiver"
        return {"id": self.charge, "amount": self.stars, "date": self.at_ms // 1000, side: partner}


@dataclass(slots=True)
class Stars:
    """The bot's till and people's purses."""

    purses: dict[int, int] = field(default_factory=dict)
    transactions: list[Transaction] = field(default_factory=list)
    _invoices: dict[tuple[int, int], Invoice] = field(default_factory=dict)
    _checkouts: dict[str, Checkout] = field(default_factory=dict)

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
        """Takes the Stars."""
        invoice, user_id = checkout.invoice, checkout.user_id
        made = Transaction(
            f"stx{secrets.token_urlsafe(24)}", user_id, invoice.stars, now_ms, invoice.payload, invoice.chat_id
        )
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
        back = Transaction(charge, user_id, paid.stars, now_ms, paid.payload, paid.chat_id, incoming=False)
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
