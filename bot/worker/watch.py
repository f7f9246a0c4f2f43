"""Watch: ask how a running task stands, show it, and tell the truth about cancelling, patience and deadlines."""

from __future__ import annotations

from typing import assert_never

from bot.core.errors import KinetogramError, OperatorFault, Transient
from bot.core.job import Advance, Fail, Outcome, Snooze, State
from bot.core.ledger import Loss
from bot.core.schedule import Interval, Timing, next_look_ms
from bot.providers.base import Ended, Provider, Rendering, Status, Succeeded, Task, Waiting
from bot.services import jobs, lifecycle, pacing, pauses
from bot.services.lifecycle import Held
from bot.storage.queries import load
from bot.worker.keys import key_of
from bot.worker.tools import SECOND_MS, Tools

Q = load("jobs")
NEARLY = 0.95


def task_of(held: Held) -> Task:
    """The provider's task of a running job."""
    return Task(held.row["task_id"], held.row["key_name"] or "")


async def running(tools: Tools, held: Held) -> Outcome | None:
    """One look at a running task."""
    provider = tools.provider_of(held)
    if provider is None:
        return without_provider(tools, held)
    if held.row["cancel_requested_at"] is not None:
        return await _cancel(tools, held, provider)
    try:
        status = await provider.check(task_of(held))
    except OperatorFault as fault:
        row = held.row
        key = key_of(provider, row["key_name"])
        again_at = await pauses.pause(tools.env, row["provider"], row["model"], fault, tools.pace.pause_ms, key)
        return await _unreachable(tools, held, provider, again_at)
    except Transient as error:
        return await _unreachable(tools, held, provider, _again_at(tools, error, interval_of(tools, held).usual_ms))
    return await _read(tools, held, provider, status)


def _again_at(tools: Tools, error: Transient, least_ms: int) -> int:
    """Not before the other side asks for it."""
    return tools.env.now_ms() + max(least_ms, int((error.retry_after_s or 0) * SECOND_MS))


async def _unreachable(tools: Tools, held: Held, provider: Provider, again_at: int) -> Outcome:
    """Whatever keeps us from asking: the deadline ends the wait."""
    if tools.env.now_ms() >= held.row["deadline_at"]:
        return await _give_up(tools, held, provider)
    return Snooze(again_at)


async def _read(tools: Tools, held: Held, provider: Provider, status: Status) -> Outcome:
    tools.ears.looked(held.row["provider"], held.row["model"], held.id, over=isinstance(status, Succeeded | Ended))
    match status:
        case Succeeded():
            await pacing.learn(tools.env, held)
            return Advance(State.COLLECTING)
        case Ended():
            return await ended(tools, held, status)
        case Waiting():
            return await _go_on(tools, held, provider, None)
        case Rendering(percent):
            return await _go_on(tools, held, provider, percent)
        case _ as never:
            assert_never(never)


async def ended(tools: Tools, held: Held, status: Ended) -> Outcome:
    """A task that is over without an output; what it was billed all the same is the operator's."""
    if status.billed is not None:
        await lifecycle.book_operator(tools.env, held, Loss.REFUSED_BILLED, status.billed)
    if status.kind == "cancelled" and held.row["cancel_requested_at"] is not None:
        return Fail("cancel-done", cancelled=True)
    return lifecycle.failure(status.error)


async def _go_on(tools: Tools, held: Held, provider: Provider, percent: int | None) -> Outcome:
    now = tools.env.now_ms()
    if now >= held.row["deadline_at"]:
        return await _give_up(tools, held, provider)
    timing = await pacing.known(tools.env, held, tools.pace.usual_ms)
    age_ms = now - (held.row["submitted_at"] or held.row["created_at"])
    await _show(tools, held, percent, age_ms, timing.usual_ms)
    return Snooze(min(now + look_in_ms(tools, held, age_ms, timing), max(held.row["deadline_at"], now + 1)))


