"""How a request stands, in a group, as a reaction on it: seen without a message, and free in the chat's pace.

Where a group allows no reactions, or not these, nothing is lost: the status card says it all.
"""

from __future__ import annotations

from typing import Final

from bot.services import say
from bot.services.directory import Place
from bot.services.env import Env
from bot.storage.base import Row, Transaction

TAKEN: Final = "👀"
MADE: Final = "👍"
NOT_MADE: Final = "👎"


async def show(env: Env, tx: Transaction, place: Place, asked: Row, sign: str) -> None:
    """On the asking message of a request or a job; one that stayed in a former group gets none."""
    if not place.is_private and asked["message_id"] > 0:
        await say.reaction(env, tx, place, asked["message_id"], sign)
