"""What must be forgotten when a group gets another id at Telegram: the numbers of its messages."""

from __future__ import annotations

from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("moves")


async def retire_messages(tx: Transaction, chat_id: int, telegram_id: int) -> None:
    """Before a chat is written to by a new id: no message there is taken for one of the old group. Once a move."""
    if await tx.one(Q.is_there, chat_id=chat_id, telegram_id=telegram_id) is not None:
        return
    for query in (
        Q.retire_requests,
        Q.retire_media,
        Q.retire_jobs,
        Q.retire_cards,
        Q.retire_gestures,
        Q.retire_replies,
        Q.retire_parked_replies,
    ):
        await tx.run(query, chat_id=chat_id)
