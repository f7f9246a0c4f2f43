"""A small bot on the real schema: enough of people, jobs and money to put a storage driver under load.

`admit` is the shape of the product's admission: close the inbox row, check and take the counter, write the request,
its job, the reservation and the answer, all or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.errors import LimitReached
from bot.storage.base import Transaction
from bot.storage.queries import Query, parse

NOW = 1_700_000_000_000
PRICE = 250_000

SQL = """
-- name: add_user
-- A person.
INSERT INTO users (id, name, created_at) VALUES (:id, :name, :now);
-- name: add_chat
-- Their chat.
INSERT INTO chats (id, kind, created_at) VALUES (:id, 'private', :now);
-- name: add_account
-- Their account.
INSERT INTO accounts (id, kind, owner_id) VALUES (:id, 'user', :id);
-- name: add_update
-- An open inbox row.
INSERT INTO inbox (update_id, lane, payload, received_at) VALUES (:update_id, 'chat:1', '{}', :now);
-- name: close_update
-- Compare-and-set: 1 for the first that closes it.
UPDATE inbox SET state = 'closed', closed_at = :now WHERE update_id = :update_id AND state = 'open';
-- name: take
-- Moves a counter; CHECKs of the ledger's rules are the caller's.
UPDATE counters SET value = value + :amount
WHERE scope = 'account' AND scope_id = :id AND measure = 'balance' AND period = 'ever' AND period_start = 0
  AND value + :amount >= 0;
-- name: put
-- Sets a counter.
INSERT INTO counters (scope, scope_id, measure, period, period_start, value)
VALUES ('account', :id, 'balance', 'ever', 0, :value);
-- name: add_request
-- The wish, with the id that the database gave it.
INSERT INTO requests (user_id, chat_id, message_id, source, text, state, created_at, updated_at)
VALUES (:user_id, :user_id, :message_id, 'plain', 'a cat', 'taken', :now, :now)
RETURNING id;
-- name: add_job
-- Its job.
INSERT INTO jobs (uid, code, request_id, ordinal, user_id, chat_id, message_id, slot, account_id, provider, model, spec,
  state, run_at, created_at, updated_at, deadline_at, trace, callback_token, quote_microusd)
VALUES (:uid, '#AAAA', :request_id, 0, :user_id, :user_id, :message_id, 'card', :user_id, 'ark', 'seedance', '{}',
  'QUEUED', :now, :now, :now, :now + 3600000, :uid, :uid, :quote)
RETURNING id;
-- name: add_entry
-- One line of the ledger.
INSERT INTO entries (account_id, kind, bucket, amount_microusd, job_id, business_id, effective_at, booked_at)
VALUES (:id, :kind, 'balance', :amount, :job_id, :business_id, :now, :now);
-- name: add_answer
-- What the bot will say.
INSERT INTO outbox (chat_id, kind, priority, once, payload, job_id, run_at, created_at)
VALUES (:chat_id, 'text', 1, :once, '{}', :job_id, :now, :now);
-- name: balance
-- A bucket is the sum of its entries; the counter equals it.
SELECT (SELECT COALESCE(SUM(amount_microusd), 0) FROM entries WHERE account_id = :id) AS ledger,
  (SELECT value FROM counters WHERE scope = 'account' AND scope_id = :id) AS counter,
  (SELECT COUNT(*) FROM jobs WHERE account_id = :id) AS jobs,
  (SELECT COUNT(*) FROM outbox WHERE chat_id = :id) AS answers;
-- name: move_job
-- Compare-and-set on the state.
UPDATE jobs SET state = :after, updated_at = :now WHERE id = :id AND state = :before;
-- name: names
-- Everybody, in the order of their ids.
SELECT id, name FROM users ORDER BY id;
-- name: rename
-- By id.
UPDATE users SET name = :name WHERE id = :id;
-- name: ids
-- Changes several rows and tells which.
UPDATE users SET name = :name WHERE id <= :id RETURNING id;
"""
Q = parse("miniature", SQL)


def ad_hoc(sql: str) -> Query:
    """A query of one test."""
    return Query("test.ad_hoc", sql, "Of one test.")


@dataclass(frozen=True, slots=True)
class Person:
    """A use case: one user (chat and account have the same id) with some money."""

    id: int
    money: int = 0

    async def __call__(self, tx: Transaction) -> None:
        await tx.run(Q.add_user, id=self.id, name=f"user {self.id}", now=NOW)
        await tx.run(Q.add_chat, id=self.id, now=NOW)
        await tx.run(Q.add_account, id=self.id)
        await tx.run(Q.put, id=self.id, value=self.money)
        business = f"topup:{self.id}"
        await tx.run(
            Q.add_entry, id=self.id, kind="TOPUP", amount=self.money, job_id=None, business_id=business, now=NOW
        )


@dataclass(frozen=True, slots=True)
class Admit:
    """A use case: takes one request of a person; `serial` makes it unique. Answers the job's id, None for a replay."""

    user_id: int
    serial: int

    async def __call__(self, tx: Transaction) -> int | None:
        if not await tx.run(Q.close_update, update_id=self.serial, now=NOW):
            return None
        if not await tx.run(Q.take, id=self.user_id, amount=-PRICE):
            raise LimitReached("no-money")
        return await self._write(tx)

    async def _write(self, tx: Transaction) -> int:
        request = await tx.one(Q.add_request, user_id=self.user_id, message_id=self.serial, now=NOW)
        assert request is not None
        uid = f"job-{self.serial}"
        job = await tx.one(
            Q.add_job,
            uid=uid,
            request_id=request["id"],
            user_id=self.user_id,
            message_id=self.serial,
            quote=PRICE,
            now=NOW,
        )
        assert job is not None
        job_id = int(job["id"])
        await tx.run(
            Q.add_entry, id=self.user_id, kind="RESERVE", amount=-PRICE, job_id=job_id, business_id=uid, now=NOW
        )
        await tx.run(Q.add_answer, chat_id=self.user_id, once=uid, job_id=job_id, now=NOW)
        return job_id


async def add_updates(tx: Transaction, count: int) -> None:
    """Open inbox rows 1..count."""
    for update_id in range(1, count + 1):
        await tx.run(Q.add_update, update_id=update_id, now=NOW)
