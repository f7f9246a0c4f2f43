"""Guest mode: a person names the bot in a chat that it is no member of, and it may answer once, by an inline result."""

from bot.sandbox.telegram import inline
from bot.sandbox.telegram.entities import message_text, utf16_slice
from bot.sandbox.telegram.errors import JsonDict, bad
from bot.sandbox.telegram.exchange import Draft, Exchange
from bot.sandbox.telegram.render import message_api
from bot.sandbox.telegram.world import Chat, Message


def summon(exchange: Exchange, chat: Chat, message: Message) -> None:
    """Tells the bot of a message that names it in a chat without it."""
    if chat.bot_status not in {"left", "kicked"} or chat.is_private or not _names(exchange, message):
        return
    told = {"guest_query_id": exchange.guests.add(message, exchange.now_ms())}
    exchange.updates.put("guest_message", message_api(exchange.world, message) | told, f"user:{message.sender_id}")


def answer(exchange: Exchange, query_id: str, result: JsonDict) -> Message:
    """The bot's one answer; raises ApiError 400."""
    asked = exchange.guests.open(query_id, exchange.now_ms())
    body = _body(exchange, result) | {"guest_bot_caller_user": exchange.world.users[asked.sender_id].api()}
    exchange.guests.close(query_id)
    chat = exchange.world.chats[asked.chat_id]
    return exchange.post(Draft(chat, exchange.bot_id, body, asked.thread_id, asked.id))


def _names(exchange: Exchange, message: Message) -> bool:
    text = message.body.get("text") or message.body.get("caption") or ""
    found = message.body.get("entities") or message.body.get("caption_entities") or []
    name = f"@{exchange.world.bot.username or ''}".lower()
    return any(
        entity["type"] == "mention" and utf16_slice(text, entity["offset"], entity["length"]).lower() == name
        for entity in found
    )


def _body(exchange: Exchange, result: JsonDict) -> JsonDict:
    if not 1 <= len(result["id"].encode()) <= inline.ID_BYTES:
        raise bad("RESULT_ID_INVALID")
    if result["type"] == "video":
        return inline.body_of(exchange, result)
    content = result.get("input_message_content") or {}
    if result["type"] != "article" or "message_text" not in content or not result.get("title"):
        raise bad("guest answers of this type are not available in the sandbox")
    return message_text(content | {"text": content["message_text"]}, moments=exchange.settings.moments)
