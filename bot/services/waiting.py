"""Jobs of one request that wait for others: they go where there is room, and end where there will be none."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.errors import Data
from bot.core.job import State
from bot.core.limits import Counted
from bot.services import batches, jobs
from bot.services.directory import person_by_id, place_by_id
from bot.services.env import Env
from bot.services.planning import MAX_VIDEOS
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, REQUESTS = load("batches"), load("requests")
SOME = 20
DAY_MS = 24 * 3_600_000
MAX_DAYS = 7
"""What has not begun by then gives its money back. Fifty videos one after the other need two days and a little."""


async def go_on(env: Env) -> int:
    """Lets waiting jobs go wherever there is room, ends those that may not go; answers how many. Called by upkeep.

    Every request has its turn: those whose people have no room hold up nobody else's.
    """
    moved, page = 0, await _waiting(env, after=0)
    while page:
        moved += sum([await _go_on(env, request_id) for request_id in page])
        page = await _waiting(env, after=page[-1])
    return moved


async def _waiting(env: Env, after: int) -> list[int]:
    rows = await env.store.read(lambda tx: tx.all(Q.waiting_requests, after=after, limit=SOME))
    return [row["request_id"] for row in rows]


async def _go_on(env: Env, request_id: int) -> int:
    async def use_case(tx: Transaction) -> int:
        row = await tx.one(REQUESTS.get, id=request_id)
        if row is None:
            return 0
        person = await person_by_id(env, tx, row["user_id"])
        place = await place_by_id(tx, row["chat_id"], row["topic_id"])
        limits = await batches.at_once(env, tx, person, place, request_id)
        moved = await batches.let_go(env, tx, limits, request_id)
        moved += await _end_hopeless(env, tx, limits, request_id)
        if moved:
            await batches.changed(env, tx, request_id)
        return moved

    return await env.store.transact(use_case)


async def _end_hopeless(env: Env, tx: Transaction, limits: Sequence[Counted], request_id: int) -> int:
    """Ends what may not begin any more, its money released; why stands in the request's summary."""
    ended = 0
    for job in await tx.all(Q.waiting, request_id=request_id, limit=MAX_VIDEOS):
        why = _forbidden(limits) or _too_long(env, job)
        if why is not None:
            ended += await jobs.end(env, tx, job, State.FAILED, *why)
    return ended


def _forbidden(limits: Sequence[Counted]) -> tuple[str, Data] | None:
    zero = next((limit for limit in limits if not limit.value), None)
    return ("limit-forbidden", {"scope": zero.scope.value, "liftable": zero.lift.value}) if zero else None


def _too_long(env: Env, job: Row) -> tuple[str, Data] | None:
    is_over = env.now_ms() - job["created_at"] >= MAX_DAYS * DAY_MS
    return ("batch-waited", {"days": MAX_DAYS}) if is_over else None
