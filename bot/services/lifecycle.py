"""The worker's writes: one function applies a step's outcome, each a compare-and-set in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import assert_never

from bot.core.catalog import Offer, Usage
from bot.core.errors import Data, KinetogramError
from bot.core.job import ACTIVE, Advance, Fail, Outcome, Retry, Snooze, State, check_move
from bot.core.ledger import Loss
from bot.core.request import VideoSpec
from bot.services import accounts, batches, content, endings, jobs, losses, say, signs, stuck, together, ways
from bot.services.directory import Person, Place, here, person_by_id, place_by_id
from bot.services.env import Env
from bot.services.say import Priority
from bot.storage.base import Row, Transaction
from bot.storage.queries import Query, load

Q = load("jobs")

LEASE_MS = 120_000
LATE_WATCH_MS = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Held:
    """A job that this worker holds, as it was when taken."""

    row: Row
    token: str

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def state(self) -> State:
        return State(self.row["state"])

    @property
    def spec(self) -> VideoSpec:
        return VideoSpec.from_json(self.row["spec"])


async def due(env: Env, limit: int) -> list[int]:
    """Ids of jobs that are due and free, oldest first."""

    async def use_case(tx: Transaction) -> list[Row]:
        return await tx.all(Q.due, now=env.now_ms(), limit=limit)

    return [row["id"] for row in await env.store.read(use_case)]


async def take(env: Env, job_id: int) -> Held | None:
    """Leases a due job; None when somebody else was quicker."""
    token = env.random_bytes(8).hex()

    async def use_case(tx: Transaction) -> Row | None:
        now = env.now_ms()
        return await tx.one(Q.lease, id=job_id, now=now, lease_until=now + LEASE_MS, lease_token=token)

    row = await env.store.transact(use_case)
    return Held(row, token) if row is not None else None


async def take_late(env: Env) -> Held | None:
    """Leases the task that has been due the longest of those that outlive their jobs; None when none is."""
    token = env.random_bytes(8).hex()

    async def use_case(tx: Transaction) -> Row | None:
        now = env.now_ms()
        return await tx.one(Q.lease_late, now=now, lease_until=now + LEASE_MS, lease_token=token)

    row = await env.store.transact(use_case)
    return Held(row, token) if row is not None else None


async def free_all(env: Env) -> int:
    """Ends every lease, for a worker that knows itself to be the only one; answers how many jobs it freed."""

    async def use_case(tx: Transaction) -> int:
        return await tx.run(Q.free_leases) + await tx.run(Q.free_late_leases)

    return await env.store.transact(use_case)


async def keep_hold(env: Env, held: Held) -> bool:
    """Renews the lease of a long step; False when it was lost."""

    async def use_case(tx: Transaction) -> int:
        return await tx.run(Q.renew_lease, id=held.id, lease_token=held.token, lease_until=env.now_ms() + LEASE_MS)

    return await env.store.transact(use_case) == 1


async def apply(env: Env, held: Held, outcome: Outcome) -> None:
    """Writes what a step decided."""

    async def use_case(tx: Transaction) -> None:
        await write(env, tx, held, outcome)

    await env.store.transact(use_case)


async def write(env: Env, tx: Transaction, held: Held, outcome: Outcome) -> bool:
    """Inside a transaction: the state moves if this worker still holds the job; False (nothing done) if not."""
    now = env.now_ms()
    match outcome:
        case Advance(to, _, run_at):
            return await _advance(env, tx, held, to, now if run_at is None else run_at)
        case Snooze(run_at, _):
            return await _move(env, tx, held, held.state, run_at)
        case Retry(run_at, _):
            return await _move(env, tx, held, held.state, run_at, attempt=1)
        case Fail():
            return await _fail(env, tx, held, outcome)
        case _ as never:
            assert_never(never)


async def _advance(env: Env, tx: Transaction, held: Held, to: State, run_at: int) -> bool:
    if not await _move(env, tx, held, to, run_at):
        return False
    if to is State.COLLECTING:
        await _answer_wish(env, tx, held)
    return True


async def _answer_wish(env: Env, tx: Transaction, held: Held) -> None:
    """A finished task can't be stopped any more; who wished it hears so, even if the wish came a moment ago."""
    row = await tx.one(Q.get, id=held.id)
    if row is None or row["cancel_requested_at"] is None:
        return
    await tx.run(Q.forget_cancel, id=held.id)
    person, place = await asker(env, tx, row)
    html = env.texts.render(person.language, "cancel-finished")
    once = f"cancel-finished:{held.id}"
    await say.message(env, tx, place, html, reply_to=row["message_id"], once=once, job_id=held.id)


