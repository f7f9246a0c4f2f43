"""`/privacy`, `/forget`, and what goes by its age: words, references and files; the books stay."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from bot.services import inbox, keeping, privacy
from bot.services.heard import HeardReply, Source
from bot.services.inbox import Arrival
from tests.services.hands import ask, running
from tests.services.house import ANN, BOB, House, opened, photo

SECRET = "the red umbrella"


async def told(house: House) -> str:
    return str((await house.shown())["text"])


async def everything(house: House) -> str:
    """Every text that the database holds of people, the ledger left out."""
    tables = ("requests", "jobs", "media", "library", "questions", "tray", "buttons", "outbox")
    return json.dumps([await house.rows(f"SELECT * FROM {table}") for table in tables], default=str)  # noqa: S608 - ours


async def finished(house: House, words: str = SECRET) -> int:
    """A delivered video with a kept file; the job's id."""
    job = await ask(house, words, media=photo(1))
    await house.rows(
        "UPDATE jobs SET state = 'DELIVERED', cost_microusd = 5, file_id = 'tg-secret', finished_at = :now"
        " WHERE id = :id",
        id=job["id"],
        now=house.clock[0],
    )
    await house.rows(
        "INSERT INTO job_files (job_id, kind, path, size_bytes, sha256, created_at)"
        " VALUES (:id, 'output', 'jobs/x/output.mp4', 9, 'x', :now)",
        id=job["id"],
        now=house.clock[0],
    )
    return int(job["id"])


async def test_what_is_kept_is_said_with_its_days(tmp_path: Path) -> None:
    async with opened(tmp_path, retention_ms=20 * privacy.DAY_MS) as house:
        await house.run("privacy", user=ANN)
        text = await told(house)
        assert "cost: 20 days" in text
        assert "disk: 20 days" in text


async def test_all_that_a_person_said_and_sent_goes_and_the_books_stay(house: House) -> None:
    job_id = await finished(house)
    await house.run("save", "umbrella", user=ANN, reply=HeardReply(message_id=3, media=photo(7)))
    await house.hear(f"a draft of {SECRET} 15s 1080p")
    await house.hear(f"bob keeps {SECRET}", user=BOB, source=Source.COMMAND)
    entries = await house.rows("SELECT * FROM entries")
    await house.run("forget", user=ANN)
    button = await house.button("Forget all")
    await house.sender_is_done()
    assert await house.press(button) is None
    assert await house.press(button) == "Already done."
    house.later(s=1)
    await privacy.forget_due(house.env)
    left = await everything(house)
    assert left.count(SECRET) == left.count(f"bob keeps {SECRET}") > 0
    assert "tg-secret" not in left
    assert '"f7"' not in left
    assert await house.value("SELECT count(*) FROM library") == 0
    assert [entry["id"] for entry in await house.rows("SELECT id FROM entries")] == [entry["id"] for entry in entries]
    (job,) = await house.rows("SELECT * FROM jobs WHERE id = :id", id=job_id)
    assert (job["cost_microusd"], json.loads(job["spec"])["duration_s"]) == (5, 5)
    assert await house.value("SELECT count(*) FROM audit WHERE action = 'forgot'") == 1
    assert [row["path"] for row in await keeping.to_erase(house.env, 0, 1 << 40)] == ["jobs/x/output.mp4"]
    assert "All is forgotten" in await told(house)


async def test_what_runs_ends_first(house: House) -> None:
    one = await running(house)
    await house.run("forget", user=ANN)
    await house.press(await house.button("Forget all"))
    assert "can't be stopped any more" in await told(house)
    assert (await house.jobs())[0]["cancel_requested_at"] is not None
    await privacy.forget_due(house.env)
    assert await house.value("SELECT erased_at FROM jobs") is None
    await house.rows("UPDATE jobs SET state = 'DELIVERED', cost_microusd = 1 WHERE id = :id", id=one.id)
    await privacy.forget_due(house.env)
    assert await house.value("SELECT erased_at FROM jobs") is not None
    assert await house.value("SELECT count(*) FROM users WHERE forget_at IS NOT NULL") == 0


