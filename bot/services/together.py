"""Videos of one request that are ready at about the same time: they go out as one album."""

from __future__ import annotations

from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, OUTBOX = load("batches"), load("outbox")
GATHER_MS = 20_000
"""So long a video waits for those that began with it; who looks at a phone does not notice that."""


def album_of(request_id: int) -> str:
    """The name under which a request's videos travel together."""
    return f"request:{request_id}"


async def join(env: Env, tx: Transaction, job: Row, once: str) -> None:
    """A video that lies in the outbox waits for its siblings: not at all when none is about to be ready."""
    album = album_of(job["request_id"])
    await tx.run(OUTBOX.join_album, album=album, once=once, gather_ms=GATHER_MS)
    await close_if_ready(env, tx, job)


async def close_if_ready(env: Env, tx: Transaction, job: Row) -> None:
    """A job of several has ended, with a video or without: what waited for it alone goes out."""
    now = env.now_ms()
    began = job["submitted_at"] or now
    near = await tx.one(Q.nearly_ready, request_id=job["request_id"], began=began, gather_ms=GATHER_MS)
    if near is None or near["jobs"] == 0:
        await tx.run(OUTBOX.close_album, album=album_of(job["request_id"]), now=now, gather_ms=GATHER_MS)


async def came_whole(tx: Transaction, request_id: int, videos: int) -> bool:
    """Whether so many videos, all that were made, are in the chat as one album."""
    row = await tx.one(OUTBOX.album_sent, album=album_of(request_id))
    return row is not None and (row["videos"], row["parts"]) == (videos, 1)