async def _move(env: Env, tx: Transaction, held: Held, to: State, run_at: int, attempt: int = 0) -> bool:
    if to is not held.state:
        check_move(held.state, to)
    moved = await tx.run(
        Q.move,
        id=held.id,
        from_state=held.state.value,
        to_state=to.value,
        run_at=run_at,
        now=env.now_ms(),
        attempt=attempt,
        lease_token=held.token,
    )
    if moved and held.state is State.RUNNING and to is not State.RUNNING:
        await tx.run(Q.nudge_next, provider=held.row["provider"], now=env.now_ms())
    return moved == 1


async def _fail(env: Env, tx: Transaction, held: Held, fail: Fail) -> bool:
    to = State.CANCELLED if fail.cancelled else State.FAILED
    watched = held.row["submitted_at"] is not None and fail.key in WATCHED_AFTER
    if not await _move(env, tx, held, to, env.now_ms() + LATE_WATCH_MS if watched else 0):
        return False
    await tx.run(Q.set_error, id=held.id, error_key=fail.key, error_data=json.dumps(dict(fail.data)), now=env.now_ms())
    refused = fail.key.startswith(content.REFUSED)
    if held.state in ACTIVE:
        await accounts.release(env, tx, held.row, content_refused=refused)
        await tx.run(Q.set_released, id=held.id, now=env.now_ms())
    if held.state is State.UNCERTAIN:
        await losses.book(env, tx, held.row, Loss.UNCERTAIN, held.row["quote_microusd"])
    await _tell_end(env, tx, held, fail)
    if refused:
        await content.note(env, tx, *await asker(env, tx, held.row), held.row)
    return True


WATCHED_AFTER = frozenset({"deadline", "uncertain-released"})
"""Ends after which a task may still be at work there: it is watched on, and a late output is delivered free."""


async def asker(env: Env, tx: Transaction, row: Row) -> tuple[Person, Place]:
    """Who asked for a job, and where."""
    place = await place_by_id(tx, row["chat_id"], row["topic_id"])
    return here(await person_by_id(env, tx, row["user_id"]), place), place


async def _tell_end(env: Env, tx: Transaction, held: Held, fail: Fail) -> None:
    person, place = await asker(env, tx, held.row)
    html = endings.told(env, person.language, fail)
    ways_on = [] if fail.cancelled else endings.ways_on(env, person.language, held.id, fail.key)
    if held.row["together"] > 1:
        await batches.changed(env, tx, held.row["request_id"])  # all are summed up at the end
        await together.close_if_ready(env, tx, held.row)
        return
    await signs.show(env, tx, place, held.row, signs.NOT_MADE)
    if await stuck.made_smaller(env, tx, person, place, held.row, fail):
        await jobs.end_card(env, tx, place, held.row)
        return
    buttons = [row for row in (await stuck.smaller_buttons(env, tx, person, held.row, fail), ways_on) if row]
    if fail.key == "refused-face":
        buttons += await ways.buttons(env, tx, person.language, held.row, _takes_people)
    if fail.cancelled:
        await jobs.show_status(env, tx, person, place, held.row, html, buttons=buttons, priority=Priority.ANSWER)
        return
    await jobs.end_card(env, tx, place, held.row)  # an edit is not noticed; an end without a video must be
    await say.message(
        env,
        tx,
        place,
        html,
        person=person,
        buttons=buttons,
        reply_to=held.row["message_id"],
        once=f"end:{held.id}",
        job_id=held.id,
    )


def _takes_people(offer: Offer) -> bool:
    """Whether a real face that another model refused may be shown to this one; what is not known counts as no."""
    return offer.model.real_people == "allowed"


def failure(error: KinetogramError) -> Fail:
    """The end that an error means for its job."""
    data: Data = error.data
    return Fail(error.key, dict(data))


async def show(env: Env, held: Held, key: str, data: Data, *, cancellable: bool = True, others: bool = False) -> None:
    """The status card says something else from now on; with `others` it offers other models that could make it."""

    async def use_case(tx: Transaction) -> None:
        person, place = await asker(env, tx, held.row)
        html = env.texts.render(person.language, key, **data)
        buttons: say.Rows | None = None if cancellable else []
        if others:
            cancel = jobs.cancel_button(env, person.language, held.id)
            buttons = [*await ways.buttons(env, tx, person.language, held.row, lambda _: True), [cancel]]
        await jobs.show_status(env, tx, person, place, held.row, html, buttons=buttons)

    await env.store.transact(use_case)


async def tell(env: Env, held: Held, key: str, data: Mapping[str, str | int], *, agreed: str | None = None) -> None:
    """Something about the job that its card does not keep: a message of its own, once a job and text.

    `agreed`: a button of that name, with which the person takes note of it and the message goes.
    """

    async def use_case(tx: Transaction) -> None:
        person, place = await asker(env, tx, held.row)
        html = env.texts.render(person.language, key, **data)
        whose = held.id if held.row["together"] == 1 else f"all:{held.row['request_id']}"
        once = f"{key}:{whose}"
        words = [] if agreed is None else [env.texts.plain(person.language, agreed)]
        buttons = [[say.Button(word, "dismiss")] for word in words]
        asked = held.row["message_id"]
        await say.message(
            env, tx, place, html, person=person, buttons=buttons, reply_to=asked, once=once, job_id=held.id
        )

    await env.store.transact(use_case)