def look_in_ms(tools: Tools, held: Held, age_ms: int, timing: Timing) -> int:
    """The wait until the next look; rare while callbacks prove to work, and then still the safety net."""
    interval = interval_of(tools, held)
    wait_ms = next_look_ms(age_ms, timing, interval, _dice(tools))
    trusted = tools.ears.trust(held.row["provider"], held.row["model"])
    return max(wait_ms, interval.rare_ms) if trusted else wait_ms


def interval_of(tools: Tools, held: Held) -> Interval:
    """The operator's interval, and the floor of the model's provider."""
    offer = tools.env.catalog.offer(held.row["provider"], held.row["model"])
    floor_ms = offer.model.poll_floor_s * SECOND_MS if offer is not None else tools.pace.poll_ms
    return Interval(tools.pace.poll_ms, floor_ms if tools.pace.floor_ms is None else tools.pace.floor_ms)


def _dice(tools: Tools) -> float:
    return int.from_bytes(tools.env.random_bytes(2), "big") / 65_536


def dice(tools: Tools, most_ms: int) -> int:
    """Somewhere from 0 to below `most_ms`."""
    return int(_dice(tools) * most_ms)


async def _show(tools: Tools, held: Held, percent: int | None, age_ms: int, usual_ms: int) -> None:
    texts = tools.env.texts
    language = await lifecycle.language_of(tools.env, held)
    if held.row["patience_at"] is not None and tools.env.now_ms() >= held.row["patience_at"]:
        waited = texts.duration(language, round(age_ms / SECOND_MS))
        await lifecycle.show(tools.env, held, "status-rendering-long", {"waited": waited})
        return
    if percent is not None:
        await lifecycle.note(tools.env, Q.set_progress, id=held.id, progress=percent)
        data: dict[str, str | int] = {"percent": percent, "bar": texts.bar(percent / 100)}
        await lifecycle.show(tools.env, held, "status-rendering-percent", data)
        return
    left_s = max(round((usual_ms - age_ms) / SECOND_MS), 5)
    bar = texts.bar(min(age_ms / usual_ms, NEARLY))
    await lifecycle.show(tools.env, held, "status-rendering", {"left": texts.duration(language, left_s), "bar": bar})


def deadline(tools: Tools, held: Held) -> Fail:
    """The end at the deadline, with what was waited for."""
    title = tools.title_of(held)
    waited_s = (tools.env.now_ms() - held.row["created_at"]) // SECOND_MS
    return Fail("deadline", {"model": title, "waited_s": waited_s})


def without_provider(tools: Tools, held: Held) -> Outcome:
    """The operator took the adapter out of the settings: it may come back, until the deadline."""
    now = tools.env.now_ms()
    return deadline(tools, held) if now >= held.row["deadline_at"] else Snooze(now + tools.pace.pause_ms)


async def _give_up(tools: Tools, held: Held, provider: Provider) -> Outcome:
    """At the deadline the task is stopped there if it can be; else it is watched on, and its output will be free."""
    try:
        outcome = await provider.cancel(task_of(held))
    except KinetogramError:
        outcome = "unsupported"
    if outcome == "finished":
        return Advance(State.COLLECTING)
    return deadline(tools, held)


async def _cancel(tools: Tools, held: Held, provider: Provider) -> Outcome:
    try:
        outcome = await provider.cancel(task_of(held))
    except Transient as error:
        return await _unreachable(tools, held, provider, _again_at(tools, error, tools.pace.busy_ms))
    except OperatorFault:
        outcome = "unsupported"
    match outcome:
        case "cancelled":
            return Fail("cancel-done", cancelled=True)
        case "finished":
            return Advance(State.COLLECTING)
        case "running" | "unsupported":
            return await _too_late(tools, held)
        case _ as never:
            assert_never(never)


async def _too_late(tools: Tools, held: Held) -> Outcome:
    language = await lifecycle.language_of(tools.env, held)
    price = tools.env.texts.money(language, held.row["quote_microusd"])
    await lifecycle.note(tools.env, Q.forget_cancel, id=held.id)
    # The card will soon show how far it is; the answer stays.
    await lifecycle.tell(tools.env, held, jobs.TOO_LATE, {"price": price}, agreed="button-let-come")
    return Snooze(tools.env.now_ms() + tools.pace.poll_ms)
