"""What it costs to find and lease the jobs that are due, as the table grows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from statistics import median
from time import perf_counter

from bot.app.base import Base
from bot.services import lifecycle
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from tests.bench.house import add_jobs, filled
from tests.bench.report import Line, table

Q = load("jobs")
SMALL, LARGE = 10_000, 1_000_000
TARGET = 1.25
WIDTH = 16
ROUNDS, CLAIMS = 40, 10

Claim = Callable[[Base], Awaitable[list[float]]]


async def run() -> list[str]:
    """Both sizes are open at once and asked in turns."""
    async with AsyncExitStack() as stack:
        houses = [await stack.enter_async_context(filled(partial(add_jobs, count=n))) for n in (SMALL, LARGE)]
        inside = await _in_turns(houses, _statements, ROUNDS)
        durable = await _in_turns(houses, _committed, CLAIMS)
    head = f"claiming a due job by the rows in the table, a tenth of them due (<= {TARGET}x)"
    lines = [
        _line(f"its statements, {WIDTH} at a time", inside, judged=True),
        _line("claimed by the worker, committed", durable, judged=False),
    ]
    return table(head, [f"{SMALL:,}: us", f"{LARGE:,}: us", "ratio"], lines)


def _line(label: str, took_us: list[float], *, judged: bool) -> Line:
    ratio = took_us[1] / took_us[0]
    return Line(label, (f"{took_us[0]:.0f}", f"{took_us[1]:.0f}", f"{ratio:.2f}"), ratio <= TARGET if judged else None)


async def _in_turns(houses: Sequence[Base], claim: Claim, rounds: int) -> list[float]:
    """Microseconds a job in each house, the median of all rounds."""
    took: list[list[float]] = [[] for _ in houses]
    for _ in range(rounds):
        for root, times in zip(houses, took, strict=True):
            times += await claim(root)
    return [median(times) / WIDTH * 1e6 for times in took]


async def _statements(root: Base) -> list[float]:
    return await root.store.transact(partial(_claim, root))


async def _claim(root: Base, tx: Transaction) -> list[float]:
    times = []
    for _ in range(CLAIMS):
        now = root.env.now_ms()
        began = perf_counter()
        held = [await _leased(tx, row["id"], now) for row in await tx.all(Q.due, now=now, limit=WIDTH)]
        times.append(perf_counter() - began)
        for row in held:
            await _put_last(tx, row, now)
    return times


async def _leased(tx: Transaction, job_id: int, now: int) -> Row:
    row = await tx.one(Q.lease, id=job_id, now=now, lease_until=now + lifecycle.LEASE_MS, lease_token="bench")
    assert row is not None
    return row


async def _put_last(tx: Transaction, row: Row, now: int) -> None:
    """Due again, behind all others."""
    moved = await tx.run(
        Q.move,
        id=row["id"],
        from_state=row["state"],
        to_state=row["state"],
        run_at=now,
        now=now,
        attempt=0,
        lease_token="bench",
    )
    assert moved == 1


async def _committed(root: Base) -> list[float]:
    """As the worker does it, one commit a job."""
    began = perf_counter()
    for job_id in await lifecycle.due(root.env, WIDTH):
        assert await lifecycle.take(root.env, job_id) is not None
    return [perf_counter() - began]