async def test_what_waits_is_cancelled_for_nothing(house: House) -> None:
    await ask(house)
    await house.run("forget", user=ANN)
    await house.press(await house.button("Forget all"))
    assert [job["state"] for job in await house.jobs()] == ["CANCELLED"]
    assert await house.value("SELECT sum(amount_microusd) FROM entries") == 0


async def test_a_forgotten_video_is_not_made_again(house: House) -> None:
    job_id = await finished(house)
    await house.rows(
        "INSERT INTO buttons (nonce, user_id, action, data, expires_at) VALUES ('again', 1, 'again', :data, :at)",
        data=json.dumps({"job": job_id}),
        at=house.clock[0] + 1_000_000,
    )
    house.env = replace(house.env, policy=replace(house.env.policy, retention_ms=0))
    house.later(s=1)
    await privacy.forget_past(house.env)
    assert await house.press("again") == "That video is not known here any more."


async def test_what_is_older_than_the_retention_goes_by_itself(tmp_path: Path) -> None:
    async with opened(tmp_path, retention_ms=10 * privacy.DAY_MS) as house:
        await finished(house)
        await house.hear(f"a draft of {SECRET} 15s 1080p")
        house.later(days=9)
        await privacy.forget_past(house.env)
        assert SECRET in await everything(house)
        await finished(house, "a new one")
        house.later(days=2)
        await privacy.forget_past(house.env)
        left = json.dumps(await house.rows("SELECT text FROM requests")) + json.dumps(
            await house.rows("SELECT spec FROM jobs")
        )
        assert SECRET not in left
        assert "a new one" in left


async def test_what_was_sent_goes_raw_too_once_it_is_handled_and_nobody_else_s(house: House) -> None:
    now = house.clock[0]
    sent = [Arrival(number, "1", f'"{SECRET}"', ANN.telegram_id) for number in (1, 2, 3)]
    await inbox.keep(house.store, [*sent, Arrival(4, "7", f'"bob: {SECRET}"', BOB.telegram_id)], now)
    for number in (1, 2, 4):
        await inbox.close_alone(house.store, number, now)
    await house.hear("a dog")
    await house.run("forget", user=ANN)
    await house.press(await house.button("Forget all"))
    house.later(s=1)
    await inbox.keep(house.store, [Arrival(5, "1", '"meanwhile"', ANN.telegram_id)], house.clock[0])
    await privacy.forget_due(house.env)
    assert await house.value("SELECT count(*) FROM users WHERE forget_at IS NOT NULL") == 1
    assert (await house.rows("SELECT payload FROM inbox WHERE update_id = 3"))[0]["payload"] == f'"{SECRET}"'
    await inbox.close_alone(house.store, 3, house.clock[0])
    await privacy.forget_due(house.env)
    kept = await house.rows("SELECT update_id, payload FROM inbox WHERE update_id < 6 ORDER BY update_id")
    assert [row["payload"] for row in kept] == ["{}", "{}", "{}", f'"bob: {SECRET}"', '"meanwhile"']
    assert await house.value("SELECT count(*) FROM users WHERE forget_at IS NOT NULL") == 0
    assert await inbox.keep(house.store, sent, house.clock[0]) == 0
    assert "All is forgotten" in await told(house)


async def test_many_raw_messages_go_some_at_a_time(house: House) -> None:
    many = inbox.FORGOTTEN_AT_ONCE + 1
    sent = [Arrival(number, "1", "x", ANN.telegram_id) for number in range(1000, 1000 + many)]
    await inbox.keep(house.store, sent, house.clock[0])
    await house.rows("UPDATE inbox SET state = 'closed', closed_at = 1 WHERE sender_id IS NOT NULL")
    await house.hear("a dog")
    await house.run("forget", user=ANN)
    await house.press(await house.button("Forget all"))
    for left in (1, 0):
        assert await house.value("SELECT count(*) FROM users WHERE forget_at IS NOT NULL") == 1
        await privacy.forget_due(house.env)
        assert await house.value("SELECT count(*) FROM inbox WHERE payload = 'x'") == left
    assert await house.value("SELECT count(*) FROM users WHERE forget_at IS NOT NULL") == 0
