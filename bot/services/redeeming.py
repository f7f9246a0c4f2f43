"""`/redeem` and links with a code: money once a person and code; and money to try it, once, for who is new."""

from __future__ import annotations

from dataclasses import replace

from bot.core.errors import Refusal
from bot.core.money import Microusd
from bot.services import accounts
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.operating import note_audit
from bot.services.promos import code_of
from bot.services.say import message
from bot.storage.base import Transaction
from bot.storage.queries import load
from bot.texts import Html

Q, ACCOUNTS, DIRECTORY = load("promos"), load("accounts"), load("directory")
LINK = "promo_"
"""What the start parameter of a link with a code begins with."""
MOST_TRIES = 5
HOUR_MS = 3_600_000


async def command(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html:
    """`/redeem SUMMER`."""
    del place
    words = asked.words.split()
    if len(words) != 1:
        return env.texts.render(person.language, "redeem-usage")
    return (await redeem(env, tx, person, words[0]))[0]


async def redeem(env: Env, tx: Transaction, person: Person, word: str) -> tuple[Html, Person]:
    """What is said, and the person after it: who redeems a code is let in, as who is granted money.

    A code that is none, is over, or was used up is told alike, and after a few of these nothing is tried for a while.
    Raises Refusal for somebody kept out.
    """
    if person.is_blocked:
        raise Refusal("held-everywhere")
    code = code_of(word)
    business_id = f"promo:{code}:{person.id}"
    if code is not None and await tx.one(ACCOUNTS.booked, business_id=business_id) is not None:
        return env.texts.render(person.language, "redeem-already", code=code), person
    hour = env.now_ms() // HOUR_MS
    tried = await tx.one(Q.tries, user_id=person.id, hour=hour)
    if tried is not None and tried["tries"] >= MOST_TRIES:
        return env.texts.render(person.language, "redeem-later"), person
    used = await tx.one(Q.use, code=code, now=env.now_ms()) if code is not None else None
    if code is None or used is None:
        await tx.run(Q.forget_tries, user_id=person.id, hour=hour)
        await tx.run(Q.note_try, user_id=person.id, hour=hour)
        return env.texts.render(person.language, "redeem-unknown"), person
    return await _give(env, tx, person, code, used["amount_microusd"], business_id), replace(person, is_allowed=True)


async def _give(env: Env, tx: Transaction, person: Person, code: str, amount: Microusd, business_id: str) -> Html:
    balance = await accounts.grant(env, tx, "user", person.id, amount, business_id, None)
    await tx.run(DIRECTORY.allow_user, id=person.id, now=env.now_ms())
    await note_audit(env, tx, person.id, None, "promo-redeem", amount_microusd=amount, code=code)
    return env.texts.render(person.language, "redeem-done", amount_microusd=amount, balance_microusd=balance)


async def welcome(env: Env, tx: Transaction, person: Person) -> Html | None:
    """One who may ask has come. The first time they get what the operator gives to try it; then what is said of it."""
    if not person.is_new or not await tx.run(Q.welcome, id=person.id, now=env.now_ms()):
        return None
    amount = env.policy.welcome_microusd
    if not amount:
        return None
    await accounts.grant(env, tx, "user", person.id, amount, f"welcome:{person.id}", None)
    await note_audit(env, tx, None, None, "welcome", user=person.id, amount_microusd=amount)
    return env.texts.render(person.language, "welcome", amount_microusd=amount)


async def greet(env: Env, tx: Transaction, person: Person, place: Place) -> None:
    """The same for one who asks right away."""
    html = await welcome(env, tx, person)
    if html is not None:
        await message(env, tx, place, html, person=person, once=f"welcome:{person.id}", only_for=person)
