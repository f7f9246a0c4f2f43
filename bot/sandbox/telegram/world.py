"""The little world that the bot talks to: people, chats, topics and messages, all in memory."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.telegram.errors import ApiError, ClientError, JsonDict, bad, forbidden

ChatKind = Literal["private", "group", "supergroup", "channel"]
MemberStatus = Literal["creator", "administrator", "member", "left", "kicked"]

ANN, BOB, MIA = 1001, 1002, 1003
GROUP = -1001700000001
BASIC_GROUP = -1700001
GENERAL_TOPIC = 1
DIALOGS = 7_000_000_000_000
"""Chats between people are numbered from here; for the bot each has its client's id."""
NUMBERS_EACH = 100_000
ANONYMOUS_ADMIN = 1087968824  # GroupAnonymousBot, the sender of an anonymous administrator's messages
AS_CHANNEL = 136817688  # Channel_Bot, the sender of what is written in a channel's name
TELEGRAM = 777000  # Telegram itself, the sender of a channel's post in its discussion group


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account; `language` is the app's language as Telegram reports it."""

    id: int
    name: str
    language: str = "en"
    username: str | None = None
    is_bot: bool = False

    def api(self) -> JsonDict:
        """As a Bot API User."""
        api: JsonDict = {"id": self.id, "is_bot": self.is_bot, "first_name": self.name}
        if self.username:
            api["username"] = self.username
        if not self.is_bot:
            api["language_code"] = self.language
        return api


@dataclass(slots=True)
class Topic:
    """A topic of a forum; its id is the id of the service message that made it (1 is General). In the direct messages
    of a channel it is `user_id`'s own, under a number of Telegram's.
    """

    id: int
    name: str
    closed: bool = False
    user_id: int | None = None


@dataclass(slots=True)
class Message:
    """One message. `body` holds the Bot API fields of its content; who, where and when stand beside it. `as_chat_id`:
    the channel in whose name it is written.
    """

    chat_id: int
    id: int
    date_ms: int
    sender_id: int
    body: JsonDict
    thread_id: int | None = None
    reply_to_id: int | None = None
    edited_ms: int | None = None
    is_anonymous: bool = False
    as_chat_id: int | None = None
    receiver_id: int | None = None
    paid_by: int | None = None
    reactions: list[tuple[str, int]] = field(default_factory=list)
    ever_pressable: set[str] = field(default_factory=set)

    @property
    def is_service(self) -> bool:
        """A message that Telegram wrote: a topic made, a group migrated."""
        return bool(self.body.keys() & _SERVICE_FIELDS)


_SERVICE_FIELDS = frozenset(
    {
        "forum_topic_created",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "new_chat_members",
        "left_chat_member",
        "successful_payment",
        "refunded_payment",
    }
)


@dataclass(frozen=True, slots=True)
class Preview:
    """A message of the bot's that is being made; `body` as a message's."""

    draft_id: int
    body: JsonDict
    thread_id: int | None
    until_ms: int
    can_stop: bool


@dataclass(slots=True)
class Chat:
    """A private chat (its id is the person's), a group, a channel, or the direct messages of one (`parent_id`).

    `owner_id` and `client_id`: a chat between two people, of which the owner's bot may hear; it is no member.
    `linked_id`: of a channel, the group in which its posts are discussed.
    """

    id: int
    kind: ChatKind
    title: str
    members: dict[int, MemberStatus]
    bot_status: MemberStatus = "member"
    is_started: bool = True
    topics: dict[int, Topic] | None = None
    anonymous: set[int] = field(default_factory=set)
    messages: OrderedDict[int, Message] = field(default_factory=OrderedDict)
    next_message_id: int = 1
    next_ephemeral_id: int = 1
    bot_has_spoken: bool = False
    migrated_to: int | None = None
    seen: dict[int, int] = field(default_factory=dict)
    preview: Preview | None = None
    owner_id: int | None = None
    client_id: int | None = None
    parent_id: int | None = None
    linked_id: int | None = None

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    @property
    def is_direct(self) -> bool:
        return self.parent_id is not None

    @property
    def is_forum(self) -> bool:
        return self.topics is not None and not self.is_direct

    def people(self) -> list[int]:
        """The ids of those who are in it."""
        return [user for user, status in self.members.items() if status not in {"left", "kicked"}]

    def readers(self, message: Message) -> list[int]:
        """Who of them sees a message."""
        if message.receiver_id is not None:
            return [message.receiver_id]
        topic = (self.topics or {}).get(message.thread_id or 0)
        if not self.is_direct or topic is None:
            return self.people()
        return [user for user in self.people() if user == topic.user_id or self.is_admin(user)]

    def is_admin(self, user_id: int) -> bool:
        """Whether this person administrates the chat."""
        return self.members.get(user_id) in {"creator", "administrator"}

    def find(self, message_id: int) -> Message | None:
        """A message that still exists (not an ephemeral one)."""
        message = self.messages.get(message_id)
        return message if message and message.receiver_id is None else None


