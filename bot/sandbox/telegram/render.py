"""The same message in two languages: the Bot API's for the bot, the client API's for people."""

from typing import Any

from bot.sandbox.telegram.errors import JsonDict
from bot.sandbox.telegram.world import (
    ANONYMOUS_ADMIN,
    AS_CHANNEL,
    GENERAL_TOPIC,
    TELEGRAM,
    Chat,
    Message,
    User,
    World,
)

_MEDIA = ("animation", "video", "video_note", "voice", "audio", "sticker", "document")
_PREVIEW_CHARS = 80


def chat_api(world: World, chat: Chat) -> JsonDict:
    """As a Bot API Chat."""
    api: JsonDict = {"id": chat.client_id or chat.id, "type": chat.kind}
    if chat.is_private:
        person = world.users[api["id"]]
        return api | {"first_name": person.name} | ({"username": person.username} if person.username else {})
    about = {"is_forum": True} if chat.is_forum else {"is_direct_messages": True} if chat.is_direct else {}
    return api | {"title": chat.title} | about


def message_api(world: World, message: Message, *, nested: bool = False) -> JsonDict:
    """As a Bot API Message; a reply is shown one level deep."""
    chat = world.chats[message.chat_id]
    api: JsonDict = {
        "message_id": 0 if message.receiver_id else message.id,
        "date": message.date_ms // 1000,
        "chat": chat_api(world, chat),
        **_sender(world, chat, message),
        **_thread(world, chat, message),
        **message.body,
    }
    if message.edited_ms:
        api["edit_date"] = message.edited_ms // 1000
    if message.receiver_id:
        api |= {"ephemeral_message_id": -message.id, "receiver_user": world.users[message.receiver_id].api()}
    reply = None if nested else _replied_to(chat, message)
    return api | ({"reply_to_message": message_api(world, reply, nested=True)} if reply else {})


def _sender(world: World, chat: Chat, message: Message) -> JsonDict:
    if message.is_anonymous:
        anonymous = User(ANONYMOUS_ADMIN, "Group", username="GroupAnonymousBot", is_bot=True)
        return {"from": anonymous.api(), "sender_chat": chat_api(world, chat)}
    if message.as_chat_id is not None:
        named = {"sender_chat": chat_api(world, world.chats[message.as_chat_id])}
        return named if chat.kind == "channel" else named | {"from": _stand_in(message).api()}
    return {"from": world.users[message.sender_id].api()}


def _stand_in(message: Message) -> User:
    """Whom old bots are shown in the place of a channel."""
    if message.body.get("is_automatic_forward"):
        return User(TELEGRAM, "Telegram")
    return User(AS_CHANNEL, "Channel", username="Channel_Bot", is_bot=True)


def _thread(world: World, chat: Chat, message: Message) -> JsonDict:
    """In a forum the topic; in a plain supergroup the root of the reply chain, without `is_topic_message`; in direct
    messages whose they are.
    """
    topic = (chat.topics or {}).get(message.thread_id or 0)
    if chat.is_direct and topic is not None and topic.user_id is not None:
        return {"direct_messages_topic": {"topic_id": topic.id, "user": world.users[topic.user_id].api()}}
    if message.thread_id is None or (chat.topics is not None and message.thread_id == GENERAL_TOPIC):
        return {}
    in_topic = {"is_topic_message": True} if chat.topics is not None else {}
    return {"message_thread_id": message.thread_id, **in_topic}


def _replied_to(chat: Chat, message: Message) -> Message | None:
    """What it answers; in a topic a message that answers nothing answers the one that made the topic."""
    if message.reply_to_id is not None:
        return chat.messages.get(message.reply_to_id)
    if chat.is_forum and message.thread_id and not message.is_service:
        return chat.messages.get(message.thread_id)
    return None


def message_view(world: World, message: Message) -> JsonDict:
    """As the client API's M."""
    chat, body = world.chats[message.chat_id], message.body
    view: JsonDict = {
        "id": message.id,
        "chat_id": message.chat_id,
        "thread_id": message.thread_id if chat.topics is not None else None,
        "from": _view_sender(world, chat, message),
        "date_ms": message.date_ms,
        "edited_ms": message.edited_ms,
        "text": body.get("text"),
        "caption": body.get("caption"),
        "entities": body.get("entities") or body.get("caption_entities"),
        "reply_to": _view_reply(world, chat, message),
        "album": body.get("media_group_id"),
        "via": body.get("via_bot", {}).get("username"),
        "guest_of": body.get("guest_bot_caller_user", {}).get("first_name"),
        "media": media_view(body),
        "invoice": _view_invoice(message),
        "buttons": _view_buttons(body),
        "reactions": [{"emoji": emoji, "by": by} for emoji, by in message.reactions] or None,
        "service": _service_text(body),
        "ephemeral": True if message.receiver_id else None,
    }
    return {name: value for name, value in view.items() if value is not None}


