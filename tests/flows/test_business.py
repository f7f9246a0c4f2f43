"""Business mode on the wire: an owner orders in a chat with a client, and nothing goes there without their tap."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.telegram import ANN, BOB, FileToSend
from bot.sandbox.telegram.faults import When
from bot.sandbox.telegram.world import Topic
from bot.services import keeping, privacy
from bot.services.clients import reason
from bot.services.headings import BELOW, number
from bot.storage.queries import load
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, is_video

DAY_S = 24 * 3_600
OPEN = "SELECT count(*) FROM inbox WHERE state = 'open'"
SEND = "➤ Send to Bob"
KEPT_OF_ORDERS = (
    "SELECT id FROM requests UNION ALL SELECT id FROM jobs UNION ALL SELECT id FROM entries",
    "SELECT id FROM media UNION ALL SELECT media_id FROM tray UNION ALL SELECT client_id FROM client_orders",
)
KEPT_OF_CLIENTS = (
    "SELECT id FROM connections UNION ALL SELECT client_id FROM client_orders",
    "SELECT job_id FROM client_videos",
)


FLEETING = 7
"""A connection, and six messages of the story below."""


async def settled(world: World) -> None:
    """All that came was handled."""
    await until(lambda: world.books.value("SELECT count(*) FROM inbox") and world.books.value(OPEN) == 0)


def before_the_client(world: World) -> list[dict[str, Any]]:
    """Every call that could show anything to Bob."""
    return [call.params for call in world.telegram.calls if call.params.get("chat_id") == BOB]


async def shop(world: World, *, can_reply: bool = True) -> tuple[Talk, Talk, Talk]:
    """Ann has connected the bot, and Bob wrote to her: Ann with the bot, Ann with Bob, Bob with Ann."""
    await world.ann.connect(can_reply=can_reply)
    dialog = await world.ann.dialog(BOB)
    ann, there, client = Talk(world.ann, ANN), Talk(world.ann, dialog), Talk(world.bob, dialog)
    await ann.reads("connected to your Telegram Business account")
    await client.say("Hello! Do you make videos?")
    return ann, there, client


async def made(ann: Talk, there: Talk, words: str = "/video a dog runs 4s", reply_to: Message | None = None) -> Message:
    """An order of Ann's, and its video in her private chat."""
    await there.say(words, reply_to=reply_to)
    return await ann.video()


async def sendable(ann: Talk, code: str) -> Message:
    """The receipt of one of several videos, with what can be done with it."""
    return await ann.sees(lambda m: code in (m.get("text") or "") and SEND in buttons(m))


async def in_the_dialog(talk: Talk) -> list[Message]:
    """Videos in the chat of the two."""
    return [one for one in await talk.person.messages(talk.chat) if one.get("media", {}).get("kind") == "video"]


async def test_an_order_in_reply_to_a_client_s_photo_goes_to_them_by_one_tap(world: World, dog: Path) -> None:
    async with world.bot():
        ann, there, client = await shop(world)
        photo = await client.say("", dog)
        video = await made(ann, there, "/video @image1 first, it runs 4s", photo)
        assert (before_the_client(world), await in_the_dialog(there)) == ([], [])
        assert world.books.value("SELECT count(*) FROM job_references") == 1
        assert "reply_to" not in video
        assert [one for one in buttons(video) if "➤" in one] == [SEND]
        await ann.press(video, SEND)
        await ann.reads("Bob has the video, sent in your name")
        (sent,) = await in_the_dialog(client)
        assert (sent["from"]["id"], sent.get("caption"), sent["media"]["url"]) == (ANN, None, video["media"]["url"])
        await ann.person.wait_for(ANN, lambda m: m["id"] == video["id"] and "➤" not in "".join(buttons(m)))
    (call,) = before_the_client(world)
    assert call["business_connection_id"]
    assert call["video"] == world.books.value("SELECT file_id FROM jobs")
    assert len(world.telegram.calls.of("sendVideo")) == 2
    assert world.books.states == ["DELIVERED"]


