"""A job made by another offer: by itself while its own does not answer, or by a tap on what was offered instead."""

from __future__ import annotations

from bot.core.errors import LimitReached
from bot.core.job import State
from bot.services import accounts, again, jobs, lifecycle, shortfalls, terms
from bot.services.directory import Person, Place, place_by_id
from bot.services.env import Env
from bot.services.lifecycle import Held
from bot.services.say import Button
from bot.services.ways import Way, instead, ways
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q, REQUESTS = load("jobs"), load("requests")


async def reroute(env: Env, held: Held) -> bool:
    """Whether another offer makes a waiting job from now on; a change of the model is told."""

    async def use_case(tx: Transaction) -> bool:
        person, place = await lifecycle.asker(env, tx, held.row)
        way = await instead(env, tx, person, place, held.row)
        if way is None or not await _move(tx, held, way):
            return False
        if way.offer.model.id != held.row["model"]:
            await _tell(env, tx, person, place, held.row, way)
        return True

    return await env.store.transact(use_case)


async def is_made_elsewhere(env: Env, held: Held) -> bool:
    """Whether another offer could take it over now."""

    async def use_case(tx: Transaction) -> bool:
        person, place = await lifecycle.asker(env, tx, held.row)
        return await instead(env, tx, person, place, held.row) is not None

    return await env.store.transact(use_case)  # looking at an account opens it


async def _move(tx: Transaction, held: Held, way: Way) -> bool:
    to = {"provider": way.offer.provider, "model": way.offer.model.id, "spec": way.spec.to_json()}
    if not await tx.run(Q.reroute, id=held.id, lease_token=held.token, **to):
        return False
    await tx.run(Q.forget_prepared, id=held.id)
    return True


async def _tell(env: Env, tx: Transaction, person: Person, place: Place, job: Row, way: Way) -> None:
    before = env.catalog.offer(job["provider"], job["model"])
    names = {"before": before.model.title if before else str(job["model"]), "model": way.offer.model.title}
    html = env.texts.render(person.language, "status-taken-over", **names)
    await jobs.show_status(env, tx, person, place, job, html)


async def go(env: Env, tx: Transaction, person: Person, job: Row, model: str, agreed_microusd: int) -> str | None:
    """The same order by `model`, for at most what its button said; a toast's key when it can't be done any more.

    One that waits is taken back first, one that was refused stays ended. Raises LimitReached; then nothing of it stays.
    """
    way = await _agreed(env, tx, job, model, agreed_microusd)
    if way is None:
        return "model-gone"
    if job["state"] not in {State.QUEUED, State.FAILED}:
        return "elsewhere-under-way"
    place = await place_by_id(tx, job["chat_id"], job["topic_id"])
    if not await terms.take(tx, place, way.spec):
        return "fault-words"
    if job["state"] == State.QUEUED and not await jobs.end(env, tx, job, State.CANCELLED):
        return "elsewhere-under-way"
    await _start(env, tx, person, place, job, way)
    return None


async def _agreed(env: Env, tx: Transaction, job: Row, model: str, agreed_microusd: int) -> Way | None:
    found = await ways(env, tx, job, lambda offer: offer.model.id == model)
    return next((way for way in found if way.quote <= agreed_microusd), None)


async def past_limit(
    env: Env, tx: Transaction, person: Person, job: Row, model: str, agreed_microusd: int, limit: LimitReached
) -> tuple[LimitReached, Html | None, list[Button]]:
    """The limit that `go` met, with a button to pay or to ask the moderators, and that a job that waits goes on."""
    place = await place_by_id(tx, job["chat_id"], job["topic_id"])
    limit, pays = await shortfalls.repair(env, tx, person, place, limit, job=job["id"])
    way = await _agreed(env, tx, job, model, agreed_microusd)
    asks = await again.to_moderators(env, tx, person, place, job, limit, way.spec) if way is not None else []
    buttons = [*pays, *asks]
    if not buttons or job["state"] != State.QUEUED:
        return limit, None, buttons
    return limit, env.texts.render(person.language, "elsewhere-waits", code=job["code"].lstrip("#")), buttons


async def _start(env: Env, tx: Transaction, person: Person, place: Place, job: Row, way: Way) -> None:
    row = await again.child_request(env, tx, person, place, job)
    await tx.run(REQUESTS.take, id=row["id"], now=env.now_ms())
    media = {ref.label: ref.media_id for ref in way.spec.references}
    standing = await accounts.standing(env, tx, person, place)
    await jobs.add(env, tx, person, place, row, jobs.NewJob(way.offer, way.spec, way.quote, media, 0), standing)
