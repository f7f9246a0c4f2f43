"""What a job costs the operator: booked to the service's own account and counted in its day, once for each reason."""

from __future__ import annotations

from bot.core import ledger
from bot.core.catalog import Usage
from bot.core.ledger import Loss
from bot.core.money import Microusd
from bot.services import alerts
from bot.services.booking import STREAMS, tally
from bot.services.booking import book as book_entry
from bot.services.counting import SERVICE_ID, account_id
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("accounts")
NOTHING = Microusd(0)


async def book(
    env: Env, tx: Transaction, job: Row, why: Loss, reported: Microusd, paid: Microusd = NOTHING
) -> Microusd:
    """What is believed of a reported cost, less what its payer `paid`. It takes the place of a risk booked before.

    Answers what it is.
    """
    if why is not Loss.UNCERTAIN:
        await void_risk(env, tx, job)
    believed = ledger.believed(reported, job["quote_microusd"])
    amount = Microusd(believed - paid)
    if amount > 0:
        account, now = await account_id(tx, "service", SERVICE_ID), env.now_ms()
        if await book_entry(env, tx, account, ledger.loss(job["uid"], why, amount), job["id"], now):
            await tally(env, tx, _nobodys(now), amount, 0, requests=0, active=0)
    if believed < reported:
        await _alert(env, tx, job, reported, amount)
    return amount


async def tell_odd(env: Env, tx: Transaction, job: Row, usage: Usage | None) -> None:
    """A bill that can't be read is taken for the quote; the operators are told, once for the job."""
    if usage is not None and usage.odd:
        code, quote = job["code"].lstrip("#"), job["quote_microusd"]
        data = {"provider": job["provider"], "code": code, "reported": usage.odd, "quote_microusd": quote}
        await alerts.alert(env, tx, "alert-odd-bill", job["uid"], **data)


async def _alert(env: Env, tx: Transaction, job: Row, reported: Microusd, booked: Microusd) -> None:
    data = {"reported_microusd": reported, "quote_microusd": job["quote_microusd"], "booked_microusd": booked}
    provider, code = job["provider"], job["code"].lstrip("#")
    await alerts.alert(env, tx, "alert-implausible", job["uid"], provider=provider, code=code, **data)


async def void_risk(env: Env, tx: Transaction, job: Row) -> None:
    """The risk of a create call without an answer is over: what was booked for it is taken back, once."""
    account = await account_id(tx, "service", SERVICE_ID)
    business_id = ledger.loss(job["uid"], Loss.UNCERTAIN, NOTHING).business_id
    row = await tx.one(Q.entry, business_id=business_id)
    if row is None:
        return
    back = ledger.void(ledger.loss(job["uid"], Loss.UNCERTAIN, Microusd(-row["amount_microusd"])))
    if await book_entry(env, tx, account, back, job["id"], row["effective_at"]):
        await tally(env, tx, _nobodys(row["effective_at"]), -back.amount_microusd, 0, requests=0, active=0)


def _nobodys(at: int) -> Row:
    return {**dict.fromkeys(STREAMS), "created_at": at}
