"""Videos and documents: whole, with their geometry, and never sent twice by themselves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.chat.sender import Sender
from bot.sandbox.telegram.world import ANN, GROUP
from bot.storage.base import UseCase
from tests.chat.rig import Q, Rig, rigged
from tests.sandbox.telegram.wire import jpeg


def video(clip: Path, **more: Any) -> dict[str, Any]:
    return {"caption": "<i>dog</i>", "path": str(clip), "width": 160, "height": 90, "duration_s": 1} | more


async def test_a_video_has_its_geometry_and_gives_its_file_id(
    rig: Rig, clip: Path, clip_bytes: int, tmp_path: Path
) -> None:
    thumbnail = tmp_path / "thumbnail.jpg"
    small = jpeg()
    thumbnail.write_bytes(small)
    await rig.put(3, "video", video(clip, thumbnail=str(thumbnail), spoiler=True), priority=0)
    await rig.settled()
    (call,) = rig.server.calls.of("sendVideo")
    shown = {name: call.params[name] for name in ("supports_streaming", "has_spoiler", "width", "height", "duration")}
    assert shown == {"supports_streaming": True, "has_spoiler": True, "width": 160, "height": 90, "duration": 1}
    assert sorted(call.files.values()) == sorted([clip_bytes, len(small)])
    (told,), (message,) = rig.told.sent, rig.server.world.chats[GROUP].messages.values()
    assert (told.message_id, told.file_id) == (message.id, message.body["video"]["file_id"])


async def test_a_file_id_saves_the_upload(rig: Rig, clip: Path) -> None:
    await rig.put(1, "video", video(clip), priority=0)
    await rig.settled()
    await rig.put(2, "video", video(clip, file_id=rig.told.sent[0].file_id), priority=0)
    await rig.settled()
    assert [bool(call.files) for call in rig.server.calls.of("sendVideo")] == [True, False]


async def test_a_stale_file_id_falls_back_to_the_upload(rig: Rig, clip: Path) -> None:
    await rig.put(1, "video", video(clip, file_id="BAAD-of-another-bot"), priority=0)
    (row,) = await rig.settled()
    assert (row["state"], row["error"]) == ("sent", "uploaded again")
    assert len(rig.texts(ANN)) == 1


async def test_a_document_keeps_its_name_and_is_not_taken_for_a_video(rig: Rig, clip: Path) -> None:
    await rig.put(1, "document", {"caption": "", "path": str(clip), "file_name": 'Собака "K7Q2".mp4'}, priority=0)
    await rig.settled()
    (call,) = rig.server.calls.of("sendDocument")
    (message,) = rig.server.world.chats[ANN].messages.values()
    assert call.params["disable_content_type_detection"] is True
    assert message.body["document"]["file_name"] == "Собака K7Q2.mp4"


async def test_a_photo_carries_its_words_and_gives_its_file_id(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "chart.jpg").write_bytes(jpeg())
    await rig.put(1, "photo", {"caption": "<b>Spent</b>", "path": str(tmp_path / "chart.jpg")}, priority=1)
    await rig.settled()
    (told,), (message,) = rig.told.sent, rig.server.world.chats[ANN].messages.values()
    assert message.body["caption"] == "Spent"
    assert told.file_id == message.body["photo"][-1]["file_id"]


async def test_a_relative_path_starts_at_the_root(rig: Rig, clip: Path) -> None:
    rig.sender = rig.new_sender(root=clip.parent)
    await rig.put(1, "video", video(Path(clip.name), thumbnail="missing.jpg"), priority=0)
    (row,) = await rig.settled()
    assert row["state"] == "sent"


async def test_a_caption_that_is_too_long_arrives_shortened(rig: Rig, clip: Path) -> None:
    await rig.put(1, "video", video(clip, caption="<i>" + "🐕" * 900 + "</i>"), priority=0)
    (row,) = await rig.settled()
    (text,) = rig.texts(ANN)
    assert (row["state"], len(text.encode("utf-16-le")) // 2, text[-1]) == ("sent", 1023, "…")


async def test_a_file_that_is_not_there_is_given_up_and_told(rig: Rig, tmp_path: Path) -> None:
    await rig.put(1, "video", video(tmp_path / "gone.mp4"), priority=0)
    (row,) = await rig.settled()
    assert (row["state"], [told.row_id for told in rig.told.failed]) == ("failed", [row["id"]])


async def test_a_file_over_telegrams_limit_is_given_up_and_told(rig: Rig, clip: Path) -> None:
    rig.server.faults.add("sendVideo", status=413)
    await rig.put(1, "video", video(clip), priority=0)
    (row,) = await rig.settled()
    assert (row["state"], rig.told.failed[0].why) == ("failed", "Request Entity Too Large")


@pytest.mark.parametrize("trouble", [{"drop": True}, {"status": 502}, {"status": 500}, {"status": 200, "body": "?"}])
async def test_a_video_whose_answer_was_lost_is_parked_and_not_sent_again(
    rig: Rig, clip: Path, trouble: dict[str, Any]
) -> None:
    rig.server.faults.add("sendVideo", when="after", **trouble)
    await rig.put(1, "video", video(clip), priority=0)
    (row,) = await rig.settled()
    assert (row["state"], row["maybe_sent"]) == ("parked", 1)
    assert [told.row_id for told in rig.told.maybe_sent] == [row["id"]]
    assert len(rig.texts(ANN)) == 1


async def test_a_video_whose_answer_takes_too_long_is_parked_and_not_sent_again(tmp_path: Path, clip: Path) -> None:
    async with rigged(tmp_path, upload_answer_s=0.1) as rig:
        rig.server.faults.add("sendVideo", when="after", delay_s=0.4)
        await rig.put(1, "video", video(clip), priority=0)
        (row,) = await rig.settled()
        assert (row["state"], row["maybe_sent"], len(rig.texts(ANN))) == ("parked", 1, 1)


async def test_a_maybe_sent_video_goes_again_when_a_person_asks(rig: Rig, clip: Path) -> None:
    rig.server.faults.add("sendVideo", when="before", drop=True)
    await rig.put(1, "video", video(clip), priority=0)
    (row,) = await rig.settled()
    assert await rig.run(Q.unpark_chat, chat_id=1, run_at=rig.now_ms()) == 0
    assert await rig.run(Q.send_again, id=row["id"], now=rig.now_ms()) == 1
    assert await rig.run(Q.send_again, id=row["id"], now=rig.now_ms()) == 0
    rig.sender.wake()
    (row,) = await rig.settled()
    assert (row["state"], row["maybe_sent"], len(rig.texts(ANN))) == ("sent", 0, 1)


async def test_words_whose_answer_was_lost_are_sent_again(rig: Rig) -> None:
    rig.server.faults.add("sendMessage", when="before", drop=True)
    await rig.text(1, "hello")
    (row,) = await rig.settled()
    assert (row["state"], row["attempts"], rig.texts(ANN)) == ("sent", 1, ["hello"])


async def test_a_video_is_repeated_when_no_connection_was_made(tmp_path: Path, clip: Path) -> None:
    async with rigged(tmp_path) as rig:
        rig.bot_to(await _closed_port())
        await rig.put(1, "video", video(clip), priority=0)
        rig.start()
        await asyncio.sleep(0.1)
        (row,) = await rig.rows()
        assert (row["state"], row["maybe_sent"], row["attempts"]) == ("pending", 0, 1)
        rig.bot_to(None)
        (row,) = await rig.settled()
        assert (row["state"], len(rig.texts(ANN))) == ("sent", 1)


async def _closed_port() -> str:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return f"http://127.0.0.1:{port}"


async def test_an_upload_that_a_stop_cut_off_goes_again_with_the_next_run(rig: Rig, tmp_path: Path) -> None:
    big, reading, ended = tmp_path / "big.mp4", asyncio.Event(), asyncio.Event()
    big.write_bytes(bytes(30_000_000))

    async def stuck(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100_000)
        reading.set()
        await ended.wait()
        writer.transport.abort()

    server = await asyncio.start_server(stuck, "127.0.0.1", 0, limit=1 << 16)
    rig.bot_to(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await rig.put(1, "video", video(big), priority=0)
    rig.start()
    async with asyncio.timeout(5):
        await reading.wait()
    await rig.stop(grace_s=0.1)
    ended.set()
    server.close()
    await server.wait_closed()
    (row,) = await rig.rows()
    assert (row["state"], row["maybe_sent"]) == ("pending", 0)


async def test_a_local_server_is_given_the_path(rig: Rig, clip: Path) -> None:
    body = {"ok": True, "result": {"message_id": 5, "date": 0, "chat": {"id": ANN, "type": "private"}}}
    rig.server.faults.add("sendVideo", status=200, body=body)
    rig.bot._local_mode = True
    await rig.put(1, "video", video(clip), priority=0)
    (row,) = await rig.settled()
    (call,) = rig.server.calls.of("sendVideo")
    assert (row["state"], call.params["video"], call.files) == ("sent", clip.as_uri(), {})


async def test_a_stop_after_the_whole_file_went_out_leaves_it_maybe_sent(rig: Rig, clip: Path) -> None:
    arrived = asyncio.Event()

    async def held(call: object, phase: str) -> None:
        arrived.set()
        await asyncio.sleep(1)

    rig.server.taps.append(held)
    await rig.put(1, "video", video(clip), priority=0)
    rig.start()
    async with asyncio.timeout(5):
        await arrived.wait()
    await rig.stop(grace_s=0.05)
    rig.server.taps.clear()
    (row,) = await rig.settled()
    assert (row["state"], row["maybe_sent"]) == ("parked", 1)


async def test_a_stop_in_the_middle_of_a_claim_gives_the_rows_back(rig: Rig, clip: Path) -> None:
    class Slow:
        """The same database, on a bad day."""

        began = asyncio.Event()

        async def transact(self, use_case: UseCase[Any]) -> Any:
            done = await rig.store.transact(use_case)
            if "claim" in getattr(use_case, "__qualname__", ""):
                self.began.set()
                await asyncio.sleep(0.1)
            return done

        async def read(self, use_case: UseCase[Any]) -> Any:
            return await rig.store.read(use_case)

        async def close(self) -> None:
            """Another's."""

    store = Slow()
    await rig.put(1, "video", video(clip), priority=0)
    running = asyncio.create_task(Sender(store, rig.bot, rig.limiter, rig.now_ms).run())
    async with asyncio.timeout(5):
        await store.began.wait()
    running.cancel()
    await asyncio.wait([running])
    (row,) = await rig.rows()
    assert (row["state"], row["maybe_sent"], row["attempts"]) == ("pending", 0, 0)
    assert rig.methods("sendVideo") == []


