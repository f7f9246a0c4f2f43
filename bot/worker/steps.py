"""One step of one job, by its state. A step does I/O and returns an outcome; it writes nothing of the state itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar, assert_never

import structlog

from bot.core.errors import (
    Data,
    KinetogramError,
    NotTaken,
    OperatorFault,
    Refusal,
    Transient,
    Uncertain,
)
from bot.core.job import Fail, Outcome, Retry, Snooze, State
from bot.providers.base import Order, PreparedReference, Provider
from bot.providers.ring import Ring
from bot.services import elsewhere, lifecycle, pauses, taking
from bot.services.draining import EVERYBODY
from bot.services.lifecycle import Held, NotStarted, Start
from bot.services.pauses import OF_ONE_KEY, ONLY, Pause
from bot.storage.queries import load
from bot.worker import collect, prepare, uncertain, watch
from bot.worker.keys import key_of, usable
from bot.worker.tools import SECOND_MS, Tools

Q = load("jobs")
T = TypeVar("T")

log = structlog.get_logger(__name__)


async def step(tools: Tools, held: Held) -> Outcome | None:
    """What to do with a held job now; None when the step wrote its own outcome."""
    match held.state:
        case State.QUEUED:
            return await _queued(tools, held)
        case State.SUBMITTING:
            # Its worker died while the create call may have been out.
            await lifecycle.uncertain(tools.env, held, tools.env.now_ms())
            return None
        case State.RUNNING:
            return await watch.running(tools, held)
        case State.COLLECTING:
            return await collect.collecting(tools, held)
        case State.UNCERTAIN:
            return await uncertain.look_up(tools, held)
        case State.DELIVERING | State.DELIVERED | State.FAILED | State.CANCELLED:
            return None
        case _ as never:
            assert_never(never)


async def _queued(tools: Tools, held: Held) -> Outcome | None:
    if held.row["cancel_requested_at"] is not None:
        return Fail("cancel-done", cancelled=True)
    # Not now: a service that was away for hours has not used up anybody's time.
    if held.row["run_at"] >= held.row["deadline_at"]:
        return watch.deadline(tools, held)
    keys, provider = await _keys(tools, held), tools.provider_of(held)
    if not isinstance(keys, tuple) or provider is None:
        return Fail("model-gone") if isinstance(keys, tuple) else keys
    if await _full(tools):
        return await _wait_for_place(tools, held, tools.pace.busy_ms)
    return await _prepare_and_submit(tools, held, provider, keys)


async def _keys(tools: Tools, held: Held) -> tuple[str, ...] | Outcome:
    """The keys that it may go out with now; or what becomes of it while there is none."""
    pause = await pauses.of(tools.env, held.row["provider"], held.row["model"])
    if pause is not None and pause.provider == EVERYBODY:
        return await _wait_for_provider(tools, held, pause)
    provider, offer = tools.provider_of(held), tools.env.catalog.offer(held.row["provider"], held.row["model"])
    if provider is None or offer is None:
        return await _elsewhere(tools, held) or Fail("model-gone")
    met = await usable(tools, provider) if pause is None or await _may_try(tools, pause) else pause
    if isinstance(met, Pause):
        return await _elsewhere(tools, held) or await _wait_for_provider(tools, held, met)
    return (await _elsewhere(tools, held) if provider.down(offer.wire_id, met) else None) or met


async def _elsewhere(tools: Tools, held: Held) -> Outcome | None:
    """It was taken nowhere yet, and its provider does not answer: another offer takes over, at once."""
    return Snooze(tools.env.now_ms()) if await elsewhere.reroute(tools.env, held) else None


async def _may_try(tools: Tools, pause: Pause) -> bool:
    """A pause that is over ends for one job first, then for another: they come back in any order, it behind them."""
    return tools.env.now_ms() >= pause.until and await pauses.probe(tools.env, pause, tools.pace.pause_ms)


async def _full(tools: Tools) -> bool:
    out = await lifecycle.rows(tools.env, Q.count_out)
    return bool(out[0]["out"] >= tools.max_active_jobs)


async def _wait_for_place(tools: Tools, held: Held, wait_ms: int) -> Outcome:
    """Every place is taken: here or, by the provider's own limits, there. The time spent waiting does not count.

    Who is further behind looks later: a place that becomes free calls the first of those who wait.
    """
    ahead = await lifecycle.rows(tools.env, Q.place_in_queue, id=held.id)
    behind_ms = min(ahead[0]["ahead"] * tools.pace.behind_ms, tools.pace.pause_ms)
    until = tools.env.now_ms() + max(wait_ms, behind_ms, 1)
    await lifecycle.show(
        tools.env, held, "status-queued", {"position": ahead[0]["ahead"] + 1, "model": tools.title_of(held)}
    )
    await _put_off_deadline(tools, held, until)
    return Snooze(until)


async def _put_off_deadline(tools: Tools, held: Held, until: int) -> None:
    """By the time from when it was due until then, but never so that a job waits for more than `max_wait_ms`."""
    row = held.row
    latest = max(row["deadline_at"], row["created_at"] + tools.pace.max_wait_ms)
    deadline_at = min(row["deadline_at"] + until - row["run_at"], latest)
    await lifecycle.note(tools.env, Q.set_deadline, id=held.id, deadline_at=deadline_at)


async def _wait_for_provider(tools: Tools, held: Held, pause: Pause) -> Outcome:
    """The time spent waiting on a paused provider does not count."""
    now = tools.env.now_ms()
    next_try = now + tools.pace.pause_ms
    until = max(min(pause.until, next_try), now + SECOND_MS) if pause.until > now else next_try
    until += watch.dice(tools, tools.pace.busy_ms)
    if pause.provider == EVERYBODY:
        await lifecycle.show(tools.env, held, "status-draining", {})
    else:
        title = tools.title_of(held)
        await lifecycle.show(tools.env, held, "status-waiting-provider", {"model": title}, others=True)
    await _put_off_deadline(tools, held, until)
    return Snooze(until)


async def _prepare_and_submit(tools: Tools, held: Held, provider: Ring, keys: tuple[str, ...]) -> Outcome | None:
    if held.spec.references:
        await lifecycle.show(tools.env, held, "status-preparing", {})
    try:
        async with collect.holding(tools, held):
            prepared = await prepare.prepare(tools, held)
            prepared = await _fitting(tools, held, provider, prepared)
    except Refusal as refusal:
        return lifecycle.failure(refusal)
    except Transient as error:
        return retry(tools, held, error)
    wire_id = tools.offer_of(held).wire_id
    wait_s = provider.wait_s(wire_id, keys)
    if wait_s > 0:
        return await _wait_for_place(tools, held, round(wait_s * SECOND_MS))
    with tools.ordering(held):
        started = await lifecycle.start_submit(tools.env, held, _start(tools, held, provider.key_for(wire_id, keys)))
        if isinstance(started, Held):
            await _submit(tools, started, provider, order_of(tools, started, prepared))
            return None
    match started:
        case NotStarted.LOST:
            return None
        case NotStarted.WISHED:
            return Fail("cancel-done", cancelled=True)
        case NotStarted.FULL:
            return await _wait_for_place(tools, held, tools.pace.busy_ms)
        case _ as never:
            assert_never(never)


def _start(tools: Tools, held: Held, key_name: str) -> Start:
    model = tools.offer_of(held).model
    deadline_s = tools.env.policy.deadline_s or model.deadline_s
    return Start(key_name, model.patience_s * SECOND_MS, deadline_s * SECOND_MS, tools.max_active_jobs)


async def _fitting(
    tools: Tools, held: Held, provider: Provider, prepared: tuple[PreparedReference, ...]
) -> tuple[PreparedReference, ...]:
    """A set of references too large for one body is made smaller before the call, not refused by it."""
    limit = provider.max_body_bytes
    if limit is None or provider.encoded_size(order_of(tools, held, prepared)) <= limit:
        return prepared
    return await prepare.shrink(tools, held, prepared, limit * 3 // 4 - 64 * 1024)


def order_of(tools: Tools, held: Held, prepared: tuple[PreparedReference, ...]) -> Order:
    """The create call's whole content."""
    row, offer = held.row, tools.offer_of(held)
    left_s = max((row["deadline_at"] - tools.env.now_ms()) // SECOND_MS, 60)
    callback = tools.callback_url(row["provider"], row["callback_token"]) if tools.callback_url else None
    return Order(
        spec=held.spec,
        wire_id=offer.wire_id,
        references=prepared,
        trace=row["trace"],
        callback_url=callback,
        deadline_s=left_s,
        key_name=row["key_name"] or "",
        model=offer.model,
    )


async def _submit(tools: Tools, held: Held, provider: Provider, order: Order) -> None:
    """The call, and its answer written down. `held` is the job as it is now; the loop knows it as it was taken."""
    env, row = tools.env, held.row
    try:
        async with collect.holding(tools, held):  # nobody takes it for dead while the call is out
            task = await provider.submit(order)
    except Refusal as refusal:
        failure = lifecycle.failure(refusal)
        await _patiently(tools, lambda: lifecycle.apply(env, held, failure))
    except OperatorFault as fault:
        await _paused(tools, held, provider, fault)
    except NotTaken as error:
        wait_ms = int((error.retry_after_s or 0) * SECOND_MS) or tools.pace.back_off_ms(row["attempts"])
        await _patiently(tools, lambda: lifecycle.not_taken(env, held, env.now_ms() + wait_ms))
        await _tell(tools, held, error.key, error.data)
    except Uncertain as error:
        log.warning("create-uncertain", job=row["code"], reason=error.key)
        await _patiently(tools, lambda: lifecycle.uncertain(env, held, env.now_ms() + SECOND_MS))
    else:
        run_at = env.now_ms() + watch.interval_of(tools, held).usual_ms
        if not await _patiently(tools, lambda: taking.taken(env, held, task.id, task.key_name, run_at)):
            await uncertain.stop_nobodys(tools, held, provider, task)
        await _heal(tools, held)


async def _paused(tools: Tools, held: Held, provider: Provider, fault: OperatorFault) -> None:
    """Its pause begins. Who else can make it, with another key or elsewhere, does so at once; else it waits, behind the
    others that do.
    """
    env, row, key = tools.env, held.row, key_of(provider, held.row["key_name"])
    until = await pauses.pause(env, row["provider"], row["model"], fault, tools.pace.pause_ms, key)
    goes_on = (key != ONLY and fault.key in OF_ONE_KEY) or await elsewhere.is_made_elsewhere(env, held)
    run_at = env.now_ms() if goes_on else until + tools.pace.busy_ms
    await _patiently(tools, lambda: lifecycle.not_taken(env, held, run_at))
    if not goes_on:
        await _put_off_deadline(tools, Held({**row, "deadline_at": row["queue_deadline_at"]}, held.token), run_at)
        await _tell(tools, held, "status-waiting-provider", {"model": tools.title_of(held)}, others=True)


async def _patiently(tools: Tools, write: Callable[[], Awaitable[T]]) -> T:
    """An answer that may be paid for is not lost to a busy database."""
    for pause_ms in tools.pace.retry_ms:
        try:
            return await write()
        except Transient as error:
            log.warning("answer-not-written", reason=error.key)
        await asyncio.sleep(pause_ms / SECOND_MS)
    return await write()


async def _tell(tools: Tools, held: Held, key: str, data: Data, *, others: bool = False) -> None:
    """What the person sees meanwhile; the job does not depend on it."""
    try:
        await lifecycle.show(tools.env, held, key, data, others=others)
    except KinetogramError as error:
        log.warning("status-not-shown", reason=error.key)


async def _heal(tools: Tools, held: Held) -> None:
    """The next call that works heals too."""
    try:
        row = held.row
        key = key_of(tools.provider_of(held), row["key_name"])
        await pauses.heal(tools.env, row["provider"], row["model"], key)
    except KinetogramError as error:
        log.warning("pause-not-ended", reason=error.key)


def retry(tools: Tools, held: Held, error: KinetogramError) -> Outcome:
    """Another try with back-off; the job's own deadline ends it."""
    wait_ms = tools.pace.back_off_ms(held.row["attempts"])
    asked_s = error.retry_after_s if isinstance(error, Transient) else None
    if asked_s is not None:
        wait_ms = max(wait_ms, int(asked_s * SECOND_MS))
    return Retry(tools.env.now_ms() + wait_ms, error.key)
