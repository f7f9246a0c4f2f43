"""What Telegram refuses, in its own words."""

import pytest

from bot.sandbox.telegram import ANN, GROUP, Options, Person, WorldOptions
from tests.sandbox.telegram.wire import TOKEN, Clock, Wire


async def test_a_wrong_token_is_unauthorized(wire: Wire) -> None:
    async with wire.session.get(f"{wire.base}/bot4242:other/getMe") as response:
        assert response.status == 401
        assert (await response.json())["description"] == "Unauthorized"


async def test_an_unknown_method_is_not_found(wire: Wire) -> None:
    assert await wire.call("sendTelepathy") == {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_a_known_method_beyond_the_sandbox_is_validated_and_refused(wire: Wire) -> None:
    assert await wire.refused("sendDice") == "Bad Request: chat_id is empty"
    assert await wire.refused("sendDice", chat_id=ANN) == "Bad Request: method is not available in the sandbox"


async def test_get_post_form_and_json_are_the_same_call(wire: Wire) -> None:
    url = f"{wire.base}/bot{TOKEN}/sendMessage"
    params = {"chat_id": str(ANN), "text": "hi", "disable_notification": "true"}
    async with wire.session.get(url, params=params) as response:
        assert response.status == 200
    async with wire.session.post(url, data=params) as response:
        assert response.status == 200
    assert (await wire.form("sendMessage", {}, **params))["ok"]
    await wire.ok("sendmessage", chat_id=ANN, text="hi", disable_notification=True)
    calls = wire.server.calls.of("sendMessage")
    assert [call.params for call in calls] == [{"chat_id": ANN, "text": "hi", "disable_notification": True}] * 4
    assert wire.server.violations == []


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": ANN}, "message text is empty"),
        ({"chat_id": ANN, "text": "   "}, "message text is empty"),
        ({"chat_id": ANN, "text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"chat_id": 999, "text": "x"}, "chat not found"),
        ({"chat_id": "@nobody", "text": "x"}, "chat not found"),
        ({"chat_id": ANN, "text": "x" * 4097}, "message is too long"),
        ({"chat_id": ANN, "text": "😀" * 2049}, "message is too long"),
        ({"chat_id": ANN, "text": "x", "reply_parameters": {"message_id": 77}}, "message to be replied not found"),
        ({"chat_id": ANN, "text": "x", "message_thread_id": 5}, "message thread not found"),
    ],
)
async def test_a_bad_message_is_refused(wire: Wire, params: dict[str, object], description: str) -> None:
    assert await wire.refused("sendMessage", **params) == f"Bad Request: {description}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("disable_notification", "maybe"),
        ("reply_markup", {"inline_keyboard": "rows"}),
        ("reply_markup", {"inline_keyboard": [[{"callback_data": "no text"}]]}),
        ("entities", [{"type": "bold"}]),
        ("message_thread_id", {"id": 1}),
    ],
)
async def test_a_field_of_the_wrong_type_is_refused(wire: Wire, name: str, value: object) -> None:
    assert (await wire.call("sendMessage", chat_id=ANN, text="x", **{name: value}))["error_code"] == 400


async def test_unknown_parameters_and_fields_are_ignored_and_recorded(wire: Wire) -> None:
    button = {"text": "a", "callback_data": "b", "color": "red"}
    await wire.ok(
        "sendMessage", chat_id=ANN, text="x", reply_to_message_id=1, reply_markup={"inline_keyboard": [[button]]}
    )
    assert wire.server.violations == [
        "sendMessage: unknown parameter reply_to_message_id",
        "sendMessage.reply_markup.inline_keyboard[0][0]: unknown field color",
    ]


async def test_a_missing_message_may_be_answered_when_that_is_allowed(wire: Wire) -> None:
    reply = {"message_id": 77, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await wire.ok("sendMessage", chat_id=ANN, text="x", reply_parameters=reply)


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<b>x", 'can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a < b", "unclosed start tag"),
        ("<div>x</div>", 'unsupported start tag "div" at byte offset 0'),
        ("x</b>", "unexpected end tag at byte offset 1"),
    ],
)
async def test_bad_html_cannot_be_parsed(wire: Wire, html: str, why: str) -> None:
    refusal = await wire.refused("sendMessage", chat_id=ANN, text=html, parse_mode="HTML")
    assert refusal.startswith(f"Bad Request: can't parse entities: {why}")