async def test_what_is_asked_and_refused_there_is_said_in_the_private_chat_alone(world: World) -> None:
    async with world.bot(policy={"confirm_above_microusd": 0}):
        ann, there, client = await shop(world)
        await there.say("/video a dog runs 77s")
        await ann.reads("Bob: a dog runs 77s", "Nothing was charged")
        asked = await there.say("/video a dog runs 4s")
        await ann.card()
        await there.edit(asked, "/video a cat sleeps 5s")
        card = await ann.reads("Bob: a cat sleeps 5s")
        await ann.press(card, "▶")
        await ann.video()
        await there.edit(asked, "/video a cow flies 5s")
        await ann.reads("Bob: a cat sleeps 5s", "It was made already, with the old words")
        told = await client.person.messages(client.chat)
    assert before_the_client(world) == []
    assert {one["from"]["id"] for one in told} == {ANN, BOB}
    assert world.books.value("SELECT count(*) FROM chats WHERE kind = 'private'") == 1


async def test_a_client_s_words_order_nothing_cost_nothing_and_are_not_kept(world: World, dog: Path) -> None:
    async with world.bot():
        ann, there, client = await shop(world)
        mine = await client.say("/video a secret plan 4s")
        await client.edit(mine, "/video another secret plan 4s")
        await client.say("/video secret", dog, dog)
        await client.say("/balance")
        await there.say("a secret answer of mine")
        await client.person.delete(client.chat, mine["id"])
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE is_fleeting = 1") >= FLEETING)
        await settled(world)
    assert before_the_client(world) == []
    assert len(await ann.heard()) == 1
    assert not any(world.books.rows(kept) for kept in KEPT_OF_ORDERS)
    kept = json.dumps(world.books.rows("SELECT payload, sender_id FROM inbox WHERE is_fleeting = 1"))
    assert "secret" not in kept
    assert str(BOB) not in kept
    assert world.books.value("SELECT count(*) FROM users") == 1


async def test_a_client_who_talks_to_the_bot_too_has_their_own_chat_with_it_untouched(world: World, dog: Path) -> None:
    bob = Talk(world.bob, BOB)
    async with world.bot():
        await bob.say("", dog)
        await until(lambda: world.books.value("SELECT count(*) FROM tray") == 1)
        ann, there, _ = await shop(world)
        said = len(await bob.heard())
        video = await made(ann, there)
        await ann.press(video, SEND)
        await ann.reads("Bob has the video")
        assert len(await bob.heard()) == said
        assert world.books.value("SELECT count(*) FROM tray") == 1
        lanes = [row["lane"] for row in world.books.rows("SELECT lane FROM inbox WHERE is_fleeting = 1")]
        assert lanes
        assert all(lane.startswith("business ") for lane in lanes)
    assert world.books.value("SELECT count(*) FROM accounts WHERE kind = 'user'") == 1


async def test_an_album_of_the_owner_s_is_one_order(world: World, dog: Path, cat: Path) -> None:
    async with world.bot() as service:
        ann, there, _ = await shop(world)
        await there.say("/video @image1 meets @image2 4s", dog, cat)
        await ann.start()
        video = await ann.video()
        assert SEND in buttons(video)
        await there.say("no order of any kind", dog, cat)
        await settled(world)
        await until(lambda: world.books.value("SELECT count(*) FROM media WHERE job_id IS NULL") == 4)
        world.clock.push(minutes=2)
        await keeping.tidy(service._root.env, world.clock())
        assert world.books.value("SELECT count(*) FROM media WHERE job_id IS NULL") == 2
    assert (world.books.value("SELECT count(*) FROM tray"), before_the_client(world)) == (0, [])
    assert world.telegram.calls.of("setMessageReaction") == []


