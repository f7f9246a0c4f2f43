"""Four fifths of a limit are used: told once a period to the person, the moderators or the operators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from bot.core.limits import Counted, Measure, Scope
from bot.services import alerts, approvals, say
from bot.services.directory import Person, Place, known_operator, zone_of_group
from bot.services.env import Env
from bot.services.wording import as_setting, told_one
from bot.storage.base import Transaction
from bot.texts import Html


async def tell(
    env: Env, tx: Transaction, person: Person, place: Place, crossed: Sequence[Counted], now: Iterable[Counted]
) -> None:
    """`crossed` are the limits that were not warned of before, `now` all of them as they are counted after it."""
    fresh = {_name(limit): limit for limit in now}
    for limit in crossed:
        await _tell_one(env, tx, person, place, fresh.get(_name(limit), limit))


def _name(limit: Counted) -> tuple[str, ...]:
    return limit.scope, limit.measure, limit.period, limit.lift, str(limit.value)


async def _tell_one(env: Env, tx: Transaction, person: Person, place: Place, limit: Counted) -> None:
    match limit.scope:
        case Scope.SERVICE:
            for operator, where in await alerts.operators(env, tx):
                await say.message(env, tx, where, _words(env, operator.language, operator.zone, limit, place))
        case Scope.CHAT | Scope.TOPIC:
            where = await approvals.place_of_moderators(tx, place)
            language = await approvals.language_of_moderators(env, tx, place, person.language)
            html = _words(env, language, zone_of_group(env, where), limit, place)
            await say.message(env, tx, where, html, silent=True)
        case Scope.MEMBER | Scope.USER:
            known = await known_operator(env, tx, person.telegram_id)
            where = known[1] if known is not None else place  # one's money is one's own matter
            html = _words(env, person.language, person.zone, limit, place)
            await say.message(env, tx, where, html, person=person, silent=True)


def _words(env: Env, language: str, zone: ZoneInfo, limit: Counted, place: Place) -> Html:
    texts, money = env.texts, limit.measure is Measure.MONEY
    until = texts.moment(language, limit.resets_at, zone, env.now_ms()) if limit.resets_at else ""
    return texts.render(
        language,
        "nearly-used",
        percent=100 * (limit.value - limit.left) // limit.value if limit.value else 100,
        scope=limit.scope.value,
        title="" if place.is_private else place.title,
        limit=told_one(env, language, as_setting(limit)),
        left=texts.money(language, limit.left) if money else str(limit.left),
        until=until,
    )
