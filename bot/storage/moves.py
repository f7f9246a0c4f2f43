"""What a group forgets when it gets another id at Telegram (the numbers of its messages), and what goes along."""

from __future__ import annotations

from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("moves")
TAKEN_OVER = (
    Q.succeed,
    Q.hand_over_outbox,
    Q.hand_over_parked,
    Q.hand_over_cards,
    Q.hand_over_topics,
    Q.hand_over_forum,
)


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


async def take_over(tx: Transaction, from_id: int, to_id: int) -> None:
    """The supergroup was met before it was known whose it is: what was asked there goes on in the moved group."""
    for query in TAKEN_OVER:
        await tx.run(query, from_id=from_id, to_id=to_id)
