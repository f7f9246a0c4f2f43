"""Money and limits with the ledger: standing, admission, reserve, settle, release, grants; counts kept in step."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.core import ledger
from bot.core.errors import Defect, LimitReached, Transient
from bot.core.ledger import Bucket, Entry, EntryKind, Loss
from bot.core.limits import (
    Bound,
    Counted,
    Facts,
    Lift,
    Measure,
    Period,
    Split,
    admit,
    allowance,
    is_near,
    lacking,
)
from bot.core.limits import in_the_way as in_the_way_of
from bot.core.money import Microusd
from bot.core.permits import Permit
from bot.services import losses, permits
from bot.services.booking import book, streams_of, tally
from bot.services.counting import AccountKind, Stream, account_id, count_all, payer_of, weigh_pool
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, L = load("accounts"), load("limits")
HOUR_MS = 3_600_000
UNKNOWN = Facts()
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Standing:
    """A payer's account with every limit that applies now. `crossed` are those that a reserve brought to 80 %."""

    account_id: int
    payer: str
    hard: tuple[Counted, ...]
    own_money: tuple[Counted, ...]
    balance: Microusd
    bounds: tuple[Bound, ...] = ()
    permit: Permit | None = None
    at: int = 0
    watched: tuple[tuple[Counted, Stream], ...] = field(default=(), repr=False)
    crossed: tuple[Counted, ...] = ()

    @property
    def means(self) -> int:
        """Allowance plus balance, never more than any limit on money leaves."""
        own = allowance(self.own_money) + max(self.balance, 0)
        return min([own, *(limit.left for limit in self.hard if limit.measure is Measure.MONEY)])

    def passed(self, jobs: int) -> Standing:
        """For so many jobs: without the limits that a moderator's permission lifts."""
        permit = self.permit
        return self._without(permit.lifts) if permit is not None and permit.covers(jobs, self.at) else self

    def held_by_operators(self) -> Standing:
        """Without all that the chat's administrators may lift."""
        return self._without(lambda limit: limit.lift is Lift.ADMIN)

    def _without(self, lifts: Callable[[Counted | Bound], bool]) -> Standing:
        hard = tuple(limit for limit in self.hard if not lifts(limit))
        return replace(self, hard=hard, bounds=tuple(limit for limit in self.bounds if not lifts(limit)))


async def balance_of(tx: Transaction, account_id: int) -> Microusd:
    """An account's own money; the counter that the ledger equals."""
    row = await tx.one(
        Q.counter, scope="account", scope_id=account_id, measure="balance", period="ever", period_start=0
    )
    return Microusd(row["value"] if row is not None else 0)


async def standing(env: Env, tx: Transaction, person: Person, place: Place, request_id: int | None = None) -> Standing:
    """Who would pay here, from what, and under which limits; with a request, whether it was allowed once."""
    payer = await payer_of(tx, person, place)
    limits = await count_all(env, tx, person, place, payer)
    return Standing(
        payer.account_id,
        payer.kind,
        limits.hard,
        limits.own_money,
        await balance_of(tx, payer.account_id),
        limits.bounds,
        None if request_id is None else await permits.of(tx, person, request_id),
        env.now_ms(),
        limits.watched,
    )


def check(at: Standing, price: Microusd, count: int = 1, facts: Facts = UNKNOWN) -> Split:
    """Raises LimitReached unless `count` such jobs of `price` each are covered and allowed."""
    known = replace(facts, at=at.at)

    def split(at: Standing) -> Split:
        return admit(at.hard, at.own_money, at.balance, price, count, bounds=at.bounds, facts=known)

    return _weighed(at.passed(count), Microusd(price * count), split)


def _weighed(at: Standing, total: Microusd, admitted: Callable[[Standing], T]) -> T:
    """What is admitted; a refusal tells how much money alone would lift it, if that does."""
    try:
        return admitted(at)
    except LimitReached as limit:
        lacks = lacking(at.own_money, at.balance, total)
        with suppress(LimitReached):
            admitted(replace(at, balance=Microusd(at.balance + lacks)))
            limit.lacks_microusd = lacks
        raise


def is_refused(at: Standing, orders: Sequence[tuple[Microusd, Facts]]) -> bool:
    """Whether these jobs are not covered and allowed together."""
    try:
        check_all(at, orders)
    except LimitReached:
        return True
    return False


