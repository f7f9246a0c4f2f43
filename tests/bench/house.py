"""A database of a service that has been at work for years, and the use cases' environment over it."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from bot.app.base import Base, base, now_ms
from bot.core.limits import UNLIMITED
from bot.core.money import usd
from bot.settings import Settings
from bot.storage.sqlite import open_store

PEOPLE = 1_000
RICH_MICROUSD = usd(Decimal(1_000_000))
Fill = Callable[[sqlite3.Connection], None]

_PEOPLE = (
    """INSERT INTO users (id, created_at)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people) SELECT i, 0 FROM n""",
    "INSERT INTO chats (id, kind, created_at) SELECT id, 'private', 0 FROM users",
    "INSERT INTO accounts (id, kind, owner_id) SELECT id, 'user', id FROM users",
    """INSERT INTO telegram_ids (kind, telegram_id, owner_id)
    SELECT kind, id, id FROM users, (SELECT 'user' AS kind UNION ALL SELECT 'chat')""",
    """INSERT INTO requests (id, user_id, chat_id, message_id, source, state, created_at, updated_at)
    VALUES (1, 1, 1, 1, 'plain', 'taken', 0, 0)""",
)
_JOBS = """
INSERT INTO jobs (uid, code, request_id, ordinal, user_id, chat_id, message_id, slot, account_id, provider, model, spec,
                  state, run_at, created_at, updated_at, deadline_at, trace, callback_token, quote_microusd,
                  cost_microusd)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
SELECT printf('job-%08d', i), '#', 1, i, i % :people + 1, i % :people + 1, i, 'job', i % :people + 1, 'ark',
       'seedance-2.0', '{}', iif(i % 10 = 0, 'QUEUED', 'DELIVERED'), i, 0, 0, 0, printf('trace-%08d', i),
       printf('token-%08d', i), 1000, 1000
FROM n"""
"""Nine in ten ended long ago, every tenth is due, the oldest first."""


def add_jobs(connection: sqlite3.Connection, count: int) -> None:
    """Jobs spread evenly over the people. All belong to one request: requests are not what is measured."""
    connection.execute(_JOBS, {"count": count, "people": PEOPLE})


@asynccontextmanager
async def filled(fill: Fill) -> AsyncIterator[Base]:
    """A house of `PEOPLE` with private chats and accounts, and what `fill` adds; with limits that nobody reaches."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "bench.db"
        await (await open_store(path, now_ms=0)).close()
        await asyncio.to_thread(_fill, path, fill)
        settings = Settings(_env_file=None, database_url=f"sqlite:///{path}", data_dir=Path(name))
        async with base(settings) as root:
            policy = replace(
                root.env.policy,
                open_access=True,
                service_microusd_per_day=RICH_MICROUSD,
                user_microusd_per_month=RICH_MICROUSD,
                user_requests_per_day=1_000_000,
                user_requests_per_minute=UNLIMITED,
                user_active_jobs=1_000_000,
            )
            yield replace(root, env=replace(root.env, policy=policy, now_ms=now_ms))


def _fill(path: Path, fill: Fill) -> None:
    """In one commit that nobody waits for, with the statistics that the service keeps of its tables."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        connection.execute("BEGIN")
        for sql in _PEOPLE:
            connection.execute(sql, {"people": PEOPLE} if ":people" in sql else {})
        fill(connection)
        connection.execute("COMMIT")
        connection.execute("PRAGMA analysis_limit = 400")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
