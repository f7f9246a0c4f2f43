"""What the schema itself refuses, whatever the code says."""

from __future__ import annotations

from functools import partial

import pytest

from bot.core.errors import Defect
from bot.core.job import ENDED
from bot.storage.base import Store, Transaction
from tests.storage.miniature import NOW, PRICE, Admit, Person, Q, ad_hoc, add_updates


@pytest.fixture
async def job_id(store: Store) -> int:
    """One admitted job of user 1."""
    await store.transact(Person(1, money=PRICE * 2))
    await store.transact(partial(add_updates, count=3))
    job_id = await store.transact(Admit(1, 1))
    assert job_id is not None
    return job_id


REFUSED = {
    "an update is stored twice": "INSERT INTO inbox (update_id, lane, payload, received_at) VALUES (1, 'x', '{}', 0)",
    "an open update has an end": "UPDATE inbox SET closed_at = 1 WHERE update_id = 2",
    "a closed update has no end": "UPDATE inbox SET state = 'closed' WHERE update_id = 2",
    "a telegram id has two current owners": "INSERT INTO telegram_ids (kind, telegram_id, owner_id) "
    "VALUES ('user', 5, 1), ('user', 6, 1)",
    "a chat is of an unknown kind": "UPDATE chats SET kind = 'party'",
    "a message asks twice": "INSERT INTO requests (user_id, chat_id, message_id, source, state, created_at, "
    "updated_at) VALUES (1, 1, 1, 'plain', 'taken', 0, 0)",
    "a collecting request has no time to settle": "UPDATE requests SET state = 'collecting'",
    "a request belongs to nobody": "UPDATE requests SET user_id = 99",
    "a job has an unknown state": "UPDATE jobs SET state = 'LOST'",
    "a job runs without a task": "UPDATE jobs SET state = 'RUNNING'",
    "a job is delivered without a cost": "UPDATE jobs SET state = 'DELIVERED'",
    "a job costs more than its quote": "UPDATE jobs SET cost_microusd = quote_microusd + 1",
    "a quote is negative": "UPDATE jobs SET quote_microusd = -1",
    "progress is beyond its end": "UPDATE jobs SET progress = 101",
    "a grant takes money": "INSERT INTO entries (account_id, kind, bucket, amount_microusd, business_id, effective_at, "
    "booked_at) VALUES (1, 'GRANT', 'balance', -1, 'x', 0, 0)",
    "a reservation gives money": "INSERT INTO entries (account_id, kind, bucket, amount_microusd, business_id, "
    "effective_at, booked_at) VALUES (1, 'RESERVE', 'balance', 1, 'x', 0, 0)",
    "an entry is booked twice": "INSERT INTO entries (account_id, kind, bucket, amount_microusd, business_id, "
    "effective_at, booked_at) VALUES (1, 'TOPUP', 'balance', 1, 'topup:1', 0, 0)",
    "an entry is changed": "UPDATE entries SET note = 'better'",
    "an entry is deleted": "DELETE FROM entries",
    "an owner has two accounts": "INSERT INTO accounts (kind, owner_id) VALUES ('user', 1)",
    "a limit is negative": "INSERT INTO limits (scope, scope_id, measure, period, value, updated_at) "
    "VALUES ('user', 1, 'money', 'day', -1, 0)",
    "a fact is told twice": "INSERT INTO outbox (chat_id, kind, priority, once, payload, run_at, created_at) "
    "VALUES (1, 'text', 1, 'job-1', '{}', 0, 0)",
    "a slot has two pending contents": "INSERT INTO outbox (chat_id, kind, slot, priority, payload, run_at, created_at)"
    " VALUES (1, 'text', 'card', 1, '{}', 0, 0), (1, 'text', 'card', 1, '{}', 0, 0)",
    "a message has an unknown priority": "UPDATE outbox SET priority = 4",
    "a file is empty": "INSERT INTO job_files (job_id, kind, path, size_bytes, sha256, created_at) "
    "VALUES (1, 'output', 'x', 0, 'x', 0)",
}


@pytest.mark.parametrize("sql", REFUSED.values(), ids=[fact.replace(" ", "-") for fact in REFUSED])
async def test_the_schema_refuses_that(store: Store, job_id: int, sql: str) -> None:
    with pytest.raises(Defect, match=r"CONSTRAINT|UNIQUE|CHECK"):
        await store.transact(lambda tx: tx.run(ad_hoc(sql)))


async def test_a_task_belongs_to_one_job(store: Store, job_id: int) -> None:
    await store.transact(Admit(1, 2))
    with pytest.raises(Defect, match="query-failed"):
        await store.transact(lambda tx: tx.run(ad_hoc("UPDATE jobs SET task_id = 'cgt-1'")))


@pytest.mark.parametrize("end", sorted(ENDED))
async def test_an_ended_job_stays_ended(store: Store, job_id: int, end: str) -> None:
    async def finish(tx: Transaction) -> int:
        await tx.run(ad_hoc("UPDATE jobs SET cost_microusd = 1"))
        return await tx.run(Q.move_job, id=job_id, before="QUEUED", after=end, now=NOW)

    assert await store.transact(finish) == 1
    with pytest.raises(Defect, match="stays ended"):
        await store.transact(lambda tx: tx.run(Q.move_job, id=job_id, before=end, after="QUEUED", now=NOW))
    touch = ad_hoc("UPDATE jobs SET released_at = 1, state = state")
    assert await store.transact(lambda tx: tx.run(touch)) == 1
