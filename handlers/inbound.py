"""A Telegram message in our own words: who, where, which text asks, which file is attached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from telegram import (
    Animation,
    Chat,
    Document,
    Message,
    MessageEntity,
    PhotoSize,
    Sticker,
    User,
    Video,
    VideoNote,
)
from telegram.constants import ChatType, MessageEntityType

from bot.core.media import MediaKind
from bot.core.parsing import strip_command
from bot.core.parsing.lines import LISTS
from bot.services.directory import ChatKind, ChatRef, UserRef
from bot.services.heard import Asked, Heard, HeardFile, HeardMedia, HeardReply, Source
from handlers.kinds import mime_of, useless

VIDEO_COMMAND: Final = "video"
BATCH_COMMAND: Final = "batch"
ASKING: Final = frozenset({VIDEO_COMMAND, BATCH_COMMAND})
SHEET_SIDE_PX: Final = 200
GENERAL_TOPIC: Final = 1
KINDS: Final[dict[str, ChatKind]] = {
    ChatType.PRIVATE: "private",
    ChatType.GROUP: "group",
    ChatType.SUPERGROUP: "supergroup",
    ChatType.CHANNEL: "channel",
}


def user_ref(user: User) -> UserRef:
    """A person as Telegram tells of them."""
    return UserRef(user.id, user.full_name, user.username, user.language_code or "")


def chat_ref(chat: Chat, message: Message | None = None) -> ChatRef:
    """A chat, with the topic that a message belongs to (General is no topic)."""
    if chat.is_direct_messages:
        return _direct_ref(chat, message)
    thread = message.message_thread_id if message is not None and message.is_topic_message else None
    title = chat.title or chat.full_name or ""
    topic = None if thread == GENERAL_TOPIC else thread
    name = topic_of(message) if message is not None and topic is not None else None
    return ChatRef(chat.id, KINDS.get(chat.type, "group"), title, topic, name, bool(chat.is_forum))


def _direct_ref(chat: Chat, message: Message | None) -> ChatRef:
    """The direct messages of a channel: whose topic it is stands in a field of its own."""
    topic = message.direct_messages_topic if message is not None else None
    title = chat.title or ""
    if topic is None:
        return ChatRef(chat.id, "supergroup", title, is_direct=True)
    name = topic.user.full_name if topic.user is not None else None
    return ChatRef(chat.id, "supergroup", title, topic.topic_id, name, is_forum=False, is_direct=True)


def topic_of(message: Message) -> str | None:
    """The name of a message's topic: told when it is made or renamed, and by what answers nothing in it."""
    first = message.reply_to_message
    made = message.forum_topic_edited or message.forum_topic_created or (first and first.forum_topic_created)
    return (made.name or None) if made else None


def _ms(value: timedelta | float | None) -> int | None:
    if value is None:
        return None
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    return round(seconds * 1000)


def media_of(message: Message) -> HeardMedia | None:
    """The one file of a message that can be a reference; animated stickers and other documents can't."""
    return _picture(message) or _film(message) or _sound(message) or _file(message)


def _small(sizes: Sequence[PhotoSize]) -> PhotoSize:
    """The smallest of a photo's sizes that still shows something."""
    ordered = sorted(sizes, key=lambda size: size.width * size.height)
    return next((size for size in ordered if max(size.width, size.height) >= SHEET_SIDE_PX), ordered[-1])


def _thumb(file: Sticker | VideoNote | Video | Animation | Document) -> str | None:
    return file.thumbnail.file_id if file.thumbnail is not None else None


def _picture(message: Message) -> HeardMedia | None:
    if message.photo:
        best = max(message.photo, key=lambda size: size.width * size.height)
        return HeardMedia(
            MediaKind.IMAGE,
            "photo",
            best.file_id,
            best.file_unique_id,
            "image/jpeg",
            None,
            best.file_size,
            best.width,
            best.height,
            thumb_file_id=_small(message.photo).file_id,
        )
    sticker = message.sticker
    if sticker is None or sticker.is_animated:
        return None
    kind, mime = (MediaKind.VIDEO, "video/webm") if sticker.is_video else (MediaKind.IMAGE, "image/webp")
    return HeardMedia(
        kind,
        "sticker",
        sticker.file_id,
        sticker.file_unique_id,
        mime,
        None,
        sticker.file_size,
        sticker.width,
        sticker.height,
        thumb_file_id=_thumb(sticker),
    )


def _film(message: Message) -> HeardMedia | None:
    note = message.video_note
    if note is not None:
        return HeardMedia(
            MediaKind.VIDEO,
            "video_note",
            note.file_id,
            note.file_unique_id,
            "video/mp4",
            None,
            note.file_size,
            note.length,
            note.length,
            _ms(note.duration),
            _thumb(note),
        )
    film = message.video or message.animation
    if film is None:
        return None
    origin = "video" if message.video else "animation"
    return HeardMedia(
        MediaKind.VIDEO,
        origin,
        film.file_id,
        film.file_unique_id,
        film.mime_type or "video/mp4",
        film.file_name,
        film.file_size,
        film.width,
        film.height,
        _ms(film.duration),
        _thumb(film),
    )


