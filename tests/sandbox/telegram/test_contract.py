"""The sandbox's own answers against the API description, and against a client written by others."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, InputMediaPhoto
from telegram.error import BadRequest, Forbidden, InvalidToken
from telegram.request import HTTPXRequest

from bot.sandbox.telegram import ANN, BOB, GROUP, MIA, FileToSend, Options, Person, WorldOptions
from bot.sandbox.telegram.methods import METHODS
from bot.sandbox.telegram.validation import check_value, schema
from tests.sandbox.telegram.wire import TOKEN, Wire, jpeg, mp4, sound


def _fits(kind: str, value: object) -> None:
    violations: list[str] = []
    check_value(kind, kind, value, violations)
    assert violations == []


def test_every_method_that_is_done_is_in_the_api() -> None:
    assert METHODS.keys() <= schema().methods.keys()


def test_every_type_that_is_named_is_described() -> None:
    known = schema().types.keys() | schema().unions.keys() | {"Integer", "Float", "String", "Boolean", "True"}
    tables = (*schema().methods.values(), *schema().types.values())
    named = {kind.replace("[]", "") for fields in tables for field in fields.values() for kind in field.types}
    assert {kind for kind in named if not kind.startswith("=")} <= known


@pytest.mark.parametrize(
    "options", [Options(privacy_mode=False, world=WorldOptions(started=True, forum=True, bot_is_admin=True))]
)
async def test_every_update_is_as_the_api_describes_it(
    wire: Wire, ann: Person, mia: Person, picture: Callable[..., Path], video: Path
) -> None:
    await wire.ok(
        "getUpdates", allowed_updates=["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]
    )
    kinds = ("video", "animation", "video_note", "document", "voice", "audio")
    song = video.with_name("song.m4a")
    song.write_bytes(sound())
    for kind in kinds:
        await ann.send(ANN, files=[FileToSend(song if kind in {"voice", "audio"} else video, kind)])
    (sent,) = await ann.send(ANN, "/video", [picture()])
    await ann.send(ANN, files=[FileToSend(picture("s.webp"), "sticker")], reply_to=sent["id"])
    await ann.edit(ANN, sent["id"], "/video again")
    topic = wire.server.add_topic(GROUP, "Renders", MIA)
    wire.server.set_anonymous(GROUP, MIA)
    await mia.send(GROUP, "hello", thread_id=topic.id)
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    card = await wire.ok("sendMessage", chat_id=ANN, text="Card", reply_markup=markup)
    await ann.press(ANN, card["message_id"], "b")
    await ann.block(ANN)
    wire.server.set_member(GROUP, BOB, "administrator", MIA)
    updates = await wire.updates()
    assert len(updates) == len(kinds) + 8
    _fits("[]Update", updates)


@pytest.mark.parametrize("options", [Options(world=WorldOptions(started=True, bot_is_admin=True))])
async def test_every_answer_is_as_the_api_describes_it(wire: Wire) -> None:
    _fits("User", await wire.ok("getMe"))
    _fits("WebhookInfo", await wire.ok("getWebhookInfo"))
    _fits("[]ChatMember", await wire.ok("getChatAdministrators", chat_id=GROUP))
    for chat in (ANN, GROUP):
        _fits("ChatFullInfo", await wire.ok("getChat", chat_id=chat))
    whisper = {"ephemeral_message_parameters": {"receiver_user_id": ANN}}
    _fits("Message", await wire.ok("sendMessage", chat_id=GROUP, text="x", **whisper))
    for kind, content in (
        ("video", mp4()),
        ("animation", mp4()),
        ("document", b"x"),
        ("audio", sound()),
        ("voice", sound()),
    ):
        message = (await wire.form(f"send{kind.capitalize()}", {kind: content}, chat_id=ANN))["result"]
        assert kind in message
        _fits("Message", message)
    file_id = (await wire.form("sendPhoto", {"photo": jpeg()}, chat_id=ANN))["result"]["photo"][0]["file_id"]
    _fits("File", await wire.ok("getFile", file_id=file_id))


async def test_a_client_written_by_others_gets_along(wire: Wire, ann: Person, tmp_path: Path, video: Path) -> None:
    bot = Bot(TOKEN, base_url=f"{wire.base}/bot", base_file_url=f"{wire.base}/file/bot", request=HTTPXRequest())
    async with bot:
        assert bot.username == "kinetogram_bot"
        await ann.send(ANN, "/start")
        (update,) = await bot.get_updates(timeout=5)
        assert update.message is not None
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Start", callback_data="go")]])
        card = await bot.send_message(
            ANN, "<b>Card</b>", parse_mode="HTML", reply_markup=keyboard, reply_to_message_id=1
        )
        assert card.reply_to_message is not None
        await ann.press(ANN, card.message_id, "Start")
        (press,) = await bot.get_updates(offset=update.update_id + 1, timeout=5)
        assert press.callback_query is not None
        assert await press.callback_query.answer("Started")
        assert (await ann.wait_for_toast())["text"] == "Started"
        with video.open("rb") as handle:
            upload = InputFile(handle, filename="clip.mp4", read_file_handle=False)
            message = await bot.send_video(ANN, upload, width=160, height=90, duration=1, supports_streaming=True)
        assert message.video is not None
        file = await bot.get_file(message.video.file_id)
        saved = await file.download_to_drive(tmp_path / "saved.mp4")
        assert await asyncio.to_thread(saved.read_bytes) == await asyncio.to_thread(video.read_bytes)
        album = await bot.send_media_group(ANN, [InputMediaPhoto(jpeg()), InputMediaPhoto(jpeg())], caption="two")
        assert album[0].media_group_id == album[1].media_group_id
        assert await bot.set_message_reaction(ANN, 1, "👌")
        assert await bot.delete_message(ANN, card.message_id)
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("x", ANN, card.message_id)
        await ann.block(ANN)
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(ANN, "hi")
    assert wire.server.violations == []


async def test_a_client_written_by_others_understands_a_wrong_token(wire: Wire) -> None:
    async with HTTPXRequest() as request:
        bot = Bot("4242:other", base_url=f"{wire.base}/bot", request=request)
        with pytest.raises(InvalidToken):
            await bot.get_me()
