"""Channels: their posts, the groups in which these are discussed, and their direct messages."""

from dataclasses import dataclass

from bot.sandbox.telegram.errors import ClientError
from bot.sandbox.telegram.exchange import Draft, Exchange
from bot.sandbox.telegram.render import chat_api
from bot.sandbox.telegram.world import Chat, Message, Topic

_TOPIC_NUMBERS = 1 << 40  # Telegram's are longer than 32 bits


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand that somebody writes, and in whose name."""

    thread_id: int | None
    as_chat_id: int | None = None


def place(exchange: Exchange, chat: Chat, user_id: int, thread_id: int | None) -> Place:
    """Only administrators post in a channel, and answer its direct messages in its name. Raises ClientError."""
    if chat.kind == "channel":
        if not chat.is_admin(user_id):
            raise ClientError(403, "only administrators post here")
        return Place(None, chat.id)
    if not chat.is_direct or chat.topics is None:
        return Place(thread_id)
    if chat.is_admin(user_id):
        if thread_id is None:
            raise ClientError(400, "whose messages?")
        return Place(thread_id, chat.parent_id)
    topic_id = _TOPIC_NUMBERS + user_id
    chat.topics.setdefault(topic_id, Topic(topic_id, exchange.world.users[user_id].name, user_id=user_id))
    return Place(topic_id)


def discuss(exchange: Exchange, chat: Chat, post: Message) -> None:
    """A post goes by itself into the group where it is discussed."""
    if chat.linked_id is None:
        return
    group = exchange.world.chats[chat.linked_id]
    origin = {
        "type": "channel",
        "date": post.date_ms // 1000,
        "chat": chat_api(exchange.world, chat),
        "message_id": post.id,
    }
    body = post.body | {"is_automatic_forward": True, "forward_origin": origin}
    exchange.post(Draft(group, post.sender_id, body, as_chat_id=chat.id))
