"""What handlers hear, in our own words: plain data, no Telegram types."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.core.media import MediaKind
from bot.services.directory import ChatRef, UserRef


class Source(StrEnum):
    """How a message asks for a video."""

    COMMAND = "command"
    PLAIN = "plain"
    MENTION = "mention"
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class HeardMedia:
    """One attached file as Telegram describes it; `origin` is Telegram's own word (photo, voice, document, ...)."""

    kind: MediaKind
    origin: str
    file_id: str
    file_unique_id: str
    mime: str | None = None
    file_name: str | None = None
    size_bytes: int | None = None
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    thumb_file_id: str | None = None


@dataclass(frozen=True, slots=True)
class HeardFile:
    """A text file that holds a list of requests."""

    file_id: str
    name: str
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class HeardReply:
    """The message replied to."""

    message_id: int
    media: HeardMedia | None = None
    album_id: str | None = None
    to_bot: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A message. `text` is what asks, command and mention taken off; `source` None means that it asks for nothing.

    `lines`: each line of it is a request of its own; `list_file` holds them where the message itself does not.
    `useless` is Telegram's name of what it brings instead of media: nothing that a model could take.
    `words` are what it says, whether that asks or not: a reply to a question of ours answers it anywhere.
    """

    update_id: int
    user: UserRef
    chat: ChatRef
    message_id: int
    text: str | None = None
    source: Source | None = None
    media: HeardMedia | None = None
    album_id: str | None = None
    reply: HeardReply | None = None
    edited: bool = False
    words: str | None = None
    lines: bool = False
    list_file: HeardFile | None = None
    useless: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A command other than /video: who, where, with which words, answering whose message.

    `as_group`: Telegram shows the group itself as the sender, which only its anonymous administrators can.
    """

    update_id: int
    user: UserRef
    chat: ChatRef
    message_id: int
    words: str = ""
    replied_user: UserRef | None = None
    reply: HeardReply | None = None
    as_group: bool = False
    media: HeardMedia | None = None
    album_id: str | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button press; `callback_id` is answered by the handler with the toast that the service returns."""

    update_id: int
    user: UserRef
    chat: ChatRef
    message_id: int
    nonce: str
