"""One step of one job, by its state. A step does I/O and returns an outcome; it writes nothing of the state itself."""

from __future__ import annotations

from typing import assert_never

import structlog

from bot.core.errors import (
    KinetogramError,
    NotTaken,
    OperatorFault,
    Refusal,
    Transient,
    Uncertain,
)
from bot.core.job import Fail, Outcome, Retry, Snooze, State
from bot.providers.base import Order, PreparedReference, Provider
from bot.services import lifecycle, pauses
from bot.services.draining import EVERYBODY
from bot.services.lifecycle import Held
from bot.services.pauses import Pause
from bot.storage.queries import load
from bot.worker import collect, prepare, uncertain, watch
from bot.worker.tools import SECOND_MS, Tools

Q = load("jobs")
MAX_TRIES = 40

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
    now = tools.env.now_ms()
    if held.row["cancel_requested_at"] is not None:
        return Fail("cancel-done", cancelled=True)
    if now >= held.row["deadline_at"]:
        return watch.deadline(tools, held)
    provider = tools.provider_of(held)
    pause = await pauses.of(tools.env, held.row["provider"])
    if provider is None or (pause is not None and now < pause.until):
        return await _wait_for_provider(tools, held, pause)
    if await _full(tools):
        return await _wait_for_place(tools, held, tools.pace.busy_ms)
    return await _prepare_and_submit(tools, held, provider)


async def _full(tools: Tools) -> bool:
    out = await lifecycle.rows(tools.env, Q.count_out)
    return bool(out[0]["out"] >= tools.max_active_jobs)


async def _wait_for_place(tools: Tools, held: Held, wait_ms: int) -> Outcome:
    """Every place is taken: here or, by the provider's own limits, there."""
    ahead = await lifecycle.rows(tools.env, Q.place_in_queue, id=held.id)
    await lifecycle.show(tools.env, held, "status-queued", {"position": ahead[0]["ahead"] + 1})
    return Snooze(tools.env.now_ms() + max(wait_ms, 1))


async def _wait_for_provider(tools: Tools, held: Held, pause: Pause | None) -> Outcome:
    """The time spent waiting on a paused provider does not count."""
    now = tools.env.now_ms()
    until = min(pause.until if pause else now + tools.pace.pause_ms, now + tools.pace.pause_ms)
    until = max(until, now + SECOND_MS)
    await lifecycle.note(tools.env, Q.set_deadline, id=held.id, deadline_at=held.row["deadline_at"] + until - now)
    if pause is not None and pause.provider == EVERYBODY:
        await lifecycle.show(tools.env, held, "status-draining", {})
    else:
        await lifecycle.show(tools.env, held, "status-waiting-provider", {"model": tools.offer_of(held).model.title})
    return Snooze(until)


async def _prepare_and_submit(tools: Tools, held: Held, provider: Provider) -> Outcome | None:
    if held.spec.references:
        await lifecycle.show(tools.env, held, "status-preparing", {})
    try:
        prepared = await prepare.prepare(tools, held)
        prepared = await _fitting(tools, held, provider, prepared)
    except Refusal as refusal:
        return lifecycle.failure(refusal)
    except Transient as error:
        return retry(tools, held, error)
    wait_s = provider.wait_s(tools.offer_of(held).wire_id)
    if wait_s > 0:
        return await _wait_for_place(tools, held, round(wait_s * SECOND_MS))
    patience_ms = tools.offer_of(held).model.patience_s * SECOND_MS
    submitting = await lifecycle.start_submit(tools.env, held, provider.key_name, patience_ms)
    if submitting is None:
        return None
    return await _submit(tools, submitting, provider, order_of(tools, submitting, prepared))


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
    row = held.row
    left_s = max((row["deadline_at"] - tools.env.now_ms()) // SECOND_MS, 60)
    callback = tools.callback_url(row["provider"], row["callback_token"]) if tools.callback_url else None
    return Order(
        spec=held.spec,
        wire_id=tools.offer_of(held).wire_id,
        references=prepared,
        trace=row["trace"],
        callback_url=callback,
        deadline_s=left_s,
    )


async def _submit(tools: Tools, held: Held, provider: Provider, order: Order) -> Outcome | None:
    now = tools.env.now_ms
    try:
        task = await provider.submit(order)
    except Refusal as refusal:
        return lifecycle.failure(refusal)
    except OperatorFault as fault:
        until = await pauses.pause(tools.env, held.row["provider"], fault, tools.pace.pause_ms)
        await lifecycle.not_taken(tools.env, held, until)
        return None
    except NotTaken as error:
        wait_ms = int((error.retry_after_s or 0) * SECOND_MS) or tools.pace.back_off_ms(held.row["attempts"])
        await lifecycle.not_taken(tools.env, held, now() + wait_ms)
        return None
    except Uncertain as error:
        log.warning("create-uncertain", job=held.row["code"], reason=error.key)
        await lifecycle.uncertain(tools.env, held, now() + SECOND_MS)
        return None
    await pauses.heal(tools.env, held.row["provider"])
    await lifecycle.taken(tools.env, held, task.id, task.key_name, now() + tools.pace.poll_ms)
    return None


def retry(tools: Tools, held: Held, error: KinetogramError) -> Outcome:
    """Another try with back-off; after many, the job's own deadline decides."""
    wait_ms = tools.pace.back_off_ms(held.row["attempts"])
    asked_s = error.retry_after_s if isinstance(error, Transient) else None
    if asked_s is not None:
        wait_ms = max(wait_ms, int(asked_s * SECOND_MS))
    if held.row["attempts"] >= MAX_TRIES:
        return Fail("something-broke")
    return Retry(tools.env.now_ms() + wait_ms, error.key)
