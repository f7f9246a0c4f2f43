"""Groups: what the bot sees, topics, anonymous administrators, migration, ephemeral messages."""

import pytest

from bot.sandbox.telegram import ANN, BASIC_GROUP, BOB, GROUP, MIA, Options, Person, WorldOptions
from bot.sandbox.telegram.errors import JsonDict
from tests.sandbox.telegram.wire import Clock, Wire

forum = pytest.mark.parametrize("options", [Options(world=WorldOptions(started=True, forum=True))])
basic = pytest.mark.parametrize("options", [Options(world=WorldOptions(started=True, basic_group=True))])
admin = pytest.mark.parametrize("options", [Options(world=WorldOptions(started=True, bot_is_admin=True))])
OPEN = Options(privacy_mode=False, world=WorldOptions(started=True))


async def _seen(wire: Wire) -> list[str]:
    return [update["message"].get("text", "") for update in await wire.updates()]


async def test_privacy_mode_hides_what_is_not_for_the_bot(wire: Wire, ann: Person) -> None:
    assert (await wire.ok("getMe"))["can_read_all_group_messages"] is False
    for text in ("hello all", "@kinetogram_bot a dog", "/video a dog", "/video@other_bot a dog"):
        await ann.send(GROUP, text)
    await ann.send(GROUP, "/video@Kinetogram_Bot a dog")
    assert await _seen(wire) == ["/video@Kinetogram_Bot a dog"]


async def test_a_plain_command_reaches_the_bot_that_spoke_last(wire: Wire, ann: Person) -> None:
    await wire.ok("sendMessage", chat_id=GROUP, text="Hello")
    await ann.send(GROUP, "/video a dog")
    assert await _seen(wire) == ["/video a dog"]


async def test_replies_to_the_bot_reach_it_with_what_they_answer(wire: Wire, ann: Person) -> None:
    mine = await wire.ok("sendMessage", chat_id=GROUP, text="Done")
    await ann.send(GROUP, "nice", reply_to=mine["message_id"])
    (update,) = await wire.updates()
    assert update["message"]["reply_to_message"]["message_id"] == mine["message_id"]


async def test_a_command_in_reply_to_a_hidden_message_carries_it_one_level_deep(wire: Wire, ann: Person) -> None:
    (first,) = await ann.send(GROUP, "look")
    (second,) = await ann.send(GROUP, "this one", reply_to=first["id"])
    await ann.send(GROUP, "/add@kinetogram_bot", reply_to=second["id"])
    (update,) = await wire.updates()
    reply = update["message"]["reply_to_message"]
    assert reply["text"] == "this one"
    assert "reply_to_message" not in reply


@pytest.mark.parametrize("options", [OPEN, Options(world=WorldOptions(bot_is_admin=True))], ids=["open", "admin"])
async def test_an_administrator_or_open_bot_sees_all(wire: Wire, ann: Person) -> None:
    await ann.send(GROUP, "hello all")
    assert await _seen(wire) == ["hello all"]


@pytest.mark.parametrize("options", [OPEN])
async def test_a_reply_chain_in_a_plain_supergroup_has_a_thread_that_is_no_topic(wire: Wire, ann: Person) -> None:
    (root,) = await ann.send(GROUP, "root")
    (reply,) = await ann.send(GROUP, "reply", reply_to=root["id"])
    await ann.send(GROUP, "reply to the reply", reply_to=reply["id"])
    messages = [update["message"] for update in await wire.updates()]
    assert [message.get("message_thread_id") for message in messages] == [None, root["id"], root["id"]]
    assert all("is_topic_message" not in message for message in messages)
    thread = {"chat_id": GROUP, "text": "x", "message_thread_id": root["id"]}
    assert await wire.refused("sendMessage", **thread) == "Bad Request: message thread not found"


@forum
async def test_topics_are_written_to_by_their_id_and_general_by_none(wire: Wire, mia: Person) -> None:
    topic = wire.server.add_topic(GROUP, "Renders", MIA)
    await wire.ok("sendMessage", chat_id=GROUP, text="in general")
    sent = await wire.ok("sendMessage", chat_id=GROUP, text="in the topic", message_thread_id=topic.id)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic.id, True)
    for wrong in (1, 777):
        thread = {"chat_id": GROUP, "text": "x", "message_thread_id": wrong}
        assert await wire.refused("sendMessage", **thread) == "Bad Request: message thread not found"
    await wire.ok("sendChatAction", chat_id=GROUP, action="typing", message_thread_id=1)
    group = (await mia.world())["chats"][1]
    assert group["topics"] == [{"id": 1, "name": "General"}, {"id": topic.id, "name": "Renders"}]
    assert [m.get("thread_id") for m in await mia.messages(GROUP)] == [topic.id, 1, topic.id]


@forum
async def test_a_message_in_a_topic_answers_the_message_that_made_it(wire: Wire, ann: Person) -> None:
    topic = wire.server.add_topic(GROUP, "Renders", MIA)
    await ann.send(GROUP, "/video@kinetogram_bot a dog", thread_id=topic.id)
    created, asked = await wire.updates()
    assert created["message"]["forum_topic_created"]["name"] == "Renders"
    assert asked["message"]["message_thread_id"] == topic.id
    assert asked["message"]["reply_to_message"]["forum_topic_created"]["name"] == "Renders"
    await ann.send(GROUP, "/video@kinetogram_bot a cat")
    (general,) = await wire.updates()
    assert "message_thread_id" not in general["message"]


@forum
async def test_a_closed_topic_takes_nothing(wire: Wire) -> None:
    topic = wire.server.add_topic(GROUP, "Renders", MIA)
    topic.closed = True
    thread = {"chat_id": GROUP, "text": "x", "message_thread_id": topic.id}
    assert await wire.refused("sendMessage", **thread) == "Bad Request: TOPIC_CLOSED"