def _sound(message: Message) -> HeardMedia | None:
    sound = message.voice or message.audio
    if sound is None:
        return None
    origin = "voice" if message.voice else "audio"
    name = message.audio.file_name if message.audio else None
    return HeardMedia(
        MediaKind.AUDIO,
        origin,
        sound.file_id,
        sound.file_unique_id,
        sound.mime_type,
        name,
        sound.file_size,
        duration_ms=_ms(sound.duration),
    )


def _file(message: Message) -> HeardMedia | None:
    document = message.document
    if document is None or message.animation is not None:
        return None
    mime = mime_of(document)
    if mime is None:
        return None
    return HeardMedia(
        MediaKind(mime.split("/", 1)[0]),
        "document",
        document.file_id,
        document.file_unique_id,
        mime,
        document.file_name,
        document.file_size,
        thumb_file_id=_thumb(document),
    )


def reply_of(message: Message) -> HeardReply | None:
    """The message replied to, in this chat."""
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created is not None:
        return None
    to_bot = replied.from_user is not None and replied.from_user.id == message.get_bot().id
    return HeardReply(replied.message_id, media_of(replied), replied.media_group_id, to_bot)


def words_of(message: Message) -> str | None:
    """Text or caption."""
    return message.text if message.text is not None else message.caption


def command_of(message: Message, bot_username: str) -> tuple[str | None, str]:
    """The command (None: there is none) and the words without it and without a mention of the bot."""
    return strip_command(words_of(message) or "", bot_username)


def mentions(message: Message, bot_username: str) -> bool:
    """Whether the bot is named in the text or caption (entities count UTF-16 units; PTB cuts them right)."""
    types: list[str | None] = [MessageEntityType.MENTION]
    found: dict[MessageEntity, str] = message.parse_entities(types) if message.text else {}
    found |= message.parse_caption_entities(types) if message.caption else {}
    return any(name.lstrip("@").casefold() == bot_username.casefold() for name in found.values())


def _source(message: Message, command: str | None, bot_username: str) -> Source | None:
    if command in ASKING:
        return Source.COMMAND
    if mentions(message, bot_username):
        return Source.MENTION
    if message.chat.type == ChatType.PRIVATE and words_of(message):
        return Source.PLAIN
    return None


def heard(update_id: int, message: Message, user: User, bot_username: str, *, edited: bool) -> Heard:
    """A message as something that may ask for a video."""
    command, rest = command_of(message, bot_username)
    source = _source(message, command, bot_username)
    media, list_file, lines = media_of(message), None, command == BATCH_COMMAND
    if lines and not edited:
        list_file = list_of(message) or (None if rest or media is not None else _no_list_of(message))
    return Heard(
        update_id=update_id,
        user=user_ref(user),
        chat=chat_ref(message.chat, message),
        message_id=message.message_id,
        text=rest if source is not None else None,
        source=source,
        media=media,
        album_id=message.media_group_id,
        reply=reply_of(message),
        edited=edited,
        words=rest or None,
        lines=lines,
        list_file=list_file,
        useless=useless(message) if media is None and not lines and not edited else None,
    )


def list_of(message: Message) -> HeardFile | None:
    """The list of requests that a message brings, or the message that it replies to."""
    replied = message.reply_to_message
    for document in (message.document, replied.document if replied is not None else None):
        if document is not None and (document.file_name or "").casefold().endswith(LISTS):
            return HeardFile(document.file_id, document.file_name or "", document.file_size)
    return None


def _no_list_of(message: Message) -> HeardFile | None:
    """A file that was sent for a list, like a workbook: it is told what a list is."""
    replied = message.reply_to_message
    for sent in (message, replied):
        if sent is not None and sent.document is not None and media_of(sent) is None:
            return HeardFile(sent.document.file_id, sent.document.file_name or "", sent.document.file_size)
    return None


def is_as_group(message: Message) -> bool:
    """Whether an anonymous administrator speaks: Telegram shows the very group as the sender to nobody else's words."""
    sender = message.sender_chat
    return sender is not None and sender.id == message.chat.id and not message.is_automatic_forward


def asked(update_id: int, message: Message, user: User, words: str, *, as_group: bool = False) -> Asked:
    """A message as a command. `as_group`: it is the group's own word, or the channel's in its direct messages."""
    replied = message.reply_to_message
    other = replied.from_user if replied is not None and not replied.forum_topic_created else None
    return Asked(
        update_id=update_id,
        user=user_ref(user),
        chat=chat_ref(message.chat, message),
        message_id=message.message_id,
        words=words,
        replied_user=user_ref(other) if other is not None and not other.is_bot else None,
        reply=reply_of(message),
        as_group=as_group,
        media=media_of(message),
        album_id=message.media_group_id,
    )
