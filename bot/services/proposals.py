"""What a draft's message about its words shows, until the draft is started, changed or thrown away.

✨ ──▶ waiting ──▶ shown ──use──▶ used ──my own words──▶ over
          ╰─────▶ failed ╰──keep mine, other words, ▶, ✕──▶ over
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from bot.core.changes import Changes
from bot.services import say
from bot.services.directory import Place
from bot.services.env import Env
from bot.services.planning import Plan
from bot.services.say import Button
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("improving")
DIGEST_CHARS = 16


def slot_of(request_id: int) -> str:
    """The message that shows a proposal."""
    return f"improving:{request_id}"


def digest(words: str) -> str:
    """What tells words from other ones without keeping them."""
    return hashlib.sha256(words.encode()).hexdigest()[:DIGEST_CHARS]


def buttons(env: Env, language: str, row: Row, plan: Plan) -> list[Button]:
    """On a card: ✨, or the way back from words that were improved."""
    data = {"request": row["id"]}
    if Changes.from_json(row["changes"]).words is not None:
        return [Button(env.texts.plain(language, "button-improve-back"), "improve-back", data)]
    if not env.policy.enhance_host or row["lines"] or not _has_words(plan):
        return []
    return [Button(env.texts.plain(language, "button-improve"), "improve", data)]


def _has_words(plan: Plan) -> bool:
    return any(char.isalpha() for part in plan.parsed.prompt if isinstance(part, str) for char in part)


async def check(env: Env, tx: Transaction, place: Place, row: Row, own: Callable[[], str]) -> None:
    """A draft is looked at anew: what was proposed for other words than it has now goes."""
    standing = await tx.one(Q.standing, request_id=row["id"])
    if standing is None:
        return
    in_force = Changes.from_json(row["changes"]).words is not None
    holds = in_force if standing["state"] == "used" else standing["own"] == digest(own())
    if not holds:
        await close(env, tx, place, row["id"])


async def close(env: Env, tx: Transaction, place: Place, request_id: int) -> None:
    """The draft is over, or has words of its person's again: its message goes."""
    if await tx.run(Q.close, request_id=request_id):
        await say.remove_card(env, tx, place, slot_of(request_id))