async def test_an_anonymous_administrator_writes_as_the_group_and_presses_as_themselves(
    wire: Wire, mia: Person
) -> None:
    wire.server.set_anonymous(GROUP, MIA)
    await mia.send(GROUP, "/quota@kinetogram_bot")
    (update,) = await wire.updates()
    assert update["message"]["from"]["id"] == 1087968824
    assert update["message"]["from"]["is_bot"]
    assert update["message"]["sender_chat"]["id"] == GROUP
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    panel = await wire.ok("sendMessage", chat_id=GROUP, text="Limits", reply_markup=markup)
    await mia.press(GROUP, panel["message_id"], "b")
    (pressed,) = await wire.updates()
    assert pressed["callback_query"]["from"]["id"] == MIA


@basic
async def test_a_group_that_becomes_a_supergroup_says_so_in_both(wire: Wire, ann: Person) -> None:
    await wire.ok("sendMessage", chat_id=BASIC_GROUP, text="old")
    new = wire.server.migrate(BASIC_GROUP, MIA)
    old_update, new_update = await wire.updates()
    assert old_update["message"]["migrate_to_chat_id"] == new.id
    assert new_update["message"]["migrate_from_chat_id"] == BASIC_GROUP
    answer = await wire.call("sendMessage", chat_id=BASIC_GROUP, text="x")
    assert answer["parameters"] == {"migrate_to_chat_id": new.id}
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    await wire.ok("sendMessage", chat_id=new.id, text="x")
    assert [chat["id"] for chat in (await ann.world())["chats"]] == [ANN, new.id]


async def test_administrators_are_listed_and_members_have_a_status(wire: Wire) -> None:
    admins = await wire.ok("getChatAdministrators", chat_id=GROUP)
    assert [(a["user"]["id"], a["status"]) for a in admins] == [(MIA, "creator")]
    for user, status in ((MIA, "creator"), (ANN, "member"), (wire.server.world.bot.id, "member")):
        assert (await wire.ok("getChatMember", chat_id=GROUP, user_id=user))["status"] == status
    wire.server.set_member(GROUP, BOB, "left", BOB)
    assert (await wire.ok("getChatMember", chat_id=GROUP, user_id=BOB))["status"] == "left"
    assert "private chat" in await wire.refused("getChatAdministrators", chat_id=ANN)


async def test_a_bot_that_left_or_was_thrown_out_writes_no_more(wire: Wire, mia: Person, ann: Person) -> None:
    await mia.block(GROUP)
    refusal = await wire.refused("sendMessage", chat_id=GROUP, text="x")
    assert refusal == "Forbidden: bot was kicked from the supergroup chat"
    await ann.send(GROUP, "/video@kinetogram_bot")
    await mia.block(GROUP, blocked=False)
    await wire.ok("leaveChat", chat_id=GROUP)
    refusal = await wire.refused("sendMessage", chat_id=GROUP, text="x")
    assert refusal == "Forbidden: bot is not a member of the supergroup chat"
    statuses = [update["my_chat_member"]["new_chat_member"]["status"] for update in await wire.updates()]
    assert statuses == ["kicked", "member", "left"]


def _for_ann(**more: object) -> JsonDict:
    return {"ephemeral_message_parameters": {"receiver_user_id": ANN, **more}}


@admin
async def test_an_administrator_bot_whispers_to_one_person(wire: Wire, ann: Person, bob: Person) -> None:
    sent = await wire.ok("sendMessage", chat_id=GROUP, text="only you", **_for_ann())
    assert sent["message_id"] == 0
    assert sent["receiver_user"]["id"] == ANN
    assert [m["text"] for m in await ann.messages(GROUP)] == ["only you"]
    assert await bob.messages(GROUP) == []
    who = {"chat_id": GROUP, "receiver_user_id": ANN, "ephemeral_message_id": sent["ephemeral_message_id"]}
    assert await wire.ok("editEphemeralMessageText", text="still only you", **who) is True
    assert [m["text"] for m in await ann.messages(GROUP)] == ["still only you"]
    await wire.ok("deleteEphemeralMessage", **who)
    assert await ann.messages(GROUP) == []
    assert wire.server.violations == []


async def test_a_member_bot_whispers_only_within_15_seconds_of_a_press(wire: Wire, ann: Person, clock: Clock) -> None:
    assert "BOT_NOT_ADMIN" in await wire.refused("sendMessage", chat_id=GROUP, text="x", **_for_ann())
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    panel = await wire.ok("sendMessage", chat_id=GROUP, text="Limits", reply_markup=markup)
    await ann.press(GROUP, panel["message_id"], "b")
    (update,) = await wire.updates()
    whisper = {"chat_id": GROUP, "text": "x", **_for_ann(callback_query_id=update["callback_query"]["id"])}
    await wire.ok("sendMessage", **whisper)
    clock.forward(15)
    assert "BOT_NOT_ADMIN" in await wire.refused("sendMessage", **whisper)
    assert "BOT_NOT_ADMIN" in await wire.refused("sendMessage", chat_id=ANN, text="x", **_for_ann())


@pytest.mark.parametrize("options", [Options(ephemeral=False, world=WorldOptions(bot_is_admin=True))])
async def test_an_older_server_posts_a_whisper_to_everybody(wire: Wire, bob: Person) -> None:
    sent = await wire.ok("sendMessage", chat_id=GROUP, text="not only you", **_for_ann())
    assert "ephemeral_message_id" not in sent
    assert [m["text"] for m in await bob.messages(GROUP)] == ["not only you"]
