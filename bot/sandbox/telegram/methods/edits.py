"""Changing and deleting messages."""

from bot.sandbox.telegram.entities import message_caption, message_text
from bot.sandbox.telegram.errors import JsonDict, bad
from bot.sandbox.telegram.methods.call import MethodCall
from bot.sandbox.telegram.methods.sends import item_hints, media_fields
from bot.sandbox.telegram.updates import HOUR_MS
from bot.sandbox.telegram.world import Chat, Message

_MEDIA_FIELDS = frozenset({"photo", "video", "animation", "document", "audio", "voice"})
_TEXT_FIELDS = frozenset({"text", "entities"})
_CAPTION_FIELDS = frozenset({"caption", "caption_entities", "show_caption_above_media"})
_DELETE_LIFE_MS = 48 * HOUR_MS
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)


def _to_edit(call: MethodCall) -> tuple[Chat, Message]:
    if "chat_id" not in call.params:
        raise bad("chat_id is empty")
    chat = call.chat()
    if "ephemeral_message_id" in call.params:
        return chat, _ephemeral(call, chat)
    return chat, call.own_text(chat, "edit")


def _ephemeral(call: MethodCall, chat: Chat) -> Message:
    message = chat.messages.get(-call.params["ephemeral_message_id"])
    if message is None or message.receiver_id != call.params["receiver_user_id"]:
        raise bad("message to edit not found")
    return message


def _replace(call: MethodCall, chat: Chat, message: Message, drop: frozenset[str], fields: JsonDict) -> JsonDict | bool:
    """The new content; a keyboard that is not sent again is gone."""
    body = {name: value for name, value in message.body.items() if name not in drop | {"reply_markup"}}
    body |= fields | call.markup(chat)
    if body == message.body:
        raise bad(_SAME)
    call.count(chat, is_edit=True)
    message.body = body
    call.exchange.edited(message)
    return True if message.receiver_id else call.shown(message)


async def edit_text(call: MethodCall) -> JsonDict | bool:
    """New words for a text."""
    chat, message = _to_edit(call)
    if "text" not in message.body:
        raise bad("there is no text in the message to edit")
    fields = message_text(call.params, moments=call.exchange.settings.moments)
    return _replace(call, chat, message, _TEXT_FIELDS, fields)


async def edit_caption(call: MethodCall) -> JsonDict | bool:
    """New words under media."""
    chat, message = _to_edit(call)
    if not message.body.keys() & _MEDIA_FIELDS:
        raise bad("there is no caption in the message to edit")
    return _replace(call, chat, message, _CAPTION_FIELDS, call.caption())


async def edit_markup(call: MethodCall) -> JsonDict | bool:
    """Another keyboard, or none."""
    chat, message = _to_edit(call)
    return _replace(call, chat, message, frozenset(), {})


async def edit_media(call: MethodCall) -> JsonDict | bool:
    """Other media in place; a text may become media."""
    chat, message = _to_edit(call)
    item: JsonDict = call.params["media"]
    if item["type"] not in _MEDIA_FIELDS:
        raise bad("message can't be edited")
    caption = message_caption(item, moments=call.exchange.settings.moments)
    fields = await media_fields(call, item["media"], item["type"], item_hints(call, item))
    return _replace(call, chat, message, _MEDIA_FIELDS | _TEXT_FIELDS | _CAPTION_FIELDS, fields | caption)


async def delete_message(call: MethodCall) -> bool:
    """One message."""
    chat = call.chat()
    message = chat.find(call.params["message_id"])
    if message is None:
        raise bad("message to delete not found")
    if not _deletable(call, chat, message):
        raise bad("message can't be deleted")
    call.exchange.delete(message)
    return True


def _deletable(call: MethodCall, chat: Chat, message: Message) -> bool:
    """Its own messages, all in a private chat, all as an administrator; within 48 hours."""
    if call.exchange.now_ms() - message.date_ms > _DELETE_LIFE_MS:
        return False
    return chat.is_private or chat.bot_status == "administrator" or message.sender_id == call.exchange.bot_id


async def delete_messages(call: MethodCall) -> bool:
    """Up to a hundred; what can't be found is passed over."""
    chat = call.chat()
    if not 1 <= len(call.params["message_ids"]) <= 100:
        raise bad("too many or no message identifiers")
    found = [chat.find(number) for number in call.params["message_ids"]]
    for message in found:
        if message is not None and _deletable(call, chat, message):
            call.exchange.delete(message)
    return True


async def delete_ephemeral(call: MethodCall) -> bool:
    """A message that one person sees."""
    call.exchange.delete(_ephemeral(call, call.chat()))
    return True


EDITS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "editMessageMedia": edit_media,
    "editEphemeralMessageText": edit_text,
    "editEphemeralMessageCaption": edit_caption,
    "editEphemeralMessageReplyMarkup": edit_markup,
    "editEphemeralMessageMedia": edit_media,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "deleteEphemeralMessage": delete_ephemeral,
}