def in_the_way(at: Standing, orders: Sequence[tuple[Microusd, Facts]]) -> tuple[Counted | Bound, ...]:
    """The limits that the chat's administrators may lift and that say no. Raises LimitReached when others do too."""
    check_all(at.held_by_operators(), orders)
    total, found = Microusd(sum(price for price, _ in orders)), dict[Counted | Bound, None]()
    for price, facts in orders:
        known = replace(facts, at=at.at)
        ways = in_the_way_of(Lift.ADMIN, at.hard, at.bounds, price, len(orders), known, total=total)
        found |= dict.fromkeys(limit for limit, _ in ways)
    return tuple(found)


def patient(at: Standing) -> Standing:
    """Without the limits on jobs at once: jobs of one request keep them by waiting for each other. Zero forbids."""
    return replace(at, hard=tuple(limit for limit in at.hard if limit.measure is not Measure.ACTIVE or not limit.value))


def check_all(at: Standing, orders: Sequence[tuple[Microusd, Facts]]) -> None:
    """Raises LimitReached unless all these jobs are covered and allowed together."""
    total = Microusd(sum(price for price, _ in orders))

    def each(at: Standing) -> None:
        for price, facts in dict.fromkeys(orders):
            timed = replace(facts, at=at.at)
            admit(at.hard, at.own_money, at.balance, price, len(orders), total=total, bounds=at.bounds, facts=timed)

    _weighed((patient(at) if len(orders) > 1 else at).passed(len(orders)), total, each)


async def reserve(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    job_id: int,
    uid: str,
    price: Microusd,
) -> Standing:
    """Holds the price, counted against every limit, decided on the counts of this very transaction.

    Answers the standing before it, with the limits that it brought to 80 %, each once a period.
    """
    job = await tx.one(L.order_of, job_id=job_id)
    if job is None:
        raise Defect("job-gone")
    at = await standing(env, tx, person, place, job["request_id"])
    spec = json.loads(job["spec"])
    held_to = patient(at) if job["waits"] else at
    split = check(held_to, price, facts=Facts(job["model"], spec.get("resolution"), spec.get("duration_s")))
    for entry in ledger.reserve(uid, split):
        await book(env, tx, at.account_id, entry, job_id, job["created_at"])
    await tx.run(L.keep_hold, job_id=job_id, from_allowance=split.from_allowance, from_balance=split.from_balance)
    await tally(env, tx, job, price, split.from_allowance, requests=1, active=1 - job["waits"])
    await _note_accept(tx, job_id, job)
    if at.permit is not None:
        await permits.use(tx, person, job["request_id"])
    return replace(at, crossed=await _warn(env, tx, at, price, split))


async def count_at_once(env: Env, tx: Transaction, job: Row) -> None:
    """A job that waited for others of its request begins: from now on it is one of the jobs at once."""
    await tally(env, tx, job, 0, 0, requests=0, active=1)


async def _note_accept(tx: Transaction, job_id: int, job: Row) -> None:
    await tx.run(L.note_accept, job_id=job_id, at=job["created_at"], **streams_of(job))
    await tx.run(L.forget_accepts, until=job["created_at"] - HOUR_MS)


async def _warn(env: Env, tx: Transaction, at: Standing, price: Microusd, split: Split) -> tuple[Counted, ...]:
    """Of the limits that are nearly used up, those not warned of in this period since they were raised last."""
    crossed = []
    for limit, stream in at.watched:
        money = split.from_allowance if limit in at.own_money else price
        if is_near(limit, money if limit.measure is Measure.MONEY else 1):
            key = {**stream.key, "measure": limit.measure.value, "period": limit.period.value}
            if await tx.run(L.warn, **key, until=limit.resets_at or 0, value=limit.value, now=env.now_ms()):
                crossed.append(limit)
    return tuple(crossed)


async def _take_hold(tx: Transaction, job_id: int) -> dict[Bucket, Microusd] | None:
    """What is held of a job, for the one who ends it; None when somebody did."""
    row = await tx.one(L.take_hold, job_id=job_id)
    if row is None:
        return None
    held = {Bucket.ALLOWANCE: row["from_allowance"], Bucket.BALANCE: row["from_balance"]}
    return {bucket: Microusd(amount) for bucket, amount in held.items() if amount}


async def settle(env: Env, tx: Transaction, job: Row, real: Microusd) -> Microusd:
    """Books the real cost, never above the hold (the overrun is the operator's) nor below nothing, whatever was
    reported. Answers what the payer paid.

    Raises Transient for a job whose hold is gone: somebody else ended it, nothing is settled twice.
    """
    holds = await _take_hold(tx, job["id"])
    if holds is None:
        raise Transient("hold-lost")
    quote = sum(holds.values())
    cost = Microusd(max(0, min(real, quote)))
    for entry in ledger.settle(job["uid"], holds, cost):
        await book(env, tx, job["account_id"], entry, job["id"], job["created_at"])
    if real > quote:
        await losses.book(env, tx, job, Loss.OVERRUN, real, paid=Microusd(quote))
    lent = holds.get(Bucket.ALLOWANCE, 0)
    await tally(env, tx, job, cost - quote, min(cost, lent) - lent, requests=0, active=job["waits"] - 1)
    return cost