@pytest.mark.parametrize(
    "by_itself",
    [
        {"sender_business_bot": {"id": 7, "is_bot": True, "first_name": "Another bot"}},
        {"via_bot": {"id": 7, "is_bot": True, "first_name": "Another bot"}},
        {"is_from_offline": True},
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Somebody"}},
        {"from": {"id": 7, "is_bot": True, "first_name": "Another bot"}},
        {"chat": {"id": ANN, "type": "private", "first_name": "Ann"}},
    ],
)
async def test_what_the_owner_did_not_write_by_hand_to_a_client_orders_nothing(
    world: World, by_itself: dict[str, Any]
) -> None:
    async with world.bot():
        connection = await world.ann.connect()
        await Talk(world.ann, ANN).reads("connected to your")
        told = {
            "message_id": 7,
            "date": 1,
            "chat": {"id": BOB, "type": "private", "first_name": "Bob"},
            "from": world.telegram.world.users[ANN].api(),
            "text": "/video a dog runs 4s",
            "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
            "business_connection_id": connection,
        }
        world.telegram.exchange.updates.put("business_message", told | by_itself, f"user:{ANN}")
        await settled(world)
        assert world.books.rows("SELECT id FROM requests") == []
        world.telegram.exchange.updates.put("business_message", told, f"user:{ANN}")
        await until(lambda: world.books.rows("SELECT id FROM requests"))


async def test_an_order_that_breaks_our_code_is_apologised_for_in_private_and_blanked(world: World) -> None:
    async with world.bot() as service:
        ann, there, _ = await shop(world)
        raw = {
            "message_id": 8,
            "date": 1,
            "chat": {"id": BOB, "type": "private", "first_name": "Bob"},
            "from": world.telegram.world.users[ANN].api(),
            "text": "/video a dog runs 4s",
            "business_connection_id": world.books.value("SELECT connection FROM connections"),
        }
        await service._give_up({"update_id": 1, "business_message": raw})
        await ann.reads("Something went wrong on our side")
        bob = {"from": world.telegram.world.users[BOB].api()}
        await service._give_up({"update_id": 2, "business_message": raw | bob})
        await there.say("still here")
        await settled(world)
        assert len(await ann.heard()) == 2
    assert before_the_client(world) == []


async def test_a_client_s_voice_note_is_the_reference_of_an_order_that_replies_to_it(world: World, note: Path) -> None:
    async with world.bot():
        ann, there, client = await shop(world)
        voice = await client.say("", FileToSend(note, "voice"))
        await there.say("/video a dog sings 4s", reply_to=voice)
        await until(lambda: world.books.rows("SELECT id FROM requests"))
        assert [row["kind"] for row in world.books.rows("SELECT kind FROM media")] == ["audio"]
        await ann.reads("Bob: a dog sings 4s")
    assert before_the_client(world) == []


async def test_several_of_one_order_go_one_by_one_from_their_summary(world: World) -> None:
    async with world.bot():
        ann, there, _ = await shop(world)
        await there.say("/video a dog runs 4s --n 2")
        await ann.start()
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        summary = await ann.sees(lambda m: any(text.startswith("#") for text in buttons(m)))
        for code in [text for text in buttons(summary) if text.startswith("#")]:
            await ann.press(summary, code)
            await ann.press(await sendable(ann, code), SEND)
        await until(lambda: len(before_the_client(world)) == 2)
    assert len({call["video"] for call in before_the_client(world)}) == 2


async def test_taps_are_counted_once_and_are_the_owner_s(world: World) -> None:
    async with world.bot():
        ann, there, _ = await shop(world)
        video = await made(ann, there)
        nonce = next(b["data"] for row in video["buttons"] for b in row if b["text"] == SEND)
        query = {"id": "1", "from": world.telegram.world.users[BOB].api(), "chat_instance": "1", "data": nonce}
        shown = {"message_id": video["id"], "date": 1, "chat": {"id": ANN, "type": "private", "first_name": "Ann"}}
        world.refusals.add(400)
        world.telegram.exchange.updates.put("callback_query", query | {"message": shown}, f"user:{BOB}")
        await settled(world)
        assert before_the_client(world) == []
        async with world.stopped():
            for _ in range(3):
                await ann.person.press(ANN, video["id"], nonce)
        await ann.reads("Bob has the video")
        await ann.person.press(ANN, video["id"], nonce)
        await ann.person.wait_for_event(lambda e: e["type"] == "toast" and "there already" in e["text"])
    assert len(before_the_client(world)) == 1


