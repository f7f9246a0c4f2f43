"""A Telegram message in our own words: every kind of file, every way to ask."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Bot, Message

from bot.core.media import MediaKind
from bot.services.heard import Source
from handlers.inbound import asked, chat_ref, heard, media_of, reply_of
from handlers.kinds import useless

BOT = Bot("700700:made-up")
NAME = "kinetogram_bot"
OCTETS, MOV, OGG = "application/octet-stream", "video/quicktime", "audio/ogg"
FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 10}
SIZED = {**FILE, "width": 640, "height": 480}
ANN = {"id": 42, "is_bot": False, "first_name": "Ann", "language_code": "en"}


@pytest.fixture(autouse=True)
def _known_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bot, "id", 700700)


def message(kind: str = "private", **body: Any) -> Message:
    """A message as the Bot API tells it."""
    chat = {"id": 42, "type": kind, "title": "Lab", "first_name": "Ann"}
    raw = {"message_id": 5, "date": 1_800_000_000, "chat": chat, "from": ANN}
    return Message.de_json(raw | body, BOT)


def sticker(**kind: bool) -> dict[str, Any]:
    """A sticker of that kind."""
    return SIZED | {"type": "regular", "is_animated": False, "is_video": False} | kind


@pytest.mark.parametrize(
    ("body", "kind", "origin", "mime"),
    [
        ({"photo": [SIZED | {"width": 90}, SIZED]}, MediaKind.IMAGE, "photo", "image/jpeg"),
        ({"sticker": sticker()}, MediaKind.IMAGE, "sticker", "image/webp"),
        ({"sticker": sticker(is_video=True)}, MediaKind.VIDEO, "sticker", "video/webm"),
        ({"video_note": FILE | {"length": 240, "duration": 3}}, MediaKind.VIDEO, "video_note", "video/mp4"),
        (
            {"video": SIZED | {"duration": 3, "mime_type": "video/quicktime"}},
            MediaKind.VIDEO,
            "video",
            "video/quicktime",
        ),
        (
            {"animation": SIZED | {"duration": 3}, "document": FILE | {"mime_type": "video/mp4"}},
            MediaKind.VIDEO,
            "animation",
            "video/mp4",
        ),
        ({"voice": FILE | {"duration": 3, "mime_type": "audio/ogg"}}, MediaKind.AUDIO, "voice", "audio/ogg"),
        ({"audio": FILE | {"duration": 3, "file_name": "song.mp3"}}, MediaKind.AUDIO, "audio", None),
        ({"document": FILE | {"mime_type": "image/heic"}}, MediaKind.IMAGE, "document", "image/heic"),
        ({"document": FILE | {"mime_type": "video/mp4"}}, MediaKind.VIDEO, "document", "video/mp4"),
        ({"document": FILE | {"mime_type": "audio/flac"}}, MediaKind.AUDIO, "document", "audio/flac"),
        ({"document": FILE | {"mime_type": OCTETS, "file_name": "a.HEIC"}}, MediaKind.IMAGE, "document", "image/heic"),
        ({"document": FILE | {"mime_type": OCTETS, "file_name": "a.mov"}}, MediaKind.VIDEO, "document", MOV),
        (
            {"document": FILE | {"mime_type": "application/ogg", "file_name": "a.opus"}},
            MediaKind.AUDIO,
            "document",
            OGG,
        ),
        ({"document": FILE | {"file_name": "a.mp3"}}, MediaKind.AUDIO, "document", "audio/mpeg"),
        ({"photo": [SIZED], "live_photo": SIZED | {"duration": 3}}, MediaKind.IMAGE, "photo", "image/jpeg"),
    ],
)
def test_each_kind_of_file_is_heard(body: dict[str, Any], kind: MediaKind, origin: str, mime: str | None) -> None:
    media = media_of(message(**body))
    assert media is not None
    assert (media.kind, media.origin, media.mime, media.file_id) == (kind, origin, mime, "f")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"text": "words"}, None),
        ({"sticker": sticker(is_animated=True)}, "sticker"),
        ({"document": FILE | {"mime_type": "application/pdf"}}, "document"),
        ({"document": FILE}, "document"),
        ({"contact": {"phone_number": "1", "first_name": "Zoe"}}, "contact"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "dice"),
    ],
)
def test_what_can_be_no_reference_is_named(body: dict[str, Any], named: str | None) -> None:
    assert media_of(message(**body)) is None
    assert useless(message(**body)) == named


def test_the_largest_size_of_a_photo_counts_and_seconds_become_milliseconds() -> None:
    media = media_of(message(photo=[SIZED | {"width": 1280, "height": 960}, SIZED]))
    assert media is not None
    assert media.width == 1280
    film = media_of(message(video=SIZED | {"duration": 7}))
    assert film is not None
    assert film.duration_ms == 7_000


def entity(kind: str, offset: int, length: int) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length}


@pytest.mark.parametrize(
    ("kind", "body", "source", "text"),
    [
        ("private", {"text": "a dog"}, Source.PLAIN, "a dog"),
        ("private", {"text": "/video a dog"}, Source.COMMAND, "a dog"),
        ("supergroup", {"text": "/video@kinetogram_bot a dog"}, Source.COMMAND, "a dog"),
        ("supergroup", {"text": "/video@another_bot a dog"}, None, None),
        ("supergroup", {"text": "a dog"}, None, None),
        (
            "supergroup",
            {"text": "🐕🐕 @Kinetogram_Bot a dog", "entities": [entity("mention", 5, 15)]},
            Source.MENTION,
            "🐕🐕 a dog",
        ),
        (
            "supergroup",
            {"photo": [SIZED], "caption": "@kinetogram_bot a dog", "caption_entities": [entity("mention", 0, 15)]},
            Source.MENTION,
            "a dog",
        ),
        ("supergroup", {"photo": [SIZED], "caption": "/video a dog"}, Source.COMMAND, "a dog"),
        ("private", {"photo": [SIZED]}, None, None),
    ],
)
def test_each_way_to_ask_is_told_apart(kind: str, body: dict[str, Any], source: Source | None, text: str) -> None:
    said = message(kind, **body)
    assert said.from_user is not None
    told = heard(1, said, said.from_user, NAME, edited=False)
    assert (told.source, told.text) == (source, text)


def test_a_topic_is_named_but_general_and_plain_threads_are_not() -> None:
    def thread(**body: Any) -> int | None:
        said = message("supergroup", text="x", **body)
        return chat_ref(said.chat, said).thread_id

    assert thread(message_thread_id=9, is_topic_message=True) == 9
    assert thread(message_thread_id=1, is_topic_message=True) is None
    assert thread(message_thread_id=9) is None


def test_a_reply_carries_its_file_and_whether_it_is_ours() -> None:
    chat = {"id": 42, "type": "private", "first_name": "Ann"}
    us = {"id": 700700, "is_bot": True, "first_name": "K"}
    replied = {"message_id": 4, "date": 1, "chat": chat, "from": us, "photo": [SIZED], "media_group_id": "g"}
    found = reply_of(message(text="x", reply_to_message=replied))
    assert found is not None
    assert (found.message_id, found.album_id, found.to_bot) == (4, "g", True)
    assert found.media is not None
    made = {"name": "Topic", "icon_color": 7322096}
    topic = {"message_id": 4, "date": 1, "chat": chat, "forum_topic_created": made, "from": ANN}
    in_topic = message(text="x", reply_to_message=topic)
    assert reply_of(in_topic) is None
    assert in_topic.from_user is not None
    assert asked(1, in_topic, in_topic.from_user, "").replied_user is None


def test_a_bot_that_is_replied_to_is_nobody_to_give_to() -> None:
    chat = {"id": 42, "type": "private", "first_name": "Ann"}
    us = {"id": 700700, "is_bot": True, "first_name": "K"}
    said = message(text="/grant 5", reply_to_message={"message_id": 4, "date": 1, "chat": chat, "from": us})
    assert said.from_user is not None
    assert asked(1, said, said.from_user, "5").replied_user is None
