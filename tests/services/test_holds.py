"""What a worker writes, only while it holds the job; what is counted and kept beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.core.catalog import Catalog, Usage
from bot.core.errors import Transient
from bot.core.job import Advance, Fail, Retry, Snooze, State
from bot.core.ledger import Loss
from bot.core.money import Microusd
from bot.services import (
    away,
    callbacks,
    delivery,
    draining,
    keeping,
    lifecycle,
    losses,
    permits,
    reports,
    submission,
    taking,
)
from bot.services.delivery import Collected, KeptFile
from bot.services.directory import UserRef
from bot.services.heard import Source
from bot.services.lifecycle import Held, NotStarted, Start
from bot.storage.base import Transaction
from bot.storage.queries import load
from tests.services.hands import ask, held, lost, running
from tests.services.house import LAB, House

INFO = json.dumps({"width": 1280, "height": 720, "duration_ms": 5_000, "size_bytes": 5})
FILE = KeptFile("jobs/1/output.mp4", 5, "abc", INFO)
OUTPUT = Collected(Usage(tokens=108_900), {}, FILE, FILE, FILE)
REQUESTS = load("requests")
NOON_MS = 1_800_014_400_000


@pytest.mark.parametrize("outcome", [Advance(State.COLLECTING), Snooze(5), Retry(5, "why"), Fail("task-failed")])
async def test_a_worker_that_lost_its_hold_writes_nothing(house: House, outcome: Any) -> None:
    one = await running(house)
    before = await house.jobs()
    written = await house.store.transact(lambda tx: lifecycle.write(house.env, tx, lost(one), outcome))
    assert written is False
    assert await house.jobs() == before


async def test_no_answer_but_a_task_is_written_without_the_hold(house: House) -> None:
    await ask(house)
    queued = await held(house)
    start = Start("key", 1, 1_000, 100)
    assert await lifecycle.start_submit(house.env, lost(queued), start) is NotStarted.LOST
    submitting = await lifecycle.start_submit(house.env, queued, start)
    assert isinstance(submitting, Held)
    await lifecycle.not_taken(house.env, lost(submitting), 5)
    await lifecycle.uncertain(house.env, lost(submitting), 5)
    (job,) = await house.jobs()
    assert (job["state"], job["task_id"]) == ("SUBMITTING", None)
    for _ in range(2):
        assert await taking.taken(house.env, lost(submitting), "T1", "key", 5)
    (job,) = await house.jobs()
    assert (job["state"], job["task_id"], job["run_at"], job["lease_until"]) == ("RUNNING", "T1", 5, 0)


async def test_a_settlement_without_the_hold_books_nothing(house: House) -> None:
    one = await running(house)
    await lifecycle.apply(house.env, one, Advance(State.COLLECTING))
    collecting = await held(house)
    entries = await house.value("SELECT count(*) FROM entries")
    with pytest.raises(Transient, match="hold-lost"):
        await delivery.settle(house.env, lost(collecting), OUTPUT, None)
    assert await house.value("SELECT count(*) FROM entries") == entries
    assert await house.value("SELECT count(*) FROM job_files") == 0


async def test_a_hold_is_kept_by_who_has_it(house: House) -> None:
    one = await running(house)
    house.later(s=60)
    assert await lifecycle.keep_hold(house.env, one)
    assert not await lifecycle.keep_hold(house.env, lost(one))
    assert await house.value("SELECT lease_until FROM jobs") == house.clock[0] + lifecycle.LEASE_MS
    assert await lifecycle.free_all(house.env) == 1
    assert await lifecycle.take(house.env, one.id) is not None


async def test_a_job_whose_offer_is_gone_costs_its_quote(house: House) -> None:
    one = await running(house)
    bare = replace(house.env, catalog=Catalog(()))
    assert delivery.cost_of(bare, one, Usage(tokens=1), 0) == one.row["quote_microusd"]
    assert "seedance-2.0" in delivery.caption(bare, "en", "caption", one.row, 0)
    await lifecycle.book_operator(bare, one, Loss.LOST_OUTPUT, Usage(tokens=1))
    assert await house.value("SELECT -min(amount_microusd) FROM entries WHERE note = 'lost_output'") == 762_300


async def test_nothing_lost_is_nothing_booked(house: House) -> None:
    one = await running(house)
    nothing = Microusd(0)
    await house.store.transact(lambda tx: losses.book(house.env, tx, one.row, Loss.OVERRUN, nothing))
    for _ in range(2):
        await lifecycle.book_operator(house.env, one, Loss.OVERRUN, None)
    assert await house.value("SELECT count(*) FROM entries WHERE note <> ''") == 1
    await lifecycle.forget_risk(house.env, one)


async def test_a_drain_counts_what_is_still_out(house: House) -> None:
    assert await draining.still_out(house.env) == 0
    await running(house)
    assert await draining.still_out(house.env) == 1
    await draining.begin(house.env)
    await draining.end(house.env)
    assert await house.value("SELECT count(*) FROM pauses") == 0


async def test_a_callback_is_believed_only_to_look(house: House) -> None:
    one = await running(house)
    await lifecycle.apply(house.env, one, Snooze(house.clock[0] + 60_000))
    token = one.row["callback_token"]

    async def heard(provider: str, token: str, task: str | None) -> str:
        return (await callbacks.hear(house.store, provider, token, task, house.clock[0])).what

    assert await heard("ark", "nobody's", "T1") == "unknown"
    assert await heard("seedance", token, "T1") == "unknown"
    assert await heard("ark", token, None) == "ignored"
    assert await heard("ark", token, "T2") == "ignored"
    assert await lifecycle.due(house.env, 5) == []
    assert await heard("ark", token, "T1") == "noted"
    assert await lifecycle.due(house.env, 5) == [one.id]


async def test_levels_tell_what_stands(house: House) -> None:
    await reports.alive(house.store)
    empty = await reports.levels(house.store, house.clock[0], house.env.policy.zone)
    assert (empty.inbox_open, empty.queue_age_ms, empty.spent_today_microusd) == (0, 0, 0)
    await ask(house)
    stands = await reports.levels(house.store, house.clock[0], house.env.policy.zone)
    assert stands.jobs["QUEUED"] == 1
    assert stands.queue_age_ms == 5_000
    assert stands.outbox_waiting == 1
    assert stands.spent_today_microusd == 762_300


async def test_above_the_room_the_oldest_files_go_first(house: House) -> None:
    await ask(house)
    await house.rows("UPDATE jobs SET state = 'DELIVERED', cost_microusd = 1, file_id = 'F'")
    await house.sender_is_done()
    for number, kind in enumerate(("output", "thumbnail", "last_frame")):
        await house.rows(
            "INSERT INTO job_files (job_id, kind, path, size_bytes, sha256, info, created_at)"
            " VALUES (1, :kind, :kind, 10, 'x', '{}', :at)",
            kind=kind,
            at=number,
        )
    assert [row["kind"] for row in await keeping.to_erase(house.env, 0, 15)] == ["output", "thumbnail"]
    assert [row["kind"] for row in await keeping.to_erase(house.env, 1, 15)] == ["output", "thumbnail"]
    assert await keeping.to_erase(house.env, 0, 30) == []


async def allow_once(house: House, request_id: int) -> None:
    """A moderator lets it pass."""

    async def use_case(tx: Transaction) -> None:
        row = await tx.one(REQUESTS.get, id=request_id)
        assert row is not None
        person, place = await submission.whose(house.env, tx, row)
        await permits.give(house.env, tx, person, place, request_id, None)

    await house.store.transact(use_case)


async def test_warnings_and_permissions_are_forgotten_when_they_are_long_over(house: House) -> None:
    await ask(house)
    await house.hear("a cat --n 2")
    for request_id in (1, 2):
        await allow_once(house, request_id)
    assert [row["state"] for row in await house.rows("SELECT state FROM requests ORDER BY id")] == ["taken", "draft"]
    for until in (0, house.clock[0], house.clock[0] + 1):
        await house.rows("INSERT INTO warnings VALUES ('user', 1, 0, 'money', 'month', :until, 1, 0)", until=until)

    async def kept() -> tuple[list[int], list[int]]:
        await keeping.tidy(house.env, house.clock[0])
        passes = await house.rows("SELECT request_id FROM passes ORDER BY request_id")
        warnings = await house.rows("SELECT until FROM warnings ORDER BY until")
        return [row["request_id"] for row in passes], [row["until"] for row in warnings]

    begun = house.clock[0]
    house.clock[0] += keeping.LONG_OVER_MS
    assert await kept() == ([1, 2], [0, begun, begun + 1])
    house.later(ms=1)
    assert await kept() == ([1, 2], [0, begun + 1]), "its job is under way, the other waits for a tap"
    await lifecycle.apply(house.env, await held(house), Fail("deadline", {"model": "Seedance", "waited_s": 300}))
    house.later(ms=1)
    assert await kept() == ([2], [0])


async def test_after_a_time_away_people_hear_of_their_videos_once(house: House) -> None:
    await away.note_alive(house.env)
    await running(house)
    house.later(s=60)
    await away.tell(house.env)
    assert await house.value("SELECT count(*) FROM outbox WHERE once LIKE 'away%'") == 0
    house.later(s=600)
    for _ in range(2):
        await away.tell(house.env)
    (row,) = await house.rows("SELECT payload FROM outbox WHERE once LIKE 'away%'")
    assert "10 minutes. Your video went on meanwhile: #H6CB rendering." in row["payload"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Your 2 videos went on meanwhile: #H6CB rendering, #YANL queued."),
        ("ru", "Ваши 2 видео тем временем снимались: #H6CB снимается, #YANL в очереди."),
    ],
)
async def test_in_a_group_each_hears_how_theirs_stand_in_reply_to_their_request(
    house: House, language: str, told: str
) -> None:
    await away.note_alive(house.env)
    said: dict[str, Any] = {"chat": LAB, "source": Source.COMMAND, "user": UserRef(42, "Ann", "ann", language)}
    await house.hear("a dog", **said)
    await house.rows("UPDATE jobs SET task_id = 't', state = 'RUNNING'")
    newest = await house.hear("a cat", **said)
    house.later(s=600)
    await away.tell(house.env)
    (row,) = await house.rows("SELECT payload FROM outbox WHERE once LIKE 'away%'")
    payload = json.loads(row["payload"])
    assert (told in payload["text"], payload["reply_to"]) == (True, newest)
