"""A channel: its direct messages, where each writer has a topic, and the group in which its posts are discussed."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.providers.ark.tasks import Status
from bot.sandbox.telegram import ANN, BOB, GROUP, MIA
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.exchange import Draft
from bot.services import asking
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, is_video, texts, words

CHANNEL, DIRECT = -1_001_700_000_501, -1_001_700_000_502
ASK, TO_ME, DETAILS = "Попросить модератора", "To our chat", "Details"
SENDS = frozenset({"sendMessage", "sendVideo", "sendPhoto", "sendDocument", "sendMediaGroup", "sendInvoice"})


@pytest.fixture
def channel(world: World) -> int:
    """Mia's channel that Ann and Bob follow; the bot administrates it."""
    members: dict[int, Any] = {ANN: "member", BOB: "member", MIA: "creator"}
    world.telegram.world.add_channel(CHANNEL, "News", members)
    return CHANNEL


@pytest.fixture
def direct(world: World, channel: int) -> int:
    """Its direct messages."""
    chats = world.telegram.world.chats
    world.telegram.world.add_direct(DIRECT, chats[channel])
    return DIRECT


def topic_of(world: World, person: int) -> int:
    """The number of a person's topic."""
    topics = world.telegram.world.chats[DIRECT].topics or {}
    return next(topic.id for topic in topics.values() if topic.user_id == person)


def sends(world: World) -> list[Call]:
    """Everything that was sent into the direct messages."""
    return [call for call in world.telegram.calls if call.method in SENDS and call.params["chat_id"] == DIRECT]


async def test_each_follower_has_their_video_in_their_own_topic(world: World, direct: int, dog: Path) -> None:
    ann, bob = Talk(world.ann, direct), Talk(world.bob, direct)
    async with world.bot():
        asked = await ann.say("/video the dog runs", dog)
        await bob.say("/video a cat sleeps")
        videos = await asyncio.gather(ann.video(), bob.video())
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        assert videos[0]["reply_to"]["id"] == asked["id"]
        assert "the dog runs" in words(videos[0])
        assert "a cat sleeps" in words(videos[1])
        assert len(await ann.videos()) == len(await bob.videos()) == 1
        assert not [m for m in texts(await ann.heard()) if "cat" in m]
    allowed = {topic_of(world, ANN), topic_of(world, BOB)}
    assert {call.params["direct_messages_topic_id"] for call in sends(world)} == allowed
    assert not [call for call in sends(world) if "message_thread_id" in call.params]
    assert not [call for call in sends(world) if "ephemeral_message_parameters" in call.params]


async def test_a_card_is_changed_and_started_in_direct_messages_and_is_nobody_else_s(world: World, direct: int) -> None:
    ann, mia = Talk(world.ann, direct), Talk(world.mia, direct)
    async with world.bot():
        await ann.say("/video a dog runs 12s 1080p")
        card = await ann.card()
        assert not [text for text in buttons(card) if "others" in text], "nobody else could add to it"
        await mia.press(card, "▶")
        assert "belongs to the person who asked" in await mia.toast()
        assert world.books.jobs == []
        await ann.press(card, "12")
        chooser = await ann.sees(lambda m: any(text.startswith("4 s") for text in buttons(m)))
        await ann.press(chooser, "4 s")
        await ann.start()
        await ann.video()
    assert len(world.books.jobs) == 1


async def test_a_fault_is_told_in_the_topic_and_stays(world: World, direct: int) -> None:
    ann, bob = Talk(world.ann, direct), Talk(world.bob, direct)
    async with world.bot():
        await bob.say("hello there")
        await ann.say("/video a dog runs 16s")
        told = await ann.reads("makes 4–15")
        assert any("15" in text for text in buttons(told))
        await asyncio.sleep(0.2)
        assert await bob.heard() == []
        assert not world.books.value("SELECT count(*) FROM outbox WHERE kind = 'remove'")