async def test_html_becomes_entities_at_utf16_offsets(wire: Wire) -> None:
    html = '😀 <b>bo<i>th</i></b> &lt;3 <a href="https://example.org/?a=1&amp;b=2">link</a> <code>x</code>'
    message = await wire.ok("sendMessage", chat_id=ANN, text=html, parse_mode="HTML")
    assert message["text"] == "😀 both <3 link x"
    assert [(e["type"], e["offset"], e["length"]) for e in message["entities"]] == [
        ("bold", 3, 4),
        ("italic", 5, 2),
        ("text_link", 11, 4),
        ("code", 16, 1),
    ]
    assert message["entities"][2]["url"] == "https://example.org/?a=1&b=2"


async def test_blanks_around_a_text_go_and_its_entities_follow(wire: Wire) -> None:
    bold = [{"type": "bold", "offset": 2, "length": 5}]
    message = await wire.ok("sendMessage", chat_id=ANN, text="  bold  ", entities=bold)
    assert message["text"] == "bold"
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 4}]


async def test_entities_outside_the_text_are_refused(wire: Wire) -> None:
    outside = [{"type": "bold", "offset": 2, "length": 9}]
    assert "can't parse entities" in await wire.refused("sendMessage", chat_id=ANN, text="short", entities=outside)


@pytest.mark.parametrize(
    ("button", "why"),
    [
        ({"text": "a", "callback_data": "я" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "a"}, "exactly one action"),
        ({"text": "a", "callback_data": "b", "url": "https://example.org"}, "exactly one action"),
        ({"text": " ", "callback_data": "b"}, "text must be non-empty"),
        ({"text": "a", "url": "example"}, "Wrong HTTP URL"),
        ({"text": "a", "callback_data": "b", "style": "loud"}, "unknown style"),
    ],
)
async def test_a_bad_button_is_refused(wire: Wire, button: dict[str, str], why: str) -> None:
    markup = {"inline_keyboard": [[button]]}
    assert why in await wire.refused("sendMessage", chat_id=ANN, text="x", reply_markup=markup)


async def test_callback_data_of_64_bytes_is_taken(wire: Wire) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "я" * 32, "style": "danger"}]]}
    assert (await wire.ok("sendMessage", chat_id=ANN, text="x", reply_markup=markup))["reply_markup"] == markup


async def test_an_edit_that_changes_nothing_is_refused(wire: Wire) -> None:
    sent = await wire.ok("sendMessage", chat_id=ANN, text="same")
    refusal = await wire.refused("editMessageText", chat_id=ANN, message_id=sent["message_id"], text="same")
    assert refusal.startswith("Bad Request: message is not modified: specified new message content")
    await wire.ok("editMessageText", chat_id=ANN, message_id=sent["message_id"], text="other")


async def test_an_edit_without_a_keyboard_takes_the_keyboard_away(wire: Wire) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    sent = await wire.ok("sendMessage", chat_id=ANN, text="x", reply_markup=markup)
    edited = await wire.ok("editMessageText", chat_id=ANN, message_id=sent["message_id"], text="x")
    assert "reply_markup" not in edited
    assert edited["edit_date"]


async def test_only_own_messages_that_exist_are_edited(wire: Wire, ann: Person) -> None:
    (hers,) = await ann.send(ANN, "mine")
    edit = {"chat_id": ANN, "text": "y"}
    assert await wire.refused("editMessageText", message_id=99, **edit) == "Bad Request: message to edit not found"
    assert (
        await wire.refused("editMessageText", message_id=hers["id"], **edit) == "Bad Request: message can't be edited"
    )
    assert "there is no caption" in await _edit_caption_of_a_text(wire)


async def _edit_caption_of_a_text(wire: Wire) -> str:
    sent = await wire.ok("sendMessage", chat_id=ANN, text="x")
    return await wire.refused("editMessageCaption", chat_id=ANN, message_id=sent["message_id"], caption="y")


async def test_what_is_older_than_48_hours_or_gone_is_not_deleted(wire: Wire, ann: Person, clock: Clock) -> None:
    sent = await wire.ok("sendMessage", chat_id=ANN, text="x")
    young = await wire.ok("sendMessage", chat_id=ANN, text="y")
    await wire.ok("deleteMessage", chat_id=ANN, message_id=young["message_id"])
    delete = "deleteMessage"
    gone = await wire.refused(delete, chat_id=ANN, message_id=young["message_id"])
    assert gone == "Bad Request: message to delete not found"
    clock.forward(48 * 3600 + 1)
    old = await wire.refused(delete, chat_id=ANN, message_id=sent["message_id"])
    assert old == "Bad Request: message can't be deleted"
    assert await wire.ok("deleteMessages", chat_id=ANN, message_ids=[sent["message_id"], 999])
    assert [m["id"] for m in await ann.messages(ANN)] == [sent["message_id"]]


