"""Top-ups with Telegram Stars: an offer to one person, its checkout, the credit - once a charge - and what is sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.core.codes import nonce
from bot.core.errors import Defect, Refusal
from bot.core.money import Microusd
from bot.core.stars import AMOUNTS, CURRENCY, INVOICE_MS, PERIOD_S, nonce_of, payload_of, stars_of, worth
from bot.services import accounts, resuming, say, subscriptions
from bot.services.admins import rank_of
from bot.services.counting import pool_of
from bot.services.directory import (
    ChatRef,
    Person,
    Place,
    UserRef,
    is_reachable,
    may_ask,
    person_by_id,
    place_by_id,
    see_person,
    see_place,
    within_reach,
)
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.operating import note_audit
from bot.services.say import Button
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q, ACCOUNTS = load("payments"), load("accounts")
NONCE_BYTES = 12
MENU = ("topup", "paysupport", "terms")
"""What the command menu shows besides, where Stars are taken."""
IN_A_ROW, MAX_NAME = 2, 60


@dataclass(frozen=True, slots=True)
class Checkout:
    """Somebody pressed Pay; Telegram waits ten seconds for a yes."""

    user: UserRef
    payload: str
    currency: str
    stars: int


@dataclass(frozen=True, slots=True)
class Charge:
    """Stars that were paid, or came back: what a service message or Telegram's list tells of them.

    `renews_at`: when Telegram takes them again, of what renews itself; `is_first`: it told that this began it.
    """

    charge: str
    user: UserRef
    stars: int
    payload: str
    renews_at: int | None = None
    is_first: bool = False


Credited = Literal["known", "credited", "returned", "strange"]


async def topup(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str | None:
    """`/topup` offers amounts, `/topup 500` makes the invoice: for oneself, in a group for its pool.

    Raises Refusal for a stranger, and for a member of a group without a pool.
    """
    if not await may_ask(env.policy, tx, person, place):
        raise Refusal("stranger", id=str(person.telegram_id), operator=operators(env))
    if env.policy.star_microusd is None:
        return off(env, person)
    if not await may_fill(env, tx, person, place):
        raise Refusal("topup-no-pool")
    if not asked.words:
        await _offer(env, tx, person, place, asked.message_id, env.policy.star_microusd)
        return None
    stars = stars_of(asked.words)
    if stars is None:
        return env.texts.render(person.language, "topup-usage")
    await send_invoice(env, tx, person, place, stars, asked.message_id)
    return None


async def may_fill(env: Env, tx: Transaction, person: Person, place: Place) -> bool:
    """Whether a person's payment here has an account to go to: a group's pool is opened by who moderates it, or not
    at all; into an open one anybody pays.
    """
    if place.is_private or await pool_of(tx, place.chat_id) is not None:
        return True
    return (await rank_of(env, tx, person, place)).moderates


async def _offer(
    env: Env, tx: Transaction, person: Person, place: Place, reply_to: int, star_microusd: Microusd
) -> None:
    texts, language = env.texts, person.language
    buttons = [
        Button(
            texts.plain(language, "button-stars", stars=stars, price_microusd=worth(stars, star_microusd)),
            "topup",
            {"stars": stars},
        )
        for stars in AMOUNTS
    ]
    rows = [buttons[index : index + IN_A_ROW] for index in range(0, len(buttons), IN_A_ROW)]
    is_first = not place.is_private and await pool_of(tx, place.chat_id) is None
    whose = "self" if place.is_private else "first" if is_first else "group"
    html = texts.render(language, "topup-offer", place=whose, title=place.title)
    if place.is_private:
        now = await subscriptions.live(env, tx, person)
        html = html if now is None else Html(f"{html}\n{subscriptions.line(env, person, now)}")
        rows += _monthly(env, person, star_microusd) if now is None else subscriptions.buttons(env, person, now)
    await say.message(env, tx, place, html, person=person, buttons=rows, reply_to=reply_to)


def _monthly(env: Env, person: Person, star_microusd: Microusd) -> list[list[Button]]:
    """What may be paid every thirty days, where the operator offers that."""
    stars = env.policy.star_subscription
    if stars is None:
        return []
    price = worth(stars, star_microusd)
    return [
        [Button(env.texts.plain(person.language, "button-monthly", stars=stars, price_microusd=price), "subscribe")]
    ]


async def subscribe(env: Env, tx: Transaction, person: Person, place: Place) -> str | None:
    """The amount that renews itself was chosen; the toast when it is not to be had."""
    stars = env.policy.star_subscription
    if env.policy.star_microusd is None or stars is None or not place.is_private:
        return "topup-off"
    if await subscriptions.live(env, tx, person) is not None:
        return "checkout-subscribed"
    await send_invoice(env, tx, person, place, stars, None, renews=True)
    return None


async def press(env: Env, tx: Transaction, person: Person, place: Place, stars: int) -> str | None:
    """An amount was chosen; the toast when nothing is sold any more."""
    if env.policy.star_microusd is None:
        return "topup-off"
    if not await may_fill(env, tx, person, place):
        return "topup-no-pool"
    await send_invoice(env, tx, person, place, stars, None)
    return None


async def send_invoice(
    env: Env, tx: Transaction, person: Person, place: Place, stars: int, reply_to: int | None, *, renews: bool = False
) -> None:
    """Lays an invoice into the outbox; only this person may pay it."""
    rate = env.policy.star_microusd
    if rate is None:
        raise Defect("stars-without-rate")
    kind, owner_id = ("user", person.id) if place.is_private else ("chat", place.chat_id)
    account = await tx.one(ACCOUNTS.account, kind=kind, owner_id=owner_id)
    if account is None:
        raise Defect("account-not-made")
    name, now = nonce(env.random_bytes(NONCE_BYTES)), env.now_ms()
    await tx.run(
        Q.add_invoice,
        nonce=name,
        account_id=account["id"],
        user_id=person.id,
        chat_id=place.chat_id,
        topic_id=place.topic_id,
        stars=stars,
        amount_microusd=worth(stars, rate),
        star_microusd=rate,
        now=now,
        expires_at=now + INVOICE_MS,
        period_s=PERIOD_S if renews else None,
    )
    payload = payload_of(account["id"], person.id, name)
    if renews:
        shown = _shown_monthly(env, person, stars, rate)
        button = env.texts.plain(person.language, "button-subscribe", stars=stars)
        await say.subscription(env, tx, place, shown, stars, payload, (PERIOD_S, button))
        return
    await say.invoice(env, tx, place, _shown(env, person, place, stars, rate), stars, payload, reply_to=reply_to)


def _shown_monthly(env: Env, person: Person, stars: int, rate: Microusd) -> tuple[str, str]:
    texts, language = env.texts, person.language
    words = texts.plain(language, "subscription-words", stars=stars, price_microusd=worth(stars, rate))
    return texts.plain(language, "subscription-title"), words


def _shown(env: Env, person: Person, place: Place, stars: int, rate: Microusd) -> tuple[str, str]:
    """An invoice's title and description."""
    texts, language = env.texts, person.language
    whose, price = "self" if place.is_private else "group", worth(stars, rate)
    words = texts.plain(language, "invoice-words", place=whose, price_microusd=price, name=person.name[:MAX_NAME])
    return texts.plain(language, "invoice-title", place=whose), words


