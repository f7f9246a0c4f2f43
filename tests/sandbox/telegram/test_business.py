"""Business mode of the embedded Telegram: what the bot is told of people's chats, and where it may write as them."""

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, MIA, Person
from bot.sandbox.telegram.errors import JsonDict
from bot.sandbox.telegram.validation import check_value
from tests.sandbox.telegram.wire import Wire

HOUR_S = 3_600


async def told(wire: Wire) -> list[JsonDict]:
    """The updates that wait, each as the Bot API has it."""
    updates = await wire.updates()
    violations: list[str] = []
    for update in updates:
        check_value("update", "Update", update, violations)
    assert violations == []
    return updates


async def test_both_sides_messages_edits_and_deletions_are_told_under_the_client_s_id(
    wire: Wire, ann: Person, bob: Person
) -> None:
    connection, dialog = await ann.connect(), await ann.dialog(BOB)
    asked = (await bob.send(dialog, "Hello"))[0]
    await ann.send(dialog, "/video a dog", reply_to=asked["id"])
    await bob.edit(dialog, asked["id"], "Hello!")
    await bob.delete(dialog, asked["id"])
    first, *rest = await told(wire)
    assert first["business_connection"]["rights"] == {"can_reply": True}
    assert (first["business_connection"]["id"], first["business_connection"]["user_chat_id"]) == (connection, ANN)
    kinds = ["business_message", "business_message", "edited_business_message", "deleted_business_messages"]
    bodies = [update[kind] for update, kind in zip(rest, kinds, strict=True)]
    assert {(body["business_connection_id"], body["chat"]["id"]) for body in bodies} == {(connection, BOB)}
    assert [body["from"]["id"] for body in bodies[:3]] == [BOB, ANN, BOB]
    assert bodies[1]["reply_to_message"]["text"] == "Hello"


async def test_nothing_is_told_of_a_chat_without_a_connection_or_with_one_that_is_off(
    wire: Wire, ann: Person, bob: Person
) -> None:
    dialog = await ann.dialog(BOB)
    await bob.send(dialog, "Hello")
    await ann.connect(is_enabled=False)
    await bob.send(dialog, "Hello?")
    (only,) = await told(wire)
    assert only["business_connection"]["is_enabled"] is False


async def test_the_bot_writes_as_the_owner_and_the_two_see_it(wire: Wire, ann: Person, bob: Person) -> None:
    connection, dialog = await ann.connect(), await ann.dialog(BOB)
    await bob.send(dialog, "Hello")
    sent = await wire.ok("sendMessage", chat_id=BOB, text="Hi", business_connection_id=connection)
    violations: list[str] = []
    check_value("message", "Message", sent, violations)
    assert violations == []
    assert (sent["chat"]["id"], sent["from"]["id"], sent["business_connection_id"]) == (BOB, ANN, connection)
    assert sent["sender_business_bot"]["is_bot"] is True
    for person in (ann, bob):
        assert (await person.messages(dialog))[-1]["from"]["id"] == ANN
    assert await bob.messages(BOB) == []
    titles = {chat["title"] for person in (ann, bob) for chat in (await person.world())["chats"]}
    assert titles >= {"Ann", "Bob"}


@pytest.mark.parametrize("trouble", ["unknown", "off", "right", "late", "silent", "elsewhere"])
async def test_where_the_bot_may_not_write_it_is_refused(wire: Wire, ann: Person, bob: Person, trouble: str) -> None:
    connection, dialog = await ann.connect(can_reply=trouble != "right"), await ann.dialog(BOB)
    if trouble != "silent":
        await bob.send(dialog, "Hello")
    if trouble == "off":
        await ann.connect(is_enabled=False)
    if trouble == "late":
        wire.clock.forward(25 * HOUR_S)
    chat = MIA if trouble == "elsewhere" else BOB
    named = "unknown" if trouble == "unknown" else connection
    answer = await wire.call("sendMessage", chat_id=chat, text="Hi", business_connection_id=named)
    words = {
        "unknown": "business connection not found",
        "off": "business connection not found",
        "right": "not enough rights",
        "late": "BUSINESS_PEER_USAGE_MISSING",
        "silent": "BUSINESS_PEER_USAGE_MISSING",
        "elsewhere": "BUSINESS_PEER_INVALID",
    }
    assert (answer["error_code"], answer["description"]) == (400, f"Bad Request: {words[trouble]}")


async def test_a_connection_can_be_asked_for(wire: Wire, ann: Person) -> None:
    connection = await ann.connect(can_reply=False)
    found = await wire.ok("getBusinessConnection", business_connection_id=connection)
    assert (found["id"], found["user"]["id"], found["rights"], found["is_enabled"]) == (connection, ANN, {}, True)
    answer = await wire.call("getBusinessConnection", business_connection_id="unknown")
    assert answer["description"] == "Bad Request: BUSINESS_CONNECTION_INVALID"
    assert (await wire.ok("getMe"))["can_connect_to_business"] is True


async def test_a_chat_of_two_is_no_group_and_no_chat_of_the_bot_s(wire: Wire, ann: Person) -> None:
    dialog = await ann.dialog(BOB)
    assert dialog != await ann.dialog(MIA)
    assert dialog == await ann.dialog(BOB)
    answer = await wire.call("sendMessage", chat_id=dialog, text="Hi")
    assert answer["error_code"] == 403
    assert GROUP in {chat["id"] for chat in (await ann.world())["chats"]}
