"""`/quota @name reset`: what a person used up of the running periods is given back to them.

Of ended jobs alone, each once: what runs may still be released, and would be given back twice. An operator's ceiling
counts on, so that nobody gets more than it in its period; no money moves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.core.errors import Refusal
from bot.core.limits import SLIDING_MS, Counted, Measure, Scope, period_start
from bot.core.quotas import Whom
from bot.services import counting
from bot.services.counting import Clock, Stream
from bot.services.directory import Person, Place, person_by_id
from bot.services.env import Env
from bot.services.operating import note_audit
from bot.services.quotas import Aim
from bot.storage.base import Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("limits")


@dataclass(frozen=True, slots=True)
class Given:
    """What was given back."""

    requests: int = 0
    money_microusd: int = 0


async def command(env: Env, tx: Transaction, person: Person, place: Place, aim: Aim | None, update_id: int) -> Html:
    """Gives back, and says how much. Raises Refusal where nobody is meant."""
    if aim is None or aim.whom is not Whom.MEMBER:
        raise Refusal("quota-reset-whom")
    whom = await person_by_id(env, tx, aim.target.id if aim.target.scope is Scope.USER else aim.target.member_id)
    given = await give_back(env, tx, person.id, whom, place, aim.target.scope, f"reset:update:{update_id}")
    if given == Given():
        return env.texts.render(person.language, "quota-reset-none", whom=aim.name)
    amount = given.money_microusd
    noted = {"user": whom.id, "requests": given.requests} | ({"amount_microusd": amount} if amount else {})
    await note_audit(env, tx, person.id, aim.target.chat_id, "quota-reset", **noted)
    money = {"money": env.texts.money(person.language, amount)} if amount else {}
    return env.texts.render(person.language, "quota-reset", whom=aim.name, count=given.requests, **money)


async def give_back(
    env: Env, tx: Transaction, actor_id: int | None, whom: Person, place: Place, scope: Scope, reset_id: str
) -> Given:
    """Of a member's requests and money here; with the scope of a person, of the requests that their account counts."""
    where = place if scope is Scope.MEMBER else replace(place, kind="private")
    limits = await counting.count_all(env, tx, whom, where, await counting.payer_of(tx, whom, where))
    clocks = await counting.clocks_of(env, tx, whom, where)
    watched = [(limit, stream) for limit, stream in limits.watched if limit.scope is scope and not stream.is_whole]
    given, counts = 0, _since(watched, clocks, scope, env.now_ms())
    for (stream, measure), since in counts.items():
        given += await tx.run(
            Q.give_back,
            **stream.key,
            user_id=whom.id,
            measure=measure.value,
            since=since,
            reset_id=reset_id,
            actor_id=actor_id,
            now=env.now_ms(),
        )
    if not given:
        return Given()
    await tx.run(Q.tally_back, reset_id=reset_id)
    for stream, measure in counts:
        await tx.run(Q.warn_anew, **stream.key, measure=measure.value)
    row = await tx.one(Q.given, reset_id=reset_id)
    return Given() if row is None else Given(row["requests"], row["money"])


def _since(
    watched: Iterable[tuple[Counted, Stream]], clocks: dict[str, Clock], scope: Scope, now: int
) -> dict[tuple[Stream, Measure], int]:
    """From when on each count is given back: the start of the longest period that a limit of it has."""
    found: dict[tuple[Stream, Measure], int] = {}
    clock = clocks["user" if scope is Scope.USER else "chat"]
    measures = {Measure.REQUESTS} if scope is Scope.USER else {Measure.REQUESTS, Measure.MONEY}
    for limit, stream in watched:
        if limit.measure in measures:
            width = SLIDING_MS.get(limit.period)
            start = period_start(limit.period, now, clock.zone, clock.reset_hour) if width is None else now - width + 1
            found[stream, limit.measure] = min(start, found.get((stream, limit.measure), start))
    return found