async def test_what_a_killed_process_was_sending_is_looked_after_at_once(rig: Rig, clip: Path) -> None:
    await rig.put(1, "video", video(clip), priority=0)
    await rig.text(1, "words")
    await rig.run(
        "UPDATE outbox SET state = 'sending', lease_until = :soon, run_at = :soon", soon=rig.now_ms() + 60_000
    )
    rows = await rig.settled()
    assert [(row["state"], row["maybe_sent"]) for row in rows] == [("parked", 1), ("sent", 0)]
    assert rig.texts(ANN) == ["words"]
    assert [told.row_id for told in rig.told.maybe_sent] == [rows[0]["id"]]


async def test_beside_other_senders_a_lease_is_respected_until_it_ends(rig: Rig) -> None:
    await rig.text(1, "words")
    await rig.run("UPDATE outbox SET state = 'sending', lease_until = :end, run_at = :end", end=rig.now_ms() + 60_000)
    rig.sender = rig.new_sender(alone=False)
    rig.start()
    await rig.text(2, "others")
    await rig.until(lambda: len(rig.server.calls) == 1)
    assert rig.texts(ANN) == []
    await rig.stop()
    await rig.run("UPDATE outbox SET lease_until = :end, run_at = :end WHERE state = 'sending'", end=rig.now_ms() - 1)
    rig.sender = rig.new_sender(alone=False)
    await rig.settled()
    assert rig.texts(ANN) == ["words"]


async def test_a_scheduled_message_without_a_number_is_a_success(rig: Rig, clip: Path) -> None:
    body = {"ok": True, "result": {"message_id": 0, "date": 0, "chat": {"id": ANN, "type": "private"}}}
    rig.server.faults.add("sendVideo", status=200, body=body)
    rig.server.faults.add("sendMessage", status=200, body=body)
    await rig.put(1, "video", video(clip), priority=0)
    await rig.card(1, "job:1", "status")
    rows = await rig.settled()
    assert [(row["state"], row["message_id"]) for row in rows] == [("sent", 0), ("sent", 0)]
    assert await rig.all("SELECT * FROM cards") == []