async def test_talk_with_the_channel_is_let_be(world: World, direct: int, dog: Path) -> None:
    ann = Talk(world.ann, direct)
    async with world.bot():
        await ann.say("is the shop open?")
        await ann.say("", dog)
        asked = await ann.say("/help")
        await ann.answer(asked)
        mia = Talk(world.mia, direct, topic_of(world, ANN))
        await mia.say("it is")
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'open'") == 0)
    assert len(await ann.heard()) == 1
    assert not world.books.value("SELECT count(*) FROM requests")


async def test_who_administrates_the_channel_sets_quotas_in_its_name_and_a_follower_does_not(
    world: World, direct: int
) -> None:
    ann, bob = Talk(world.ann, direct), Talk(world.bob, direct)
    async with world.bot():
        await ann.answer(await ann.say("/quota 1/day"))
        assert world.books.value("SELECT count(*) FROM limits") == 0
        mia = Talk(world.mia, direct, topic_of(world, ANN))
        await mia.answer(await mia.say("/quota 1/day"))
        assert world.books.value("SELECT count(*) FROM limits") == 1
        await ann.say("/video a dog runs")
        await ann.video()
        await ann.say("/video a cat runs")
        await ann.reads("is used up")
        await bob.say("/video a bird flies")
        await bob.video()
    assert len(world.books.jobs) == 2


async def test_a_channel_s_own_request_has_no_account(world: World, direct: int) -> None:
    ann = Talk(world.ann, direct)
    async with world.bot():
        await ann.answer(await ann.say("/help"))
        mia = Talk(world.mia, direct, topic_of(world, ANN))
        await mia.say("/video a dog runs")
        await mia.reads("A channel has no account here")
    assert world.books.jobs == []


async def test_another_channel_s_word_counts_for_nothing(world: World, direct: int) -> None:
    other = world.telegram.world.add_channel(CHANNEL - 100, "Spam", {BOB: "creator"})
    ann = Talk(world.ann, direct)
    async with world.bot():
        await ann.answer(await ann.say("/help"))
        exchange, chat = world.telegram.exchange, world.telegram.world.chats[direct]
        body = {"text": "/quota 0", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}
        exchange.post(Draft(chat, BOB, body, topic_of(world, ANN), as_chat_id=other.id))
        await ann.reads("A channel has no account here")
    assert world.books.value("SELECT count(*) FROM limits") == 0


async def test_a_restart_finds_the_topic_again(world: World, direct: int) -> None:
    world.ark.knobs.render_s = 600
    ann, bob = Talk(world.ann, direct), Talk(world.bob, direct)
    async with world.bot():
        await bob.say("/help")
        await ann.say("/video a dog runs")
        await until(lambda: [task.status for task in world.ark.tasks.values()] == [Status.RUNNING])
    world.ark.knobs.render_s = 0
    world.clock.push(minutes=11)
    async with world.bot():
        await ann.video()
    assert not [m for m in await bob.heard() if is_video(m)]


async def test_a_video_for_a_topic_that_is_gone_is_kept_and_sent_in_private(world: World, direct: int) -> None:
    world.ark.knobs.render_s = 600
    world.refusals |= {400}
    ann, own = Talk(world.ann, direct), Talk(world.ann, ANN)
    async with world.bot():
        await own.say("/start")
        await ann.say("/video a dog runs")
        await until(lambda: [task.status for task in world.ark.tasks.values()] == [Status.RUNNING])
        (world.telegram.world.chats[direct].topics or {})[topic_of(world, ANN)].closed = True
        world.clock.push(minutes=11)
        await until(lambda: world.telegram.calls.of("sendVideo"))
        await own.say("/jobs")
        listed = await own.sees(lambda m: any("Send" in text for text in buttons(m)))
        await own.press(listed, next(text for text in buttons(listed) if text.startswith("Send")))
        await own.video()
    assert len(world.ark.tasks) == 1


