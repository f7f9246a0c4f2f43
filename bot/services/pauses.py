"""A provider that refuses our key or address is paused, its jobs wait, the operators are told once, and once again."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.core.errors import OperatorFault
from bot.services import say
from bot.services.directory import known_operator
from bot.services.draining import EVERYBODY
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("jobs")


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a provider is paused, since when, and when it is tried again (ms UTC)."""

    provider: str
    reason: str
    since: int
    until: int


async def all_of(env: Env) -> dict[str, Pause]:
    """Every pause in force, by provider."""

    async def use_case(tx: Transaction) -> list[Row]:
        return await tx.all(Q.pauses)

    rows = await env.store.read(use_case)
    return {row["provider"]: Pause(row["provider"], row["reason"], row["since"], row["until"] or 0) for row in rows}


async def of(env: Env, provider: str) -> Pause | None:
    """A provider's pause, if it has one."""
    found = await all_of(env)
    return found.get(EVERYBODY) or found.get(provider)


async def pause(env: Env, provider: str, fault: OperatorFault, pause_ms: int) -> int:
    """Pauses (or goes on pausing) a provider; answers when it is tried again."""
    until = env.now_ms() + pause_ms

    async def use_case(tx: Transaction) -> None:
        row = await tx.one(
            Q.pause,
            provider=provider,
            key_name="",
            reason=fault.key,
            data=json.dumps(dict(fault.data)),
            now=env.now_ms(),
            until=until,
        )
        if row is not None and row["fresh"]:
            await _alert(env, tx, "alert-provider-paused", provider, env.now_ms(), fault)

    await env.store.transact(use_case)
    return until


async def heal(env: Env, provider: str) -> None:
    """A call worked: the pause ends, what waited goes on, the operators are told."""
    if provider not in await all_of(env):
        return

    async def use_case(tx: Transaction) -> None:
        row = await tx.one(Q.unpause, provider=provider)
        if row is not None:
            await tx.run(Q.nudge_waiting, provider=provider, now=env.now_ms())
            await _alert(env, tx, "alert-provider-back", provider, row["since"], None)

    await env.store.transact(use_case)


async def _alert(env: Env, tx: Transaction, key: str, provider: str, since: int, fault: OperatorFault | None) -> None:
    for telegram_id in sorted(env.policy.operator_ids):
        known = await known_operator(env, tx, telegram_id)
        if known is None:
            continue  # an operator who never wrote to the bot can't be written to
        person, place = known
        html = env.texts.render(
            person.language,
            key,
            provider=provider,
            since=env.texts.moment(person.language, since, env.policy.zone),
            reason=env.texts.plain(person.language, fault.key, **fault.data) if fault is not None else "",
        )
        await say.message(env, tx, place, html, once=f"{key}:{provider}:{since}:{telegram_id}")
