"""What operators set: ceilings that a chat's administrators stay below, and where a chat's or a person's days begin."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.errors import Refusal
from bot.core.limits import Scope
from bot.core.quotas import Whom, read_quota
from bot.services import limiting
from bot.services.counting import clocks_of
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.limiting import Target
from bot.services.operating import shown_name, whom_of
from bot.services.quotas import refused
from bot.services.wording import told, whose
from bot.storage.base import Transaction
from bot.texts import Html

SCOPES = {Whom.MEMBERS: Scope.MEMBER, Whom.CHAT: Scope.CHAT, Whom.TOPIC: Scope.TOPIC}
LAST_HOUR = 23
OFF_WORDS = frozenset({"off", "выкл"})


async def ceiling(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html:
    """`/ceiling [members|chat|topic] limit…`: the most that this chat's administrators may set; `off` takes it away."""
    if not person.is_operator:
        raise Refusal("operators-only")
    if place.is_private:
        return env.texts.render(person.language, "ceiling-usage")
    try:
        order = read_quota(asked.words, env.catalog.names)
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
    """`/clock [@name] Europe/Berlin 4`: where the days, weeks and months of this chat, or of a person's own account,
    begin, and at what hour; `off`: as the service has it; without a zone: what holds.
    """
    if not person.is_operator:
        raise Refusal("operators-only")
    words = asked.words.split()
    whom, name = await whom_of(env, tx, asked, words)
    if whom is None:
        if name is not None:
            raise Refusal("unknown-person", name=name)
        if place.is_private:
            return env.texts.render(person.language, "clock-usage")
    target = Target.chat(place.chat_id) if whom is None else Target.user(whom.id)
    chosen = _clock_of(words)
    if words and chosen is None:
        return env.texts.render(person.language, "clock-usage")
    if chosen is not None:
        await limiting.set_clock(env, tx, person.id, target, *chosen)
    now = (await clocks_of(env, tx, whom or person, place))["chat" if whom is None else "user"]
    said = {"zone": now.zone.key, "hour": f"{now.reset_hour:02}:00"} | ({"name": shown_name(whom)} if whom else {})
    told = env.texts.render(person.language, "clock-told", saved=int(chosen is not None), **said)
    return told if words else Html(f"{told}\n{env.texts.render(person.language, 'clock-usage')}")


def _clock_of(words: Sequence[str]) -> tuple[str | None, int] | None:
    """A zone and an hour, in either order, the hour perhaps left out; None for what is neither."""
    if len(words) == 1 and words[0].casefold() in OFF_WORDS:
        return None, 0
    zones = [word for word in words if _is_zone(word)]
    hours = [word.removesuffix(":00") for word in words if word not in zones]
    if len(zones) != 1 or len(hours) > 1:
        return None
    hour = hours[0] if hours else "0"
    return (zones[0], int(hour)) if hour.isdecimal() and int(hour) <= LAST_HOUR else None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
