"""Drain: new requests are stored and wait, running ones end, then the service can be stopped without anybody noticing.

It is a pause of all providers under one name; a start of the service ends it.
"""

from __future__ import annotations

from bot.services.env import Env
from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("jobs")
EVERYBODY = "*"
FOR_EVER_MS = 365 * 24 * 3_600_000


async def begin(env: Env) -> None:
    """No job is sent to a provider from now on."""

    async def use_case(tx: Transaction) -> None:
        now = env.now_ms()
        await tx.one(
            Q.pause,
            provider=EVERYBODY,
            model="",
            key_name="",
            reason="status-draining",
            data="{}",
            now=now,
            until=now + FOR_EVER_MS,
        )

    await env.store.transact(use_case)


async def end(env: Env) -> None:
    """Jobs go out again."""

    async def use_case(tx: Transaction) -> None:
        await tx.all(Q.unpause, provider=EVERYBODY, model="", key_name="")
        await tx.run(Q.nudge_queued, now=env.now_ms())

    await env.store.transact(use_case)


async def still_out(env: Env) -> int:
    """Jobs at a provider and files on their way into a chat."""

    async def use_case(tx: Transaction) -> int:
        out, leaving = await tx.one(Q.count_out), await tx.one(Q.count_delivering)
        return (out["out"] if out else 0) + (leaving["delivering"] if leaving else 0)

    return await env.store.read(use_case)
