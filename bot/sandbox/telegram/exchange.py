"""The one place where something happens: a message is posted, edited, deleted, and everybody concerned is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.sandbox.telegram.callbacks import Presses
from bot.sandbox.telegram.connections import Connections
from bot.sandbox.telegram.entities import utf16_slice
from bot.sandbox.telegram.errors import JsonDict
from bot.sandbox.telegram.events import EventHub
from bot.sandbox.telegram.files import FileStore
from bot.sandbox.telegram.flood import Flood
from bot.sandbox.telegram.menus import Menus
from bot.sandbox.telegram.queries import Guests, Queries
from bot.sandbox.telegram.render import message_api, message_view
from bot.sandbox.telegram.stars import Stars
from bot.sandbox.telegram.updates import UpdateQueue
from bot.sandbox.telegram.webhook import Webhook
from bot.sandbox.telegram.world import GENERAL_TOPIC, Chat, Message, World

_KEEP_PRESSABLE = 1000


@dataclass(frozen=True, slots=True)
class Settings:
    """How this Telegram is set up. `ephemeral`: the server is new enough (10.3) for messages that one person sees.
    `inline` and `inline_feedback`: BotFather was asked for inline mode, and to tell the bot which results were chosen.
    `moments`: new enough (9.5) for times that each reader sees in their own zone. `previews` and `stops`: new enough
    (9.3) to show a message that is being made, and (10.3) for a Stop on it. `business`: BotFather was asked for
    business mode.
    """

    privacy_mode: bool = True
    ephemeral: bool = True
    inline: bool = True
    inline_feedback: bool = False
    moments: bool = True
    previews: bool = True
    stops: bool = True
    business: bool = True


@dataclass(slots=True)
class Draft:
    """A message about to be posted."""

    chat: Chat
    sender_id: int
    body: JsonDict
    thread_id: int | None = None
    reply_to_id: int | None = None
    receiver_id: int | None = None
    as_chat_id: int | None = None


@dataclass(slots=True)
class Exchange:
    """Everything that the Bot API and the client side share."""

    world: World
    files: FileStore
    updates: UpdateQueue
    events: EventHub
    flood: Flood
    webhook: Webhook
    settings: Settings
    now_ms: Callable[[], int]
    menus: Menus = field(default_factory=Menus)
    presses: Presses = field(default_factory=Presses)
    inline: Queries = field(default_factory=Queries)
    guests: Guests = field(default_factory=Guests)
    stars: Stars = field(default_factory=Stars)
    business: Connections = field(default_factory=Connections)
    violations: list[str] = field(default_factory=list)

    @property
    def bot_id(self) -> int:
        return self.world.bot.id

    def post(self, draft: Draft) -> Message:
        """Put a message into its chat; people hear of it, and the bot does when it may see it."""
        message = self._numbered(draft)
        self.world.keep(draft.chat, message)
        note_buttons(message)
        self.tell(message, "message")
        if draft.sender_id == self.bot_id:
            draft.chat.bot_has_spoken = True
            draft.chat.preview = None
        elif self.bot_sees(draft.chat, message):
            self._update("channel_post" if draft.chat.kind == "channel" else "message", message)
        return message

    def _numbered(self, draft: Draft) -> Message:
        chat = draft.chat
        if draft.receiver_id is not None:
            number, chat.next_ephemeral_id = -chat.next_ephemeral_id, chat.next_ephemeral_id + 1
        else:
            number, chat.next_message_id = chat.next_message_id, chat.next_message_id + 1
        return Message(
            chat_id=chat.id,
            id=number,
            date_ms=self.now_ms(),
            sender_id=draft.sender_id,
            body=draft.body,
            thread_id=_thread_of(draft),
            reply_to_id=draft.reply_to_id,
            is_anonymous=draft.sender_id in chat.anonymous,
            as_chat_id=draft.as_chat_id,
            receiver_id=draft.receiver_id,
        )

    def edited(self, message: Message) -> None:
        """A message's body has changed: say so."""
        message.edited_ms = self.now_ms()
        note_buttons(message)
        self.tell(message, "edit")
        chat = self.world.chats[message.chat_id]
        if message.sender_id != self.bot_id and self.bot_sees(chat, message):
            self._update("edited_channel_post" if chat.kind == "channel" else "edited_message", message)

    def delete(self, message: Message) -> None:
        """Take a message out of its chat. No update tells the bot."""
        chat = self.world.chats[message.chat_id]
        self.tell(message, "delete")
        del chat.messages[message.id]

    def tell(self, message: Message, event: str) -> None:
        """Tell the people who see this message."""
        chat = self.world.chats[message.chat_id]
        view = message_view(self.world, message)
        self.events.publish(
            chat.readers(message), {"type": event, "chat_id": chat.id, "id": message.id, "message": view}
        )

    def tell_people(self, users: Iterable[int], event: JsonDict) -> None:
        """Tell these people something that is not a message."""
        self.events.publish(users, event)

    def _update(self, kind: str, message: Message) -> None:
        self.updates.put(kind, message_api(self.world, message), f"chat:{message.chat_id}")

    def bot_sees(self, chat: Chat, message: Message) -> bool:
        """Privacy mode: which messages of a group reach the bot. A plain mention of the bot does not."""
        if chat.bot_status in {"left", "kicked"}:
            return False
        if (
            chat.is_private
            or not self.settings.privacy_mode
            or chat.bot_status == "administrator"
            or message.is_service
            or message.body.get("via_bot", {}).get("id") == self.bot_id
        ):
            return True
        replied = chat.messages.get(message.reply_to_id) if message.reply_to_id is not None else None
        return bool(replied and replied.sender_id == self.bot_id) or self._commands_bot(chat, message)

    def _commands_bot(self, chat: Chat, message: Message) -> bool:
        text = message.body.get("text") or message.body.get("caption") or ""
        entities = message.body.get("entities") or message.body.get("caption_entities") or []
        commands = [utf16_slice(text, e["offset"], e["length"]) for e in entities if e["type"] == "bot_command"]
        return any(self._means_bot(chat, command) for command in commands)

    def _means_bot(self, chat: Chat, command: str) -> bool:
        _, at, name = command.partition("@")
        return name.lower() == (self.world.bot.username or "").lower() if at else chat.bot_has_spoken


def _thread_of(draft: Draft) -> int | None:
    """A reply in a plain supergroup belongs to the thread of its root; a forum's General is topic 1."""
    if draft.chat.is_forum:
        return draft.thread_id or GENERAL_TOPIC
    if draft.chat.is_direct:
        return draft.thread_id
    replied = draft.chat.messages.get(draft.reply_to_id) if draft.reply_to_id is not None else None
    if draft.chat.kind != "supergroup" or replied is None:
        return None
    return replied.thread_id or replied.id


def note_buttons(message: Message) -> None:
    """Remember what could be pressed: an open page may still show an old keyboard."""
    if len(message.ever_pressable) > _KEEP_PRESSABLE:
        message.ever_pressable.clear()
    for row in message.body.get("reply_markup", {}).get("inline_keyboard", []):
        message.ever_pressable.update(button["callback_data"] for button in row if "callback_data" in button)
