"""What every operator who can be written to is told: one who never wrote to the bot can't be."""

from __future__ import annotations

from typing import Literal

from bot.core.errors import OperatorFault
from bot.services import say
from bot.services.directory import Person, Place, known_operator
from bot.services.env import Env
from bot.storage.base import Transaction

DAY_MS = 24 * 3_600_000


async def operators(env: Env, tx: Transaction) -> list[tuple[Person, Place]]:
    """Each with their private chat, in a fixed order."""
    found = [await known_operator(env, tx, telegram_id) for telegram_id in sorted(env.policy.operator_ids)]
    return [known for known in found if known is not None]


async def aid(env: Env, what: Literal["words", "voice"], fault: OperatorFault) -> None:
    """A service that helps with words or voice notes needs a hand: told once a day."""

    async def use_case(tx: Transaction) -> None:
        for person, place in await operators(env, tx):
            reason = env.texts.render(person.language, fault.key, **fault.data)
            html = env.texts.render(person.language, "alert-aid", what=what, reason=reason)
            once = f"alert-aid:{what}:{env.now_ms() // DAY_MS}:{person.telegram_id}"
            await say.message(env, tx, place, html, once=once)

    await env.store.transact(use_case)


async def alert(env: Env, tx: Transaction, key: str, fact: str, **data: str | int) -> None:
    """The text of `key`, once a fact."""
    for person, place in await operators(env, tx):
        html = env.texts.render(person.language, key, **data)
        await say.message(env, tx, place, html, once=f"{key}:{fact}:{person.telegram_id}")