async def group_to_ask(env: Env, asked: Checkout) -> ChatRef | None:
    """The group whose administrators decide about a checkout, so that Telegram is asked who they are."""

    async def look(tx: Transaction) -> ChatRef | None:
        invoice = await _invoice_of(tx, asked.payload)
        if invoice is None or await pool_of(tx, invoice["chat_id"]) is not None:
            return None
        place = await place_by_id(tx, invoice["chat_id"], None)
        is_there = not place.is_private and await is_reachable(tx, place.chat_id)
        return ChatRef(place.telegram_id, place.kind, place.title, is_direct=place.is_direct) if is_there else None

    return await env.store.read(look)


async def check(env: Env, asked: Checkout) -> str | None:
    """Whether a checkout may go through: None, or why not, in the payer's words.

    Changes nothing that a repetition would not change again, so an update that is handled twice is answered alike.
    """

    async def use_case(tx: Transaction) -> str | None:
        person = await see_person(env, tx, asked.user)
        invoice = await _invoice_of(tx, asked.payload)
        why = await _why_not(env, tx, person, invoice, asked)
        if why is None and invoice is not None:
            place = await place_by_id(tx, invoice["chat_id"], None)
            opens = (await rank_of(env, tx, person, place)).moderates
            await tx.run(Q.let_through, id=invoice["id"], opens=int(opens), now=env.now_ms())
        return None if why is None else env.texts.plain(person.language, why)

    return await env.store.transact(use_case)