async def test_direct_messages_that_were_known_as_a_group_get_their_videos_in_topics(world: World, direct: int) -> None:
    ann = Talk(world.ann, direct)
    async with world.bot():
        await ann.answer(await ann.say("/help"))
    with contextlib.closing(sqlite3.connect(world.books.path)) as database, database:
        database.execute("UPDATE chats SET is_direct = 0")
        database.execute("DELETE FROM topics")
    async with world.bot():
        await ann.say("/video a dog runs")
        await ann.video()


async def test_what_waited_while_the_bot_was_out_comes_without_a_word_to_nobody(world: World, direct: int) -> None:
    world.ark.knobs.render_s = 600
    world.refusals.add(403)
    ann = Talk(world.ann, direct)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: [task.status for task in world.ark.tasks.values()] == [Status.RUNNING])
        world.telegram.world.chats[direct].bot_status = "left"
        world.clock.push(minutes=11)
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state = 'parked'"))
        world.telegram.world.chats[direct].bot_status = "administrator"
        await ann.answer(await ann.say("/help"))
        await ann.video()
        await until(lambda: not world.books.value("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')"))
    assert not world.books.value("SELECT count(*) FROM outbox WHERE error LIKE '%monoforum%'")


async def test_what_broke_is_told_in_the_topic(world: World, direct: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ValueError("broken on purpose")

    ann = Talk(world.ann, direct)
    async with world.bot():
        monkeypatch.setattr(asking, "take_in", broken)
        asked = await ann.say("/video a dog runs")
        await ann.answer(asked)
    world.journal.alarms.clear()


async def test_a_press_on_a_message_that_is_shown_no_more_is_answered_in_its_topic(world: World, direct: int) -> None:
    ann = Talk(world.ann, direct)
    async with world.bot():
        await ann.say("/video a dog runs")
        video = await ann.video()
        await ann.press(video, "⋯")
        unfolded = await ann.sees(lambda m: m["id"] == video["id"] and any(DETAILS in text for text in buttons(m)))
        nonce = next(b["data"] for row in unfolded["buttons"] for b in row if DETAILS in b["text"])
        chat = {"id": direct, "type": "supergroup", "title": "News", "is_direct_messages": True}
        shown = {"message_id": video["id"], "date": 0, "chat": chat}
        query = {"id": "1", "from": world.telegram.world.users[ANN].api(), "chat_instance": "1", "data": nonce}
        world.refusals.add(400)  # the embedded server made no such press: it refuses the toast
        world.telegram.exchange.updates.put("callback_query", query | {"message": shown}, f"user:{ANN}")
        await ann.reads("Number at the model")


async def test_a_request_over_a_limit_is_never_shown_in_another_follower_s_topic(world: World, direct: int) -> None:
    ann, bob = Talk(world.ann, direct), Talk(world.bob, direct)
    async with world.bot():
        await ann.answer(await ann.say("/help"))
        mia = Talk(world.mia, direct, topic_of(world, ANN))
        told = await mia.answer(await mia.say("/moderators here"))
        assert "in its writer's own topic" in words(told)
        with contextlib.closing(sqlite3.connect(world.books.path)) as database, database:
            database.execute("UPDATE chats SET moderators_at = (SELECT id FROM topics)")  # from before it was refused
        await mia.answer(await mia.say("/quota 1/day"))
        await bob.say("/video a bird flies")
        await bob.video()
        await bob.say("/video a secret plan")
        await bob.press(await bob.sees(lambda m: ASK in buttons(m)), ASK)
        await bob.sees(lambda m: "a secret plan" in words(m) and ASK not in buttons(m) and len(buttons(m)) > 1)
        assert not [text for text in texts(await ann.heard()) if "secret" in text]


async def test_what_names_other_followers_comes_to_its_administrator_s_own_chat_alone(
    world: World, direct: int
) -> None:
    ann, bob, own = Talk(world.ann, direct), Talk(world.bob, direct), Talk(world.mia, MIA)
    async with world.bot():
        await bob.say("/video a bird flies")
        await bob.video()
        await ann.answer(await ann.say("/help"))
        mia = Talk(world.mia, direct, topic_of(world, ANN))
        await mia.answer(await mia.say("/quota 9/day"))
        offered = [await mia.answer(await mia.say(asked)) for asked in ("/stats", "/stats csv", "/audit")]
        await mia.press(offered[0], TO_ME)
        assert "our own chat first" in await mia.toast()
        await own.answer(await own.say("/help"))
        for offer in offered:
            await ann.press(offer, TO_ME)
            assert "administrators" in await ann.toast()
            await mia.press(offer, TO_ME)
        await own.reads("Bob")
        await until(lambda: world.books.value("SELECT count(*) FROM statements WHERE state = 'done'") == 3)
        panel = await mia.answer(await mia.say("/quota"))
        assert not [text for text in buttons(panel) if "erson" in text]
        assert not [text for text in (*texts(await ann.heard()), *map(str, await ann.heard())) if "Bob" in text]
    assert len([call for call in world.telegram.calls.of("sendDocument") if call.params["chat_id"] == MIA]) == 2
    assert not [call for call in sends(world) if call.method in {"sendPhoto", "sendDocument"}]


async def test_a_pool_that_closes_is_told_to_its_payer_in_their_own_topic_and_to_no_other_follower(
    world: World, direct: int
) -> None:
    ann, bob = Talk(world.ann, direct), Talk(world.bob, direct)
    async with world.bot(operator_ids=(ANN,), stars_usd_rate="0.013"):
        await bob.answer(await bob.say("/help"))
        await ann.say("/topup 100")
        shown = await ann.sees(lambda m: bool(m.get("invoice")))
        await world.ann.pay(direct, shown["id"])
        await ann.reads("The pool of “News” is now $1.30")
        world.telegram.refund(ANN, world.telegram.exchange.stars.transactions[0].charge)
        await ann.reads("so it is closed")
        await until(lambda: not world.books.value("SELECT count(*) FROM outbox WHERE state <> 'sent'"))
        assert not [text for text in texts(await bob.heard()) if "закрыт" in text or "closed" in text]
    topics = {topic_of(world, ANN), topic_of(world, BOB)}
    assert {call.params.get("direct_messages_topic_id") for call in sends(world)} == topics
    assert {call.params["chat_id"] for call in world.telegram.calls.of("getChatAdministrators")} == {CHANNEL}


@pytest.fixture
def discussed(world: World, channel: int) -> int:
    """The group in which the channel's posts are discussed."""
    world.telegram.world.chats[channel].linked_id = GROUP
    world.telegram.world.chats[GROUP].bot_status = "administrator"
    return GROUP


async def test_a_post_that_asks_is_no_order_where_it_is_discussed(world: World, channel: int, discussed: int) -> None:
    mia, group = Talk(world.mia, channel), Talk(world.ann, discussed)
    async with world.bot():
        post = await mia.say("/video a dog runs")
        await mia.reads("has no writer")
        await mia.edit(post, "/video a cat runs")
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'open'") == 0)
        passed_on = next(m for m in world.telegram.world.chats[discussed].messages.values())
        passed_on.body["text"] = "/video a bird flies"
        world.telegram.exchange.edited(passed_on)
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'open'") == 0)
        assert await group.heard() == []
    assert world.books.jobs == []
    assert not world.books.value("SELECT count(*) FROM requests")


async def test_a_comment_takes_the_post_s_picture(world: World, channel: int, discussed: int, dog: Path) -> None:
    mia, ann = Talk(world.mia, channel), Talk(world.ann, discussed)
    async with world.bot():
        await mia.say("our new dog", dog)
        await until(lambda: world.telegram.world.chats[discussed].messages)
        post: Message = (await world.ann.messages(discussed))[-1]
        asked = await ann.say("/video the dog dances", reply_to=post)
        video = await ann.video()
        assert video["reply_to"]["id"] == asked["id"]
    (task,) = world.ark.tasks.values()
    assert task is not None
    assert world.books.value("SELECT count(*) FROM job_references") == 1
    assert not [call for call in world.telegram.calls if "message_thread_id" in call.params]
