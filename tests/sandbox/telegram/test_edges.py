"""Corners of both sides: what is broken, lost on the way, or asked by somebody who may not."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.telegram import ANN, GROUP, MIA, FileToSend, Options, Person, Refused, User, WorldOptions, clientapi
from tests.sandbox.telegram.wire import TOKEN, Wire, jpeg, mp4


async def test_a_bot_that_dies_while_uploading_leaves_nothing(wire: Wire, tmp_path: Path) -> None:
    host, _, port = wire.base.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /bot{TOKEN}/sendDocument HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
    head += "Content-Type: multipart/form-data; boundary=q\r\n\r\n"
    part = '--q\r\nContent-Disposition: form-data; name="document"; filename="a"\r\n\r\nabc'
    writer.write((head + part).encode())
    await writer.drain()
    while not list((tmp_path / "files").iterdir()):
        await asyncio.sleep(0.005)
    writer.transport.abort()
    async with asyncio.timeout(5):
        while list((tmp_path / "files").iterdir()):
            await asyncio.sleep(0.005)
    assert await wire.ok("getMe")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{not json"),
        ("application/json", b"[1, 2]"),
        ("multipart/form-data; boundary=q", b"no boundary at all"),
    ],
)
async def test_a_broken_body_is_a_bad_request(wire: Wire, content_type: str, body: bytes) -> None:
    headers = {"Content-Type": content_type}
    async with wire.session.post(f"{wire.base}/bot{TOKEN}/sendMessage", data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["ok"] is False


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({"text": "  "}, 400),
        ({"text": "x" * 4097}, 400),
        ({"text": "x", "reply_to": 77}, 404),
        ({"text": "x", "thread_id": 77}, 404),
        ({"text": "x", "reply_to": "seven"}, 400),
        ("just words", 400),
    ],
)
async def test_what_an_app_would_not_send_is_refused(wire: Wire, message: object, status: int) -> None:
    async with wire.session.post(f"{wire.base}/client/chats/{ANN}/messages?as={ANN}", json=message) as response:
        assert response.status == status
    assert await wire.updates() == []


@pytest.mark.parametrize("who", ["", "nobody", "4242", "999"])
async def test_nobody_unknown_gets_in(wire: Wire, who: str) -> None:
    async with wire.session.get(f"{wire.base}/client/world?as={who}") as response:
        assert response.status in {400, 404}


async def test_an_unknown_kind_or_a_file_that_is_not_of_it_is_refused(wire: Wire, ann: Person, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_bytes(b"words")
    for kind in ("hologram", "photo", "sticker"):
        with pytest.raises(Refused) as refused:
            await ann.send(ANN, files=[FileToSend(tmp_path / "words.txt", kind)])
        assert refused.value.status == 400
    (sent,) = await ann.send(ANN, files=[tmp_path / "words.txt"])
    assert sent["media"]["kind"] == "document"
    assert sent["media"]["file_name"] == "words.txt"


async def test_eleven_files_are_no_album(wire: Wire, ann: Person, picture: Callable[..., Path]) -> None:
    with pytest.raises(Refused):
        await ann.send(ANN, files=[picture()] * 11)
    assert len(await ann.send(ANN, files=[picture(size=(32, 32))] * 10)) == 10


async def test_a_caption_can_be_edited_away_but_not_a_text(
    wire: Wire, ann: Person, picture: Callable[..., Path]
) -> None:
    (photo,) = await ann.send(ANN, "a dog", [picture(size=(32, 32))])
    assert "caption" not in await ann.edit(ANN, photo["id"], "")
    (text,) = await ann.send(ANN, "a dog")
    with pytest.raises(Refused):
        await ann.edit(ANN, text["id"], " ")
    with pytest.raises(Refused):
        await ann.edit(ANN, 99, "gone")


async def test_a_member_does_not_throw_the_bot_out(wire: Wire, ann: Person) -> None:
    with pytest.raises(Refused) as refused:
        await ann.block(GROUP)
    assert refused.value.status == 403


async def test_a_quiet_stream_beats(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clientapi, "_HEARTBEAT_S", 0.01)
    async with wire.session.get(f"{wire.base}/client/events?as={ANN}") as stream, asyncio.timeout(5):
        lines = [await stream.content.readline() for _ in range(3)]
    assert lines == [b": connected\n", b"\n", b": heartbeat\n"]


async def test_a_file_that_is_gone_is_not_found(wire: Wire, ann: Person, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        await ann.download("/client/files/none", tmp_path / "x")
    assert refused.value.status == 404


async def test_waiting_for_what_never_comes_ends(wire: Wire, ann: Person) -> None:
    with pytest.raises(TimeoutError):
        await ann.wait_for(ANN, lambda _: False, timeout_s=0.05)


async def test_markdown_is_not_modelled_and_said_so(wire: Wire) -> None:
    assert "can't parse entities" in await wire.refused("sendMessage", chat_id=ANN, text="*x*", parse_mode="MarkdownV2")


@pytest.mark.parametrize(
    ("method", "params", "why"),
    [
        ("editMessageText", {"text": "x"}, "chat_id is empty"),
        ("editMessageText", {"chat_id": ANN, "text": "x"}, "message identifier is not specified"),
        ("deleteMessages", {"chat_id": ANN, "message_ids": list(range(101))}, "message identifiers"),
        ("sendChatAction", {"chat_id": ANN, "action": "dancing"}, "wrong parameter action"),
        ("setMessageReaction", {"chat_id": ANN, "message_id": 9}, "message to react not found"),
        ("getChatMember", {"chat_id": GROUP, "user_id": 9}, "invalid user_id"),
        ("setWebhook", {"url": "ftp://example.org"}, "bad webhook"),
        ("setWebhook", {"url": "https://example.org", "max_connections": 101}, "max_connections"),
        ("setMyCommands", {"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyCommands", {"commands": [{"command": "a", "description": "b"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ("getMyCommands", {"language_code": "english"}, "invalid language code"),
        ("sendMediaGroup", {"chat_id": ANN, "media": [{"type": "photo", "media": "attach://no"}] * 2}, "can't find"),
    ],
)
async def test_a_call_that_makes_no_sense_is_refused(wire: Wire, method: str, params: dict[str, Any], why: str) -> None:
    assert why in await wire.refused(method, **params)


@pytest.mark.parametrize(
    "rows",
    [
        [[{"text": "a", "callback_data": "b"}] * 9],
        [[{"text": "a", "callback_data": "b"}] * 8] * 13,
        [[{"text": "a", "copy_text": {"text": "x" * 257}}]],
    ],
    ids=["a row of nine", "more than a hundred", "too much to copy"],
)
async def test_a_keyboard_has_bounds(wire: Wire, rows: list[list[dict[str, object]]]) -> None:
    await wire.refused("sendMessage", chat_id=ANN, text="x", reply_markup={"inline_keyboard": rows})


async def test_a_web_app_button_is_for_private_chats(wire: Wire) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "web_app": {"url": "https://example.org"}}]]}
    await wire.ok("sendMessage", chat_id=ANN, text="x", reply_markup=markup)
    assert "BUTTON_TYPE_INVALID" in await wire.refused("sendMessage", chat_id=GROUP, text="x", reply_markup=markup)


async def test_photos_have_bounds(wire: Wire) -> None:
    assert "IMAGE_PROCESS_FAILED" in (await wire.form("sendPhoto", {"photo": b"words"}, chat_id=ANN))["description"]
    wide = jpeg((2100, 100))
    assert "PHOTO_INVALID_DIMENSIONS" in (await wire.form("sendPhoto", {"photo": wide}, chat_id=ANN))["description"]
    heavy = jpeg() + bytes(10 << 20)
    assert "too big for a photo" in (await wire.form("sendPhoto", {"photo": heavy}, chat_id=ANN))["description"]
    assert "non-empty" in (await wire.form("sendPhoto", {"photo": b""}, chat_id=ANN))["description"]


async def test_a_document_keeps_its_thumbnail_and_spoilers_are_marked(wire: Wire) -> None:
    files = {"document": b"words", "thumbnail": jpeg((90, 90))}
    document = (await wire.form("sendDocument", files, chat_id=ANN))["result"]["document"]
    assert document["thumbnail"]["width"] == 90
    video = {"chat_id": ANN, "has_spoiler": "true", "protect_content": "true"}
    message = (await wire.form("sendVideo", {"video": mp4()}, **video))["result"]
    assert message["has_media_spoiler"]
    assert message["has_protected_content"]


async def test_the_menu_of_administrators_is_theirs(wire: Wire, ann: Person, mia: Person) -> None:
    commands = [{"command": "quota", "description": "Limits"}]
    await wire.ok("setMyCommands", commands=commands, scope={"type": "all_chat_administrators"})
    assert await wire.ok("getMyCommands", scope={"type": "all_chat_administrators"}) == commands
    assert await wire.ok("getMyCommands") == []
    assert (await mia.world())["chats"][1]["commands"] == commands
    assert (await ann.world())["chats"][1]["commands"] == []


async def test_another_person_can_join(wire: Wire) -> None:
    wire.server.add_user(User(1004, "Zoë"), started=True)
    wire.server.set_member(GROUP, 1004, "member", MIA)
    async with Person(wire.base, 1004) as zoe:
        assert [chat["id"] for chat in (await zoe.world())["chats"]] == [1004, GROUP]
    wire.server.set_anonymous(GROUP, MIA)
    wire.server.set_anonymous(GROUP, MIA, anonymous=False)
    assert (await wire.ok("getChatMember", chat_id=GROUP, user_id=MIA))["is_anonymous"] is False


async def test_moving_servers_needs_the_webhook_gone(wire: Wire) -> None:
    await wire.ok("setWebhook", url="http://127.0.0.1:9/hook")
    assert "webhook must be deleted" in await wire.refused("close")
    await wire.ok("deleteWebhook")
    assert await wire.ok("close") is True
    assert await wire.ok("logOut") is True


@pytest.mark.parametrize("options", [Options(world=WorldOptions(forum=True))])
async def test_only_forums_have_topics_and_only_groups_migrate(wire: Wire) -> None:
    with pytest.raises(ValueError, match="not a forum"):
        wire.server.add_topic(ANN, "Renders", ANN)
    with pytest.raises(ValueError, match="only a basic group"):
        wire.server.migrate(GROUP, MIA)


async def test_an_upload_is_whole_however_the_wire_cuts_it(wire: Wire) -> None:
    """A piece shorter than the boundary, in the middle of a word, then more than is read at once."""
    host, _, port = wire.base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    boundary, content = "q" * 40, b"x" * 300_000
    start = f"--{boundary}\r\nContent-Disposition: form-data; name=chat_id\r\n\r\n{ANN}"
    file = f"\r\n--{boundary}\r\nContent-Disposition: form-data; name=document; filename=a.bin\r\n\r\n"
    body = (start + file).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    head = f"POST /bot{TOKEN}/sendDocument HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    head += f"Content-Type: multipart/form-data; boundary={boundary}\r\nConnection: close\r\n\r\n"
    for piece in (head.encode() + body[: len(start)], body[len(start) :]):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.1)
    answer = json.loads((await reader.read()).partition(b"\r\n\r\n")[2])
    writer.close()
    assert answer["result"]["document"]["file_size"] == len(content)
