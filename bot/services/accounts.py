"""Money and limits with the ledger: standing, admission, reserve, settle, release, grants; counters kept in step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core import ledger
from bot.core.errors import Defect
from bot.core.ledger import Bucket, Entry, Loss
from bot.core.limits import Counted, Measure, Period, Scope, Split, admit, allowance, period_end, period_start
from bot.core.money import Microusd
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("accounts")
SERVICE_OWNER = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A payer's account with every limit that applies now."""

    account_id: int
    payer: str
    hard: tuple[Counted, ...]
    own_money: tuple[Counted, ...]
    balance: Microusd

    @property
    def means(self) -> int:
        """Allowance plus balance, never more than the service itself has left."""
        own = allowance(self.own_money) + max(self.balance, 0)
        return min([own, *(limit.left for limit in self.hard if limit.measure is Measure.MONEY)])


async def _account(tx: Transaction, kind: str, owner_id: int) -> int:
    row = await tx.one(Q.account, kind=kind, owner_id=owner_id)
    if row is None:
        raise Defect("account-not-made")
    return int(row["id"])


async def _count(
    env: Env, tx: Transaction, scope: Scope, scope_id: int, measure: Measure, period: Period, default: int | None
) -> Counted | None:
    """A limit (override, else default; None: no such limit) with its count."""
    override = await tx.one(Q.limit, scope=scope, scope_id=scope_id, measure=measure, period=period)
    value = override["value"] if override is not None else default
    if value is None:
        return None
    now, zone = env.now_ms(), env.policy.zone
    start = period_start(period, now, zone)
    row = await tx.one(Q.counter, scope=scope, scope_id=scope_id, measure=measure, period=period, period_start=start)
    used = row["value"] if row is not None else 0
    return Counted(scope, measure, period, value, used, period_end(period, now, zone))


async def balance_of(tx: Transaction, account_id: int) -> Microusd:
    """An account's own money; the counter that the ledger equals."""
    row = await tx.one(
        Q.counter, scope="account", scope_id=account_id, measure="balance", period="ever", period_start=0
    )
    return Microusd(row["value"] if row is not None else 0)


async def standing(env: Env, tx: Transaction, person: Person, place: Place) -> Standing:
    """Who would pay here, from what, and under which limits."""
    policy = env.policy
    pool = not place.is_private and await tx.one(Q.was_funded, chat_id=place.chat_id) is not None
    payer, owner_id = ("chat", place.chat_id) if pool else ("user", person.id)
    account_id = await _account(tx, payer, owner_id)
    scope, month = (Scope.CHAT, None) if pool else (Scope.USER, policy.user_microusd_per_month)
    hard = [
        await _count(env, tx, Scope.SERVICE, SERVICE_OWNER, Measure.MONEY, Period.DAY, policy.service_microusd_per_day),
        await _count(env, tx, Scope.USER, person.id, Measure.REQUESTS, Period.DAY, policy.user_requests_per_day),
        await _count(env, tx, Scope.USER, person.id, Measure.ACTIVE, Period.NOW, policy.user_active_jobs),
    ]
    own = [await _count(env, tx, scope, owner_id, Measure.MONEY, Period.MONTH, month)]
    return Standing(account_id, payer, _some(hard), _some(own), await balance_of(tx, account_id))


def _some(limits: Sequence[Counted | None]) -> tuple[Counted, ...]:
    return tuple(limit for limit in limits if limit is not None)


def check(at: Standing, price: Microusd, count: int = 1) -> Split:
    """Raises LimitReached unless `count` jobs of `price` are covered."""
    return admit(at.hard, at.own_money, at.balance, price, count)


async def reserve(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    job_id: int,
    uid: str,
    price: Microusd,
    made_at: int | None = None,
) -> Standing:
    """Holds the price, counted against every limit, decided on the counts of this very transaction.

    It counts in the periods of `made_at`, the job's making (None: now), where a later release finds it.
    """
    at = await standing(env, tx, person, place)
    split = check(at, price)
    now = env.now_ms() if made_at is None else made_at
    for entry in ledger.reserve(uid, split):
        await _book(env, tx, at.account_id, entry, job_id, now)
    counts = _Counts(at.payer, place.chat_id if at.payer == "chat" else person.id, person.id, now)
    await _bump_all(env, tx, counts, price, split.from_allowance, requests=1, active=1)
    return at


@dataclass(frozen=True, slots=True)
class _Counts:
    """Whose counters a job moves, and in which periods: those in which it was accepted."""

    payer: str
    owner_id: int
    user_id: int
    at: int


async def _bump_all(
    env: Env, tx: Transaction, job: _Counts, money: int, from_allowance: int, *, requests: int, active: int
) -> None:
    scope = Scope.CHAT if job.payer == "chat" else Scope.USER
    await _bump(env, tx, Scope.SERVICE, SERVICE_OWNER, Measure.MONEY, Period.DAY, job.at, money)
    await _bump(env, tx, scope, job.owner_id, Measure.MONEY, Period.MONTH, job.at, from_allowance)
    await _bump(env, tx, Scope.USER, job.user_id, Measure.REQUESTS, Period.DAY, job.at, requests)
    await _bump(env, tx, Scope.USER, job.user_id, Measure.ACTIVE, Period.NOW, job.at, active)


