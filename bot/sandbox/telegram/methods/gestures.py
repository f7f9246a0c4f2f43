"""Small signs: answers to presses, reactions, "typing"."""

from bot.sandbox.telegram import guests, inline, previews
from bot.sandbox.telegram.entities import message_text, utf16_length
from bot.sandbox.telegram.errors import ApiError, JsonDict, bad
from bot.sandbox.telegram.methods.call import MethodCall

_ANSWER_LIMIT = 200
_UNKNOWN = ApiError(404, "Not Found: method not found")
_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
        "choose_sticker", "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip
_REACTIONS = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 "
    "🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 "
    "🤷\u200d♂ 🤷 🤷\u200d♀ 😡"
)
REACTIONS = frozenset(_REACTIONS.split())


async def answer_callback_query(call: MethodCall) -> bool:
    """The toast or alert that ends the spinning of a button."""
    text = call.get("text", "")
    if utf16_length(text) > _ANSWER_LIMIT:
        raise bad("MESSAGE_TOO_LONG")
    press = call.exchange.presses.answer(call.params["callback_query_id"], call.exchange.now_ms())
    toast = {
        "chat_id": press.chat_id,
        "id": press.message_id,
        "text": text,
        "show_alert": call.get("show_alert", False),
    }
    toast |= {"url": call.params["url"]} if call.get("url") else {}
    call.exchange.tell_people([press.user_id], {"type": "toast", **toast})
    return True


async def answer_inline_query(call: MethodCall) -> bool:
    """What a person may choose from; they alone see it when the bot says that it is personal."""
    query = call.exchange.inline.open(call.params["inline_query_id"], call.exchange.now_ms())
    inline.answer(call.exchange, query, inline.checked(call.exchange, call.params))
    return True


async def answer_guest_query(call: MethodCall) -> JsonDict:
    """One message in a chat that the bot is no member of; the id by which it could be edited."""
    sent = guests.answer(call.exchange, call.params["guest_query_id"], call.params["result"])
    return {"inline_message_id": f"guest-{sent.chat_id}-{sent.id}"}


async def set_reaction(call: MethodCall) -> bool:
    """One emoji of the bot's on a message, or none."""
    chat = call.chat()
    message = chat.find(call.params["message_id"])
    if message is None:
        raise bad("message to react not found")
    wanted: list[JsonDict] = call.get("reaction", [])
    if len(wanted) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(item["type"] != "emoji" or item["emoji"] not in REACTIONS for item in wanted):
        raise bad("REACTION_INVALID")
    others = [(emoji, by) for emoji, by in message.reactions if by != call.exchange.bot_id]
    message.reactions = others + [(item["emoji"], call.exchange.bot_id) for item in wanted]
    call.exchange.tell(message, "reaction")
    return True


async def send_chat_action(call: MethodCall) -> bool:
    """Typing, uploading: seen for five seconds."""
    chat = call.chat()
    if call.params["action"] not in _ACTIONS:
        raise bad("wrong parameter action in request")
    thread_id = call.get("message_thread_id")
    if thread_id is not None and thread_id not in (chat.topics or {}):
        raise bad("message thread not found")
    call.count(chat, is_edit=True)
    bot = call.exchange.world.bot
    actor = {"id": bot.id, "name": bot.name, "is_bot": True}
    event = {
        "type": "action",
        "chat_id": chat.id,
        "action": call.params["action"],
        "thread_id": thread_id,
        "from": actor,
    }
    call.exchange.tell_people(chat.people(), event)
    return True


async def send_message_draft(call: MethodCall) -> bool:
    """A message that is being made, as its person sees it meanwhile."""
    if not call.exchange.settings.previews:
        raise _UNKNOWN
    chat, draft_id = call.chat(), call.params["draft_id"]
    if not chat.is_private:
        raise bad("PEER_ID_INVALID")
    if draft_id == 0:
        raise bad("RANDOM_ID_INVALID")
    body = message_text(call.params, moments=call.exchange.settings.moments) if call.get("text") else {"text": ""}
    call.count(chat, is_edit=True)
    can_stop = bool(call.get("can_stop"))
    previews.show(call.exchange, chat, draft_id, body, call.thread(chat), can_stop=can_stop)
    return True


GESTURES = {
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "answerGuestQuery": answer_guest_query,
    "setMessageReaction": set_reaction,
    "sendChatAction": send_chat_action,
    "sendMessageDraft": send_message_draft,
}