async def _why_not(env: Env, tx: Transaction, person: Person, invoice: Row | None, asked: Checkout) -> str | None:
    if env.policy.star_microusd is None:
        return "topup-off"
    if invoice is None or (asked.currency, asked.stars) != (CURRENCY, invoice["stars"]):
        return "checkout-unknown"
    if invoice["user_id"] != person.id:
        return "checkout-other-payer"
    place = await place_by_id(tx, invoice["chat_id"], None)
    if not await may_ask(env.policy, tx, person, place):
        return "checkout-blocked"
    if not place.is_private and not await is_reachable(tx, place.chat_id):
        return "checkout-gone"
    if not await may_fill(env, tx, person, place):
        return "topup-no-pool"
    return await _why_not_now(env, tx, person, invoice)


async def _why_not_now(env: Env, tx: Transaction, person: Person, invoice: Row) -> str | None:
    """Whether the offer still stands; the next month of what renews itself stands by what was agreed."""
    renews = invoice["period_s"] is not None
    if renews and await subscriptions.is_renewal(env, tx, invoice["id"]):
        return None
    if invoice["paid_at"] is not None:
        return "checkout-paid"
    if renews and (why := await _why_no_subscription(env, tx, person, invoice)):
        return why
    if invoice["star_microusd"] != env.policy.star_microusd or invoice["expires_at"] <= env.now_ms():
        return "checkout-old"
    return None


async def _why_no_subscription(env: Env, tx: Transaction, person: Person, invoice: Row) -> str | None:
    """It is offered no more, or not at this price; or the person has one."""
    if invoice["stars"] != env.policy.star_subscription:
        return "checkout-old"
    return "checkout-subscribed" if await subscriptions.live(env, tx, person) is not None else None


async def _invoice_of(tx: Transaction, payload: str) -> Row | None:
    """The offer that a payload was made for, all of it."""
    name = nonce_of(payload)
    row = await tx.one(Q.invoice, nonce=name) if name is not None else None
    if row is None or payload != payload_of(row["account_id"], row["user_id"], row["nonce"]):
        return None
    return row


async def paid(env: Env, charge: Charge, chat: ChatRef) -> None:
    """Stars arrived: credited once a charge, or sent back; what a stop cuts off, the inbox hands out again."""

    async def use_case(tx: Transaction) -> Credited:
        return await credit(env, tx, charge, await see_place(env, tx, chat))

    if await env.store.transact(use_case) in {"credited", "known"}:
        await resuming.after_payment(env, charge.payload)


async def credit(env: Env, tx: Transaction, charge: Charge, heard_in: Place | None) -> Credited:
    """Credits a charge, in the transaction that comes to know it. `heard_in` None: it is read in Telegram's list.

    A charge of the list that no offer of ours names is `strange` and left alone: the bot may have sold something else
    before. One that is told to us live is a purchase that can't be delivered: it goes back.
    """
    if await tx.one(Q.payment, charge=charge.charge) is not None:
        return "known"
    invoice = await _invoice_of(tx, charge.payload)
    if invoice is None and heard_in is None:
        return "strange"
    # The offer knows its payer better than a message, which an administrator can send as the group.
    known = await person_by_id(env, tx, invoice["user_id"]) if invoice is not None else None
    payer = known or await see_person(env, tx, charge.user)
    is_sold = invoice is not None and charge.stars == invoice["stars"] and await _has_account(tx, invoice)
    if invoice is None or payer.is_blocked or not is_sold:
        await _send_back(env, tx, charge, payer, invoice, heard_in)
        return "returned"
    await _take(env, tx, charge, payer, invoice)
    return "credited"


