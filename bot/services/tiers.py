"""`/tier`: limits under a name, for several people at once. What is set for a person themselves goes before them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.errors import Defect, Faults, Refusal
from bot.core.limits import Scope
from bot.core.quotas import OFF, QuotaOrder, Whom, read_quota, written
from bot.services import limiting
from bot.services.admins import Rank
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.limiting import Target
from bot.services.operating import note_audit, shown_name, whom_of
from bot.services.quotas import Aim, saved, set_all, settings_in
from bot.services.wording import setting_of, told
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("tiers")
NAME = re.compile(r"[\w-]{1,20}")
ADD, REMOVE = frozenset({"add", "добавить"}), frozenset({"remove", "убрать"})
DROP = frozenset({"delete", "удалить"})
MAX_TIERS, PEOPLE_TOLD = 20, 20


async def command(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html:
    """`/tier`, `/tier vip`, `/tier vip 50/day $20/month`, `/tier vip add @name`, `remove @name`, `delete`."""
    del place
    if not person.is_operator:
        raise Refusal("operators-only")
    name, *rest = asked.words.casefold().split() or [""]
    if not name:
        return await _list(env, tx, person.language)
    if not NAME.fullmatch(name):
        raise Refusal("tier-usage")
    verb = rest[0] if rest else ""
    tier = await tx.one(Q.named, name=name)
    if rest and verb not in ADD | REMOVE | DROP:
        return await _set(env, tx, person, name, tier, " ".join(rest))
    if tier is None:
        raise Refusal("tier-none-such", (), name=name)
    if not rest:
        return await _line(env, tx, person.language, tier)
    if verb in DROP:
        return await _drop(env, tx, person, tier)
    return await _move(env, tx, person, tier, asked, rest[1:], joins=verb in ADD)


async def _list(env: Env, tx: Transaction, language: str) -> Html:
    lines = [await _line(env, tx, language, tier) for tier in await tx.all(Q.list, limit=MAX_TIERS)]
    return Html("\n".join(lines)) if lines else env.texts.render(language, "tier-none")


async def _line(env: Env, tx: Transaction, language: str, tier: Row) -> Html:
    kept = [setting_of(row) for row in await limiting.settings_of(tx, Target.tier(tier["id"]))]
    people = await tx.all(Q.people, tier_id=tier["id"], limit=PEOPLE_TOLD + 1)
    told_of = [row["name"] or row["username"] or "–" for row in people[:PEOPLE_TOLD]]
    names = ", ".join([*told_of, *["…"] * (len(people) > PEOPLE_TOLD)])
    limits = told(env, language, kept, Scope.USER) if kept else env.texts.plain(language, "quota-no-own")
    return env.texts.render(language, "tier-line", name=tier["name"], limits=limits, count=len(people), people=names)


async def _set(env: Env, tx: Transaction, person: Person, name: str, tier: Row | None, words: str) -> Html:
    order = read_quota(words, env.catalog.names)
    if order.is_panel or order.reset or order.name is not None or order.whom is not Whom.MEMBERS:
        raise Refusal("tier-usage")
    made = tier or await _make(tx, name)
    aim = Aim(Target.tier(made["id"]), Whom.MEMBER, name)
    try:
        return await _set_all(env, tx, person, aim, order)
    except Faults:
        if tier is None:  # nothing of a refused order stays
            await tx.run(Q.drop, tier_id=made["id"])
        raise


async def _make(tx: Transaction, name: str) -> Row:
    if len(await tx.all(Q.list, limit=MAX_TIERS)) >= MAX_TIERS:
        raise Refusal("tier-too-many", (), max=MAX_TIERS)
    row = await tx.one(Q.add, name=name)
    if row is None:
        raise Defect("tier-not-made")
    return row


async def _set_all(env: Env, tx: Transaction, person: Person, aim: Aim, order: QuotaOrder) -> Html:
    settings = await settings_in(env, tx, Rank.OPERATOR, aim, order)
    await set_all(env, tx, person, Rank.OPERATOR, aim, settings, noted=False)
    await note_audit(env, tx, person.id, None, "tier", tier=aim.name, limits=written(settings) or OFF)
    return saved(env, person.language, aim, settings)


async def _drop(env: Env, tx: Transaction, person: Person, tier: Row) -> Html:
    await tx.run(Q.leave_all, tier_id=tier["id"])
    target = Target.tier(tier["id"])
    for row in await limiting.settings_of(tx, target):
        measure, period = row["measure"], row["period"]
        await limiting.set_limit(env, tx, person.id, Rank.OPERATOR.lift, target, measure, period, OFF, noted=False)
    await tx.run(Q.drop, tier_id=tier["id"])
    await note_audit(env, tx, person.id, None, "tier-delete", tier=tier["name"])
    return env.texts.render(person.language, "tier-dropped", tier=tier["name"])


async def _move(
    env: Env, tx: Transaction, person: Person, tier: Row, asked: Asked, words: Sequence[str], *, joins: bool
) -> Html:
    whom, word = await whom_of(env, tx, asked, list(words))
    if whom is None:
        raise Refusal("tier-usage") if word is None else Refusal("unknown-person", (), name=word)
    moved = await tx.run(Q.join if joins else Q.leave, user_id=whom.id, tier_id=tier["id"])
    name, said = shown_name(whom), "tier-joined" if joins else "tier-left"
    if not moved:
        return env.texts.render(person.language, "tier-not-in", name=name, tier=tier["name"])
    await note_audit(env, tx, person.id, None, "tier-add" if joins else "tier-remove", user=whom.id, tier=tier["name"])
    return env.texts.render(person.language, said, name=name, tier=tier["name"])
