"""The sender over the embedded Telegram: messages, cards, files."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.telegram.world import ANN, GROUP
from tests.chat.rig import Rig


async def test_a_row_becomes_a_message(rig: Rig) -> None:
    await rig.text(1, "Rendering · <b>5 s</b>", job_id=None)
    (row,) = await rig.settled()
    (message,) = rig.server.world.chats[ANN].messages.values()
    assert (row["state"], row["message_id"], row["error"]) == ("sent", message.id, None)
    assert message.body["text"] == "Rendering · 5 s"
    assert message.body["entities"][0]["type"] == "bold"


async def test_the_same_fact_is_told_once(rig: Rig) -> None:
    await rig.text(1, "first", once="job:1:failed")
    await rig.text(1, "second", once="job:1:failed")
    await rig.settled()
    assert rig.texts(ANN) == ["first"]


async def test_a_card_is_edited_in_place(rig: Rig) -> None:
    await rig.card(1, "job:1", "queued")
    await rig.settled()
    await rig.card(1, "job:1", "rendering")
    await rig.settled()
    assert rig.texts(ANN) == ["rendering"]
    assert [call.method for call in rig.server.calls.of("sendMessage", "editMessageText")] == [
        "sendMessage",
        "editMessageText",
    ]


async def test_a_video_goes_out_whole_with_its_geometry_and_gives_its_file_id(rig: Rig, clip: Path) -> None:
    payload = {"caption": "<i>dog</i>", "path": str(clip), "width": 720, "height": 1280, "duration_s": 5}
    await rig.put(3, "video", payload, priority=0)
    await rig.settled()
    (call,) = rig.server.calls.of("sendVideo")
    assert call.params["supports_streaming"] is True
    assert (call.params["width"], call.params["height"], call.params["duration"]) == (720, 1280, 5)
    assert call.files == {"video": clip.stat().st_size}
    (told,) = rig.told.sent
    (message,) = rig.server.world.chats[GROUP].messages.values()
    assert (told.message_id, told.file_id) == (message.id, message.body["video"]["file_id"])
