"""A top-up that renews itself every thirty days: shown, stopped, allowed again, ended by a refund.

Each step is intended here and then told to Telegram. Each month's payment is a charge of its own and credited like any
other (`payments`); here is what it belongs to.
"""

from __future__ import annotations

from typing import assert_never

from bot.core.stars import PERIOD_S, Answer, Given, Later, Refused
from bot.services import alerts, say
from bot.services.directory import Person, own_place, person_by_id
from bot.services.env import Env
from bot.services.say import Button
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("subscriptions")
BATCH = 8
LONGEST_PAUSE_MS = 600_000
GRACE_MS = 3 * 24 * 3_600_000
"""So long a payment may be late before the subscription counts as over."""
EARLY_MS = 3_600_000
"""So long before its time a checkout counts as the next month's."""
STOP, GO = "subscription-stop", "subscription-go"
STEPS = {STOP: (("on", "stopping"), ("allowed", "stopping")), GO: (("off", "allowing"),)}
"""What a press moves from where to where."""
GOES_ON = {
    **dict.fromkeys(("on", "stopping"), "yes"),
    **dict.fromkeys(("allowed", "allowing"), "may"),
    **dict.fromkeys(("ending", "ended"), "over"),
    "off": "no",
}
"""How its state is told."""
CONFIRMED = {"stopping": "off", "allowing": "allowed", "ending": "ended"}
REFUSED = {"stopping": "on", "allowing": "off", "ending": "ended"}


async def live(env: Env, tx: Transaction, person: Person) -> Row | None:
    """What a person pays every thirty days, stopped or not; None: nothing."""
    return await tx.one(Q.live, user_id=person.id, since=env.now_ms() - GRACE_MS)


async def paid(
    env: Env, tx: Transaction, invoice: Row, charge: str, payer: Person, until: int | None, *, anew: bool
) -> Row | None:
    """A payment of one arrived, the first or a later one. `until`: paid up to then, where Telegram told it; `anew`: it
    told that the payment is a first one, so it is by this charge that it knows the subscription from now on.
    """
    now = env.now_ms()
    expires_at = until if until is not None else now + PERIOD_S * 1000
    first = charge if anew else None
    if await tx.run(Q.renewed, invoice_id=invoice["id"], expires_at=expires_at, charge=first, now=now) == 0:
        await tx.run(
            Q.add,
            invoice_id=invoice["id"],
            user_id=payer.id,
            telegram_user_id=payer.telegram_id,
            charge=charge,
            stars=invoice["stars"],
            amount_microusd=invoice["amount_microusd"],
            expires_at=expires_at,
            now=now,
        )
    return await tx.one(Q.of_invoice, invoice_id=invoice["id"])


async def is_renewal(env: Env, tx: Transaction, invoice_id: int) -> bool:
    """Whether a checkout of an offer that was paid is its next month, should Telegram ask about that."""
    row = await tx.one(Q.of_invoice, invoice_id=invoice_id)
    return row is not None and row["state"] != "ended" and row["expires_at"] - EARLY_MS <= env.now_ms()


async def end(env: Env, tx: Transaction, invoice_id: int | None) -> None:
    """One of its payments went back: nothing more is to be charged."""
    row = await tx.one(Q.of_invoice, invoice_id=invoice_id) if invoice_id is not None else None
    if row is not None and row["state"] not in {"ending", "ended"}:
        after = "ended" if row["state"] == "off" else "ending"
        await tx.run(Q.move, id=row["id"], before=row["state"], after=after, now=env.now_ms())


async def lapse(env: Env, tx: Transaction) -> None:
    """Those for which no payment came are over."""
    await tx.run(Q.lapse, before=env.now_ms() - GRACE_MS, now=env.now_ms())


def line(env: Env, person: Person, row: Row) -> Html:
    """What is paid, when next, or until when it was."""
    return env.texts.render(
        person.language,
        "subscription-line",
        stars=row["stars"],
        price_microusd=row["amount_microusd"],
        at=env.texts.moment(person.language, row["expires_at"], person.zone),
        goes_on=GOES_ON[row["state"]],
    )


def buttons(env: Env, person: Person, row: Row) -> list[list[Button]]:
    """What its payer can do about it."""
    action = GO if row["state"] == "off" else STOP if row["state"] in {"on", "allowed"} else None
    if action is None:
        return []
    return [[Button(env.texts.plain(person.language, f"button-{action}"), action, {"subscription": row["id"]})]]


async def press(env: Env, tx: Transaction, person: Person, action: str, number: int) -> str | None:
    """Its payer stops it, or allows that it goes on: the worker tells Telegram."""
    row = await tx.one(Q.get, id=number)
    if row is None or row["user_id"] != person.id:
        return "button-not-yours"
    for before, after in STEPS[action]:
        if await tx.run(Q.move, id=number, before=before, after=after, now=env.now_ms()):
            return "subscription-asked"
    return "button-used"


async def due(env: Env) -> list[Row]:
    """What Telegram is to be told now."""
    return await env.store.read(lambda tx: tx.all(Q.due, now=env.now_ms(), limit=BATCH))


async def answered(env: Env, asked: Row, answer: Answer) -> None:
    """What Telegram said to a stop, or to that it may go on."""

    async def use_case(tx: Transaction) -> None:
        match answer:
            case Given():
                await _settle(env, tx, asked, CONFIRMED[asked["state"]])
            case Refused(why):
                if await _settle(env, tx, asked, REFUSED[asked["state"]], refused=True):
                    nth = f"{asked['charge']}:{env.now_ms()}"
                    await alerts.alert(env, tx, "subscription-stuck", nth, charge=asked["charge"], why=why)
            case Later(pause_ms):
                wait_ms = (
                    pause_ms if pause_ms is not None else min(1000 << min(asked["attempts"], 20), LONGEST_PAUSE_MS)
                )
                await tx.run(Q.later, id=asked["id"], state=asked["state"], run_at=env.now_ms() + wait_ms)
            case _ as never:
                assert_never(never)

    await env.store.transact(use_case)


async def _settle(env: Env, tx: Transaction, asked: Row, after: str, *, refused: bool = False) -> bool:
    """The state that Telegram confirmed or brought back, told to the payer. False: it moved on meanwhile."""
    if await tx.run(Q.move, id=asked["id"], before=asked["state"], after=after, now=env.now_ms()) == 0:
        return False
    row = await tx.one(Q.get, id=asked["id"])
    person = await person_by_id(env, tx, row["user_id"]) if row is not None else None
    place = await own_place(tx, person) if person is not None else None
    if row is None or person is None or place is None:
        return True
    said = env.texts.render(person.language, f"subscription-{'refused' if refused else after}")
    lines = [said] if after == "ended" else [said, line(env, person, row)]  # of what went back nothing is paid for
    await say.message(env, tx, place, "\n".join(lines), person=person, buttons=buttons(env, person, row))
    return True
