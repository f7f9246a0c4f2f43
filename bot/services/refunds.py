"""Stars that go back: by an operator, by Telegram, or because nothing could be credited. Intended first, then asked.

    credited ─▶ refunding ─▶ refunded
                   │  ▲
                   ▼  │ an operator tries again
                 stuck           Telegram refused: the money is on the account again, the operators are told

The money leaves the account with the intention, so that it can't be spent while Telegram is asked.
"""

from __future__ import annotations

from typing import Literal, assert_never

from bot.core.errors import Refusal
from bot.core.money import Microusd
from bot.core.stars import Answer, Given, Later, Refused
from bot.services import accounts, alerts, approvals, inbox, payments, say, subscriptions
from bot.services.counting import pool_of
from bot.services.directory import Person, Place, UserRef, person_by_id, place_by_id, see_person
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.operating import note_audit
from bot.services.payments import Charge
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, DIRECTORY = load("payments"), load("directory")
BATCH = 8
LONGEST_PAUSE_MS = 600_000

Begun = Literal["refund-unknown", "refund-twice", "refund-begun"]


async def refund(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str:
    """`/refund CHARGE`, for operators."""
    del place
    if not person.is_operator:
        raise Refusal("operators-only")
    charge = asked.words.strip()
    if not charge or " " in charge:
        return env.texts.render(person.language, "refund-usage")
    return env.texts.render(person.language, await begin(env, tx, charge, person.id), charge=charge)


async def begin_alone(env: Env, charge: str, actor_id: int | None) -> Begun:
    """The same in a transaction of its own, for the command line; the running service asks Telegram."""
    return await env.store.transact(lambda tx: begin(env, tx, charge, actor_id))


async def begin(env: Env, tx: Transaction, charge: str, actor_id: int | None) -> Begun:
    """Intends a refund: the money leaves the account now, Telegram is asked by the worker."""
    row = await tx.one(Q.payment, charge=charge)
    if row is None:
        return "refund-unknown"
    if row["state"] not in {"credited", "stuck"}:
        return "refund-twice"
    await _take_back(env, tx, row, "refunding", actor_id)
    await note_audit(env, tx, actor_id, row["chat_id"], "refund", charge=charge, amount_microusd=row["amount_microusd"])
    return "refund-begun"


async def _take_back(
    env: Env, tx: Transaction, row: Row, after: Literal["refunding", "refunded"], actor_id: int | None = None
) -> None:
    """The payment's state and its money, together."""
    charge = row["charge"]
    await tx.run(Q.move_payment, charge=charge, before=row["state"], after=after, taken=1, now=env.now_ms())
    await subscriptions.end(env, tx, row["invoice_id"])
    if row["account_id"] is not None:
        owner, amount = (row["account_kind"], row["owner_id"]), Microusd(row["amount_microusd"])
        was_open = await _is_pool(tx, row)
        await accounts.refund(env, tx, *owner, amount, f"refund:{charge}:{row['refunds'] + 1}", actor_id)
        if was_open and not await _is_pool(tx, row):
            await _tell_group(env, tx, row)


async def _is_pool(tx: Transaction, row: Row) -> bool:
    return row["account_kind"] == "chat" and await pool_of(tx, row["owner_id"]) is not None


async def _tell_group(env: Env, tx: Transaction, row: Row) -> None:
    """Its pool closed with this refund: who asks there pays by themselves from now on.

    In direct messages nothing is said to all: it is told where the offer was made, to the one who paid.
    """
    place = await place_by_id(tx, row["owner_id"], None)
    if place.is_direct:
        place = await place_by_id(tx, row["owner_id"], row["topic_id"])
        language = (await person_by_id(env, tx, row["user_id"])).language
    else:
        language = await approvals.language_of_moderators(env, tx, place, env.texts.language_for(None, ""))
    html = env.texts.render(language, "pool-closed", title=place.title)
    await say.message(env, tx, place, html, silent=True, once=f"pool-closed:{row['charge']}:{row['refunds'] + 1}")


async def due(env: Env) -> list[Row]:
    """Refunds to ask Telegram for now: charge, telegram_user_id, attempts."""
    return await env.store.read(lambda tx: tx.all(Q.due_refunds, now=env.now_ms(), limit=BATCH))


async def answered(env: Env, charge: str, attempts: int, answer: Answer) -> None:
    """What Telegram said to a refund."""

    async def use_case(tx: Transaction) -> None:
        match answer:
            case Given():
                await _given(env, tx, charge)
            case Refused(why):
                await _refused(env, tx, charge, why)
            case Later(pause_ms):
                wait_ms = pause_ms if pause_ms is not None else min(1000 << min(attempts, 20), LONGEST_PAUSE_MS)
                await tx.run(Q.refund_later, charge=charge, run_at=env.now_ms() + wait_ms)
            case _ as never:
                assert_never(never)

    await env.store.transact(use_case)


async def _given(env: Env, tx: Transaction, charge: str) -> None:
    row = await tx.one(Q.payment, charge=charge)
    if row is not None and row["state"] == "refunding":
        await tx.run(Q.move_payment, charge=charge, before="refunding", after="refunded", taken=0, now=env.now_ms())
        await _tell_payer(env, tx, row)


async def _refused(env: Env, tx: Transaction, charge: str, why: str) -> None:
    row = await tx.one(Q.payment, charge=charge)
    if row is None or row["state"] != "refunding":
        return
    await tx.run(Q.move_payment, charge=charge, before="refunding", after="stuck", taken=0, now=env.now_ms())
    nth = f"{charge}:{row['refunds']}"
    if row["account_id"] is not None:
        owner, amount = (row["account_kind"], row["owner_id"]), row["amount_microusd"]
        await accounts.adjust(env, tx, *owner, amount, f"refund-undone:{nth}", None)
    await alerts.alert(env, tx, "refund-stuck", nth, charge=charge, why=why)


async def returned(env: Env, update_id: int, charge: Charge) -> None:
    """Telegram says that Stars went back, whoever wanted it: booked once."""

    async def use_case(tx: Transaction) -> None:
        if await inbox.close(tx, update_id, env.now_ms()) and not await book(env, tx, charge):
            await payments.note_refunded(env, tx, charge)

    await env.store.transact(use_case)


async def book(env: Env, tx: Transaction, charge: Charge) -> bool:
    """A refund that happened at Telegram. Answers whether it was news about a payment that we know."""
    row = await tx.one(Q.payment, charge=charge.charge)
    if row is None:
        return False
    match row["state"]:
        case "refunded":
            return False
        case "refunding":
            await _given(env, tx, charge.charge)
            return False
        case _:
            await _take_back(env, tx, row, "refunded")
            await _tell_payer(env, tx, row)
            amount = row["amount_microusd"]
            await note_audit(env, tx, None, row["chat_id"], "refund", charge=charge.charge, amount_microusd=amount)
            return True


async def _tell_payer(env: Env, tx: Transaction, row: Row) -> None:
    """In the payer's private chat, once; one who never wrote to the bot can't be written to."""
    chat = await tx.one(DIRECTORY.chat_of, telegram_id=row["telegram_user_id"])
    user = await tx.one(DIRECTORY.user_of, telegram_id=row["telegram_user_id"])
    if chat is None or user is None:
        return
    known = UserRef(row["telegram_user_id"], user["name"], user["username"], user["client_language"])
    payer = await see_person(env, tx, known)
    html = env.texts.render(
        payer.language,
        "refund-done",
        stars=row["stars"],
        taken="yes" if row["amount_microusd"] else "no",
        price_microusd=row["amount_microusd"],
        charge=row["charge"],
    )
    await say.message(env, tx, await place_by_id(tx, chat["id"], None), html, once=f"refunded:{row['charge']}")