async def _has_account(tx: Transaction, invoice: Row) -> bool:
    """Whether its money has an account to go to: since the checkout the pool may have closed, or the bot be put out."""
    if invoice["account_kind"] == "user":
        return True
    is_open = invoice["opens"] or await pool_of(tx, invoice["owner_id"]) is not None
    return is_open and await is_reachable(tx, invoice["owner_id"])


async def _take(env: Env, tx: Transaction, charge: Charge, payer: Person, invoice: Row) -> None:
    amount = Microusd(invoice["amount_microusd"])
    await _know(env, tx, charge, payer.telegram_id, invoice, amount, "credited")
    await tx.run(Q.mark_paid, id=invoice["id"], now=env.now_ms())
    owner = (invoice["account_kind"], invoice["owner_id"])
    balance = await accounts.topup(env, tx, *owner, amount, f"topup:{charge.charge}", payer.id)
    place = await place_by_id(tx, invoice["chat_id"], invoice["topic_id"])
    html = env.texts.render(
        payer.language,
        "topup-done",
        place="self" if invoice["account_kind"] == "user" else "group",
        title=place.title,
        price_microusd=amount,
        balance_microusd=balance,
        charge=charge.charge,
    )
    rows: list[list[Button]] = []
    if invoice["period_s"] is not None:
        now = await subscriptions.paid(env, tx, invoice, charge.charge, payer, charge.renews_at, anew=charge.is_first)
        if now is not None:
            html, rows = Html(f"{html}\n{subscriptions.line(env, payer, now)}"), subscriptions.buttons(env, payer, now)
    await say.message(env, tx, place, html, person=payer, buttons=rows, once=f"topup:{charge.charge}")
    await note_audit(env, tx, payer.id, place.chat_id, "topup", charge=charge.charge, amount_microusd=amount)


async def _send_back(
    env: Env, tx: Transaction, charge: Charge, payer: Person, invoice: Row | None, heard_in: Place | None
) -> None:
    """A purchase that can't be delivered: its refund is intended here and asked for by the worker."""
    await _know(env, tx, charge, payer.telegram_id, invoice, None, "refunding")
    await subscriptions.end(env, tx, invoice["id"] if invoice is not None else None)
    place = await place_by_id(tx, invoice["chat_id"], invoice["topic_id"]) if invoice is not None else heard_in
    place = await within_reach(tx, payer, place)
    if place is not None:
        html = env.texts.render(payer.language, "topup-returned", stars=charge.stars)
        await say.message(env, tx, place, html, once=f"returned:{charge.charge}")


async def _know(
    env: Env,
    tx: Transaction,
    charge: Charge,
    telegram_user_id: int,
    invoice: Row | None,
    amount: Microusd | None,
    state: Literal["credited", "refunding", "refunded"],
) -> None:
    """Writes a payment down; `amount` None: it was credited to nobody."""
    await tx.run(
        Q.add_payment,
        charge=charge.charge,
        telegram_user_id=telegram_user_id,
        invoice_id=invoice["id"] if invoice is not None else None,
        account_id=invoice["account_id"] if invoice is not None and amount is not None else None,
        stars=charge.stars,
        amount_microusd=amount or 0,
        state=state,
        now=env.now_ms(),
    )


async def note_refunded(env: Env, tx: Transaction, charge: Charge) -> None:
    """A charge that went back before we ever heard of it: known, so that it is never credited."""
    await _know(env, tx, charge, charge.user.telegram_id, None, None, "refunded")


def operators(env: Env) -> str:
    """Whom to write to."""
    return ", ".join(str(operator) for operator in sorted(env.policy.operator_ids))


def off(env: Env, person: Person) -> Html:
    """Nothing is sold."""
    return env.texts.render(person.language, "topup-off")
