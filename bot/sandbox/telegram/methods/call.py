"""One call of a method: its parameters in their types, its uploads, and the questions that every method asks."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.telegram import business
from bot.sandbox.telegram.entities import message_caption
from bot.sandbox.telegram.errors import JsonDict, bad, forbidden
from bot.sandbox.telegram.exchange import Draft, Exchange
from bot.sandbox.telegram.files import Upload
from bot.sandbox.telegram.markup import check_markup
from bot.sandbox.telegram.render import message_api
from bot.sandbox.telegram.world import Chat, Message

EPHEMERAL_WINDOW_MS = 15_000


@dataclass(frozen=True, slots=True)
class MethodCall:
    """A validated call."""

    method: str
    params: JsonDict
    uploads: dict[str, Upload]
    exchange: Exchange

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter."""
        return self.params.get(name, default)

    def chat(self) -> Chat:
        """The chat to write to, by a business connection where one is named; raises ApiError 400 or 403."""
        if "business_connection_id" in self.params:
            return business.door(self.exchange, self.params)
        return self.exchange.world.for_bot(self.params["chat_id"])

    def own_text(self, chat: Chat, what: str) -> Message:
        """The bot's own message to edit; raises ApiError 400."""
        if "message_id" not in self.params:
            raise bad("message identifier is not specified")
        message = chat.find(self.params["message_id"])
        if message is None:
            raise bad(f"message to {what} not found")
        if message.sender_id != self.exchange.bot_id:
            raise bad("message can't be edited")
        return message

    def upload(self, reference: str | None) -> Upload | None:
        """The uploaded part that `attach://name` means."""
        if reference is None or not reference.startswith("attach://"):
            return None
        upload = self.uploads.get(reference.removeprefix("attach://"))
        if upload is None:
            raise bad(f"can't find the file attached as {reference}")
        return upload

    def caption(self) -> JsonDict:
        """The caption's fields."""
        fields = message_caption(self.params, moments=self.exchange.settings.moments)
        above = {"show_caption_above_media": True} if self.get("show_caption_above_media") else {}
        return fields | above

    def markup(self, chat: Chat) -> JsonDict:
        """The `reply_markup` field of the message."""
        return check_markup(self.get("reply_markup"), is_private=chat.is_private)

    def thread(self, chat: Chat) -> int | None:
        """The topic to write to; raises ApiError 400. General is written to by naming none."""
        if chat.is_direct:
            return self._direct_topic(chat)
        thread_id: int | None = self.get("message_thread_id")
        if thread_id is None:
            return None
        topic = (chat.topics or {}).get(thread_id)
        if topic is None or thread_id == 1:
            raise bad("message thread not found")
        if topic.closed and chat.bot_status != "administrator":
            raise bad("TOPIC_CLOSED")
        return thread_id

    def _direct_topic(self, chat: Chat) -> int:
        """Whose of a channel's direct messages to write to: nothing is said there to nobody."""
        topic_id: int | None = self.get("direct_messages_topic_id")
        topic = (chat.topics or {}).get(topic_id or 0)
        if topic is None or topic.closed:
            raise bad("REPLY_TO_MONOFORUM_PEER_INVALID")
        return topic.id

    def reply_to(self, chat: Chat) -> int | None:
        """The message to answer; raises ApiError 400 when it is gone."""
        reply: JsonDict | None = self.get("reply_parameters")
        if reply is None:
            return None
        number = -reply["ephemeral_message_id"] if "ephemeral_message_id" in reply else reply.get("message_id", 0)
        if number in chat.messages:
            return int(number)
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")

    def receiver(self, chat: Chat) -> int | None:
        """Who alone sees this message; None: everybody. A server without ephemeral messages ignores the wish."""
        asked: JsonDict = self.get("ephemeral_message_parameters") or {}
        receiver_id = asked.get("receiver_user_id", self.get("receiver_user_id"))
        if receiver_id is None or not self.exchange.settings.ephemeral:
            return None
        query_id = asked.get("callback_query_id") or self.get("callback_query_id") or ""
        since = self.exchange.now_ms() - EPHEMERAL_WINDOW_MS
        if chat.is_private:
            raise bad("BOT_NOT_ADMIN")
        if receiver_id not in chat.people():
            raise bad("USER_NOT_PARTICIPANT")
        pressed = self.exchange.presses.recent(query_id, receiver_id, chat.id, since)
        if chat.bot_status != "administrator" and not pressed:
            raise bad("BOT_NOT_ADMIN")
        return int(receiver_id)

    def draft(self, chat: Chat, body: JsonDict, *, with_markup: bool = True) -> Draft:
        """A message of the bot with all that sends have in common; raises ApiError."""
        protect = {"has_protected_content": True} if self.get("protect_content") else {}
        reply_to_id = self.reply_to(chat)
        replied = chat.messages.get(reply_to_id) if reply_to_id is not None else None
        sender_id, signed = business.signed(self.exchange, chat, body)
        return Draft(
            chat=chat,
            sender_id=sender_id,
            body=signed | protect | (self.markup(chat) if with_markup else {}),
            thread_id=self.thread(chat) or (replied.thread_id if replied else None),
            reply_to_id=reply_to_id,
            receiver_id=self.receiver(chat),
        )

    def count(self, chat: Chat, *, is_edit: bool = False, messages: int = 1) -> None:
        """Let the flood limits count; raises ApiError 429."""
        self.exchange.flood.check(chat.id, is_group=not chat.is_private, is_edit=is_edit, messages=messages)

    def posted(self, draft: Draft) -> JsonDict:
        """Post and answer with the message."""
        return self.shown(self.exchange.post(draft))

    def shown(self, message: Message) -> JsonDict:
        """A message as the bot gets it."""
        chat = self.exchange.world.chats[message.chat_id]
        return business.shown(self.exchange, chat, message_api(self.exchange.world, message))

    def need_admin(self, chat: Chat) -> None:
        """Raises ApiError 403 unless the bot administrates the chat."""
        if chat.bot_status != "administrator":
            raise forbidden("not enough rights")
