"""Refusals that do not disturb a group: for one person's eyes or a short while, a few an hour, then only a reaction."""

from __future__ import annotations

from bot.services import say
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("moderation")
HUSHED = "🤷"
HOUR_MS = 3_600_000
A_PERSON = 3
A_PERSON_WITH_A_MEND = 10
"""A fault or a limit is new each time and has buttons that help; "not for you" is known after three times."""
A_GROUP = 20
EVERYBODY = 0


async def refuse(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    html: str,
    message_id: int,
    *,
    about: str | None = None,
    buttons: say.Rows = (),
    most: int = A_PERSON,
) -> None:
    """Answers a message with a refusal, or hushes it; `about` names what is refused once, the message otherwise."""
    if await hushes(env, tx, person, place, message_id, most):
        return
    once = f"refused:{place.telegram_id}:{about or message_id}"  # a group that moves numbers its messages anew
    silent = not place.is_private
    await say.message(
        env,
        tx,
        place,
        html,
        person=person,
        buttons=buttons,
        reply_to=message_id,
        once=once,
        silent=silent,
        only_for=person,
    )


async def hushes(env: Env, tx: Transaction, person: Person, place: Place, message_id: int, most: int) -> bool:
    """Counts one more refusal; True when it is one too many for the person or the group: then a reaction says it."""
    if place.is_private:
        return False
    hour = env.now_ms() // HOUR_MS
    await tx.run(Q.forget_refusals, chat_id=place.chat_id, hour=hour)
    theirs, everybodys = [await _count(tx, place, who, hour) for who in (person.id, EVERYBODY)]
    if theirs <= most and everybodys <= A_GROUP:
        return False
    await say.reaction(env, tx, place, message_id, HUSHED)
    return True


async def _count(tx: Transaction, place: Place, user_id: int, hour: int) -> int:
    row = await tx.one(Q.count_refusal, chat_id=place.chat_id, user_id=user_id, hour=hour)
    return int(row["told"]) if row is not None else 0


async def stands(tx: Transaction, place: Place, slot: str) -> bool:
    """Whether a card is in the chat already: to change it disturbs nobody."""
    return await tx.one(Q.card_stands, chat_id=place.chat_id, slot=slot) is not None