async def language_of(env: Env, held: Held) -> str:
    """The language in which a job's asker reads."""

    async def use_case(tx: Transaction) -> str:
        return (await person_by_id(env, tx, held.row["user_id"])).language

    return await env.store.read(use_case)


class NotStarted(Enum):
    """Why a create call does not go out now."""

    LOST = auto()
    """Somebody else holds the job."""
    WISHED = auto()
    """Its asker stopped it while its files were prepared."""
    FULL = auto()
    """Every place is taken."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a create call is committed with; the model's time is counted from there."""

    key_name: str
    patience_ms: int
    deadline_ms: int
    max_active_jobs: int


async def start_submit(env: Env, held: Held, start: Start) -> Held | NotStarted:
    """The intention, committed: QUEUED → SUBMITTING while held, while nobody wished otherwise and a place is free."""

    async def use_case(tx: Transaction) -> Row | NotStarted:
        hindrance = await _hindrance(tx, held, start.max_active_jobs)
        if hindrance is not None:
            return hindrance
        now = env.now_ms()
        if not await _move(env, tx, held, State.SUBMITTING, now):
            return NotStarted.LOST
        await tx.run(
            Q.start_submit,
            id=held.id,
            now=now,
            key_name=start.key_name,
            patience_at=now + start.patience_ms,
            deadline_at=now + start.deadline_ms,
        )
        lease_until = now + SUBMIT_LEASE_MS
        row = await tx.one(Q.lease, id=held.id, now=now, lease_until=lease_until, lease_token=held.token)
        return NotStarted.LOST if row is None else row

    row = await env.store.transact(use_case)
    return row if isinstance(row, NotStarted) else Held(row, held.token)


async def _hindrance(tx: Transaction, held: Held, max_active_jobs: int) -> NotStarted | None:
    """Looked up in the transaction that starts it: what the step saw before may be long ago."""
    row, out = await tx.one(Q.get, id=held.id), await tx.one(Q.count_out)
    if row is None or row["lease_token"] != held.token:
        return NotStarted.LOST
    if row["cancel_requested_at"] is not None:
        return NotStarted.WISHED
    return NotStarted.FULL if out is None or out["out"] >= max_active_jobs else None


SUBMIT_LEASE_MS = 180_000
"""Longer than the longest create call (170 s): no second worker can mistake a live call for a dead one."""


async def not_taken(env: Env, held: Held, run_at: int) -> None:
    """Provably not taken: back into the queue as if it had never gone out, but for the count of its tries."""

    async def use_case(tx: Transaction) -> None:
        if await _move(env, tx, held, State.QUEUED, run_at, attempt=1):
            await tx.run(Q.clear_submit, id=held.id)

    await env.store.transact(use_case)


async def uncertain(env: Env, held: Held, run_at: int) -> None:
    """Nobody knows: the money stays held, a look-up follows."""

    async def use_case(tx: Transaction) -> None:
        if await write(env, tx, held, Advance(State.UNCERTAIN, run_at=run_at)):
            await tx.run(Q.end_submit, id=held.id, now=env.now_ms())
            person, place = await asker(env, tx, held.row)
            html = env.texts.render(person.language, "status-uncertain")
            await jobs.show_status(env, tx, person, place, held.row, html)

    await env.store.transact(use_case)


async def note(env: Env, query: Query, **values: str | int | None) -> None:
    """One small fact about a held job."""

    async def use_case(tx: Transaction) -> int:
        return await tx.run(query, **values)

    await env.store.transact(use_case)


async def rows(env: Env, query: Query, **values: str | int | None) -> list[Row]:
    """A read outside any step's write."""

    async def use_case(tx: Transaction) -> list[Row]:
        return await tx.all(query, **values)

    return await env.store.read(use_case)


async def book_operator(env: Env, held: Held, why: Loss, billed: Usage | None) -> None:
    """What the provider bills for a job that gave its person nothing goes to the operator's account."""

    async def use_case(tx: Transaction) -> None:
        offer = env.catalog.offer(held.row["provider"], held.row["model"])
        known = billed is not None and offer is not None
        amount = offer.price.cost(held.spec, 0, billed) if known and offer and billed else held.row["quote_microusd"]
        await losses.book(env, tx, held.row, why, amount)
        await losses.tell_odd(env, tx, held.row, billed)

    await env.store.transact(use_case)


async def forget_risk(env: Env, held: Held) -> None:
    """It is known now that nothing is billed for a job that was released without an answer."""

    async def use_case(tx: Transaction) -> None:
        await losses.void_risk(env, tx, held.row)

    await env.store.transact(use_case)
