"""The sender over the embedded Telegram: messages, cards, topics, order."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.chat.limiter import Limiter, Pace
from bot.sandbox.telegram.server import Options
from bot.sandbox.telegram.world import ANN, BOB, GROUP, MIA, WorldOptions
from tests.chat.rig import Rig, rigged


async def test_a_row_becomes_a_message(rig: Rig) -> None:
    await rig.text(1, "Rendering · <b>5 s</b>")
    (row,) = await rig.settled()
    (message,) = rig.server.world.chats[ANN].messages.values()
    assert (row["state"], row["message_id"], row["error"]) == ("sent", message.id, None)
    assert message.body["text"] == "Rendering · 5 s"
    assert message.body["entities"][0]["type"] == "bold"


async def test_a_message_answers_the_asking_one_and_carries_its_buttons(rig: Rig) -> None:
    asking = rig.server.world.chats[GROUP].next_message_id
    buttons = [[{"text": "✕ Cancel", "nonce": "n1"}, {"text": "Site", "url": "https://example.org/"}]]
    payload = {"text": "https://example.org", "buttons": buttons, "reply_to": asking + 99, "silent": True}
    await rig.put(3, "text", payload)
    await rig.settled()
    (call,) = rig.server.calls.of("sendMessage")
    assert call.params["reply_parameters"] == {"message_id": asking + 99, "allow_sending_without_reply": True}
    assert call.params["reply_markup"]["inline_keyboard"] == [
        [{"text": "✕ Cancel", "callback_data": "n1"}, {"text": "Site", "url": "https://example.org/"}]
    ]
    assert call.params["link_preview_options"] == {"is_disabled": True}
    assert call.params["disable_notification"] is True


async def test_the_same_fact_is_told_once(rig: Rig) -> None:
    await rig.text(1, "first", once="job:1:failed")
    await rig.text(1, "second", once="job:1:failed")
    await rig.settled()
    assert rig.texts(ANN) == ["first"]


async def test_a_card_is_edited_in_place(rig: Rig) -> None:
    for text in ("queued", "rendering", "sending"):
        await rig.card(1, "job:1", text)
        await rig.settled()
    assert rig.texts(ANN) == ["sending"]
    assert rig.methods("sendMessage", "editMessageText") == ["sendMessage", "editMessageText", "editMessageText"]


async def test_only_the_newest_content_of_a_waiting_card_is_sent(rig: Rig) -> None:
    for percent in range(10):
        await rig.card(1, "job:1", f"{percent} %")
    rows = await rig.settled()
    assert (len(rows), rig.texts(ANN)) == (1, ["9 %"])


async def test_equal_content_of_a_card_is_not_sent_twice(rig: Rig) -> None:
    for _ in range(2):
        await rig.card(1, "job:1", "queued")
        await rig.settled()
    assert rig.methods("sendMessage", "editMessageText") == ["sendMessage"]


async def test_a_card_that_telegram_finds_unchanged_is_a_success(rig: Rig) -> None:
    await rig.card(1, "job:1", "queued")
    await rig.settled()
    await rig.run("UPDATE cards SET content = 'forgotten'")
    await rig.card(1, "job:1", "queued")
    rows = await rig.settled()
    assert [row["state"] for row in rows] == ["sent", "sent"]
    assert rig.server.calls.of("editMessageText")[0].status == 400


async def test_a_deleted_card_is_made_again_once_and_then_given_up(rig: Rig) -> None:
    for text in ("one", "two", "three"):
        await rig.card(1, "job:1", text)
        await rig.settled()
        rig.server.world.chats[ANN].messages.clear()
    rows = await rig.rows()
    assert [row["state"] for row in rows] == ["sent", "sent", "failed"]
    assert rig.methods("sendMessage") == ["sendMessage", "sendMessage"]
    assert [row.why for row in rig.told.failed] == ["the card was deleted twice"]


async def test_a_card_that_is_taken_from_its_slot_while_it_is_edited_does_not_come_back(rig: Rig) -> None:
    await rig.card(1, "job:1", "rendering")
    await rig.settled()
    rig.server.faults.add("editMessageText", when="after", delay_s=0.2)
    await rig.card(1, "job:1", "half")
    await rig.until(lambda: rig.methods("editMessageText"))
    await rig.run("DELETE FROM cards")
    (row,) = [row for row in await rig.rows() if row["state"] == "sent"]
    await rig.put(1, "remove", {"message_id": row["message_id"]})
    await rig.card(1, "job:1", "cancelled")
    await rig.settled()
    assert rig.texts(ANN) == ["cancelled"]
    assert rig.methods("editMessageText") == ["editMessageText"]


async def test_a_removed_card_is_gone_and_a_new_one_may_come(rig: Rig) -> None:
    await rig.card(1, "job:1", "rendering")
    await rig.settled()
    await rig.card(1, "job:1", "", kind="remove")
    await rig.settled()
    assert rig.texts(ANN) == []
    await rig.card(1, "job:1", "back")
    await rig.settled()
    assert rig.texts(ANN) == ["back"]


async def test_removing_what_is_gone_already_is_a_success(rig: Rig) -> None:
    await rig.card(1, "job:1", "rendering")
    await rig.settled()
    rig.server.world.chats[ANN].messages.clear()
    await rig.card(1, "job:1", "", kind="remove")
    await rig.card(1, "job:2", "", kind="remove")
    await rig.put(1, "remove", {"message_id": 4711})
    rows = await rig.settled()
    assert {row["state"] for row in rows} == {"sent"}
    assert await rig.all("SELECT * FROM cards") == []


async def test_a_reaction_is_set_and_a_vanished_message_does_no_harm(rig: Rig) -> None:
    await rig.text(1, "hello")
    await rig.settled()
    (message,) = rig.server.world.chats[ANN].messages.values()
    await rig.put(1, "reaction", {"message_id": message.id, "emoji": "👌"})
    await rig.put(1, "reaction", {"message_id": 4711, "emoji": "👌"})
    rows = await rig.settled()
    assert message.reactions == [("👌", rig.server.world.bot.id)]
    assert {row["state"] for row in rows} == {"sent"}


async def test_a_topic_gets_its_messages_and_general_is_named_by_none(tmp_path: Path) -> None:
    options = Options(world=WorldOptions(started=True, forum=True))
    async with rigged(tmp_path, options=options) as rig:
        topic = rig.server.add_topic(GROUP, "Lab", MIA)
        await rig.add_topic(1, 3, topic.id)
        await rig.add_topic(2, 3, 1)
        await rig.text(3, "in the topic", topic_id=1)
        await rig.text(3, "in general", topic_id=2)
        await rig.settled()
        first, second = rig.server.calls.of("sendMessage")
        assert first.params["message_thread_id"] == topic.id
        assert "message_thread_id" not in second.params


@pytest.mark.parametrize("fate", ["closed", "deleted"])
async def test_a_lost_topic_falls_back_to_the_chat_and_says_so(tmp_path: Path, fate: str) -> None:
    options = Options(world=WorldOptions(started=True, forum=True))
    async with rigged(tmp_path, options=options) as rig:
        topic = rig.server.add_topic(GROUP, "Lab", MIA)
        await rig.add_topic(1, 3, topic.id)
        if fate == "closed":
            topic.closed = True
        else:
            (rig.server.world.chats[GROUP].topics or {}).clear()
        await rig.text(3, "result", topic_id=1)
        (row,) = await rig.settled()
        assert (row["state"], rig.texts(GROUP)) == ("sent", ["result"])
        assert "topic" in row["error"]


async def test_words_that_telegram_cannot_parse_go_out_plain(rig: Rig) -> None:
    await rig.text(1, "<b>5 &lt; 6")
    (row,) = await rig.settled()
    assert rig.texts(ANN) == ["5 < 6"]
    assert row["error"] == "sent without markup"


async def test_a_delivery_overtakes_the_status_edits_of_its_chat(rig: Rig) -> None:
    for number in range(3):
        await rig.card(1, f"job:{number}", f"status {number}", priority=2)
    await rig.text(1, "delivery", priority=0)
    await rig.text(1, "answer", priority=1)
    await rig.settled()
    assert [text.split()[0] for text in rig.texts(ANN)] == ["delivery", "answer", "status", "status", "status"]


async def test_messages_of_one_chat_go_one_at_a_time_and_of_two_side_by_side(rig: Rig) -> None:
    out, most, both = set[int](), 0, asyncio.Event()

    async def watch(call: object, phase: str) -> None:
        nonlocal most
        chat = call.params["chat_id"]  # type: ignore[attr-defined]
        if phase == "after":
            out.discard(chat)
            return
        assert chat not in out
        out.add(chat)
        most = max(most, len(out))
        if len(out) == 2:
            both.set()
        async with asyncio.timeout(2):
            await both.wait()

    rig.server.taps.append(watch)
    for number in range(3):
        await rig.text(1, f"a{number}")
        await rig.text(2, f"b{number}")
    await rig.settled()
    assert most == 2
    assert rig.texts(ANN) == ["a0", "a1", "a2"]
    assert rig.texts(BOB) == ["b0", "b1", "b2"]


async def test_a_later_row_waits_for_its_time(rig: Rig) -> None:
    due = rig.now_ms() + 150
    await rig.text(1, "later", run_at=due)
    await rig.settled()
    assert rig.server.calls.of("sendMessage")[0].at_ms >= due


async def test_a_broken_row_is_given_up_and_holds_nobody(rig: Rig) -> None:
    await rig.put(1, "text", {"words": "?"})
    await rig.text(1, "fine")
    rows = await rig.settled()
    assert [row["state"] for row in rows] == ["failed", "sent"]


async def test_the_wake_call_is_heard_at_once(rig: Rig) -> None:
    rig.start()
    await rig.settled()
    started = rig.now_ms()
    await rig.text(1, "now")
    await rig.settled()
    assert rig.now_ms() - started < 500


async def test_a_stopped_sender_takes_nothing_more(rig: Rig) -> None:
    rig.start()
    await rig.settled()
    await rig.stop()
    await rig.text(1, "left for the next run")
    (row,) = await rig.rows()
    assert (row["state"], rig.texts(ANN)) == ("pending", [])
    await rig.settled()
    assert rig.texts(ANN) == ["left for the next run"]


async def test_the_pace_of_a_group_keeps_places_for_deliveries(rig: Rig) -> None:
    rig.limiter = Limiter(Pace(chat_per_s=1000, chat_burst=1000, overall_per_s=1000))
    rig.sender = rig.new_sender()
    for number in range(30):
        await rig.card(3, f"job:{number}", f"status {number}", priority=2)
    await rig.until(lambda: len(rig.texts(GROUP)) == 6)
    await rig.text(3, "delivery", priority=0)
    await rig.until(lambda: "delivery" in rig.texts(GROUP))
    assert len(rig.texts(GROUP)) == 7


async def test_what_needs_no_place_in_a_groups_minute_does_not_wait_for_one(rig: Rig) -> None:
    rig.limiter = Limiter(Pace(group_statuses_per_min=1))
    rig.sender = rig.new_sender()
    await rig.card(3, "job:done", "ready")
    await rig.settled()
    await rig.card(3, "job:1", "rendering")
    await rig.put(3, "reaction", {"message_id": 1, "emoji": "👌"}, priority=3)
    await rig.card(3, "job:done", "", kind="remove")
    await rig.until(lambda: rig.server.calls.of("setMessageReaction") and rig.server.calls.of("deleteMessage"))
    assert rig.methods("sendMessage") == ["sendMessage"]


async def test_long_finished_rows_are_forgotten(rig: Rig) -> None:
    await rig.text(1, "old")
    await rig.settled()
    await rig.run("UPDATE outbox SET created_at = 0")
    await rig.text(1, "new")
    await rig.stop()
    rig.sender = rig.new_sender()
    await rig.settled()
    await rig.stop()
    assert [row["created_at"] > 0 for row in await rig.rows()] == [True]