async def release(env: Env, tx: Transaction, job: Row, *, content_refused: bool = False) -> None:
    """Gives all that is held back, once, and the count too, except after a content refusal."""
    holds = await _take_hold(tx, job["id"])
    if holds is None:
        return
    for entry in ledger.release(job["uid"], holds):
        await book(env, tx, job["account_id"], entry, job["id"], job["created_at"])
    back = 0 if content_refused else -1
    await tally(
        env, tx, job, -sum(holds.values()), -holds.get(Bucket.ALLOWANCE, 0), requests=back, active=job["waits"] - 1
    )
    if back:
        await tx.run(L.drop_accepts, job_id=job["id"])


async def _credit(
    env: Env,
    tx: Transaction,
    owner: tuple[AccountKind, int],
    kind: EntryKind,
    amount: int,
    business_id: str,
    actor_id: int | None,
) -> Microusd:
    await _give(env, tx, owner, Entry(kind, Bucket.BALANCE, amount, business_id), actor_id)
    return await balance_of(tx, await account_id(tx, *owner))


async def _give(env: Env, tx: Transaction, owner: tuple[AccountKind, int], entry: Entry, actor_id: int | None) -> None:
    """Money for an owner from outside their account, or taken back; it opens and closes a chat's pool."""
    added = await book(env, tx, await account_id(tx, *owner), entry, None, env.now_ms(), actor_id)
    if added and owner[0] == "chat":
        await weigh_pool(tx, owner[1], entry.amount_microusd)


async def grant(
    env: Env,
    tx: Transaction,
    kind: AccountKind,
    owner_id: int,
    amount: Microusd,
    business_id: str,
    actor_id: int | None,
) -> Microusd:
    """An operator gives money, once per business id. Answers the new balance."""
    return await _credit(env, tx, (kind, owner_id), "GRANT", amount, business_id, actor_id)


async def topup(
    env: Env,
    tx: Transaction,
    kind: AccountKind,
    owner_id: int,
    amount: Microusd,
    business_id: str,
    actor_id: int | None,
) -> Microusd:
    """A payment arrived, once per business id. Answers the new balance."""
    return await _credit(env, tx, (kind, owner_id), "TOPUP", amount, business_id, actor_id)


async def refund(
    env: Env,
    tx: Transaction,
    kind: AccountKind,
    owner_id: int,
    amount: Microusd,
    business_id: str,
    actor_id: int | None,
) -> Microusd:
    """A payment went back, once per business id; what was spent of it is owed. Answers the new balance."""
    return await _credit(env, tx, (kind, owner_id), "REFUND", -amount, business_id, actor_id)


async def adjust(
    env: Env, tx: Transaction, kind: AccountKind, owner_id: int, amount: int, business_id: str, actor_id: int | None
) -> Microusd:
    """An operator corrects a balance by a signed amount, once per business id. Answers the new balance."""
    return await _credit(env, tx, (kind, owner_id), "ADJUST", amount, business_id, actor_id)


async def move(
    env: Env,
    tx: Transaction,
    source: tuple[AccountKind, int],
    to: tuple[AccountKind, int],
    amount: Microusd,
    business_id: str,
    actor_id: int | None,
) -> Microusd:
    """Out of one balance into another, once per business id; money is neither made nor lost. Answers the source's.

    Raises LimitReached for more than the source has.
    """
    giver = await account_id(tx, *source)
    left = await balance_of(tx, giver)
    out = Entry("ADJUST", Bucket.BALANCE, -amount, f"{business_id}:out")
    into = Entry("ADJUST", Bucket.BALANCE, amount, f"{business_id}:in")
    if await tx.one(Q.booked, business_id=out.business_id) is None:
        if not 0 < amount <= left:
            raise _short(source[0], left, amount)
        await book(env, tx, giver, out, None, env.now_ms(), actor_id)
        await _give(env, tx, to, into, actor_id)
    return await balance_of(tx, giver)


def _short(kind: AccountKind, left: int, amount: int) -> LimitReached:
    whose = {"scope": kind, "period": Period.EVER.value, "liftable": Lift.OPERATOR.value}
    return LimitReached("limit-money", (), **whose, price_microusd=amount, left_microusd=left, limit_microusd=left)