async def test_a_video_made_anew_may_go_there_too(world: World) -> None:
    async with world.bot():
        ann, there, _ = await shop(world)
        video = await made(ann, there)
        await ann.press(video, SEND)
        await ann.reads("Bob has the video")
        await ann.press(video, "↻")
        other = await ann.sees(lambda m: is_video(m) and m["id"] != video["id"])
        await ann.press(other, SEND)
        await until(lambda: len(before_the_client(world)) == 2)
    assert len({call["video"] for call in before_the_client(world)}) == 2


async def test_a_topic_of_the_owner_s_chat_is_none_of_the_client_s(world: World) -> None:
    async with world.bot():
        ann, there, _ = await shop(world)
        await made(ann, there)
        world.telegram.world.chats[ANN].topics = {1: Topic(1, "General"), 7: Topic(7, "Work")}
        topic = Talk(world.ann, ANN, 7)
        await topic.say("/jobs")
        listed = await topic.sees(lambda m: any(text.startswith("Send #") for text in buttons(m)))
        await topic.press(listed, "Send #")
        await topic.press(await topic.sees(lambda m: is_video(m) and m["id"] > listed["id"]), SEND)
        await topic.reads("Bob has the video")
    (call,) = before_the_client(world)
    assert "message_thread_id" not in call
    assert world.books.value("SELECT gone_at FROM topics") is None


async def test_without_the_right_or_the_connection_the_owner_reads_what_to_do(world: World) -> None:
    async with world.bot():
        ann, there, client = await shop(world, can_reply=False)
        video = await made(ann, there)
        await ann.press(video, SEND)
        await ann.reads("Bob did not get the video", "no right", "The video is yours")
        await world.ann.connect(is_enabled=False)
        await ann.press(video, SEND)
        card = await ann.reads("Bob did not get the video", "not connected")
        assert before_the_client(world) == []
        await client.say("are you there?")
        await world.ann.connect()
        await until(lambda: world.books.value("SELECT is_enabled + can_reply FROM connections") == 2)
        await ann.press(await ann.now(card), SEND)
        await ann.reads("Bob has the video")
    assert len(before_the_client(world)) == 1
    assert len([m for m in await ann.heard() if "connected to your" in (m.get("text") or "")]) == 1


async def test_telegram_s_24_hours_are_told_and_the_video_stays_the_owner_s(world: World) -> None:
    world.refusals.add(400)
    async with world.bot():
        ann, there, client = await shop(world)
        video = await made(ann, there)
        world.clock.push(s=DAY_S + 60)
        await ann.press(video, SEND)
        card = await ann.reads("Bob did not get the video", "24 hours", "The video is yours")
        await client.say("Where is it?")
        await ann.press(card, SEND)
        await ann.reads("Bob has the video")
    refused, sent = [call.status for call in world.telegram.calls.of("sendVideo") if call.params["chat_id"] == BOB]
    assert (refused, sent) == (400, 200)
    assert world.books.rows("SELECT unreachable_at FROM chats WHERE unreachable_at IS NOT NULL") == []


@pytest.mark.parametrize(("when", "there_already"), [("before", 0), ("after", 1)])
async def test_a_send_that_telegram_did_not_confirm_is_the_owner_s_to_repeat(
    world: World, when: When, there_already: int
) -> None:
    async with world.bot():
        ann, there, _ = await shop(world)
        video = await made(ann, there)
        world.telegram.faults.add("sendVideo", drop=True, when=when)
        await ann.press(video, SEND)
        told = await ann.reads("did not confirm that Bob has the video")
        assert len(await in_the_dialog(there)) == there_already
        await ann.press(told, "Send")
        await ann.reads("Bob has the video, sent in your name")
        assert len(await in_the_dialog(there)) == there_already + 1


