"""Who administrates a chat, as Telegram knows it: asked again before anything is obeyed, believed for five minutes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from bot.core.limits import Lift
from bot.services.directory import ChatRef, Person, Place, UserRef, see_person, see_place
from bot.services.env import Env
from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("moderation")
BELIEVED_MS = 5 * 60_000
RENEWED_MS = 20_000
"""Who lost their rights a minute ago has none, also where the bot may not hear of it; a panel's taps ask once."""


class Rank(StrEnum):
    """What a person may do in a place."""

    MEMBER = "member"
    ADMIN = "admin"
    OPERATOR = "operator"

    @property
    def moderates(self) -> bool:
        return self is not Rank.MEMBER

    @property
    def lift(self) -> Lift:
        """As whom a moderator sets limits."""
        return Lift.OPERATOR if self is Rank.OPERATOR else Lift.ADMIN


async def is_stale(env: Env, chat: ChatRef) -> bool:
    """Whether Telegram should be asked who administrates a chat."""
    if chat.kind not in {"group", "supergroup"}:
        return False

    async def look(tx: Transaction) -> bool:
        row = await tx.one(Q.admins_seen, telegram_id=chat.telegram_id)
        seen_at = row["admins_seen_at"] if row is not None else None
        return seen_at is None or seen_at <= env.now_ms() - RENEWED_MS

    return await env.store.read(look)


async def keep(env: Env, chat: ChatRef, administrators: Sequence[UserRef], asked_at: int) -> None:
    """What Telegram answered to a question of `asked_at`: these people and nobody else."""

    async def use_case(tx: Transaction) -> None:
        place = await see_place(env, tx, chat)
        await tx.run(Q.clear_admins, chat_id=place.chat_id)
        for ref in administrators:
            person = await see_person(env, tx, ref)
            await tx.run(Q.add_admin, chat_id=place.chat_id, user_id=person.id)
        await tx.run(Q.mark_admins, chat_id=place.chat_id, seen_at=asked_at)

    await env.store.transact(use_case)


async def forget(tx: Transaction, chat_id: int) -> None:
    """Somebody rose, fell, came or went: the list is believed no more."""
    await tx.run(Q.clear_admins, chat_id=chat_id)
    await tx.run(Q.mark_admins, chat_id=chat_id, seen_at=None)


async def rank_of(env: Env, tx: Transaction, person: Person, place: Place, *, as_group: bool = False) -> Rank:
    """A person's rank here. `as_group`: Telegram shows the group itself as the sender, which its administrators may."""
    if person.is_operator:
        return Rank.OPERATOR
    if place.is_private:
        return Rank.MEMBER
    since = env.now_ms() - BELIEVED_MS
    listed = await tx.one(Q.administrates, chat_id=place.chat_id, user_id=person.id, since=since)
    return Rank.ADMIN if as_group or listed is not None else Rank.MEMBER
