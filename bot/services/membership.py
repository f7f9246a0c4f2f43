"""Who belongs to an allowed chat without having spoken there: asked of Telegram when they write in private."""

from __future__ import annotations

from typing import Final

from bot.services.directory import ChatRef, UserRef, see_person
from bot.services.env import Env
from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("directory")
MAX_CHATS: Final = 5
BELIEVED_MS: Final = 10 * 60_000
MAX_KEPT: Final = 1_000


class Lookups:
    """About whom Telegram was asked lately. In memory: after a restart it is asked once more."""

    def __init__(self) -> None:
        self._asked_at: dict[int, int] = {}

    def is_due(self, telegram_id: int, now: int) -> bool:
        """Whether an answer from before is too old, or there is none."""
        asked_at = self._asked_at.get(telegram_id)
        return asked_at is None or asked_at <= now - BELIEVED_MS

    def note(self, telegram_id: int, now: int) -> None:
        """It was asked and answered; the oldest are forgotten."""
        self._asked_at.pop(telegram_id, None)
        self._asked_at[telegram_id] = now
        while len(self._asked_at) > MAX_KEPT:
            del self._asked_at[next(iter(self._asked_at))]


async def chats_to_ask(env: Env, user: UserRef, chat: ChatRef) -> list[int]:
    """The allowed chats, a few, when a stranger writes in private; none for everybody else."""
    if env.policy.open_access or chat.kind != "private" or user.telegram_id in env.policy.operator_ids:
        return []

    async def look(tx: Transaction) -> list[int]:
        known = await tx.one(Q.user_of, telegram_id=user.telegram_id)
        if known is not None and (known["allowed_at"] or known["blocked_at"]):
            return []
        if known is not None and await tx.one(Q.member_of_allowed, user_id=known["id"]) is not None:
            return []
        return [row["telegram_id"] for row in await tx.all(Q.allowed_chats, limit=MAX_CHATS)]

    return await env.store.read(look)


async def note(env: Env, user: UserRef, chat_telegram_id: int) -> None:
    """Telegram knows them as a member there."""

    async def use_case(tx: Transaction) -> None:
        chat = await tx.one(Q.chat_of, telegram_id=chat_telegram_id)
        if chat is not None:
            person = await see_person(env, tx, user)
            await tx.run(Q.see_member, chat_id=chat["id"], user_id=person.id, now=env.now_ms())

    await env.store.transact(use_case)
