"""What an outbox row asks for, read from its JSON.

text      {"text": html, "buttons"?: [[{"text", "nonce" | "url" | "share"}]], "reply_to"?, "silent"?, "effect"?,
           "only_for"?: Telegram's id of the one who shall see it, "brief_ms"?: how long it stays when all see it,
           "private"?: {"chat": Telegram's id of that one's own chat, "pointer": html that is left in the group},
           "placeholder"?: it waits for a reply, "photo"?: path of a picture that a card shows above its words}
video     {"caption": html, "path", "thumbnail"?, "width"?, "height"?, "duration_s"?, "file_id"?, "spoiler"?,
           "protect"?: nobody may pass it on, "buttons"?, "reply_to"?, "silent"?,
           "client"?: {"connection", "chat"}: not into the row's chat, but in its owner's name to that client of theirs}
document  the same with "file_name"
photo     {"caption": html, "path", "file_id"?, "spoiler"?, "buttons"?, "reply_to"?, "silent"?}
invoice   {"title", "description", "stars", "payload", "reply_to"?}
reaction  {"message_id", "emoji"}
remove    {"message_id"?}: without one, the card of the row's slot
markup    {"message_id", "buttons"}: other buttons below it
album     {"items": [{"type": "photo" | "video", "file_id", "caption", "spoiler"?}], "protect"?}
kept      {"origin", "file_id", "caption", "buttons", "spoiler"?, "protect"?}: a file of any kind that Telegram keeps
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, assert_never

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, SwitchInlineQueryChosenChat

from bot.chat.limiter import Priority
from bot.core.errors import Defect

GENERAL_TOPIC: Final = 1
"""The topic that every forum has; naming it is an error, it is meant by naming none."""

TEXT_MAX = 4096
CAPTION_MAX = 1024
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


class RowKind(StrEnum):
    """As in the outbox."""

    TEXT = "text"
    VIDEO = "video"
    DOCUMENT = "document"
    PHOTO = "photo"
    INVOICE = "invoice"
    REACTION = "reaction"
    REMOVE = "remove"
    MARKUP = "markup"
    ALBUM = "album"
    KEPT = "kept"


FILES: Final = frozenset({RowKind.VIDEO, RowKind.DOCUMENT})
"""Those that go out once at most; a photo is small and made again for the asking, so it travels like words."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A person's own chat, for what the group can't be kept from seeing; `pointer` tells there where it went."""

    chat: int
    pointer: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text or a caption and how it is put into the chat. `is_html`: Telegram's HTML, else plain. `is_direct`: its
    topic is a writer's in the direct messages of a channel, which no message there does without.
    """

    text: str
    is_html: bool = True
    buttons: InlineKeyboardMarkup | ForceReply | None = None
    reply_to: int | None = None
    thread_id: int | None = None
    is_direct: bool = False
    silent: bool = False
    protected: bool = False
    effect: str | None = None
    only_for: int | None = None
    brief_ms: int | None = None
    aside: Aside | None = None

    def plain(self, max_units: int) -> Words:
        """Without its markup and within a length (UTF-16 units, as Telegram counts): better than not at all."""
        text = html.unescape(_TAG.sub("", self.text)) if self.is_html else self.text
        return replace(self, text=clip(text, max_units), is_html=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A message of words; a card's may stand below a picture."""

    words: Words
    digest: str
    photo: str | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """Whom an owner has something sent to, by a business connection; `chat` is Telegram's id of the client."""

    connection: str
    chat: int


@dataclass(frozen=True, slots=True)
class File:
    """A video, a document or a photo; `file_id` saves the upload. With a `client` it goes there and nowhere else."""

    kind: RowKind
    words: Words
    path: Path
    thumbnail: Path | None = None
    file_id: str | None = None
    file_name: str | None = None
    width: int | None = None
    height: int | None = None
    duration_s: int | None = None
    spoiler: bool = False
    client: Client | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """Something to buy for Telegram Stars; its description is plain. `payload` is ours, nobody in the chat sees it.

    With `period_s` it is paid again each time, and sold by a link on a `button`: Telegram's invoices can't do that.
    """

    words: Words
    title: str
    payload: str
    stars: int
    period_s: int | None = None
    button: str = ""


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji under somebody's message."""

    message_id: int
    emoji: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a message away; None: the slot's card."""

    message_id: int | None


@dataclass(frozen=True, slots=True)
class Markup:
    """Other buttons below a message."""

    message_id: int
    buttons: InlineKeyboardMarkup | None


