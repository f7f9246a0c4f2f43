"""What one admission check costs with 10,000 entries behind it, and with 1,000,000: it should be the same."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
from contextlib import closing
from pathlib import Path
from time import perf_counter

from bot.core.limits import Lift
from bot.core.money import Microusd
from bot.services import accounts, limiting
from bot.services.limiting import Target
from bot.storage.base import Transaction
from bot.storage.migrate import migrate
from bot.storage.sqlite_thread import connect
from tests.bench.report import Line, table
from tests.services.till import START, Till, person, place, populate

SIZES = (10_000, 1_000_000)
CHECKS, ROUNDS = 300, 7
MOST_RATIO = 1.25
DAYS = 90
GROUP = 201
LIMITS = (
    ("requests", "hour", 10**6),
    ("requests", "day", 10**6),
    ("money", "week", 10**12),
    ("money", "month", 10**12),
)

FILL = """
INSERT INTO entries (account_id, kind, bucket, amount_microusd, business_id, effective_at, booked_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
SELECT 1 + i % 50, 'GRANT', 'balance', 1, 'old:' || i,
  :first + i * :step, :first + i * :step FROM n
"""
TALLIES = """
INSERT INTO tallies (scope, scope_id, member_id, grain, start, money, lent, requests, active)
SELECT scopes.column1, scopes.column2, scopes.column3, grains.column1, at - at % grains.column2,
  count(*), 0, count(*), 0
FROM (SELECT effective_at AS at FROM entries)
CROSS JOIN (VALUES ('service', 0, 0), ('chat', 201, 0),
                    ('topic', 201, 0), ('member', 201, 1), ('account', 1, 0)) AS scopes
CROSS JOIN (VALUES ('quarter', 900000), ('day', 86400000), ('ever', 1 << 62)) AS grains
GROUP BY 1, 2, 3, 4, 5
"""


async def run() -> list[str]:
    """Median costs of a standing with its check, with few and with many entries in the ledger."""
    small, large = await asyncio.to_thread(_costs_us)
    ratio = large / small
    lines = [
        Line(f"{size:,} entries", [f"{cost:.0f} µs", ""]) for size, cost in zip(SIZES, (small, large), strict=True)
    ]
    lines.append(Line(f"ratio, at most {MOST_RATIO}", ["", f"{ratio:.2f}"], kept=ratio <= MOST_RATIO))
    return table("Admission: one standing with its check", ["cost", "ratio"], lines)


def _costs_us() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        tills = [_till(Path(folder) / f"{size}.sqlite3", size) for size in SIZES]
        try:
            rounds = [[_cost_us(till) for till in tills] for _ in range(ROUNDS)]
        finally:
            for till in tills:
                till.connection.close()
    small, large = (statistics.median(costs) for costs in zip(*rounds, strict=True))
    return small, large


def _till(path: Path, size: int) -> Till:
    """The same ninety days of history, thin or thick, so that every period's rows are there in both."""
    with closing(connect(path)) as connection:
        migrate(connection, START)
        populate(connection, 50, 1)
        connection.executemany("INSERT INTO accounts (kind, owner_id) VALUES ('user', ?)", [(n,) for n in range(1, 51)])
        first = START - DAYS * 86_400_000
        connection.execute("BEGIN")
        connection.execute(FILL, {"count": size, "first": first, "step": DAYS * 86_400_000 // size})
        connection.execute(TALLIES)
        connection.execute("COMMIT")
    till = Till(sqlite3.connect(path, isolation_level=None))
    till.run(lambda tx: _set(till, tx))
    return till


async def _set(till: Till, tx: Transaction) -> None:
    whose = (Target.chat(GROUP), Target.topic(GROUP, GROUP), Target.members(GROUP))
    for target in whose:
        for kind, period, value in LIMITS:
            await limiting.set_limit(till.env, tx, 1, Lift.OPERATOR, target, kind, period, value)
    await limiting.set_limit(till.env, tx, 1, Lift.OPERATOR, Target.service(), "money", "day", 10**12)
    await limiting.set_limit(till.env, tx, 1, Lift.OPERATOR, Target.user(1), "requests", "day", 10**9)


def _cost_us(till: Till) -> float:
    async def use_case(tx: Transaction) -> None:
        for _ in range(CHECKS):
            at = await accounts.standing(till.env, tx, person(1), place(GROUP, GROUP))
            accounts.check(at, Microusd(1))

    began = perf_counter()
    till.run(use_case)
    return (perf_counter() - began) / CHECKS * 1e6
