"""What happens to chats beside messages: standing of members, blocking, topics, migration to a supergroup."""

from dataclasses import dataclass

from bot.sandbox.telegram.errors import JsonDict
from bot.sandbox.telegram.exchange import Draft, Exchange
from bot.sandbox.telegram.render import chat_api
from bot.sandbox.telegram.world import Chat, MemberStatus, Topic, World

_TOPIC_COLOR = 7322096
_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
)  # fmt: skip


def status_of(world: World, chat: Chat, user_id: int) -> MemberStatus:
    """How somebody stands in a chat."""
    return chat.bot_status if user_id == world.bot.id else chat.members.get(user_id, "left")


def member_api(world: World, chat: Chat, user_id: int, status: MemberStatus | None = None) -> JsonDict:
    """As a Bot API ChatMember."""
    status = status or status_of(world, chat, user_id)
    member: JsonDict = {"status": status, "user": world.users[user_id].api()}
    match status:
        case "creator":
            return member | {"is_anonymous": user_id in chat.anonymous}
        case "administrator":
            rights = dict.fromkeys(_RIGHTS, True)
            return member | {"can_be_edited": False, "is_anonymous": user_id in chat.anonymous, **rights}
        case "kicked":
            return member | {"until_date": 0}
        case _:
            return member


@dataclass(frozen=True, slots=True)
class _Change:
    user_id: int
    old: MemberStatus
    new: MemberStatus
    by_id: int


def bot_status_changed(exchange: Exchange, chat: Chat, status: MemberStatus, by_id: int) -> None:
    """The bot was blocked, thrown out, made an administrator, or left by itself: `my_chat_member`."""
    change = _Change(exchange.bot_id, chat.bot_status, status, by_id)
    chat.bot_status = status
    _member_update(exchange, chat, "my_chat_member", change)


def member_changed(exchange: Exchange, chat: Chat, user_id: int, status: MemberStatus, by_id: int) -> None:
    """Somebody joined, left, rose or fell: `chat_member`, which only an administrator bot gets."""
    change = _Change(user_id, status_of(exchange.world, chat, user_id), status, by_id)
    chat.members[user_id] = status
    if chat.bot_status == "administrator":
        _member_update(exchange, chat, "chat_member", change)


def _member_update(exchange: Exchange, chat: Chat, kind: str, change: _Change) -> None:
    world = exchange.world
    payload = {
        "chat": chat_api(world, chat),
        "from": world.users[change.by_id].api(),
        "date": exchange.now_ms() // 1000,
        "old_chat_member": member_api(world, chat, change.user_id, change.old),
        "new_chat_member": member_api(world, chat, change.user_id, change.new),
    }
    exchange.updates.put(kind, payload, f"chat:{chat.id}")


def add_topic(exchange: Exchange, chat: Chat, name: str, by_id: int) -> Topic:
    """A new topic of a forum, with the service message whose id it has."""
    if chat.topics is None:
        raise ValueError("not a forum")
    topic_id = max(chat.next_message_id, 2)  # 1 is General
    chat.next_message_id = topic_id
    topic = chat.topics[topic_id] = Topic(topic_id, name)
    created = {"forum_topic_created": {"name": name, "icon_color": _TOPIC_COLOR}}
    exchange.post(Draft(chat, by_id, created, thread_id=topic_id))
    return topic


def migrate(exchange: Exchange, chat: Chat, by_id: int) -> Chat:
    """A group becomes a supergroup with another id; the old id answers with the new one from now on."""
    if chat.kind != "group":
        raise ValueError("only a basic group migrates")
    new_id = -1000000000000 + chat.id
    group = exchange.world.add_group(new_id, "supergroup", chat.title, dict(chat.members))
    group.bot_status, group.anonymous = chat.bot_status, set(chat.anonymous)
    exchange.post(Draft(chat, by_id, {"migrate_to_chat_id": new_id}))
    exchange.post(Draft(group, by_id, {"migrate_from_chat_id": chat.id}))
    chat.migrated_to = new_id
    return group
