"""What people do: write, send files, edit, delete, press, block. Each act reaches the bot as Telegram would tell it."""

import mimetypes
import secrets
from dataclasses import dataclass, field

from bot.sandbox.telegram import business, channels, guests
from bot.sandbox.telegram.entities import detect, utf16_length
from bot.sandbox.telegram.errors import ApiError, ClientError, JsonDict
from bot.sandbox.telegram.exchange import Draft, Exchange
from bot.sandbox.telegram.files import Upload
from bot.sandbox.telegram.groups import bot_status_changed
from bot.sandbox.telegram.media import Hints, describe
from bot.sandbox.telegram.render import message_api
from bot.sandbox.telegram.world import Chat, MemberStatus, Message

ALBUM_MAX = 10
_TEXT_LIMIT = 4096
_CAPTION_LIMIT = 1024
_KIND_BY_MIME = {"image/gif": "animation", "audio/ogg": "voice", "application/ogg": "voice", "image/webp": "sticker"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a person sends; `kind` as the client API names it."""

    upload: Upload
    kind: str
    duration_s: int | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """A message as a person writes it."""

    text: str = ""
    reply_to_id: int | None = None
    thread_id: int | None = None
    attachments: list[Attachment] = field(default_factory=list)


def guess_kind(upload: Upload) -> str:
    """How an app would send this file when it is not told."""
    mime = upload.mime if "/" in upload.mime else ""
    if mime in {"", "application/octet-stream"}:
        mime = mimetypes.guess_type(upload.name or "")[0] or ""
    if mime in _KIND_BY_MIME:
        return _KIND_BY_MIME[mime]
    return {"image": "photo", "video": "video", "audio": "audio"}.get(mime.partition("/")[0], "document")


async def write(exchange: Exchange, chat: Chat, user_id: int, writing: Writing) -> list[Message]:
    """Send it: one message, or an album of several; raises ClientError 400."""
    _check(chat, writing)
    bodies = await _bodies(exchange, writing)
    if chat.is_private:
        chat.is_started = True
    place = channels.place(exchange, chat, user_id, writing.thread_id)
    drafts = [
        Draft(chat, user_id, body, place.thread_id, writing.reply_to_id, as_chat_id=place.as_chat_id) for body in bodies
    ]
    sent = [exchange.post(draft) for draft in drafts]
    for message in sent:
        guests.summon(exchange, chat, message)
        business.tell(exchange, chat, message)
        channels.discuss(exchange, chat, message)
    return sent


def _check(chat: Chat, writing: Writing) -> None:
    limit = _CAPTION_LIMIT if writing.attachments else _TEXT_LIMIT
    if not writing.text.strip() and not writing.attachments:
        raise ClientError(400, "nothing to send")
    if utf16_length(writing.text.strip()) > limit:
        raise ClientError(400, f"longer than {limit} characters")
    if len(writing.attachments) > ALBUM_MAX:
        raise ClientError(400, f"more than {ALBUM_MAX} files")
    check_place(chat, writing.thread_id, writing.reply_to_id)


def check_place(chat: Chat, thread_id: int | None, reply_to_id: int | None) -> None:
    """Whether one can write there; raises ClientError 404."""
    if reply_to_id is not None and reply_to_id not in chat.messages:
        raise ClientError(404, "no such message to answer")
    if thread_id is not None and thread_id not in (chat.topics or {}):
        raise ClientError(404, "no such topic")


async def _bodies(exchange: Exchange, writing: Writing) -> list[JsonDict]:
    text = writing.text.strip()
    if not writing.attachments:
        return [_words("text", "entities", text)]
    group_id = str(secrets.randbits(53)) if len(writing.attachments) > 1 else None
    bodies = []
    for index, attachment in enumerate(writing.attachments):
        body = await _media_body(exchange, attachment)
        body |= _words("caption", "caption_entities", text) if index == 0 and text else {}
        bodies.append(body | ({"media_group_id": group_id} if group_id else {}))
    await exchange.files.trim()
    return bodies


def _words(name: str, entities_name: str, text: str) -> JsonDict:
    found = detect(text)
    return {name: text} | ({entities_name: found} if found else {})


async def _media_body(exchange: Exchange, attachment: Attachment) -> JsonDict:
    hints = Hints(duration_s=attachment.duration_s, by_person=True)
    try:
        return await describe(exchange.files, attachment.upload, attachment.kind, hints)
    except ApiError as refused:
        raise ClientError(refused.status, refused.description) from None


def find(chat: Chat, message_id: int, user_id: int) -> Message:
    """A message that this person sees; raises ClientError 404."""
    message = chat.messages.get(message_id)
    if message is None or user_id not in chat.readers(message):
        raise ClientError(404, "no such message")
    return message


def edit(exchange: Exchange, message: Message, user_id: int, text: str) -> None:
    """Change the words of one's own message; raises ClientError."""
    if message.sender_id != user_id:
        raise ClientError(403, "not your message")
    if "text" in message.body and not text.strip():
        raise ClientError(400, "nothing to send")
    names = ("text", "entities") if "text" in message.body else ("caption", "caption_entities")
    kept = {name: value for name, value in message.body.items() if name not in names}
    message.body = kept | (_words(*names, text.strip()) if text.strip() else {})
    exchange.edited(message)
    business.tell(exchange, exchange.world.chats[message.chat_id], message, "edited_business_message")


def delete(exchange: Exchange, chat: Chat, message: Message, user_id: int) -> None:
    """Delete a message: one's own, any in a private chat, any as an administrator."""
    if not (message.sender_id == user_id or chat.is_private or chat.is_admin(user_id)):
        raise ClientError(403, "not your message")
    exchange.delete(message)
    business.tell_deleted(exchange, chat, message)


def press(exchange: Exchange, chat: Chat, message: Message, user_id: int, data: str) -> str:
    """Press a button of any keyboard that the message ever had; the new query's id."""
    if data not in message.ever_pressable:
        raise ClientError(404, "no such button")
    pressed = exchange.presses.add(user_id, chat.id, message.id, exchange.now_ms())
    query = {
        "id": pressed.id,
        "from": exchange.world.users[user_id].api(),
        "message": message_api(exchange.world, message),
        "chat_instance": str(chat.id * 7919),
        "data": data,
    }
    exchange.updates.put("callback_query", query, f"user:{user_id}")
    return pressed.id


def block(exchange: Exchange, chat: Chat, user_id: int, *, blocked: bool) -> None:
    """Block the bot in a private chat, throw it out of a group; or take it back."""
    if not chat.is_private and not chat.is_admin(user_id):
        raise ClientError(403, "only administrators may")
    status: MemberStatus = "kicked" if blocked else "member"
    if chat.bot_status != status:
        bot_status_changed(exchange, chat, status, user_id)
