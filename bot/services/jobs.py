"""Jobs as their people see them: taken in, shown, called back, cancelled, listed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.core.catalog import Offer
from bot.core.codes import code_of, uuid7
from bot.core.errors import Data, Defect
from bot.core.job import ACTIVE, State
from bot.core.money import Microusd
from bot.core.request import Label, VideoSpec
from bot.services import accounts, batches, cards, nearing, say, signs
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.say import Button, Priority
from bot.services.wording import money_left
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, REQUESTS, OUTBOX = load("jobs"), load("requests"), load("outbox")


@dataclass(frozen=True, slots=True)
class NewJob:
    """What is to be made; `media` says where each label's file is; `rest_ms` is the pause in which ✕ is free.

    `together`: how many jobs the request has. Of several each waits until there is room for it.
    """

    offer: Offer
    spec: VideoSpec
    quote: Microusd
    media: Mapping[Label, int]
    rest_ms: int
    together: int = 1
    any_model: bool = False


async def add(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    request: Row,
    order: NewJob,
    standing: accounts.Standing,
) -> int:
    """Inserts one job with its references, reserves its money and shows its status. Answers its id."""
    now = env.now_ms()
    uid = uuid7(now, env.random_bytes(10))
    ordinal = await tx.one(Q.next_ordinal, request_id=request["id"])
    deadline_s = env.policy.deadline_s or order.offer.model.deadline_s
    row = await tx.one(
        Q.add,
        uid=uid,
        request_id=request["id"],
        ordinal=ordinal["ordinal"] if ordinal else 0,
        user_id=person.id,
        chat_id=place.chat_id,
        topic_id=place.topic_id,
        message_id=request["message_id"],
        slot=cards.slot_of(request["id"]),
        account_id=standing.account_id,
        provider=order.offer.provider,
        model=order.offer.model.id,
        spec=order.spec.to_json(),
        run_at=now + order.rest_ms if order.together == 1 else batches.FAR,
        now=now,
        deadline_at=now + deadline_s * 1000,
        trace=env.random_bytes(16).hex(),
        callback_token=env.random_bytes(24).hex(),
        quote_microusd=order.quote,
        parent_job_id=request["parent_job_id"],
        together=order.together,
        waits=int(order.together > 1),
        any_model=int(order.any_model),
    )
    if row is None:
        raise Defect("job-not-made")
    job_id = int(row["id"])
    await tx.run(Q.set_code, id=job_id, code=code_of(job_id))
    for position, ref in enumerate(order.spec.references):
        media_id = order.media[ref.label]
        label = str(ref.label)
        await tx.run(
            Q.add_reference, job_id=job_id, position=position, label=label, role=ref.role.value, media_id=media_id
        )
    before = await accounts.reserve(env, tx, person, place, job_id, uid, order.quote)
    after = await accounts.standing(env, tx, person, place)
    if ordinal is None or ordinal["ordinal"] == 0:
        await signs.show(env, tx, place, request, signs.TAKEN)
    if order.together == 1:
        await _show_accepted(env, tx, person, place, request, order, job_id, after)
    await nearing.tell(env, tx, person, place, before.crossed, (*after.own_money, *after.hard))
    return job_id


async def _show_accepted(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    request: Row,
    order: NewJob,
    job_id: int,
    standing: accounts.Standing,
) -> None:
    texts, language = env.texts, person.language
    html = texts.render(
        language,
        "status-resting",
        **cards.facts(env, language, order.offer.model, order.spec),
        price=texts.money(language, order.quote),
        left=money_left(env, language, standing.means),
    )
    await say.card(
        env,
        tx,
        place,
        cards.slot_of(request["id"]),
        "\n".join([html, *cards.faces_note(env, language, order.offer.model, order.spec)]),
        person=person,
        buttons=[[cancel_button(env, language, job_id)]],
        reply_to=request["message_id"],
        job_id=job_id,
    )


def cancel_button(env: Env, language: str, job_id: int) -> Button:
    """✕ on a status card."""
    return Button(env.texts.plain(language, "button-cancel"), "cancel", {"job": job_id})


async def withdraw_all(env: Env, tx: Transaction, request_id: int) -> bool:
    """Takes back every job of a request that still rests, with its money; False (and nothing done) once one went on.

    Jobs that a person cancelled are no longer there to take back: they reopen nothing.
    """
    rows = await tx.all(Q.of_request, request_id=request_id)
    waiting = [row for row in rows if row["state"] == State.QUEUED and row["lease_until"] <= env.now_ms()]
    if not waiting or len(waiting) < len([row for row in rows if row["state"] != State.CANCELLED]):
        return False
    for row in waiting:
        await end(env, tx, row, State.CANCELLED)
    return True  # the card stays: it shows what the request becomes


async def all_cancelled(tx: Transaction, request_id: int) -> bool:
    """Whether nothing of a request was left to be made."""
    return all(row["state"] == State.CANCELLED for row in await tx.all(Q.of_request, request_id=request_id))


async def end(
    env: Env, tx: Transaction, job: Row, to: State, key: str | None = None, data: Data = MappingProxyType({})
) -> bool:
    """Ends a job that no worker holds: compare-and-set, then its money goes back. `key` and `data` tell why."""
    moved = await tx.run(Q.move_unheld, id=job["id"], from_state=job["state"], to_state=to.value, now=env.now_ms())
    if moved == 0:
        return False
    await tx.run(Q.set_error, id=job["id"], error_key=key, error_data=json.dumps(dict(data)), now=env.now_ms())
    await accounts.release(env, tx, job)
    return True


async def cancel(env: Env, tx: Transaction, person: Person, place: Place, job_id: int) -> str | None:
    """✕: at once while it waits; else the worker asks the provider and the card tells the truth."""
    job = await tx.one(Q.get, id=job_id)
    if job is None:
        return "receipt-none"
    if job["state"] == State.QUEUED and await end(env, tx, job, State.CANCELLED):
        await tx.run(REQUESTS.give_up, id=job["request_id"], now=env.now_ms())
        await signs.show(env, tx, place, job, signs.NOT_MADE)
        await show_status(env, tx, person, place, job, env.texts.render(person.language, "cancel-done"), buttons=[])
        return None
    if await tx.run(Q.ask_cancel, id=job_id, now=env.now_ms()) == 1:
        return "cancel-asked"
    return "cancel-finished" if job["state"] in {State.COLLECTING, State.DELIVERING} else "button-used"


async def cancel_all(env: Env, tx: Transaction, request_id: int) -> str | None:
    """✕ of several: what waits ends at once, what is at work is asked to stop; each ends as one alone would."""
    rows = [row for row in await tx.all(Q.of_request, request_id=request_id) if row["state"] in ACTIVE]
    asked = 0
    for row in rows:
        if row["state"] != State.QUEUED or not await end(env, tx, row, State.CANCELLED):
            asked += await tx.run(Q.ask_cancel, id=row["id"], now=env.now_ms())
    await tx.run(REQUESTS.give_up, id=request_id, now=env.now_ms())
    await batches.changed(env, tx, request_id)
    return ("cancel-asked" if asked else None) if rows else "button-used"


async def show_status(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    job: Row,
    html: str,
    *,
    buttons: say.Rows | None = None,
    priority: Priority = Priority.STATUS,
) -> None:
    """The status card of a job, edited in place; several jobs of one request have one card together."""
    if job["together"] > 1:
        await batches.changed(env, tx, job["request_id"])
        return
    rows = [[cancel_button(env, person.language, job["id"])]] if buttons is None else buttons
    await say.card(
        env,
        tx,
        place,
        job["slot"],
        html,
        person=person,
        buttons=rows,
        reply_to=job["message_id"],
        priority=priority,
        job_id=job["id"],
    )


TOO_LATE = "cancel-too-late"


async def end_card(env: Env, tx: Transaction, place: Place, row: Row) -> None:
    """A job that is over: its card goes, and with it the answer that it can't be stopped any more."""
    await say.remove_card(env, tx, place, row["slot"])
    told = await tx.one(OUTBOX.told_in, once=f"{TOO_LATE}:{row['id']}")
    if told is not None:
        await say.remove(env, tx, place, told["message_id"])
