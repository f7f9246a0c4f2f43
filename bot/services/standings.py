"""What a person may still spend and do in a place: `/balance`, and `/quota` where it sets nothing."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.limits import Bound, Counted, Measure, Period, Scope
from bot.services import accounts, limiting, subscriptions
from bot.services.accounts import Standing
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.limiting import Target
from bot.services.wording import as_setting, left_of, money_left, told_one
from bot.storage.base import Transaction
from bot.texts import Html


async def limits(env: Env, tx: Transaction, person: Person, place: Place) -> Html:
    """Every limit that holds here, with what is left of it and until when; what bounds one video last."""
    at = await accounts.standing(env, tx, person, place)
    counted = [limit for limit in (*at.own_money, *at.hard) if limit.scope is not Scope.SERVICE]
    every: list[Counted | Bound] = [*counted, *at.bounds]
    lines = [_line(env, person, limit) for limit in every]
    tier = await limiting.tier_of(tx, Target.user(person.id))
    named = [] if tier is None else [env.texts.render(person.language, "quota-tier", name=tier["name"])]
    return Html("\n".join([env.texts.render(person.language, "quota-own-head"), *named, *dict.fromkeys(lines)]))


async def balance(env: Env, tx: Transaction, person: Person, place: Place) -> Html:
    """What may be spent here, and what makes it so: allowance and balance, the member's share, the day's videos."""
    at, texts, language = await accounts.standing(env, tx, person, place), env.texts, person.language
    held = texts.money(language, at.balance)
    lines = [
        texts.render(language, "balance-means", means=money_left(env, language, at.means)),
        *_allowance(env, person, at),
        texts.render(language, f"balance-{at.payer}", title=place.title, balance=held),
        *(_line(env, person, limit) for limit in _shares(at)),
        *_today(env, language, at),
    ]
    paid = await subscriptions.live(env, tx, person) if place.is_private else None
    lines += [] if paid is None else [subscriptions.line(env, person, paid)]
    return Html("\n".join(lines))


def _allowance(env: Env, person: Person, at: Standing) -> Iterator[Html]:
    """The tightest of the payer's own money limits: what the operator gives."""
    if at.own_money:
        limit = min(at.own_money, key=lambda own: own.left)
        yield env.texts.render(person.language, "balance-allowance", payer=at.payer, **_told(env, person, limit))


def _shares(at: Standing) -> Iterator[Counted]:
    """The tightest money limit of each scope that holds whoever pays."""
    money = [limit for limit in at.hard if limit.measure is Measure.MONEY]
    for scope in (Scope.USER, Scope.MEMBER, Scope.TOPIC, Scope.CHAT):
        yield from sorted((limit for limit in money if limit.scope is scope), key=lambda limit: limit.left)[:1]


def _today(env: Env, language: str, at: Standing) -> Iterator[Html]:
    daily = [limit for limit in at.hard if (limit.measure, limit.period) == (Measure.REQUESTS, Period.DAY)]
    own = [limit for limit in daily if limit.scope in {Scope.USER, Scope.MEMBER}]
    if own:
        tightest = min(own, key=lambda limit: limit.left)
        most = {} if tightest.is_unlimited else {"most": tightest.value}
        yield env.texts.render(language, "balance-today", requests=tightest.used, **most)


def _line(env: Env, person: Person, limit: Counted | Bound) -> Html:
    whom = env.texts.plain(person.language, f"quota-scope-{limit.scope}")
    return env.texts.render(person.language, "quota-own-line", whom=whom, **_told(env, person, limit))


def _told(env: Env, person: Person, limit: Counted | Bound) -> dict[str, str]:
    """The limit in words, and where it is counted and not unlimited what is left and until when."""
    said = {"limit": told_one(env, person.language, as_setting(limit))}
    if not isinstance(limit, Counted) or limit.is_unlimited:
        return said
    said["left"] = left_of(env, person.language, limit)
    if limit.resets_at is not None:
        said["resets"] = env.texts.moment(person.language, limit.resets_at, person.zone, env.now_ms())
    return said
