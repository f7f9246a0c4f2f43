"""What only operators may do: let people and chats in, give money. In the chat and on the command line."""

from __future__ import annotations

import json
import re

from bot.core.amounts import FRACTION, dollars
from bot.core.errors import Refusal
from bot.core.money import Microusd, usd
from bot.services import accounts, permits
from bot.services.counting import AccountKind, account_id
from bot.services.directory import Person, Place, UserRef, place_by_id, see_person
from bot.services.env import Env
from bot.services.heard import Asked
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, ACCOUNTS = load("directory"), load("accounts")
AMOUNT = re.compile(rf"\$?(\d{{1,6}}(?:{FRACTION})?)\$?$")
NAME = re.compile(r"@(\w{3,32})$")
ID = re.compile(r"-?\d{3,19}$")
MAX_GRANT_USD = 100_000
MAX_TELEGRAM_ID = 2**52 - 1
"""Ids have at most 52 significant bits (Bot API, User.id); what is larger is nobody and fits no column."""


def amount_of(word: str) -> Microusd | None:
    """`$5`, `5`, `0,50`: an amount above nothing, or None. Raises Refusal for one that can be read in two ways."""
    match = AMOUNT.match(word)
    if match is None:
        return None
    amount = dollars(match[1])
    return amount if 0 < amount <= usd(MAX_GRANT_USD) else None


async def find_person(env: Env, tx: Transaction, word: str) -> Person | None:
    """A person by @name (as last seen) or by number id (made when never seen)."""
    if match := NAME.match(word):
        row = await tx.one(Q.user_named, username=match[1])
        return await _of_row(env, tx, row)
    if ID.match(word) and 0 < int(word) <= MAX_TELEGRAM_ID:
        row = await tx.one(Q.user_of, telegram_id=int(word))
        if row is not None:
            return await _of_row(env, tx, row)
        return await see_person(env, tx, UserRef(int(word), "", None, "en"))
    return None


async def find_group(tx: Transaction, word: str) -> Place | None:
    """A group that the bot has seen, by its number id, which is below zero; one from before its migration too."""
    if not ID.match(word) or not -MAX_TELEGRAM_ID <= int(word) < 0:
        return None
    row = await tx.one(Q.chat_of, telegram_id=int(word))
    return None if row is None else await place_by_id(tx, row["id"], None)


async def _of_row(env: Env, tx: Transaction, row: Row | None) -> Person | None:
    if row is None:
        return None
    alias = await tx.one(Q.telegram_id_of_user, user_id=row["id"])
    known = UserRef(alias["telegram_id"], row["name"], row["username"], row["client_language"]) if alias else None
    return await see_person(env, tx, known) if known else None


async def whom_of(env: Env, tx: Transaction, asked: Asked, words: list[str]) -> tuple[Person | None, str | None]:
    """The person meant by a reply or by the first word, and that word, which may be nobody's."""
    if asked.replied_user is not None:
        return await see_person(env, tx, asked.replied_user), None
    if words and (NAME.match(words[0]) or ID.match(words[0])):
        word = words.pop(0)
        return await find_person(env, tx, word), word
    return None, None


def shown_name(person: Person) -> str:
    """A person's name, else their id."""
    return person.name or str(person.telegram_id)


async def note_audit(
    env: Env, tx: Transaction, actor: int | None, chat: int | None, action: str, **data: str | int
) -> None:
    """Every change is in the audit."""
    await tx.run(Q.note_audit, now=env.now_ms(), actor_id=actor, chat_id=chat, action=action, data=json.dumps(data))


async def allow(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str:
    """`/allow` in a group lets its members in; `/allow @name`, or in reply, a person."""
    texts, language = env.texts, person.language
    if not person.is_operator:
        raise Refusal("operators-only")
    words = asked.words.split()
    whom, word = await whom_of(env, tx, asked, words)
    if whom is not None:
        await allow_person(env, tx, whom, person.id)
        return texts.render(language, "allow-done-user", name=shown_name(whom))
    if word is not None:
        return texts.render(language, "unknown-person", name=word)
    if place.is_private:
        return texts.render(language, "allow-usage")
    await tx.run(Q.allow_chat, id=place.chat_id, now=env.now_ms())
    await note_audit(env, tx, person.id, place.chat_id, "allow-chat")
    return texts.render(language, "allow-done-chat", title=place.title)


async def allow_person(env: Env, tx: Transaction, whom: Person, actor: int | None) -> None:
    """Lets a person in."""
    await tx.run(Q.allow_user, id=whom.id, now=env.now_ms())
    await note_audit(env, tx, actor, None, "allow-user", user=whom.id)


async def deny_person(env: Env, tx: Transaction, whom: Person, actor: int | None) -> None:
    """Keeps a person out of everything; what runs goes on."""
    await tx.run(Q.deny_user, id=whom.id, now=env.now_ms())
    await permits.take_back(tx, whom, None)
    await note_audit(env, tx, actor, None, "deny-user", user=whom.id)


async def grant(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str:
    """`/grant @name $5`, `/grant $5` in reply; in a group `/grant $100` fills its pool."""
    texts, language = env.texts, person.language
    if not person.is_operator:
        raise Refusal("operators-only")
    words = asked.words.split()
    alone = len(words) == 1 and amount_of(words[0]) is not None  # `/grant 100`: an amount, not somebody's number
    whom, word = (None, None) if alone and asked.replied_user is None else await whom_of(env, tx, asked, words)
    amount = amount_of(words[0]) if len(words) == 1 else None
    if word is not None and whom is None:
        return texts.render(language, "unknown-person", name=word)
    if amount is None or (whom is None and place.is_private):
        return texts.render(language, "grant-usage")
    business_id = f"grant:update:{asked.update_id}"
    if whom is not None:
        balance = await grant_person(env, tx, whom, amount, business_id, person.id)
        name = shown_name(whom)
    else:
        balance, name = await grant_chat(env, tx, place, amount, business_id, person.id), place.title
    money = texts.money
    return texts.render(
        language, "grant-done", name=name, amount=money(language, amount), balance=money(language, balance)
    )


async def given_before(
    tx: Transaction, business_id: str, owner: tuple[AccountKind, int], amount: Microusd
) -> Microusd | None:
    """The owner's balance where this very grant was made already; None where its id is free. Raises Refusal where the
    id stands for another.
    """
    row = await tx.one(ACCOUNTS.given_as, business_id=business_id)
    if row is None:
        return None
    if (row["kind"], row["owner_id"], row["amount_microusd"]) != (*owner, amount):
        raise Refusal("grant-id-taken")
    return await accounts.balance_of(tx, await account_id(tx, *owner))


async def grant_person(
    env: Env, tx: Transaction, whom: Person, amount: Microusd, business_id: str, actor: int | None
) -> Microusd:
    """Gives a person money and lets them in. Answers the new balance."""
    balance = await accounts.grant(env, tx, "user", whom.id, amount, business_id, actor)
    await tx.run(Q.allow_user, id=whom.id, now=env.now_ms())
    await note_audit(env, tx, actor, None, "grant-user", user=whom.id, amount_microusd=amount)
    return balance


async def grant_chat(
    env: Env, tx: Transaction, place: Place, amount: Microusd, business_id: str, actor: int | None
) -> Microusd:
    """Fills a group's pool, and opens it. Answers the new balance."""
    balance = await accounts.grant(env, tx, "chat", place.chat_id, amount, business_id, actor)
    await note_audit(env, tx, actor, place.chat_id, "grant-chat", amount_microusd=amount)
    return balance
