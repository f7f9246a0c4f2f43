"""Limits set by those who may: whose are meant, all of an order or nothing, with a way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.errors import Faults, Refusal
from bot.core.limits import Lift, Measure, Period, Scope
from bot.core.quotas import EVERY, OFF, UNLIMITED, Kind, QuotaOrder, Setting, Whom, is_every, written
from bot.services import limiting
from bot.services.admins import Rank
from bot.services.directory import Person, Place, see_person
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.limiting import Target
from bot.services.operating import find_person, note_audit, shown_name
from bot.services.say import Button
from bot.services.wording import defaults_of, setting_of, told, told_one, whose
from bot.storage.base import Transaction
from bot.texts import Html

NOTED_ONCE = {UNLIMITED: "quota-lifted", OFF: "quota-default"}


@dataclass(frozen=True, slots=True)
class Aim:
    """Whose limits are meant."""

    target: Target
    whom: Whom
    name: str = ""

    def to_data(self) -> dict[str, str | int]:
        """As a button carries it."""
        target = self.target
        data: dict[str, str | int] = {"whom": self.whom.value, "name": self.name, **target.key}
        return data | ({"chat": target.chat_id} if target.chat_id is not None else {})

    @classmethod
    def from_data(cls, data: Mapping[str, str | int]) -> Aim:
        chat = int(data["chat"]) if "chat" in data else None
        target = Target(Scope(str(data["scope"])), int(data["scope_id"]), int(data["member_id"]), chat)
        return cls(target, Whom(str(data["whom"])), str(data["name"]))


async def aim_of(env: Env, tx: Transaction, place: Place, rank: Rank, order: QuotaOrder, asked: Asked) -> Aim | None:
    """Whose limits an order sets; None where it makes no sense. Raises Refusal."""
    if (order.everywhere or order.whom is Whom.SERVICE) and rank is not Rank.OPERATOR:
        raise Refusal("operators-only")
    if order.whom is Whom.MEMBER or (order.whom is Whom.MEMBERS and asked.replied_user is not None):
        return await _aim_at_person(env, tx, place, order, asked)
    if order.everywhere:
        raise Refusal("quota-everywhere-whom")
    if order.whom is Whom.SERVICE:
        return Aim(Target.service(), Whom.SERVICE)
    if place.is_private:
        return None
    if order.whom is Whom.TOPIC:
        if place.topic_id is None:
            raise Refusal("quota-no-topic")
        return Aim(Target.topic(place.chat_id, place.topic_id), Whom.TOPIC)
    if order.whom is Whom.CHAT:
        return Aim(Target.chat(place.chat_id), Whom.CHAT)
    return Aim(Target.members(place.chat_id), Whom.MEMBERS)


async def _aim_at_person(env: Env, tx: Transaction, place: Place, order: QuotaOrder, asked: Asked) -> Aim:
    """By name or number among the people seen, or the one replied to. In private or everywhere: their own account."""
    if order.name is not None:
        whom = await find_person(env, tx, order.name)
    else:
        whom = await see_person(env, tx, asked.replied_user) if asked.replied_user is not None else None
    if whom is None:
        raise Refusal("unknown-person", name=order.name or "")
    own = place.is_private or order.everywhere
    target = Target.user(whom.id) if own else Target.member(place.chat_id, whom.id)
    return Aim(target, Whom.MEMBER, shown_name(whom))


async def settings_in(env: Env, tx: Transaction, rank: Rank, aim: Aim, order: QuotaOrder) -> tuple[Setting, ...]:
    """What an order sets: `off` and `unlimited` alone speak of every limit."""
    if order.clear:
        return tuple(Setting(*setting_of(row).key, OFF) for row in await limiting.settings_of(tx, aim.target))
    if not order.unlimited:
        return order.settings
    named = {setting.key for setting in order.settings}
    every = [key for key in await _lifted(env, tx, rank, aim) if key not in named]
    return (*order.settings, *(Setting(*key, UNLIMITED, order.everywhere) for key in every))


async def _lifted(env: Env, tx: Transaction, rank: Rank, aim: Aim) -> Sequence[tuple[Kind, str]]:
    """What `unlimited` takes away: of one member whatever is or will be set, else what holds and this rank may lift."""
    if aim.target.member_id:
        return EVERY
    rows = await limiting.settings_of(tx, aim.target)
    if (tier := await limiting.tier_of(tx, aim.target)) is not None:
        rows = [*await limiting.settings_of(tx, Target.tier(tier["id"])), *rows]
    kept = [setting_of(row).key for row in rows if rank.lift is Lift.OPERATOR or row["lift"] == Lift.ADMIN]
    return tuple(dict.fromkeys([*(default.key for default in defaults_of(env, aim.target.scope)), *kept]))


async def set_all(
    env: Env,
    tx: Transaction,
    actor: Person,
    rank: Rank,
    aim: Aim,
    settings: Sequence[Setting],
    *,
    noted: bool = True,
) -> tuple[Setting, ...]:
    """Sets every limit or none, noted in the audit unless by the caller. Answers the settings that undo it; raises
    Faults with every reason.
    """
    faults: list[Refusal] = []
    for setting in settings:
        try:
            await _check(env, tx, rank, aim, setting)
        except Refusal as refusal:
            faults.append(refusal)
    if faults:
        raise Faults(faults)
    kept = {was.key: was for was in map(setting_of, await limiting.settings_of(tx, aim.target))}
    once = _noted_once(settings) if noted else None
    if once is not None:
        await note_audit(env, tx, actor.id, aim.target.chat_id, once, **aim.target.key)
    for setting in settings:
        await limiting.set_limit(
            env,
            tx,
            actor.id,
            rank.lift,
            aim.target,
            setting.kind.value,
            setting.period,
            setting.value,
            everywhere=setting.everywhere,
            noted=noted and once is None,
        )
    return tuple(kept.get(setting.key, Setting(*setting.key, OFF)) for setting in settings)


def _noted_once(settings: Sequence[Setting]) -> str | None:
    """What the audit calls it where every limit becomes the same; None: each change is noted by itself."""
    values = {setting.value for setting in settings}
    return NOTED_ONCE.get(str(*values)) if is_every(settings) and len(values) == 1 else None


async def _check(env: Env, tx: Transaction, rank: Rank, aim: Aim, setting: Setting) -> None:
    if setting.kind is Kind.MODEL and isinstance(setting.value, str) and setting.value not in {OFF, UNLIMITED}:
        for name in setting.value.split(","):
            if name not in env.catalog.names:
                raise Refusal("quota-no-such-model", model=name)
    if rank.lift is Lift.ADMIN:
        span = Period(setting.period or Period.NOW)
        # The check alone: a use case can't take back the first half of an order when its second half is refused.
        await limiting.may_touch(tx, aim.target, Measure(setting.kind), span, setting.value)


def refused(env: Env, language: str, refusal: Refusal) -> Html:
    """Every reason in one answer."""
    faults = refusal.faults if isinstance(refusal, Faults) else (refusal,)
    lines = [_fault(env, language, fault) for fault in faults]
    return lines[0] if len(lines) == 1 else Html("\n".join(f"• {line}" for line in lines))


def _fault(env: Env, language: str, fault: Refusal) -> Html:
    data = dict(fault.data)
    if fault.key == "quota-above-ceiling":
        measure = Kind(str(data.pop("measure")))
        limit = data["limit"]
        top = Setting(measure, str(data.pop("period", "")), limit if isinstance(limit, str) else int(limit))
        data["limit"] = told_one(env, language, top)
    return env.texts.render(language, fault.key, **data)


def saved(env: Env, language: str, aim: Aim, settings: Sequence[Setting]) -> Html:
    """`Saved. Each member: 5 videos a day, $2 a week.`"""
    if not settings:
        return env.texts.render(language, "quota-nothing", whom=whose(env, language, aim.whom, aim.name))
    limits = told(env, language, settings, aim.target.scope)
    return env.texts.render(language, "quota-saved", whom=whose(env, language, aim.whom, aim.name), limits=limits)


def undo_buttons(
    env: Env, language: str, aim: Aim, before: Sequence[Setting], slot: str, *, for_all: bool
) -> list[Button]:
    """The way back, where there is one."""
    if not before:
        return []
    data = {**aim.to_data(), "slot": slot, "set": written(before), "for_all": int(for_all)}
    return [Button(env.texts.plain(language, "button-undo"), "quota-undo", data, for_all=for_all)]
