"""What is never answered is found out: tasks that turn up late, risks that are booked, wishes that come too late."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.core.errors import Transient
from bot.core.job import Advance, State
from bot.sandbox.providers.wire import Trouble
from bot.services import jobs, lifecycle
from bot.services.directory import person_by_id, place_by_id
from bot.services.lifecycle import Held
from bot.storage.base import Transaction, UseCase
from bot.worker import steps
from bot.worker.tools import Pace
from tests.services.house import photo
from tests.worker.line import Line

HOUR_S = 3_600


async def released(line: Line, *, taken: bool) -> dict[str, Any]:
    """A job whose create call was never answered, released at its deadline; `taken`: there is a task all the same."""
    line.fail("create", trouble=Trouble.DROP_AFTER if taken else Trouble.DROP_BEFORE)
    line.fail("list", times=500, status=500)
    await line.ask()
    await line.turn()
    await line.ark.settle()
    if not taken:
        await line.house.rows("UPDATE jobs SET state = 'UNCERTAIN', submitted_at = run_at, submit_ended_at = run_at")
    assert (await line.job())["state"] == "UNCERTAIN"
    await line.live(s=HOUR_S, every_s=60)
    ended = await line.job()
    assert (ended["state"], ended["error_key"]) == ("FAILED", "uncertain-released")
    return ended


async def watched(line: Line, *, s: int) -> None:
    """The late watch goes on for a while."""
    for _ in range(0, s, 300):
        line.house.later(s=300)
        await line.upkeep._late()


async def test_the_release_of_an_unanswered_call_is_booked_as_the_operators_risk(line: Line) -> None:
    job = await released(line, taken=True)
    assert await line.losses() == [("uncertain", job["quote_microusd"])]


async def test_an_unanswered_task_that_turns_up_late_is_delivered_and_booked_once(line: Line) -> None:
    job = await released(line, taken=True)
    line.ark.wire.heal()
    await watched(line, s=HOUR_S)
    row = await line.job()
    assert (row["task_id"], row["run_at"]) == (next(iter(line.ark.tasks)), 0)
    assert len(await line.told("deliver:1")) == 1
    losses = await line.losses()
    assert [why for why, _ in losses] == ["uncertain", "uncertain:void", "late"]
    assert 0 < sum(amount for _, amount in losses) <= job["quote_microusd"]
    spent = await line.house.value("SELECT sum(value) FROM counters WHERE scope = 'service' AND measure = 'money'")
    assert spent == sum(amount for _, amount in losses)


async def test_a_risk_is_taken_back_when_the_call_was_provably_not_taken(line: Line) -> None:
    await released(line, taken=False)
    line.ark.wire.heal()
    await watched(line, s=2 * HOUR_S)
    assert (await line.job())["run_at"] == 0
    assert sum(amount for _, amount in await line.losses()) == 0


async def test_a_late_look_that_fails_is_repeated_rarer_and_ends(line: Line) -> None:
    await released(line, taken=True)
    line.ark.wire.heal()
    line.fail("list", times=5000, status=500)
    before = line.calls("list")
    for _ in range(0, 9 * 24, 2):
        line.house.later(s=2 * HOUR_S)
        await line.upkeep._late()
    assert (await line.job())["run_at"] == 0
    assert 5 < line.calls("list") - before < 60


async def test_late_looks_of_many_jobs_do_not_block_one_another(line: Line) -> None:
    """More than a batch of them can't be asked for; the one after them is collected."""
    await released(line, taken=True)
    line.ark.wire.heal()
    copied = await line.house.rows("SELECT * FROM jobs")
    names = [name for name in copied[0] if name != "id"]
    for number in range(2, 12):
        twin: dict[str, str | int] = {
            name: f"{copied[0][name]}-{number}" for name in ("uid", "trace", "callback_token")
        }
        twin |= {"code": f"#{number}", "ordinal": number, "provider": "gone", "run_at": number}
        values = ", ".join(f":{name}" if name in twin else name for name in names)
        await line.house.rows(f"INSERT INTO jobs ({', '.join(names)}) SELECT {values} FROM jobs WHERE id = 1", **twin)  # noqa: S608 - ours
    line.house.later(s=300)
    for _ in range(2):
        await line.upkeep._late()
    assert len(await line.told("deliver:1")) == 1


