"""A conversation seen from both ends: people with their apps, the bot with its API."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, FileToSend, Person, Refused
from tests.sandbox.telegram.wire import Clock, Wire


async def test_a_message_reaches_the_bot_and_the_answer_the_person(wire: Wire, ann: Person) -> None:
    await ann.send(ANN, "/start 😀 @bob")
    (update,) = await wire.updates()
    assert update["message"]["from"]["language_code"] == "en"
    assert [(e["type"], e["offset"], e["length"]) for e in update["message"]["entities"]] == [
        ("bot_command", 0, 6),
        ("mention", 10, 4),
    ]
    await wire.ok("sendMessage", chat_id=ANN, text="Hello", reply_parameters={"message_id": 1})
    seen = await ann.wait_for(ANN, lambda m: m.get("text") == "Hello")
    assert seen["from"]["is_bot"]
    assert seen["reply_to"]["preview"].startswith("/start")


async def test_somebody_who_never_wrote_cannot_be_written_to(wire: Wire, ann: Person) -> None:
    wire.server.world.chats[ANN].is_started = False
    assert await wire.refused("sendMessage", chat_id=ANN, text="psst") == (
        "Forbidden: bot can't initiate conversation with a user"
    )
    await ann.send(ANN, "/start")
    await wire.ok("sendMessage", chat_id=ANN, text="Hello")


async def test_a_blocked_bot_is_told_so(wire: Wire, ann: Person) -> None:
    await ann.block(ANN)
    assert await wire.refused("sendMessage", chat_id=ANN, text="hi") == "Forbidden: bot was blocked by the user"
    await ann.block(ANN, blocked=False)
    await wire.ok("sendMessage", chat_id=ANN, text="hi")
    changes = [u["my_chat_member"]["new_chat_member"]["status"] for u in await wire.updates()]
    assert changes == ["kicked", "member"]


async def test_an_edit_comes_as_an_edited_message(wire: Wire, ann: Person) -> None:
    (sent,) = await ann.send(ANN, "a dog")
    await ann.edit(ANN, sent["id"], "a cat")
    first, second = await wire.updates()
    assert first["message"]["text"] == "a dog"
    assert second["edited_message"]["text"] == "a cat"
    assert second["edited_message"]["edit_date"]


async def test_nobody_edits_what_another_wrote(wire: Wire, ann: Person, bob: Person) -> None:
    (sent,) = await ann.send(GROUP, "mine")
    with pytest.raises(Refused) as refused:
        await bob.edit(GROUP, sent["id"], "no, mine")
    assert refused.value.status == 403
    with pytest.raises(Refused):
        await bob.delete(GROUP, sent["id"])


async def test_a_deleted_message_makes_no_update(wire: Wire, ann: Person) -> None:
    (sent,) = await ann.send(ANN, "oops")
    await wire.updates()
    await ann.delete(ANN, sent["id"])
    assert await wire.updates() == []
    assert await ann.messages(ANN) == []


async def test_an_album_is_separate_updates_with_one_group(
    wire: Wire, ann: Person, picture: Callable[..., Path], video: Path
) -> None:
    await ann.send(ANN, "/video both", [picture("a.jpg"), picture("b.png"), FileToSend(video, duration_s=7)])
    messages = [update["message"] for update in await wire.updates()]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["/video both", None, None]
    assert messages[0]["caption_entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert [len(message.get("photo", ())) for message in messages] == [3, 3, 0]
    assert messages[2]["video"]["duration"] == 7
    assert messages[2]["video"]["width"] == 160


async def test_a_photo_comes_in_several_sizes_small_to_large(
    wire: Wire, ann: Person, picture: Callable[..., Path]
) -> None:
    await ann.send(ANN, files=[picture(size=(3000, 1500))])
    (update,) = await wire.updates()
    assert [size["width"] for size in update["message"]["photo"]] == [90, 320, 800, 1280]


async def test_a_person_downloads_what_the_bot_sent_with_ranges(wire: Wire, ann: Person, tmp_path: Path) -> None:
    content = bytes(range(256)) * 10
    await wire.form("sendDocument", {"document": content}, chat_id=ANN)
    seen = await ann.wait_for(ANN, lambda m: "media" in m)
    assert await ann.download(seen["media"]["url"], tmp_path / "got") == 2560
    assert (tmp_path / "got").read_bytes() == content
    async with wire.session.get(wire.base + seen["media"]["url"], headers={"Range": "bytes=10-19"}) as part:
        assert part.status == 206
        assert await part.read() == content[10:20]


async def test_a_press_is_answered_once_and_within_150_seconds(wire: Wire, ann: Person, clock: Clock) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Start $0.76", "callback_data": "go:1"}]]}
    card = await wire.ok("sendMessage", chat_id=ANN, text="Card", reply_markup=keyboard)
    await ann.press(ANN, card["message_id"], "Start")
    (update,) = await wire.updates()
    query = update["callback_query"]
    assert query["data"] == "go:1"
    assert query["message"]["reply_markup"] == keyboard
    await wire.ok("answerCallbackQuery", callback_query_id=query["id"], text="Started", show_alert=True)
    toast = await ann.wait_for_toast()
    assert (toast["text"], toast["show_alert"]) == ("Started", True)
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await wire.refused("answerCallbackQuery", callback_query_id=query["id"]) == too_old
    await ann.press(ANN, card["message_id"], "go:1")
    (again,) = await wire.updates()
    clock.forward(150)
    assert await wire.refused("answerCallbackQuery", callback_query_id=again["callback_query"]["id"]) == too_old


async def test_a_press_sent_again_is_a_new_update_and_a_new_query(wire: Wire, ann: Person) -> None:
    card = await wire.ok("sendMessage", chat_id=ANN, text="Card", reply_markup=_keyboard("go"))
    await ann.press(ANN, card["message_id"], "go")
    await ann.press(ANN, card["message_id"], "go")
    first, second = await wire.updates()
    assert second["update_id"] == first["update_id"] + 1
    assert second["callback_query"]["id"] != first["callback_query"]["id"]


async def test_an_old_keyboard_can_still_be_pressed_but_not_an_invented_one(wire: Wire, ann: Person) -> None:
    card = await wire.ok("sendMessage", chat_id=ANN, text="Card", reply_markup=_keyboard("old"))
    await wire.ok("editMessageReplyMarkup", chat_id=ANN, message_id=card["message_id"], reply_markup=_keyboard("new"))
    await ann.press(ANN, card["message_id"], "old")
    (update,) = await wire.updates()
    assert update["callback_query"]["message"]["reply_markup"] == _keyboard("new")
    with pytest.raises(Refused):
        await ann.press(ANN, card["message_id"], "invented")


async def test_the_world_shows_only_my_own_chats(wire: Wire, ann: Person, mia: Person) -> None:
    world = await ann.world()
    assert [chat["id"] for chat in world["chats"]] == [ANN, GROUP]
    assert not world["chats"][1]["is_admin"]
    assert (await mia.world())["chats"][1]["is_admin"]
    with pytest.raises(Refused) as refused:
        await ann.messages(BOB)
    assert refused.value.status == 404


async def test_unread_counts_until_it_is_read(wire: Wire, ann: Person) -> None:
    await wire.ok("sendMessage", chat_id=ANN, text="one")
    assert (await ann.world())["chats"][0]["unread"] == 1
    await ann.messages(ANN)
    assert (await ann.world())["chats"][0]["unread"] == 0


async def test_the_command_menu_is_the_narrowest_that_fits(wire: Wire, ann: Person, bob: Person) -> None:
    await wire.ok("setMyCommands", commands=[{"command": "video", "description": "Make a video"}])
    await wire.ok(
        "setMyCommands",
        commands=[{"command": "video", "description": "Снять видео"}],
        scope={"type": "all_private_chats"},
        language_code="ru",
    )
    assert (await ann.world())["bot"]["commands"][0]["description"] == "Make a video"
    assert (await bob.world())["bot"]["commands"][0]["description"] == "Снять видео"
    assert (await bob.wait_for_event(lambda e: e["type"] == "commands"))["commands"]
    await wire.ok("deleteMyCommands", scope={"type": "all_private_chats"}, language_code="ru")
    assert (await bob.world())["bot"]["commands"][0]["description"] == "Make a video"


async def test_reactions_and_actions_are_seen(wire: Wire, ann: Person) -> None:
    (sent,) = await ann.send(ANN, "voice")
    await wire.ok("setMessageReaction", chat_id=ANN, message_id=sent["id"], reaction=[{"type": "emoji", "emoji": "👌"}])
    seen = await ann.wait_for(ANN, lambda m: bool(m.get("reactions")))
    assert seen["reactions"][0]["emoji"] == "👌"
    await wire.ok("sendChatAction", chat_id=ANN, action="upload_video")
    assert (await ann.wait_for_event(lambda e: e["type"] == "action"))["action"] == "upload_video"


def _keyboard(data: str) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": "Button", "callback_data": data}]]}
