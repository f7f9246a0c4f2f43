"""Business connections: who has connected the bot to their account, with which right, and whether it is on."""

import secrets
from dataclasses import dataclass

from bot.sandbox.telegram.errors import JsonDict
from bot.sandbox.telegram.world import User


@dataclass(slots=True)
class Connection:
    """One person's; `can_reply`: the bot may write in their name where somebody wrote within the last 24 hours."""

    id: str
    owner_id: int
    date_ms: int
    can_reply: bool = True
    is_enabled: bool = True

    def api(self, owner: User) -> JsonDict:
        """As a Bot API BusinessConnection."""
        return {
            "id": self.id,
            "user": owner.api(),
            "user_chat_id": self.owner_id,
            "date": self.date_ms // 1000,
            "rights": {"can_reply": True} if self.can_reply else {},
            "is_enabled": self.is_enabled,
        }


class Connections:
    """One a person at most."""

    def __init__(self) -> None:
        self._by_owner: dict[int, Connection] = {}

    def of(self, owner_id: int) -> Connection | None:
        """A person's connection."""
        return self._by_owner.get(owner_id)

    def named(self, connection_id: str) -> Connection | None:
        """The connection of an id."""
        return next((one for one in self._by_owner.values() if one.id == connection_id), None)

    def add(self, owner_id: int, now_ms: int) -> Connection:
        """A new one, in the place of an old one."""
        made = self._by_owner[owner_id] = Connection(secrets.token_urlsafe(15), owner_id, now_ms)
        return made