async def _bump(
    env: Env, tx: Transaction, scope: str, scope_id: int, measure: str, period: Period, at: int, delta: int
) -> None:
    if delta == 0:
        return
    start = period_start(period, at, env.policy.zone)
    await tx.run(
        Q.bump, scope=scope, scope_id=scope_id, measure=measure, period=period, period_start=start, delta=delta
    )


async def _book(
    env: Env,
    tx: Transaction,
    account_id: int,
    entry: Entry,
    job_id: int | None,
    effective_at: int,
    actor_id: int | None = None,
) -> bool:
    """Appends one entry and moves the balance with it; False when it was booked before."""
    added = await tx.run(
        Q.add_entry,
        account_id=account_id,
        kind=entry.kind,
        bucket=entry.bucket,
        amount_microusd=entry.amount_microusd,
        job_id=job_id,
        business_id=entry.business_id,
        actor_id=actor_id,
        note=entry.note,
        effective_at=effective_at,
        now=env.now_ms(),
    )
    if added and entry.bucket is Bucket.BALANCE:
        await _bump(env, tx, "account", account_id, "balance", Period.EVER, effective_at, entry.amount_microusd)
    return added == 1


async def _job_counts(tx: Transaction, job: Row) -> _Counts:
    account = await tx.one(Q.account_by_id, id=job["account_id"])
    if account is None:
        raise Defect("account-gone")
    return _Counts(account["kind"], account["owner_id"], job["user_id"], job["created_at"])


async def _holds(tx: Transaction, job: Row) -> dict[Bucket, Microusd]:
    rows = await tx.all(Q.entries_of_job, job_id=job["id"], account_id=job["account_id"])
    return ledger.held((row["kind"], row["bucket"], row["amount_microusd"]) for row in rows)


async def settle(env: Env, tx: Transaction, job: Row, real: Microusd) -> Microusd:
    """Books the real cost, never above the hold; the overrun is the operator's. Answers what the payer paid."""
    holds = await _holds(tx, job)
    quote = sum(holds.values())
    cost = Microusd(min(real, quote))
    for entry in ledger.settle(job["uid"], holds, cost):
        await _book(env, tx, job["account_id"], entry, job["id"], job["created_at"])
    if real > quote:
        await book_operator(env, tx, job, Loss.OVERRUN, Microusd(real - quote))
    kept = min(cost, holds.get(Bucket.ALLOWANCE, 0))
    counts = await _job_counts(tx, job)
    await _bump_all(env, tx, counts, cost - quote, kept - holds.get(Bucket.ALLOWANCE, 0), requests=0, active=-1)
    return cost


async def release(env: Env, tx: Transaction, job: Row, *, content_refused: bool = False) -> None:
    """Gives all that is held back, and the count too, except after a content refusal."""
    holds = await _holds(tx, job)
    for entry in ledger.release(job["uid"], holds):
        await _book(env, tx, job["account_id"], entry, job["id"], job["created_at"])
    back = 0 if content_refused else -1
    counts = await _job_counts(tx, job)
    quote = sum(holds.values())
    await _bump_all(env, tx, counts, -quote, -holds.get(Bucket.ALLOWANCE, 0), requests=back, active=-1)


async def book_operator(env: Env, tx: Transaction, job: Row, why: Loss, amount: Microusd) -> None:
    """A cost of the operator's own, counted in the service's day. It takes the place of a risk booked before."""
    if why is not Loss.UNCERTAIN:
        await void_risk(env, tx, job)
    if amount <= 0:
        return
    account_id = await _account(tx, "service", SERVICE_OWNER)
    if await _book(env, tx, account_id, ledger.loss(job["uid"], why, amount), job["id"], env.now_ms()):
        await _bump(env, tx, Scope.SERVICE, SERVICE_OWNER, Measure.MONEY, Period.DAY, env.now_ms(), amount)


async def void_risk(env: Env, tx: Transaction, job: Row) -> None:
    """The risk of a create call without an answer is over: what was booked for it is taken back, once."""
    account_id = await _account(tx, "service", SERVICE_OWNER)
    risk = ledger.loss(job["uid"], Loss.UNCERTAIN, Microusd(job["quote_microusd"]))
    row = await tx.one(Q.entry, business_id=risk.business_id)
    if row is None:
        return
    back = ledger.void(risk)
    if await _book(env, tx, account_id, back, job["id"], row["effective_at"]):
        at, amount = row["effective_at"], -back.amount_microusd
        await _bump(env, tx, Scope.SERVICE, SERVICE_OWNER, Measure.MONEY, Period.DAY, at, amount)


async def grant(
    env: Env, tx: Transaction, kind: str, owner_id: int, amount: Microusd, business_id: str, actor_id: int | None
) -> Microusd:
    """An operator gives money, once per business id. Answers the new balance."""
    account_id = await _account(tx, kind, owner_id)
    entry = Entry("GRANT", Bucket.BALANCE, amount, business_id)
    await _book(env, tx, account_id, entry, None, env.now_ms(), actor_id)
    return await balance_of(tx, account_id)
