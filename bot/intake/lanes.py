"""Which updates must be handled in order: one lane a chat for messages, the same lane for its button presses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.services.inbox import Arrival

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "callback_query",
    "stopped_message_generation",
    "inline_query",
    "guest_message",
    "business_connection",
    "business_message",
    "edited_business_message",
    "pre_checkout_query",
    "my_chat_member",
    "chat_member",
)

BUSINESS = ("business_message", "edited_business_message", "deleted_business_messages")


def _connection(update: Mapping[str, Any]) -> str | None:
    """The business connection that an update is about; None for what no business account tells."""
    told = update.get("business_connection")
    if isinstance(told, Mapping):
        return str(told.get("id"))
    found = (update.get(kind) for kind in BUSINESS)
    return next((str(body.get("business_connection_id")) for body in found if isinstance(body, Mapping)), None)


def _chats(update: Mapping[str, Any]) -> Iterator[object]:
    for value in update.values():
        if isinstance(value, Mapping):
            yield from _chat_of(value)


def _chat_of(body: Mapping[str, Any]) -> Iterator[object]:
    message = body.get("message")
    for holder in (body, message if isinstance(message, Mapping) else {}):
        chat = holder.get("chat")
        if isinstance(chat, Mapping):
            yield chat.get("id")
    sender = body.get("from")
    if isinstance(sender, Mapping):
        yield sender.get("id")


def lane_of(update: Mapping[str, Any]) -> str:
    """The chat's id, else the sender's, else one lane for the rest. What lives for seconds waits for nobody.

    A business account has one lane with all its chats: there the chat's id is the client's, whose own lane with the bot
    this must not be.
    """
    connection = _connection(update)
    if connection is not None:
        return f"business {connection}"
    checkout = update.get("pre_checkout_query")
    if isinstance(checkout, Mapping):
        return f"checkout {checkout.get('id')}"
    typed = update.get("inline_query")
    if isinstance(typed, Mapping):
        return f"inline {typed.get('id')}"
    guest = update.get("guest_message")
    if isinstance(guest, Mapping):
        return f"guest {guest.get('guest_query_id')}"
    return next((str(chat) for chat in _chats(update) if isinstance(chat, int)), "other")


def sender_of(update: Mapping[str, Any]) -> int | None:
    """Who wrote, edited, pressed, typed or paid, by Telegram's id; a channel's post has nobody."""
    for body in update.values():
        sender = body.get("from") if isinstance(body, Mapping) else None
        if isinstance(sender, Mapping) and isinstance(sender.get("id"), int):
            return int(sender["id"])
    return None


def message_in(update: Mapping[str, Any]) -> tuple[int, int] | None:
    """A new message, by its chat's id and its own."""
    message = update.get("message")
    chat = message.get("chat") if isinstance(message, Mapping) else None
    if not isinstance(message, Mapping) or not isinstance(chat, Mapping):
        return None
    chat_id, message_id = chat.get("id"), message.get("message_id")
    if not isinstance(chat_id, int) or not isinstance(message_id, int):
        return None
    return chat_id, message_id


def arrival(update: Mapping[str, Any]) -> Arrival:
    """A raw update ready for the inbox. Raises ValueError for what has no whole `update_id`."""
    update_id = update.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool):
        raise ValueError("an update without update_id")
    payload = json.dumps(update, ensure_ascii=False, separators=(",", ":"))
    is_fleeting = _connection(update) is not None
    return Arrival(update_id, lane_of(update), payload, sender_of(update), is_fleeting)