async def test_a_tap_outlives_the_process(world: World) -> None:
    async with world.bot():
        ann, there, _ = await shop(world)
        video = await made(ann, there)
    await ann.press(video, SEND)
    assert before_the_client(world) == []
    async with world.bot():
        await ann.reads("Bob has the video")
    assert len(before_the_client(world)) == 1


async def test_a_connection_of_which_no_update_came_is_asked_for(world: World) -> None:
    await world.ann.connect()
    world.telegram.exchange.updates.drop_all()
    ann, there = Talk(world.ann, ANN), Talk(world.ann, await world.ann.dialog(BOB))
    async with world.bot():
        await made(ann, there)
        await ann.reads("connected to your Telegram Business account")
        await world.ann.connect(is_enabled=False)
        await until(lambda: world.books.value("SELECT is_enabled FROM connections") == 0)
        await there.say("/video a cat 4s")
    assert len(world.telegram.calls.of("getBusinessConnection")) == 1
    assert len(world.books.states) == 1


async def test_an_owner_whom_nothing_reaches_orders_nothing(world: World) -> None:
    world.refusals.add(403)
    world.telegram.world.chats[ANN].is_started = False
    async with world.bot():
        await world.ann.connect()
        there = Talk(world.ann, await world.ann.dialog(BOB))
        await until(lambda: world.books.value("SELECT count(*) FROM chats WHERE unreachable_at IS NOT NULL"))
        await there.say("/video a dog runs 4s")
        await settled(world)
    assert (world.books.states, before_the_client(world)) == ([], [])


async def test_a_stranger_who_connects_is_told_that_they_are_not_let_in(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(access="granted"):
        await world.ann.connect()
        await ann.reads("works for invited people")
        await Talk(world.ann, await world.ann.dialog(BOB)).say("/video a dog runs 4s")
        await until(lambda: len([c for c in world.telegram.calls.of("sendMessage") if c.params["chat_id"] == ANN]) == 2)
    assert (world.books.rows("SELECT id FROM requests"), before_the_client(world)) == ([], [])


async def test_forgetting_takes_connections_and_clients_away(world: World, dog: Path) -> None:
    async with world.bot() as service:
        ann, there, client = await shop(world)
        video = await made(ann, there, "/video it runs 4s", await client.say("", dog))
        await ann.press(video, SEND)
        await ann.reads("Bob has the video")
        await ann.say("/forget")
        await ann.press(await ann.reads("Forget your words"), "Forget all")
        await until(lambda: world.books.value("SELECT count(*) FROM users WHERE forget_at IS NOT NULL") == 1)
        world.clock.push(s=1)
        await privacy.forget_due(service._root.env)
        await ann.reads("All is forgotten")
    assert not any(world.books.rows(kept) for kept in KEPT_OF_CLIENTS)
    assert world.books.value("SELECT count(*) FROM media WHERE file_id <> ''") == 0
    assert world.books.rows("SELECT payload FROM outbox WHERE payload LIKE '%Bob%'") == []


def test_no_number_of_a_client_s_chat_is_above_what_upkeep_looks_at() -> None:
    assert f"message_id < {BELOW} " in load("business").prune_items.sql
    assert number(1) < BELOW


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("Bad Request: BUSINESS_PEER_USAGE_MISSING", "late"),
        ("Bad Request: business connection not found", "off"),
        ("BUSINESS_CONNECTION_INVALID", "off"),
        ("Bad Request: not enough rights", "right"),
        ("BUSINESS_PEER_INVALID", "elsewhere"),
        ("VIDEO_FILE_INVALID", "other"),
    ],
)
def test_telegram_s_refusals_are_told_in_words(why: str, said: str) -> None:
    assert reason(why) == said
