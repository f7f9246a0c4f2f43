"""What operators set for a chat: the ceilings that its administrators stay below, and where its days begin."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.errors import Refusal
from bot.core.limits import Scope
from bot.core.quotas import Whom, read_quota
from bot.services import limiting
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.limiting import Target
from bot.services.quotas import refused
from bot.services.wording import told, whose
from bot.storage.base import Transaction
from bot.texts import Html

SCOPES = {Whom.MEMBERS: Scope.MEMBER, Whom.CHAT: Scope.CHAT, Whom.TOPIC: Scope.TOPIC}
LAST_HOUR = 23


async def ceiling(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html:
    """`/ceiling [members|chat|topic] limit…`: the most that this chat's administrators may set; `off` takes it away."""
    _only_operators_in_groups(person, place)
    try:
        order = read_quota(asked.words)
    except Refusal as refusal:
        return refused(env, person.language, refusal)
    scope = SCOPES.get(order.whom)
    if scope is None or order.everywhere or not order.settings:
        return env.texts.render(person.language, "ceiling-usage")
    for one in order.settings:
        await limiting.ceiling(env, tx, person.id, place.chat_id, scope, one.kind.value, one.period, one.value)
    whom, limits = whose(env, person.language, order.whom, ""), told(env, person.language, order.settings)
    return env.texts.render(person.language, "ceiling-saved", whom=whom, limits=limits)


async def clock(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html:
    """`/clock Europe/Berlin 4`: where this chat's days, weeks and months begin, and at what hour."""
    _only_operators_in_groups(person, place)
    words = asked.words.split()
    zone, hour = words[0] if words else "", words[1].removesuffix(":00") if len(words) > 1 else "0"
    if not _is_zone(zone) or not hour.isdecimal() or int(hour) > LAST_HOUR:
        return env.texts.render(person.language, "clock-usage")
    await limiting.set_clock(env, tx, person.id, Target.chat(place.chat_id), zone, int(hour))
    return env.texts.render(person.language, "clock-saved", zone=zone, hour=f"{int(hour):02}:00")


def _only_operators_in_groups(person: Person, place: Place) -> None:
    if not person.is_operator:
        raise Refusal("operators-only")
    if place.is_private:
        raise Refusal("group-only")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