@dataclass(frozen=True, slots=True)
class Album:
    """Pictures and videos that Telegram keeps: (type, file_id, caption, covered) each. `words` say where it stands."""

    words: Words
    items: tuple[tuple[str, str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that Telegram keeps, by its own word for its kind."""

    words: Words
    origin: str
    file_id: str
    spoiler: bool = False


Content = Text | File | Invoice | Reaction | Remove | Markup | Album | Kept


@dataclass(frozen=True, slots=True)
class Card:
    """The message that shows a slot; `photo` is the picture that it shows, None: it is a text."""

    message_id: int
    content: str
    remade: bool = False
    photo: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row on its way out; `telegram_id` is the chat's present one."""

    id: int
    chat_id: int
    telegram_id: int
    kind: RowKind
    priority: Priority
    content: Content
    slot: str | None = None
    job_id: int | None = None
    attempts: int = 0
    card: Card | None = None
    chat_was_unreachable: bool = False

    @property
    def is_file(self) -> bool:
        return self.kind in FILES

    @property
    def to_client(self) -> bool:
        """Whether it goes into another chat than its own, whose fate says nothing of its own."""
        return isinstance(self.content, File) and self.content.client is not None

    @property
    def may_park(self) -> bool:
        """A delivery is kept for a chat that can't be reached; a card is not, a newer one will come."""
        return self.priority is Priority.DELIVERY and self.slot is None


def read_row(values: Mapping[str, Any]) -> OutboxRow:
    """A row of `outbox.row`. Raises Defect for a payload that is not as described above."""
    card = None
    if values["card_message_id"] is not None:
        remade, photo = bool(values["card_remade"]), values["card_photo"]
        card = Card(values["card_message_id"], values["card_content"], remade, photo)
    kind = RowKind(values["kind"])
    try:
        direct = {"direct": True} if values["is_direct"] else {}
        content = _content(kind, json.loads(values["payload"]) | direct, values["thread_id"])
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Defect("outbox-payload", row=values["id"], why=type(error).__name__) from error
    return OutboxRow(
        id=values["id"],
        chat_id=values["chat_id"],
        telegram_id=values["telegram_id"],
        kind=kind,
        priority=Priority(values["priority"]),
        content=content,
        slot=values["slot"],
        job_id=values["job_id"],
        attempts=values["attempts"],
        card=card,
        chat_was_unreachable=values["unreachable_at"] is not None,
    )


def _content(kind: RowKind, payload: dict[str, Any], thread_id: int | None) -> Content:
    match kind:
        case RowKind.TEXT:
            return Text(_words(payload, payload["text"], thread_id), _digest(payload), payload.get("photo"))
        case RowKind.VIDEO | RowKind.DOCUMENT | RowKind.PHOTO:
            return _file(kind, payload, _words(payload, payload["caption"], thread_id))
        case RowKind.INVOICE:
            words = _words(payload, payload["description"], thread_id)
            sold = (payload["title"], payload["payload"], int(payload["stars"]))
            return Invoice(replace(words, is_html=False), *sold, payload.get("period_s"), payload.get("button", ""))
        case RowKind.REACTION:
            return Reaction(int(payload["message_id"]), str(payload["emoji"]))
        case RowKind.REMOVE:
            return Remove(payload.get("message_id"))
        case RowKind.MARKUP:
            return Markup(int(payload["message_id"]), _keyboard(payload["buttons"]))
        case RowKind.ALBUM:
            items = tuple((one["type"], one["file_id"], one["caption"], _covered(one)) for one in payload["items"])
            return Album(_words(payload, "", thread_id), items)
        case RowKind.KEPT:
            words = _words(payload, payload["caption"], thread_id)
            return Kept(words, payload["origin"], payload["file_id"], _covered(payload))
        case _ as never:
            assert_never(never)


def _words(payload: dict[str, Any], text: str, thread_id: int | None) -> Words:
    return Words(
        text=text,
        buttons=_waiting(payload.get("placeholder")) or _keyboard(payload.get("buttons") or []),
        reply_to=_answered(payload.get("reply_to")),
        thread_id=None if thread_id == GENERAL_TOPIC else thread_id,
        is_direct=bool(payload.get("direct")),
        silent=bool(payload.get("silent")),
        protected=bool(payload.get("protect")),
        effect=payload.get("effect"),
        only_for=payload.get("only_for"),
        brief_ms=payload.get("brief_ms"),
        aside=Aside(**payload["private"]) if payload.get("private") else None,
    )


def _answered(message_id: int | None) -> int | None:
    """A message that stayed in the group that this chat was before is answered no more."""
    return message_id if message_id is not None and message_id > 0 else None


def _file(kind: RowKind, payload: dict[str, Any], words: Words) -> File:
    return File(
        kind=kind,
        words=words,
        path=Path(payload["path"]),
        thumbnail=Path(payload["thumbnail"]) if payload.get("thumbnail") else None,
        file_id=payload.get("file_id"),
        file_name=payload.get("file_name"),
        width=payload.get("width"),
        height=payload.get("height"),
        duration_s=payload.get("duration_s"),
        spoiler=_covered(payload),
        client=Client(**payload["client"]) if payload.get("client") else None,
    )


def _covered(payload: dict[str, Any]) -> bool:
    return bool(payload.get("spoiler"))


def _waiting(placeholder: str | None) -> ForceReply | None:
    """Only the person who is answered is asked to reply."""
    return ForceReply(selective=True, input_field_placeholder=placeholder) if placeholder else None


def _keyboard(rows: list[list[dict[str, str]]]) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in rows if row]) if any(rows) else None


def _button(button: dict[str, str]) -> InlineKeyboardButton:
    if "url" in button:
        return InlineKeyboardButton(button["text"], url=button["url"])
    if "share" in button:
        chosen = SwitchInlineQueryChosenChat(
            button["share"], allow_user_chats=True, allow_group_chats=True, allow_channel_chats=True
        )
        return InlineKeyboardButton(button["text"], switch_inline_query_chosen_chat=chosen)
    return InlineKeyboardButton(button["text"], callback_data=button["nonce"])


def _digest(payload: dict[str, Any]) -> str:
    """Names what a card shows, so that the same is not sent twice."""
    parts = [payload["text"], payload.get("buttons") or [], *([payload["photo"]] if payload.get("photo") else [])]
    shown = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


def clip(text: str, max_units: int) -> str:
    """At most so many UTF-16 units, cut with an ellipsis.

    >>> clip("abcdef", 4), clip("🎬🎬🎬", 4), clip("ab", 4)
    ('abc…', '🎬…', 'ab')
    """
    raw = text.encode("utf-16-le")
    if len(raw) <= max_units * 2:
        return text
    return raw[: (max_units - 1) * 2].decode("utf-16-le", "ignore") + "…"