async def cancel(line: Line, job_id: int = 1) -> str | None:
    """✕, as the handler does it."""

    async def use_case(tx: Transaction) -> str | None:
        job = (await tx.all(jobs.Q.get, id=job_id))[0]
        person = await person_by_id(line.tools.env, tx, job["user_id"])
        place = await place_by_id(tx, job["chat_id"], job["topic_id"])
        return await jobs.cancel(line.tools.env, tx, person, place, job_id)

    return await line.house.store.transact(use_case)


async def held_by(line: Line, job_id: int = 1) -> Held:
    held = await lifecycle.take(line.tools.env, job_id)
    assert held is not None
    return held


async def test_a_cross_while_files_are_prepared_stops_the_job_before_the_call(line: Line, dog_bytes: bytes) -> None:
    class Slow:
        """Its person presses ✕ while the file is on its way."""

        async def fetch(self, file_id: str, path: Any, max_bytes: int) -> int:
            assert await cancel(line) == "cancel-asked"
            line.chats.files[file_id] = dog_bytes
            return await line.chats.fetch(file_id, path, max_bytes)

    line.changed(files=Slow())
    await line.ask("it runs", media=photo(1))
    await line.turn()
    assert ((await line.job())["state"], line.calls("create")) == ("CANCELLED", 0)
    assert await line.house.value("SELECT value FROM counters WHERE measure = 'active'") == 0


async def test_a_wish_that_meets_a_finished_task_is_answered(line: Line) -> None:
    await line.ask()
    await line.turn()
    line.house.later(s=30)
    held = await held_by(line)
    assert await cancel(line) == "cancel-asked"
    await lifecycle.apply(line.tools.env, held, Advance(State.COLLECTING))
    row = await line.job()
    assert (row["state"], row["cancel_requested_at"]) == ("COLLECTING", None)
    assert len(await line.told("cancel-finished:1")) == 1


async def test_a_nudge_during_a_look_is_followed_by_another_look(line: Line) -> None:
    line.ark.knobs.queue_s = 10**6
    await line.ask()
    await line.turn()
    line.house.later(s=30)
    held = await held_by(line)
    now = line.house.clock[0]
    await lifecycle.note(line.tools.env, jobs.Q.nudge, id=1, now=now)
    outcome = await steps.step(line.tools, held)
    assert outcome is not None
    await lifecycle.apply(line.tools.env, held, outcome)
    assert (await line.job())["run_at"] == now
    await line.turn()
    assert (await line.job())["run_at"] > now


async def test_a_task_that_is_paid_for_is_kept_though_the_database_is_busy(line: Line) -> None:
    line.changed(pace=Pace(retry_ms=(1, 1, 1)))
    await line.ask()
    held = await held_by(line)
    busy = Busy(line)
    line.changed(env=busy.env())
    await steps.step(line.tools, held)
    row = await line.job()
    assert (row["state"], row["task_id"]) == ("RUNNING", next(iter(line.ark.tasks)))
    assert busy.refused == 2


class Busy:
    """A store that is busy for two transactions right after the create call."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.refused = 0

    def env(self) -> Any:
        return replace(self.line.tools.env, store=self)

    async def transact(self, use_case: UseCase[Any]) -> Any:
        if self.line.calls("create") and self.refused < 2:
            self.refused += 1
            raise Transient("database-busy")
        return await self.line.house.store.transact(use_case)

    async def read(self, use_case: UseCase[Any]) -> Any:
        return await self.line.house.store.read(use_case)

    async def close(self) -> None:
        await self.line.house.store.close()