async def test_a_member_bot_deletes_only_its_own_messages_in_a_group(wire: Wire, ann: Person) -> None:
    (hers,) = await ann.send(GROUP, "mine")
    assert "can't be deleted" in await wire.refused("deleteMessage", chat_id=GROUP, message_id=hers["id"])
    wire.server.world.chats[GROUP].bot_status = "administrator"
    await wire.ok("deleteMessage", chat_id=GROUP, message_id=hers["id"])


async def test_one_known_emoji_is_a_reaction(wire: Wire, ann: Person) -> None:
    (sent,) = await ann.send(ANN, "x")
    react = {"chat_id": ANN, "message_id": sent["id"]}
    assert "REACTION_INVALID" in await wire.refused(
        "setMessageReaction", reaction=[{"type": "emoji", "emoji": "🦖"}], **react
    )
    two = [{"type": "emoji", "emoji": "👌"}, {"type": "emoji", "emoji": "👀"}]
    assert "REACTIONS_TOO_MANY" in await wire.refused("setMessageReaction", reaction=two, **react)
    await wire.ok("setMessageReaction", reaction=two[:1], **react)
    await wire.ok("setMessageReaction", reaction=[], **react)
    assert "reactions" not in (await ann.messages(ANN))[0]


@pytest.mark.parametrize("name", ["Video", "make-video", "", "v" * 33])
async def test_a_command_name_is_checked(wire: Wire, name: str) -> None:
    commands = [{"command": name, "description": "x"}]
    assert "BOT_COMMAND_INVALID" in await wire.refused("setMyCommands", commands=commands)


async def test_a_callback_answer_holds_200_characters(wire: Wire) -> None:
    refusal = await wire.refused("answerCallbackQuery", callback_query_id="1", text="x" * 201)
    assert refusal == "Bad Request: MESSAGE_TOO_LONG"


async def test_calls_are_recorded_without_secrets(wire: Wire) -> None:
    await wire.ok("setWebhook", url="http://127.0.0.1:9/hook", secret_token="hush")
    (call,) = wire.server.calls.of("setWebhook")
    assert "hush" not in repr(call)
    assert call.result is True
    assert call.status == 200


@pytest.mark.parametrize("shown", ["", "r", "t", "dt", "wDT", "wd"])
async def test_a_moment_is_kept_with_its_time_and_format(wire: Wire, shown: str) -> None:
    text = f'at <tg-time unix="1647531900" format="{shown}">22:45 tomorrow</tg-time>'
    sent = await wire.ok("sendMessage", chat_id=ANN, text=text, parse_mode="HTML")
    moment = {"type": "date_time", "offset": 3, "length": 14, "unix_time": 1647531900, "date_time_format": shown}
    assert (sent["text"], sent["entities"]) == ("at 22:45 tomorrow", [moment])


@pytest.mark.parametrize("unix", ["", "0", "soon", "-5"])
async def test_a_moment_without_its_time_is_words(wire: Wire, unix: str) -> None:
    sent = await wire.ok("sendMessage", chat_id=ANN, text=f'<tg-time unix="{unix}">now</tg-time>', parse_mode="HTML")
    assert (sent["text"], sent.get("entities")) == ("now", None)


@pytest.mark.parametrize("shown", ["rt", "x", "td", "DT r"])
async def test_a_moment_in_a_format_that_is_none_is_refused(wire: Wire, shown: str) -> None:
    text = f'<tg-time unix="1647531900" format="{shown}">now</tg-time>'
    refusal = await wire.refused("sendMessage", chat_id=ANN, text=text, parse_mode="HTML")
    assert refusal == "Bad Request: can't parse entities: Invalid date format used"
    entity = {"type": "date_time", "offset": 0, "length": 3}
    refusal = await wire.refused("sendMessage", chat_id=ANN, text="now", entities=[entity])
    assert refusal == "Bad Request: can't parse entities: Invalid date specified"


@pytest.mark.parametrize("options", [Options(moments=False, world=WorldOptions(started=True))])
async def test_an_older_server_knows_no_moments(wire: Wire) -> None:
    text = 'at <tg-time unix="1647531900">22:45</tg-time>'
    for method, more in (("sendMessage", {"text": text}), ("sendPhoto", {"caption": text, "photo": "x"})):
        refusal = await wire.refused(method, chat_id=ANN, parse_mode="HTML", **more)
        assert refusal == 'Bad Request: can\'t parse entities: unsupported start tag "tg-time" at byte offset 3'