def _view_sender(world: World, chat: Chat, message: Message) -> JsonDict:
    if message.is_anonymous:
        return {"id": ANONYMOUS_ADMIN, "name": chat.title, "is_bot": False}
    if message.as_chat_id is not None:
        return {"id": message.as_chat_id, "name": world.chats[message.as_chat_id].title, "is_bot": False}
    user = world.users[message.sender_id]
    return {"id": user.id, "name": user.name, "is_bot": user.is_bot}


def _view_reply(world: World, chat: Chat, message: Message) -> JsonDict | None:
    reply = chat.messages.get(message.reply_to_id) if message.reply_to_id is not None else None
    if reply is None:
        return None
    return {"id": reply.id, "from_name": _view_sender(world, chat, reply)["name"], "preview": preview(reply.body)}


def preview(body: JsonDict) -> str:
    """One line about a message: its words, else what it holds."""
    words = body.get("text") or body.get("caption") or body.get("invoice", {}).get("title") or _service_text(body)
    if words:
        return str(words)[:_PREVIEW_CHARS]
    media = media_view(body)
    return str(media["kind"]) if media else ""


def media_view(body: JsonDict) -> JsonDict | None:
    """The client API's `media` of a message; `covered` until a touch."""
    media = _media_view(body)
    return media | {"covered": True} if media and body.get("has_media_spoiler") else media


def _media_view(body: JsonDict) -> JsonDict | None:
    if "photo" in body:
        sizes = body["photo"]
        return _media("photo", sizes[-1], sizes[0]["file_unique_id"], "image/jpeg")
    kind = next((name for name in _MEDIA if name in body), None)
    if kind is None:
        return None
    file = body[kind]
    thumbnail = file.get("thumbnail")
    return _media(
        kind, file, thumbnail["file_unique_id"] if thumbnail else None, file.get("mime_type", _MIMES.get(kind, ""))
    )


_MIMES = {"video_note": "video/mp4", "sticker": "image/webp"}


def _media(kind: str, file: JsonDict, thumb_id: str | None, mime: str) -> JsonDict:
    view = {
        "kind": kind,
        "url": f"/client/files/{file['file_unique_id']}",
        "thumb_url": f"/client/files/{thumb_id}" if thumb_id else None,
        "mime": mime or "application/octet-stream",
        "size_bytes": file["file_size"],
        "width": file.get("width", file.get("length")),
        "height": file.get("height", file.get("length")),
        "duration_s": file.get("duration"),
        "file_name": file.get("file_name"),
    }
    return {name: value for name, value in view.items() if value is not None}


def _view_buttons(body: JsonDict) -> list[list[JsonDict]] | None:
    rows = body.get("reply_markup", {}).get("inline_keyboard")
    return [[_view_button(button) for button in row] for row in rows] if rows else None


def _view_button(button: JsonDict) -> JsonDict:
    view: JsonDict = {"text": button["text"]}
    for name, field in (("callback_data", "data"), ("url", "url"), ("style", "style")):
        if name in button:
            view[field] = button[name]
    if "pay" in button:
        view["pay"] = True
    if "switch_inline_query_chosen_chat" in button:
        view["share"] = button["switch_inline_query_chosen_chat"].get("query", "")
    if "copy_text" in button:
        view["copy"] = button["copy_text"]["text"]
    return view


def _view_invoice(message: Message) -> JsonDict | None:
    invoice = message.body.get("invoice")
    if invoice is None:
        return None
    words = {name: invoice[name] for name in ("title", "description")}
    return words | {"stars": invoice["total_amount"], "paid": message.paid_by is not None}


def _service_text(body: JsonDict) -> str | None:
    texts: dict[str, Any] = {
        "forum_topic_created": lambda topic: f"Topic “{topic['name']}” created",
        "migrate_to_chat_id": lambda chat_id: f"The group became a supergroup ({chat_id})",
        "migrate_from_chat_id": lambda chat_id: f"The supergroup continues the group {chat_id}",
        "new_chat_members": lambda users: f"{', '.join(user['first_name'] for user in users)} joined",
        "left_chat_member": lambda user: f"{user['first_name']} left",
        "successful_payment": lambda paid: f"Paid ⭐️ {paid['total_amount']}",
        "refunded_payment": lambda back: f"⭐️ {back['total_amount']} came back",
    }
    return next((text(body[name]) for name, text in texts.items() if name in body), None)
