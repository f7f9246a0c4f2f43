"""Business mode: the bot hears of the chats of a person who connected it, and may write there in their name."""

from bot.sandbox.telegram.connections import Connection
from bot.sandbox.telegram.errors import ClientError, JsonDict, bad
from bot.sandbox.telegram.exchange import Exchange
from bot.sandbox.telegram.render import chat_api, message_api
from bot.sandbox.telegram.updates import HOUR_MS
from bot.sandbox.telegram.world import Chat, Message

WINDOW_MS = 24 * HOUR_MS
"""So long after a message of the other one's the bot may write there."""


def connect(exchange: Exchange, owner_id: int, *, can_reply: bool, is_enabled: bool) -> Connection:
    """A person connects the bot, changes what it may, switches it off or on: `business_connection`."""
    known = exchange.business.of(owner_id)
    connection = known or exchange.business.add(owner_id, exchange.now_ms())
    connection.can_reply, connection.is_enabled = can_reply, is_enabled
    told = connection.api(exchange.world.users[owner_id])
    exchange.updates.put("business_connection", told, f"user:{owner_id}")
    return connection


def dialog(exchange: Exchange, owner_id: int, client_id: int) -> Chat:
    """The chat between two people, as the one's who may have the bot connected; raises ClientError."""
    exchange.world.person(client_id)
    if owner_id == client_id:
        raise ClientError(400, "a chat needs another person")
    return exchange.world.dialog(owner_id, client_id)


def tell(exchange: Exchange, chat: Chat, message: Message, kind: str = "business_message") -> None:
    """Tells the bot of a message between an owner and a client."""
    connection = _listening(exchange, chat)
    if connection is not None:
        told = message_api(exchange.world, message) | {"business_connection_id": connection.id}
        exchange.updates.put(kind, told, f"user:{connection.owner_id}")


def tell_deleted(exchange: Exchange, chat: Chat, message: Message) -> None:
    """Tells the bot that such a message is gone."""
    connection = _listening(exchange, chat)
    if connection is not None:
        chat_told = chat_api(exchange.world, chat)
        told = {"business_connection_id": connection.id, "chat": chat_told, "message_ids": [message.id]}
        exchange.updates.put("deleted_business_messages", told, f"user:{connection.owner_id}")


def _listening(exchange: Exchange, chat: Chat) -> Connection | None:
    connection = exchange.business.of(chat.owner_id) if chat.owner_id is not None else None
    return connection if connection is not None and connection.is_enabled else None


def enabled(exchange: Exchange, connection_id: str) -> Connection:
    """A connection that is on; raises ApiError 400."""
    connection = exchange.business.named(connection_id)
    if connection is None or not connection.is_enabled:
        raise bad("business connection not found")
    return connection


def door(exchange: Exchange, params: JsonDict) -> Chat:
    """The chat that the bot writes to by a connection: `chat_id` is the client's. Raises ApiError 400."""
    connection = enabled(exchange, params["business_connection_id"])
    chats = exchange.world.chats.values()
    found = (one for one in chats if (one.owner_id, one.client_id) == (connection.owner_id, params["chat_id"]))
    chat = next(found, None)
    if chat is None:
        raise bad("BUSINESS_PEER_INVALID")
    if not connection.can_reply:
        raise bad("not enough rights")
    since_ms = exchange.now_ms() - WINDOW_MS
    if not any(one.sender_id == chat.client_id and one.date_ms > since_ms for one in chat.messages.values()):
        raise bad("BUSINESS_PEER_USAGE_MISSING")
    return chat


def signed(exchange: Exchange, chat: Chat, body: JsonDict) -> tuple[int, JsonDict]:
    """In whose name the bot writes in a chat, and the body with its sign where that is an owner's."""
    if chat.owner_id is None:
        return exchange.bot_id, body
    return chat.owner_id, body | {"sender_business_bot": exchange.world.bot.api()}


def shown(exchange: Exchange, chat: Chat, message: JsonDict) -> JsonDict:
    """A message as the bot gets it, with the connection by which it stands where it does."""
    connection = exchange.business.of(chat.owner_id) if chat.owner_id is not None else None
    return message | ({"business_connection_id": connection.id} if connection is not None else {})
