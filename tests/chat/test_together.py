"""Videos that go out as one album: in order, by themselves when refused, and never twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.telegram.world import ANN
from tests.chat.rig import Q, Rig, query

ALBUM = "request:1"


async def lay(rig: Rig, clip: Path, *captions: str, **more: Any) -> None:
    """Videos of one name, ready now."""
    for number, caption in enumerate(captions, 1):
        payload = {"caption": caption, "path": str(clip), "size_bytes": 10, "duration_s": 1} | more
        await rig.put(1, "video", payload, priority=0, once=f"deliver:{number}")
    await rig.run(query("UPDATE outbox SET album = :album, run_at = 0"), album=ALBUM)


def albums(rig: Rig) -> list[list[str]]:
    """The captions of each album that was asked for."""
    return [[item["caption"] for item in call.params["media"]] for call in rig.server.calls.of("sendMediaGroup")]


async def test_what_is_ready_together_is_one_album_and_each_gives_its_file_id(rig: Rig, clip: Path) -> None:
    await lay(rig, clip, "one", "<i>two</i>", "three")
    rows = await rig.settled()
    (call,) = rig.server.calls.of("sendMediaGroup")
    messages = [m.body for m in rig.server.world.chats[ANN].messages.values()]
    assert [row["state"] for row in rows] == ["sent"] * 3
    assert (rig.texts(ANN), len(call.files)) == (["one", "two", "three"], 3)
    assert len({body["media_group_id"] for body in messages}) == 1
    assert [told.file_id for told in rig.told.sent] == [body["video"]["file_id"] for body in messages]
    assert [told.message_id for told in rig.told.sent] == list(rig.server.world.chats[ANN].messages)
    assert rig.methods("sendVideo") == []


async def test_an_album_is_at_most_ten_and_as_large_as_one_call_may_be(rig: Rig, clip: Path) -> None:
    await lay(rig, clip, *(str(number) for number in range(12)))
    await rig.settled()
    assert [len(album) for album in albums(rig)] == [10, 2]
    await rig.stop()
    rig.sender = rig.new_sender(album_bytes=25)
    await rig.run("DELETE FROM outbox")
    await lay(rig, clip, "a", "b", "c")
    await rig.settled()
    assert albums(rig)[2:] == [["a", "b"]]
    assert len(rig.methods("sendVideo")) == 1


async def test_who_is_not_ready_yet_comes_by_itself(rig: Rig, clip: Path) -> None:
    await lay(rig, clip, "one", "two", "late")
    await rig.run("UPDATE outbox SET run_at = :later WHERE once = 'deliver:3'", later=rig.now_ms() + 60_000)
    rig.start()
    await rig.until(lambda: len(rig.told.sent) == 2)
    assert albums(rig) == [["one", "two"]]
    await rig.run("UPDATE outbox SET run_at = 0 WHERE once = 'deliver:3'")
    rig.sender.wake()
    await rig.settled()
    assert len(rig.methods("sendVideo")) == 1


@pytest.mark.parametrize("status", [400, 413])
async def test_what_is_refused_together_goes_one_by_one(rig: Rig, clip: Path, status: int) -> None:
    rig.server.faults.add("sendMediaGroup", status=status)
    await lay(rig, clip, "one", "two", "three")
    rows = await rig.settled()
    assert [row["state"] for row in rows] == ["sent"] * 3
    assert sorted(rig.texts(ANN)) == ["one", "three", "two"]
    assert len(rig.methods("sendVideo")) == 3


async def test_a_file_that_is_gone_takes_no_other_with_it(rig: Rig, clip: Path, tmp_path: Path) -> None:
    await lay(rig, clip, "one", "two")
    await rig.put(1, "video", {"caption": "gone", "path": str(tmp_path / "gone.mp4")}, priority=0, once="deliver:3")
    await rig.run(query("UPDATE outbox SET album = :album, run_at = 0"), album=ALBUM)
    rows = await rig.settled()
    assert [row["state"] for row in rows] == ["sent", "sent", "failed"]
    assert [told.row_id for told in rig.told.failed] == [rows[2]["id"]]


@pytest.mark.parametrize("trouble", [{"drop": True}, {"status": 502}, {"status": 200, "body": "?"}])
async def test_an_album_whose_answer_was_lost_is_parked_and_not_sent_again(
    rig: Rig, clip: Path, trouble: dict[str, Any]
) -> None:
    rig.server.faults.add("sendMediaGroup", when="after", **trouble)
    await lay(rig, clip, "one", "two", "three")
    rows = await rig.settled()
    assert [(row["state"], row["maybe_sent"]) for row in rows] == [("parked", 1)] * 3
    assert [told.row_id for told in rig.told.maybe_sent] == [row["id"] for row in rows]
    assert len(rig.texts(ANN)) == 3
    await rig.run(Q.send_again, id=rows[1]["id"], now=rig.now_ms())
    rig.sender.wake()
    await rig.settled()
    assert rig.texts(ANN) == ["one", "two", "three", "two"]


async def test_fewer_messages_than_files_is_no_answer(rig: Rig, clip: Path) -> None:
    rig.server.faults.add("sendMediaGroup", when="after", status=200, body={"ok": True, "result": []})
    await lay(rig, clip, "one", "two")
    rows = await rig.settled()
    assert [(row["state"], row["maybe_sent"]) for row in rows] == [("parked", 1)] * 2


async def test_an_album_that_a_killed_process_was_sending_is_not_sent_again(rig: Rig, clip: Path) -> None:
    await lay(rig, clip, "one", "two")
    await rig.run(
        "UPDATE outbox SET state = 'sending', lease_until = :soon, run_at = :soon", soon=rig.now_ms() + 60_000
    )
    rows = await rig.settled()
    assert [(row["state"], row["maybe_sent"]) for row in rows] == [("parked", 1)] * 2
    assert rig.server.calls.of("sendMediaGroup", "sendVideo") == []


async def test_a_stop_after_the_whole_album_went_out_leaves_it_maybe_sent(rig: Rig, clip: Path) -> None:
    arrived = asyncio.Event()

    async def held(call: object, phase: str) -> None:
        arrived.set()
        await asyncio.sleep(1)

    rig.server.taps.append(held)
    await lay(rig, clip, "one", "two")
    rig.start()
    async with asyncio.timeout(5):
        await arrived.wait()
    await rig.stop(grace_s=0.05)
    rig.server.taps.clear()
    rows = await rig.settled()
    assert [(row["state"], row["maybe_sent"]) for row in rows] == [("parked", 1)] * 2


async def test_a_pause_and_a_block_hold_all_of_an_album(rig: Rig, clip: Path) -> None:
    rig.server.faults.add("sendMediaGroup", retry_after_s=1)
    await lay(rig, clip, "one", "two")
    rows = await rig.settled()
    assert [(row["state"], row["attempts"]) for row in rows] == [("sent", 0)] * 2
    rig.server.set_member(ANN, rig.server.world.bot.id, "kicked", ANN)
    await rig.run("DELETE FROM outbox")
    await lay(rig, clip, "three", "four")
    rows = await rig.settled()
    assert [row["state"] for row in rows] == ["parked"] * 2
    assert len(rig.told.parked) == 2
