"""Flood limits, lost chats, migrations, and secrets: what the sender does when Telegram says no."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from bot.chat.limiter import Limiter, Pace
from bot.chat.outbox import SentRow
from bot.chat.sender import Hooks, Sender
from bot.core.errors import Transient
from bot.sandbox.telegram.flood import FloodLimits
from bot.sandbox.telegram.server import Options
from bot.sandbox.telegram.world import ANN, BASIC_GROUP, BOB, GROUP, MIA, User, WorldOptions
from bot.storage.base import Transaction
from tests.chat.rig import TOKEN, Rig, query, rigged
from tests.sandbox.telegram.wire import jpeg, mp4


async def test_a_pause_is_kept_in_that_chat_alone(rig: Rig) -> None:
    rig.server.faults.add("sendMessage", chat_id=ANN, retry_after_s=1)
    for number in range(3):
        await rig.text(1, f"a{number}")
        await rig.text(2, f"b{number}")
    started = rig.now_ms()
    await rig.until(lambda: len(rig.texts(BOB)) == 3)
    assert rig.now_ms() - started < 900
    assert rig.texts(ANN) == []
    rows = await rig.settled()
    assert rig.texts(ANN) == ["a0", "a1", "a2"]
    calls = [call.at_ms for call in rig.server.calls.of("sendMessage") if call.params["chat_id"] == ANN]
    assert calls[1] - calls[0] >= 1000
    assert {row["attempts"] for row in rows} == {0}


async def test_a_pause_outlives_the_process(rig: Rig) -> None:
    rig.server.faults.add("sendMessage", chat_id=ANN, retry_after_s=30)
    await rig.text(1, "one")
    await rig.text(1, "two")
    rig.start()
    await rig.until(lambda: len(rig.methods("sendMessage")) == 1)
    await rig.stop()
    due = [row["run_at"] - rig.now_ms() for row in await rig.rows()]
    assert all(25_000 < wait_ms <= 30_100 for wait_ms in due)


async def test_words_after_an_album_wait_as_long_as_its_items_would_have_taken(tmp_path: Path) -> None:
    options = Options(world=WorldOptions(started=True))
    async with rigged(tmp_path, FloodLimits(chat_per_s=10, chat_burst=3), options) as rig:
        rig.limiter = Limiter(Pace(chat_per_s=10, chat_burst=3))
        rig.sender = rig.new_sender()
        (tmp_path / "photo.jpg").write_bytes(jpeg())
        await rig.put(2, "photo", {"caption": "", "path": str(tmp_path / "photo.jpg")})
        await rig.settled()
        items = [{"type": "photo", "file_id": rig.told.sent[0].file_id, "caption": str(n)} for n in range(10)]
        await rig.put(1, "album", {"items": items})
        await rig.text(1, "after it")
        await rig.settled()
        (album,), (text,) = rig.server.calls.of("sendMediaGroup"), rig.server.calls.of("sendMessage")
        assert {call.status for call in rig.server.calls} == {200}
        assert text.at_ms - album.at_ms >= 800


async def test_two_hundred_videos_in_twenty_chats_meet_no_flood_limit(tmp_path: Path) -> None:
    people = tuple(User(2000 + number, f"P{number}") for number in range(20))
    options = Options(world=WorldOptions(started=True, extra_users=people))
    flood = FloodLimits(chat_per_s=10, chat_burst=3, overall_per_s=200)
    path = tmp_path / "clip.mp4"
    path.write_bytes(mp4())
    async with rigged(tmp_path, flood, options) as rig:
        rig.limiter = Limiter(Pace(chat_per_s=10, chat_burst=3, overall_per_s=200))
        rig.sender = rig.new_sender(concurrency=16)
        file_id = await _known_file(rig, path)
        for number, person in enumerate(people):
            await rig.add_chat(100 + number, person.id, "private")
        for _ in range(10):
            for number in range(20):
                payload = {"caption": "", "path": str(path), "file_id": file_id}
                await rig.put(100 + number, "video", payload, priority=0)
        rows = await rig.settled(20)
        refused = [call.params["chat_id"] for call in rig.server.calls.of("sendVideo") if call.status == 429]
        assert len(refused) == len(set(refused)), "a chat was refused twice"
        assert refused == []
        assert {row["state"] for row in rows} == {"sent"}
        assert all(len(rig.texts(person.id)) == 10 for person in people)


async def _known_file(rig: Rig, path: Path) -> str:
    await rig.put(1, "video", {"caption": "", "path": str(path)}, priority=0)
    await rig.settled()
    file_id = rig.told.sent[0].file_id
    assert file_id is not None
    return file_id


async def test_a_blocked_chat_keeps_its_deliveries_and_drops_its_statuses(rig: Rig) -> None:
    rig.server.set_member(ANN, rig.server.world.bot.id, "kicked", ANN)
    await rig.text(1, "answer", priority=1)
    await rig.card(1, "job:1", "status")
    await rig.text(1, "delivery", priority=0)
    rows = await rig.settled()
    assert [row["state"] for row in rows] == ["failed", "failed", "parked"]
    assert [told.row_id for told in rig.told.parked] == [rows[2]["id"]]
    assert len(rig.told.failed) == 2
    assert len(rig.methods("sendMessage")) == 1, "nobody knocks twice at a closed door"
    (chat,) = await rig.all("SELECT unreachable_at FROM chats WHERE id = 1")
    assert chat["unreachable_at"] is not None


async def test_what_was_parked_goes_out_once_the_chat_can_be_reached(rig: Rig) -> None:
    rig.server.set_member(ANN, rig.server.world.bot.id, "kicked", ANN)
    await rig.text(1, "delivery", priority=0)
    await rig.settled()
    rig.server.set_member(ANN, rig.server.world.bot.id, "member", ANN)
    await rig.text(1, "hello again", priority=1)
    await rig.settled()
    await rig.until(lambda: len(rig.texts(ANN)) == 2)
    assert rig.texts(ANN) == ["hello again", "delivery"]
    assert (await rig.all("SELECT unreachable_at FROM chats WHERE id = 1"))[0]["unreachable_at"] is None


async def test_a_chat_without_the_right_to_write_parks_the_delivery_alone(rig: Rig) -> None:
    body = {"ok": False, "error_code": 400, "description": "Bad Request: not enough rights to send videos to the chat"}
    rig.server.faults.add("sendMessage", chat_id=GROUP, status=400, body=body)
    await rig.text(3, "delivery", priority=0)
    await rig.text(3, "answer", priority=1)
    rows = await rig.settled()
    assert [row["state"] for row in rows] == ["parked", "sent"]


async def test_a_refusal_that_cannot_be_mended_is_given_up_with_its_reason(rig: Rig) -> None:
    await rig.text(1, "")
    (row,) = await rig.settled()
    assert (row["state"], row["error"]) == ("failed", "Message text is empty")


async def test_a_group_that_became_a_supergroup_is_written_to_by_its_new_id(tmp_path: Path) -> None:
    options = Options(world=WorldOptions(started=True, basic_group=True))
    async with rigged(tmp_path, options=options) as rig:
        await rig.add_chat(4, BASIC_GROUP, "group")
        await rig.text(4, "before")
        await rig.settled()
        supergroup = rig.server.migrate(BASIC_GROUP, MIA)
        await rig.text(4, "after")
        await rig.settled()
        assert rig.texts(supergroup.id)[-1] == "after"
        ids = await rig.all("SELECT telegram_id, is_current FROM telegram_ids WHERE owner_id = 4 ORDER BY is_current")
        assert [dict(row) for row in ids] == [
            {"telegram_id": BASIC_GROUP, "is_current": 0},
            {"telegram_id": supergroup.id, "is_current": 1},
        ]
        assert (await rig.all("SELECT kind FROM chats WHERE id = 4"))[0]["kind"] == "supergroup"


async def test_a_supergroup_that_is_another_chat_of_ours_gives_the_row_up(tmp_path: Path) -> None:
    options = Options(world=WorldOptions(started=True, basic_group=True))
    async with rigged(tmp_path, options=options) as rig:
        await rig.add_chat(4, BASIC_GROUP, "group")
        supergroup = rig.server.migrate(BASIC_GROUP, MIA)
        await rig.add_chat(5, supergroup.id, "supergroup")
        await rig.text(4, "after")
        (row,) = await rig.settled()
        assert (row["state"], len(rig.told.failed)) == ("failed", 1)
        ids = await rig.all("SELECT telegram_id FROM telegram_ids WHERE owner_id = 4 AND is_current = 1")
        assert [row["telegram_id"] for row in ids] == [BASIC_GROUP]


async def test_a_status_that_fails_too_often_is_given_up(rig: Rig) -> None:
    rig.server.faults.add("sendMessage", status=500, times=50)
    await rig.card(1, "job:1", "status", priority=3)
    await rig.run("UPDATE outbox SET attempts = 3")
    (row,) = await rig.settled()
    assert row["state"] == "failed"


async def test_an_old_content_that_failed_does_not_come_after_a_newer_one(rig: Rig) -> None:
    put = asyncio.Event()

    async def meanwhile(call: object, phase: str) -> None:
        if not put.is_set():
            put.set()
            await rig.card(1, "job:1", "new")

    rig.server.taps.append(meanwhile)
    rig.server.faults.add("sendMessage", when="after", status=500)
    await rig.card(1, "job:1", "old")
    rows = await rig.settled()
    assert [row["state"] for row in rows] == ["failed", "sent"]
    assert rig.texts(ANN)[-1] == "new"


async def test_a_hook_and_the_record_are_one_transaction(rig: Rig) -> None:
    async def on_sent(tx: Transaction, row: SentRow) -> None:
        (stored,) = await tx.all(query("SELECT state FROM outbox WHERE id = :id"), id=row.row_id)
        assert stored["state"] == "sent"
        raise RuntimeError("a fault of services")

    rig.sender = Sender(rig.store, rig.bot, rig.limiter, rig.now_ms, Hooks(on_sent=on_sent))
    with capture_logs() as logs:
        await rig.text(1, "hello")
        rig.start()
        await rig.until(lambda: any(entry["event"] == "outbox_not_recorded" for entry in logs))
    (row,) = await rig.rows()
    assert row["state"] == "sending"


async def test_a_database_that_is_away_for_a_moment_costs_no_second_message(rig: Rig) -> None:
    fails = iter([True, False])

    async def on_sent(tx: Transaction, row: SentRow) -> None:
        if next(fails, False):
            raise Transient("database-busy")

    rig.sender = Sender(rig.store, rig.bot, rig.limiter, rig.now_ms, Hooks(on_sent=on_sent))
    await rig.text(1, "hello")
    (row,) = await rig.settled()
    assert (row["state"], rig.texts(ANN)) == ("sent", ["hello"])


async def test_an_edit_or_a_removal_that_telegram_refuses_is_given_up(rig: Rig) -> None:
    await rig.card(1, "job:1", "one")
    await rig.settled()
    body = {"ok": False, "error_code": 400, "description": "Bad Request: PEER_ID_INVALID"}
    rig.server.faults.add("editMessageText", status=400, body=body)
    rig.server.faults.add("deleteMessage", status=400, body=body)
    await rig.card(1, "job:1", "two")
    await rig.settled()
    await rig.card(1, "job:1", "", kind="remove")
    rows = await rig.settled()
    assert [row["state"] for row in rows] == ["sent", "failed", "failed"]


async def test_the_token_is_in_no_log_no_error_and_no_row(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    structlog.reset_defaults()
    async with rigged(tmp_path, answer_s=0.2) as rig:
        faults = rig.server.faults
        faults.add("sendMessage", chat_id=ANN, drop=True)
        faults.add("sendMessage", chat_id=BOB, delay_s=0.3)
        faults.add("sendMessage", chat_id=GROUP, status=502, body=f"<a>/bot{TOKEN}/sendMessage</a>")
        faults.add("sendVideo", chat_id=ANN, status=400, body=f"no /bot{TOKEN}/sendVideo here")
        faults.add("sendVideo", chat_id=BOB, drop=True)
        for chat in (1, 2, 3):
            await rig.text(chat, "hello")
        for chat in (1, 2):
            await rig.put(chat, "video", {"caption": "", "path": __file__}, priority=0)
        rows = await rig.settled()
        assert [row["state"] for row in rows] == ["sent", "sent", "sent", "failed", "parked"]
        secret = TOKEN.partition(":")[2]
        out = capsys.readouterr()
        assert caplog.records, "nothing was logged at all"
        for said in (
            caplog.text,
            out.out,
            out.err,
            str([dict(row) for row in rows]),
            repr(rig.bot),
            repr(vars(rig.sender)),
        ):
            assert secret not in said
