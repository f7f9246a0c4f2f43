"""A provider that refuses our key or address is paused, its jobs wait, the operators are told once, and once again.

A fault that is of one model alone pauses that model. When a pause is over one job goes out first, for all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.core.errors import OperatorFault
from bot.services import alerts, say
from bot.services.draining import EVERYBODY
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("jobs")


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a provider (`model` and `key_name` ""), one of its models or one of its keys is paused, since when, and when
    it is tried again (ms UTC).
    """

    provider: str
    model: str
    reason: str
    since: int
    until: int
    key_name: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One of a provider's several keys: its name, and its place in the variable, for people. The only key has no name:
    its pause is the provider's.
    """

    name: str = ""
    place: int = 0
    count: int = 1


ONLY = Key()


OF_ONE_MODEL = frozenset({"provider-model-not-open"})
"""Faults that say nothing of a provider's other models."""
OF_ONE_KEY = frozenset({"provider-key-refused", "provider-no-balance", "provider-denied", "provider-quota-used"})
"""Faults that say nothing of its other keys."""


async def all_of(env: Env) -> list[Pause]:
    """Every pause."""

    async def use_case(tx: Transaction) -> list[Row]:
        return await tx.all(Q.pauses)

    rows = await env.store.read(use_case)
    found = [_read(row) for row in rows]
    env.away.paused = frozenset((pause.provider, pause.model) for pause in found if not pause.key_name)
    return found


def _read(row: Row) -> Pause:
    return Pause(row["provider"], row["model"], row["reason"], row["since"], row["until"] or 0, row["key_name"])


async def of(env: Env, provider: str, model: str) -> Pause | None:
    """The pause that a job of this model meets, the widest first."""
    found = {(pause.provider, pause.model): pause for pause in await all_of(env) if not pause.key_name}
    return found.get((EVERYBODY, "")) or found.get((provider, "")) or found.get((provider, model))


async def of_keys(env: Env, provider: str) -> dict[str, Pause]:
    """The pauses of single keys of a provider, by their names."""
    found = await all_of(env)
    return {pause.key_name: pause for pause in found if pause.provider == provider and pause.key_name}


async def probe(env: Env, pause: Pause, pause_ms: int) -> bool:
    """Whether this caller may find out if a pause that is over is over indeed; everybody else waits on meanwhile."""
    now = env.now_ms()

    async def use_case(tx: Transaction) -> int:
        about = {"provider": pause.provider, "model": pause.model, "key_name": pause.key_name}
        return await tx.run(Q.probe, **about, now=now, until=now + pause_ms)

    return await env.store.transact(use_case) == 1


async def pause(env: Env, provider: str, model: str, fault: OperatorFault, pause_ms: int, key: Key = ONLY) -> int:
    """Pauses (or goes on pausing) a provider, or the model or the key alone; answers when it is tried again."""
    until = env.now_ms() + pause_ms
    of_model = model if fault.key in OF_ONE_MODEL else ""
    of_key = key if fault.key in OF_ONE_KEY else ONLY

    async def use_case(tx: Transaction) -> None:
        row = await tx.one(
            Q.pause,
            provider=provider,
            model=of_model,
            key_name=of_key.name,
            reason=fault.key,
            data=json.dumps(dict(fault.data)),
            now=env.now_ms(),
            until=until,
        )
        if row is not None and row["fresh"]:
            await _alert(env, tx, "alert-provider-paused", _name(provider, of_model, of_key), env.now_ms(), fault)

    await env.store.transact(use_case)
    await all_of(env)  # whoever chooses next knows it
    return until


async def heal(env: Env, provider: str, model: str, key: Key = ONLY) -> None:
    """A call worked: the pauses that it met end, what waited goes on, the operators are told."""
    met = [pause for pause in await all_of(env) if pause.provider == provider and pause.model in {"", model}]
    if not any(pause.key_name in {"", key.name} for pause in met):
        return

    async def use_case(tx: Transaction) -> None:
        for row in await tx.all(Q.unpause, provider=provider, model=model, key_name=key.name):
            await tx.run(Q.nudge_waiting, provider=provider, now=env.now_ms())
            await _alert(
                env,
                tx,
                "alert-provider-back",
                _name(provider, row["model"], key if row["key_name"] else ONLY),
                row["since"],
                None,
            )

    await env.store.transact(use_case)


def _name(provider: str, model: str, key: Key) -> str:
    parts = [provider, model, f"{key.place}/{key.count}" if key.name else ""]
    return " · ".join(part for part in parts if part)


async def _alert(env: Env, tx: Transaction, key: str, provider: str, since: int, fault: OperatorFault | None) -> None:
    for person, place in await alerts.operators(env, tx):
        html = env.texts.render(
            person.language,
            key,
            provider=provider,
            since=env.texts.moment(person.language, since, person.zone),
            reason=env.texts.plain(person.language, fault.key, **fault.data) if fault is not None else "",
        )
        await say.message(env, tx, place, html, once=f"{key}:{provider}:{since}:{person.telegram_id}")
