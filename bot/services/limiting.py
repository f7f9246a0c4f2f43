"""Setting limits: who may set what, the operator's ceilings, and clocks."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.core.errors import Defect, Refusal
from bot.core.limits import Lift, Measure, Period, Scope
from bot.core.permits import is_within
from bot.services.counting import SERVICE_ID, weigh_pool
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, DIRECTORY, TIERS = load("limits"), load("directory"), load("tiers")


@dataclass(frozen=True, slots=True)
class Target:
    """Whose limits are set. A topic names its chat too; a member without a person is each member's default."""

    scope: Scope
    id: int = SERVICE_ID
    member_id: int = 0
    chat_id: int | None = None

    @classmethod
    def service(cls) -> Target:
        return cls(Scope.SERVICE)

    @classmethod
    def chat(cls, chat_id: int) -> Target:
        return cls(Scope.CHAT, chat_id, 0, chat_id)

    @classmethod
    def topic(cls, chat_id: int, topic_id: int) -> Target:
        return cls(Scope.TOPIC, topic_id, 0, chat_id)

    @classmethod
    def member(cls, chat_id: int, user_id: int) -> Target:
        return cls(Scope.MEMBER, chat_id, user_id, chat_id)

    @classmethod
    def members(cls, chat_id: int) -> Target:
        return cls.member(chat_id, 0)

    @classmethod
    def user(cls, user_id: int) -> Target:
        return cls(Scope.USER, user_id)

    @classmethod
    def tier(cls, tier_id: int) -> Target:
        """A tier's people: kept as the user with its negative number."""
        return cls(Scope.USER, -tier_id)

    @property
    def key(self) -> dict[str, str | int]:
        """As its rows are found."""
        return {"scope": self.scope.value, "scope_id": self.id, "member_id": self.member_id}


OFF, NO_LIMIT = "off", "unlimited"
PERIODS = {
    Measure.MONEY: frozenset({Period.DAY, Period.WEEK, Period.MONTH, Period.EVER}),
    Measure.REQUESTS: frozenset(Period) - {Period.NOW},
}


@dataclass(frozen=True, slots=True)
class Setting:
    """A limit as it is kept: NULL is no limit, zero without words forbids."""

    value: int | None
    words: str = ""

    @classmethod
    def of(cls, value: int | str) -> Setting:
        """`5`, `"unlimited"`, or words: `"a,b"`, `"720p"`, `"9-23"`."""
        if isinstance(value, int):
            return cls(value)
        return cls(None) if value == NO_LIMIT else cls(1, value)


async def set_limit(
    env: Env,
    tx: Transaction,
    actor_id: int | None,
    by: Lift,
    target: Target,
    measure: str,
    period: str,
    value: int | str | None,
    *,
    everywhere: bool = False,
    noted: bool = True,
) -> None:
    """Sets a limit, or with None or "off" lets its default apply again; noted in the audit, unless by the caller.

    Raises Refusal: quota-operators-only for what an administrator may not touch, quota-above-ceiling.
    """
    kind, span = _named(measure, period)
    if by is Lift.ADMIN:
        await may_touch(tx, target, kind, span, value)
    if value is None or value == OFF:
        await tx.run(Q.remove, **target.key, measure=kind, period=span)
        if target.scope is Scope.CHAT:
            await weigh_pool(tx, target.id)
    else:
        lift = Lift.ADMIN if target.scope in {Scope.TOPIC, Scope.MEMBER} else by
        kept = Setting.of(value)
        await tx.run(
            Q.put,
            **target.key,
            measure=kind,
            period=span,
            value=kept.value,
            words=kept.words,
            lift=lift,
            is_everywhere=int(everywhere),
            set_by=actor_id,
            now=env.now_ms(),
        )
    if noted:
        data = {**target.key, "measure": kind, "period": span, "value": value}
        marked = {"everywhere": 1} if everywhere else {}
        await _note(env, tx, actor_id, target.chat_id, "quota", **data, **marked)


def _named(measure: str, period: str) -> tuple[Measure, Period]:
    """Raises Defect for a pair that no limit can have."""
    try:
        kind, span = Measure(measure), Period(period or Period.NOW)
    except ValueError as error:
        raise Defect("limit-malformed", measure=measure, period=period) from error
    if span not in PERIODS.get(kind, {Period.NOW}):
        raise Defect("limit-malformed", measure=measure, period=period)
    return kind, span


async def may_touch(tx: Transaction, target: Target, kind: Measure, span: Period, value: int | str | None) -> None:
    if target.chat_id is None:
        raise Refusal("quota-operators-only")
    row = await tx.one(Q.get, **target.key, measure=kind, period=span)
    if row is not None and row["lift"] == Lift.OPERATOR:
        raise Refusal("quota-operators-only")
    top = await tx.one(Q.ceiling, chat_id=target.chat_id, scope=target.scope, measure=kind, period=span)
    if top is None or value is None or value in {OFF, NO_LIMIT}:
        return
    wished = Setting.of(value)
    if not is_within(kind, (wished.value, wished.words), (top["value"], top["words"])):
        raise Refusal("quota-above-ceiling", (), measure=kind.value, limit=top["words"] or top["value"])


async def ceiling(
    env: Env,
    tx: Transaction,
    actor_id: int | None,
    chat_id: int,
    scope: Scope,
    measure: str,
    period: str,
    value: int | str | None,
) -> None:
    """An operator says what a chat's administrators may set at most; it holds by itself too. None takes it away."""
    kind, span = _named(measure, period)
    ids: dict[str, str | int] = {"chat_id": chat_id, "scope": scope, "measure": kind, "period": span}
    if value is None or value in {OFF, NO_LIMIT}:
        await tx.run(Q.remove_ceiling, **ids)
        await weigh_pool(tx, chat_id)
    else:
        kept = Setting.of(value)
        await tx.run(Q.put_ceiling, **ids, value=kept.value, words=kept.words, set_by=actor_id, now=env.now_ms())
    await _note(env, tx, actor_id, chat_id, "ceiling", scope=scope, measure=kind, period=span, value=value)


async def set_clock(
    env: Env, tx: Transaction, actor_id: int | None, target: Target, timezone: str | None, reset_hour: int
) -> None:
    """Where the days of a chat or a person begin; counts follow at once, which may open a period: operators alone."""
    is_person = target.scope is Scope.USER
    await tx.run(
        Q.set_user_clock if is_person else Q.set_chat_clock, id=target.id, timezone=timezone, reset_hour=reset_hour
    )
    whom = {"user" if is_person else "id": target.id}
    await _note(env, tx, actor_id, target.chat_id, "clock", **whom, timezone=timezone, reset_hour=reset_hour)


async def settings_of(tx: Transaction, target: Target) -> list[Row]:
    """What was set for a scope itself: measure, period, value (None: unlimited), words, lift, is_everywhere."""
    return await tx.all(Q.of_target, **target.key)


async def tier_of(tx: Transaction, target: Target) -> Row | None:
    """The tier of the person whose limits are meant: id and name; None without one."""
    if target.scope is not Scope.USER or target.id < 0:
        return None
    return await tx.one(TIERS.of_person, user_id=target.id)


async def _note(
    env: Env, tx: Transaction, actor_id: int | None, chat_id: int | None, action: str, **data: str | int | None
) -> None:
    now, words = env.now_ms(), json.dumps(data)
    await tx.run(DIRECTORY.note_audit, now=now, actor_id=actor_id, chat_id=chat_id, action=action, data=words)
