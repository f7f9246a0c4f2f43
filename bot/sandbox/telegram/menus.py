"""Command menus: seven scopes and a language; which one a person sees."""

import re
from dataclasses import dataclass, field

from bot.sandbox.telegram.errors import JsonDict, bad
from bot.sandbox.telegram.world import Chat

_NAME = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_MAX_COMMANDS = 100
_MAX_DESCRIPTION = 256

Key = tuple[str, int, int, str]  # scope, chat, user, language


def check_commands(commands: list[JsonDict]) -> list[JsonDict]:
    """Names and lengths as Telegram wants them; raises ApiError 400."""
    if len(commands) > _MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _NAME.fullmatch(command["command"].removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= _MAX_DESCRIPTION:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return [{**command, "command": command["command"].removeprefix("/")} for command in commands]


def key_of(scope: JsonDict | None, language: str | None) -> Key:
    """Where a menu is kept; raises ApiError 400 for a language that is none."""
    if language and not _LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    scope = scope or {"type": "default"}
    return scope["type"], int(scope.get("chat_id", 0)), int(scope.get("user_id", 0)), language or ""


@dataclass(slots=True)
class Menus:
    """All menus that were set."""

    _kept: dict[Key, list[JsonDict]] = field(default_factory=dict)

    def set(self, key: Key, commands: list[JsonDict]) -> None:
        """Keep a menu; an empty one is deleted."""
        if commands:
            self._kept[key] = commands
        else:
            self._kept.pop(key, None)

    def get(self, key: Key) -> list[JsonDict]:
        """The menu of exactly this scope and language."""
        return self._kept.get(key, [])

    def shown(self, chat: Chat | None, user_id: int, language: str) -> list[JsonDict]:
        """What this person sees in this chat (None: in a private chat), the narrowest scope first."""
        for scope in _scopes(chat, user_id):
            for spoken in (language, ""):
                if found := self._kept.get((*scope, spoken)):
                    return found
        return []


def _scopes(chat: Chat | None, user_id: int) -> list[tuple[str, int, int]]:
    default = ("default", 0, 0)
    if chat is None or chat.is_private:
        return [("chat", user_id, 0), ("all_private_chats", 0, 0), default]
    admin = [("chat_administrators", chat.id, 0)] if chat.is_admin(user_id) else []
    all_admins = [("all_chat_administrators", 0, 0)] if chat.is_admin(user_id) else []
    return [
        ("chat_member", chat.id, user_id),
        *admin,
        ("chat", chat.id, 0),
        *all_admins,
        ("all_group_chats", 0, 0),
        default,
    ]