class World:
    """Everybody and everything in it; keeps at most `keep_messages` in a chat."""

    def __init__(self, bot: User, keep_messages: int = 1000) -> None:
        self.bot = bot
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self._keep_messages = keep_messages

    def add_user(self, user: User, *, started: bool = False) -> Chat:
        """Add a person with their private chat; `started` means that they once wrote to the bot."""
        self.users[user.id] = user
        chat = Chat(user.id, "private", self.bot.name, {user.id: "member"}, is_started=started)
        self.chats[chat.id] = chat
        return chat

    def add_group(self, chat_id: int, kind: ChatKind, title: str, members: dict[int, MemberStatus]) -> Chat:
        """Add a group that the bot is a member of."""
        chat = self.chats[chat_id] = Chat(chat_id, kind, title, members)
        return chat

    def dialog(self, owner_id: int, client_id: int) -> Chat:
        """The chat between two people, made when first asked for; one account's messages are numbered together."""
        known = [chat for chat in self.chats.values() if chat.owner_id is not None]
        for chat in known:
            if (chat.owner_id, chat.client_id) == (owner_id, client_id):
                return chat
        members: dict[int, MemberStatus] = {owner_id: "member", client_id: "member"}
        number, title = DIALOGS + len(known), self.users[client_id].name
        made = Chat(number, "private", title, members, "left", owner_id=owner_id, client_id=client_id)
        made.next_message_id = 1 + NUMBERS_EACH * (1 + len(known))
        self.chats[number] = made
        return made

    def title_for(self, chat: Chat, user_id: int) -> str:
        """A chat's title in a person's list: of a chat between two, the other one's name."""
        return self.users[chat.owner_id].name if chat.owner_id is not None and user_id == chat.client_id else chat.title

    def add_channel(self, chat_id: int, title: str, members: dict[int, MemberStatus]) -> Chat:
        """Add a channel that the bot administrates."""
        chat = self.add_group(chat_id, "channel", title, members)
        chat.bot_status = "administrator"
        return chat

    def add_direct(self, chat_id: int, channel: Chat) -> Chat:
        """Open the direct messages of a channel: each of its people has a topic there once they write."""
        chat = self.add_group(chat_id, "supergroup", channel.title, channel.members)
        chat.bot_status, chat.parent_id, chat.topics = "administrator", channel.id, {}
        return chat

    def for_bot(self, chat_id: int | str) -> Chat:
        """The chat that the bot names in order to write there; raises ApiError 400 or 403."""
        chat = self.known_to_bot(chat_id)
        if chat.bot_status == "kicked":
            raise forbidden(
                "bot was blocked by the user" if chat.is_private else f"bot was kicked from the {chat.kind} chat"
            )
        if chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {chat.kind} chat")
        if not chat.is_started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def known_to_bot(self, chat_id: int | str) -> Chat:
        """The chat of an id; raises ApiError 400, with the new id when the group has migrated."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad("chat not found")
        if chat.migrated_to is not None:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": chat.migrated_to},
            )
        return chat

    def person(self, user_id: int) -> User:
        """A person of this world; raises ClientError 404."""
        user = self.users.get(user_id)
        if user is None or user.is_bot:
            raise ClientError(404, "no such person")
        return user

    def for_person(self, chat_id: int, user_id: int) -> Chat:
        """A chat that this person is in; raises ClientError 404."""
        chat = self.chats.get(chat_id)
        if chat is None or user_id not in chat.people():
            raise ClientError(404, "no such chat")
        return chat

    def chats_of(self, user_id: int) -> Iterable[Chat]:
        """The chats that this person sees in their list, the private one first."""
        mine = (chat for chat in self.chats.values() if user_id in chat.people() and chat.migrated_to is None)
        return sorted(mine, key=lambda chat: not chat.is_private)

    def keep(self, chat: Chat, message: Message) -> None:
        """Put a message into its chat and forget the oldest over the bound."""
        chat.messages[message.id] = message
        while len(chat.messages) > self._keep_messages:
            chat.messages.popitem(last=False)


@dataclass(frozen=True, slots=True)
class WorldOptions:
    """What the seeded world is like. `started`: everybody has already written to the bot once."""

    forum: bool = False
    basic_group: bool = False
    bot_is_admin: bool = False
    started: bool = False
    extra_users: tuple[User, ...] = ()


def seeded(bot: User, options: WorldOptions, keep_messages: int = 1000) -> World:
    """Ann, Bob, Mia (who administrates) and their group "Video lab"."""
    world = World(bot, keep_messages)
    people = (User(ANN, "Ann", "en", "ann"), User(BOB, "Bob", "ru", "bob"), User(MIA, "Mia", "en", "mia"))
    for user in (*people, *options.extra_users):
        world.add_user(user, started=options.started)
    group_id, kind = (BASIC_GROUP, "group") if options.basic_group else (GROUP, "supergroup")
    group = world.add_group(group_id, kind, "Video lab", {ANN: "member", BOB: "member", MIA: "creator"})  # type: ignore[arg-type]  # the pair above is a literal
    group.bot_status = "administrator" if options.bot_is_admin else "member"
    if options.forum:
        group.topics = {GENERAL_TOPIC: Topic(GENERAL_TOPIC, "General")}
    return world
