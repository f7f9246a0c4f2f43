"""The decisions of the sender: rows read, messages mended, errors judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.chat import verdict
from bot.chat.amend import amended
from bot.chat.bot import build_bot
from bot.chat.limiter import Priority
from bot.chat.payload import Card, File, OutboxRow, Reaction, Remove, RowKind, Text, Words, clip, read_row
from bot.chat.request import AiohttpRequest, NotSent, without_token
from bot.chat.tolerance import CardGivenUp
from bot.core.errors import Defect

TEXT = Text(Words("hello"), "d")
VIDEO = File(RowKind.VIDEO, Words("dog"), Path("clip.mp4"))


def row(content: Text | File = TEXT, **values: Any) -> OutboxRow:
    kind = RowKind.VIDEO if isinstance(content, File) else RowKind.TEXT
    base: dict[str, Any] = {"id": 1, "chat_id": 2, "telegram_id": 3, "kind": kind, "priority": Priority.ANSWER}
    return OutboxRow(content=content, **(base | values))


def stored(kind: str, payload: Any, **values: Any) -> dict[str, Any]:
    base = dict.fromkeys(
        ("slot", "job_id", "thread_id", "is_direct", "unreachable_at", "card_message_id", "card_content")
    )
    numbers = {"id": 1, "chat_id": 2, "telegram_id": 3, "priority": 0, "attempts": 0, "card_remade": 0}
    return {**base, **numbers, "kind": kind, "payload": json.dumps(payload), **values}


@pytest.mark.parametrize(
    ("error", "content", "ruling"),
    [
        (RetryAfter(7), TEXT, verdict.Slower(7100, "Flood control exceeded. Retry in 7 seconds")),
        (ChatMigrated(-100), TEXT, verdict.Moved(-100)),
        (Forbidden("Forbidden: bot was blocked by the user"), VIDEO, verdict.Unreachable),
        (BadRequest("Chat not found"), TEXT, verdict.Unreachable),
        (BadRequest("Not enough rights to send videos to the chat"), VIDEO, verdict.Park),
        (BadRequest("Message text is empty"), TEXT, verdict.GiveUp("Message text is empty")),
        (InvalidToken(), VIDEO, verdict.Again(30_000, "Telegram does not know our token", attempt=False, for_all=True)),
        (NotSent("no"), VIDEO, verdict.Again(500, "no", for_all=True)),
        (TimedOut(), TEXT, verdict.Again(500, "Timed out")),
        (TimedOut(), VIDEO, verdict.MaybeSent("Timed out")),
        (NetworkError("Bad Gateway"), TEXT, verdict.Again(500, "Bad Gateway")),
        (NetworkError("Bad Gateway"), VIDEO, verdict.MaybeSent("Bad Gateway")),
        (CardGivenUp(), TEXT, verdict.GiveUp("the card was deleted twice")),
        (FileNotFoundError(), VIDEO, verdict.GiveUp("the file can't be read (FileNotFoundError)")),
        (ZeroDivisionError(), TEXT, verdict.GiveUp("ZeroDivisionError", defect=True)),
    ],
)
def test_each_error_has_its_verdict(error: Exception, content: Text | File, ruling: object) -> None:
    judged = verdict.judge(error, row(content))
    assert isinstance(judged, ruling) if isinstance(ruling, type) else judged == ruling


def test_a_row_that_was_tried_often_enough_is_parked() -> None:
    tired = row(priority=Priority.STATUS, attempts=verdict.MAX_ATTEMPTS[Priority.STATUS] - 1)
    assert verdict.judge(TimedOut(), tired) == verdict.Park("Timed out")


def test_deliveries_are_parked_and_cards_are_not() -> None:
    assert row(VIDEO, priority=Priority.DELIVERY).may_park
    assert not row(priority=Priority.DELIVERY, slot="job:1").may_park
    assert not row(priority=Priority.ANSWER).may_park


@pytest.mark.parametrize(
    ("message", "refusal", "note"),
    [
        (Text(Words("a", thread_id=5), ""), "Message thread not found", "the topic"),
        (Text(Words("a", thread_id=5), ""), "TOPIC_CLOSED", "the topic"),
        (Text(Words("<b>a"), ""), "Can't parse entities: unclosed start tag", "without markup"),
        (Text(Words("a" * 5000), ""), "Message is too long", "without markup"),
        (Text(Words("a", effect="5"), ""), "EFFECT_ID_INVALID", "the effect"),
        (File(RowKind.VIDEO, Words("a"), Path(), file_id="x"), "Wrong file identifier/http url specified", "uploaded"),
    ],
)
def test_what_is_refused_about_a_message_is_left_out(message: Text | File, refusal: str, note: str) -> None:
    mended = amended(message, refusal)
    assert mended is not None
    assert mended[0] != message
    assert note in mended[1]
    assert amended(mended[0], refusal) is None, "mended once, it would not be mended for ever"


def test_a_button_that_telegram_refuses_costs_the_buttons_and_not_the_message() -> None:
    payload = {"text": "a", "buttons": [[{"text": "b", "nonce": "n"}]]}
    content = read_row(stored("text", payload)).content
    assert isinstance(content, Text)
    mended = amended(content, "BUTTON_DATA_INVALID")
    assert mended is not None
    assert mended[0].words.buttons is None


@pytest.mark.parametrize("refusal", ["Message text is empty", "Chat not found", "PEER_ID_INVALID"])
def test_other_refusals_are_not_mended(refusal: str) -> None:
    assert amended(TEXT, refusal) is None
    assert amended(VIDEO, refusal) is None


def test_rows_are_read_by_their_kind() -> None:
    assert read_row(stored("reaction", {"message_id": 5, "emoji": "👌"})).content == Reaction(5, "👌")
    assert read_row(stored("remove", {})).content == Remove(None)
    card = {"card_message_id": 9, "card_content": "d", "card_remade": 1, "card_photo": "p.jpg", "slot": "s"}
    assert read_row(stored("text", {"text": "a"}, **card)).card == Card(9, "d", remade=True, photo="p.jpg")
    text = read_row(stored("text", {"text": "a"}, thread_id=1)).content
    assert isinstance(text, Text)
    assert text.words.thread_id is None, "General is named by naming none"


def test_equal_content_has_an_equal_digest_whatever_it_answers() -> None:
    one, other, third = (
        read_row(stored("text", payload)).content
        for payload in ({"text": "a"}, {"text": "a", "buttons": [], "reply_to": 7}, {"text": "b"})
    )
    assert isinstance(one, Text)
    assert isinstance(other, Text)
    assert isinstance(third, Text)
    assert one.digest == other.digest != third.digest


@pytest.mark.parametrize(
    "payload", [{}, [], "a", {"text": "a", "buttons": [[{"text": "b"}]]}, {"text": "a", "buttons": 5}]
)
def test_a_payload_of_another_shape_is_a_defect(payload: Any) -> None:
    with pytest.raises(Defect, match="outbox-payload"):
        read_row(stored("text", payload))


def test_a_cut_keeps_whole_characters() -> None:
    assert clip("🎬🎬🎬", 5) == "🎬🎬…"
    assert clip("plain", 5) == "plain"


def test_neither_the_bots_repr_nor_an_error_page_shows_the_token() -> None:
    bot = build_bot("123456:AAsecret", request=AiohttpRequest(), polling=AiohttpRequest())
    assert "AAsecret" not in repr(bot)
    assert without_token(b'{"url": "123456:AAsecret"}') == b'{"url": "..."}'
