"""People, chats, topics and members: internal ids for Telegram's, made when first seen."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

from bot.core.errors import Defect
from bot.core.preferences import NOTHING_SET, Preferences
from bot.services.env import Env, Policy
from bot.storage.base import Row, Transaction
from bot.storage.moves import retire_messages, take_over
from bot.storage.queries import load

Q, OUTBOX = load("directory"), load("outbox")
UTC = ZoneInfo("UTC")
AFTER_THE_WORD_MS = 1_000
"""Files have a lane of their own: what waited for its chat gives the word about it a start."""
PLACEHOLDERS = frozenset({1087968824, 136817688, 777000})
"""Whom Telegram names as the writer of an anonymous administrator's, a channel's or its own words: nobody's account."""

ChatKind = Literal["private", "group", "supergroup", "channel"]


@dataclass(frozen=True, slots=True)
class UserRef:
    """A person as an update names them; `language` is empty where Telegram does not tell it."""

    telegram_id: int
    name: str
    username: str | None
    language: str


@dataclass(frozen=True, slots=True)
class ChatRef:
    """A chat as an update names it; `thread_id` only for a real topic, `topic` its name where the update tells it.

    `is_forum` None: the update does not tell. `is_direct`: the direct messages of a channel, each writer's in a topic.
    """

    telegram_id: int
    kind: ChatKind
    title: str
    thread_id: int | None = None
    topic: str | None = None
    is_forum: bool | None = None
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the service knows them."""

    id: int
    telegram_id: int
    name: str
    language: str
    is_operator: bool
    is_allowed: bool
    is_blocked: bool
    confirm_above_microusd: int | None
    chose_language: bool = False
    zone: ZoneInfo = UTC
    preferences: Preferences = NOTHING_SET
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said: a chat, and a topic in it (None: in General, or in a chat without topics).

    `preferences` are the chat's, `topic` what its administrators set for this topic of a forum, General too;
    `topic_title` its name as far as it was told. `is_direct`: the direct messages of a channel; a topic there is one
    writer's, seen by nobody else but the channel's administrators.
    """

    chat_id: int
    telegram_id: int
    kind: ChatKind
    title: str
    topic_id: int | None
    is_allowed: bool
    language: str | None
    preferences: Preferences = NOTHING_SET
    is_forum: bool = False
    topic: Preferences = NOTHING_SET
    topic_title: str | None = None
    is_direct: bool = False

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    @property
    def is_shared(self) -> bool:
        """Whether people who have nothing to do with it read what is said to one of them here."""
        return not self.is_private and not self.is_direct


def _person(env: Env, row: Row, telegram_id: int) -> Person:
    preferences = Preferences.from_json(row["preferences"])
    return Person(
        id=row["id"],
        telegram_id=telegram_id,
        name=row["name"],
        language=env.texts.language_for(row["language"], row["client_language"]),
        is_operator=telegram_id in env.policy.operator_ids,
        is_allowed=row["allowed_at"] is not None,
        is_blocked=row["blocked_at"] is not None,
        confirm_above_microusd=row["confirm_above_microusd"],
        chose_language=row["language"] is not None,
        zone=ZoneInfo(preferences.zone) if preferences.zone else env.policy.zone,
        preferences=preferences,
        is_new=row["welcomed_at"] is None,
    )


async def see_person(env: Env, tx: Transaction, ref: UserRef) -> Person:
    """The person, made or brought up to date."""
    row = await tx.one(Q.user_of, telegram_id=ref.telegram_id)
    if row is None:
        row = await tx.one(Q.add_user, name=ref.name, username=ref.username, language=ref.language, now=env.now_ms())
        if row is None:
            raise Defect("user-not-made")
        await tx.run(Q.add_telegram_id, kind="user", telegram_id=ref.telegram_id, owner_id=row["id"])
        await tx.run(Q.free_username, id=row["id"], username=ref.username)
        return _person(env, row, ref.telegram_id)
    told = {"name": ref.name, "username": ref.username, "client_language": ref.language or row["client_language"]}
    if any(row[name] != value for name, value in told.items()):
        await tx.run(Q.update_user, id=row["id"], **told)
        await tx.run(Q.free_username, id=row["id"], username=ref.username)
    return _person(env, {**row, **told}, ref.telegram_id)


async def see_place(env: Env, tx: Transaction, ref: ChatRef) -> Place:
    """The chat and topic, made or brought up to date."""
    row = await tx.one(Q.chat_of, telegram_id=ref.telegram_id)
    if row is None:
        row = await tx.one(
            Q.add_chat,
            kind=ref.kind,
            title=ref.title,
            is_forum=int(bool(ref.is_forum)),
            is_direct=int(ref.is_direct),
            now=env.now_ms(),
        )
        if row is None:
            raise Defect("chat-not-made")
        await tx.run(Q.add_telegram_id, kind="chat", telegram_id=ref.telegram_id, owner_id=row["id"])
    elif _is_news(row, ref):
        told = {"kind": ref.kind, "title": ref.title}
        await tx.run(
            Q.update_chat, id=row["id"], **told, is_forum=_is_forum(row, ref), is_direct=int(_is_direct(row, ref))
        )
        waited = await tx.run(OUTBOX.unpark_chat, chat_id=row["id"], run_at=env.now_ms() + AFTER_THE_WORD_MS)
        await tell_waited(env, tx, row["id"], waited)
    topic = None
    if ref.thread_id is not None:
        topic = await tx.one(Q.topic, chat_id=row["id"], thread_id=ref.thread_id, title=ref.topic)
    now = {"kind": ref.kind, "title": ref.title, "telegram_id": ref.telegram_id}
    return await _place(tx, {**row, **now, "is_forum": _is_forum(row, ref), "is_direct": _is_direct(row, ref)}, topic)


def _is_forum(row: Row, ref: ChatRef) -> int:
    return row["is_forum"] if ref.is_forum is None else int(ref.is_forum)


def _is_direct(row: Row, ref: ChatRef) -> bool:
    """A chat may be known from a time when nobody asked what it is; once that was told, it stays so."""
    return bool(row["is_direct"]) or ref.is_direct


def _is_news(row: Row, ref: ChatRef) -> bool:
    """Whether an update tells of a chat what was not known; that it comes at all proves that the chat is reachable."""
    known = (row["kind"], row["title"], row["is_forum"], bool(row["is_direct"]))
    told = (ref.kind, ref.title, _is_forum(row, ref), _is_direct(row, ref))
    return known != told or row["unreachable_at"] is not None


async def _place(tx: Transaction, chat: Row, topic: Row | None) -> Place:
    """`topic` None: General, or a chat without topics."""
    set_for = topic
    if topic is None and chat["is_forum"]:
        set_for = await tx.one(Q.general, chat_id=chat["id"])
    return Place(
        chat_id=chat["id"],
        telegram_id=chat["telegram_id"],
        kind=chat["kind"],
        title=chat["title"],
        topic_id=topic["id"] if topic is not None else None,
        is_allowed=chat["allowed_at"] is not None,
        language=chat["language"],
        preferences=Preferences.from_json(chat["preferences"]),
        is_forum=bool(chat["is_forum"]),
        topic=Preferences.from_json(set_for["preferences"]) if set_for is not None else NOTHING_SET,
        topic_title=topic["title"] if topic is not None else None,
        is_direct=bool(chat["is_direct"]),
    )


async def tell_waited(env: Env, tx: Transaction, chat_id: int, videos: int) -> None:
    """A chat can be reached again, and so many videos that waited for it go there: a word before the first of them."""
    if not videos:
        return
    chat = await tx.one(Q.chat, id=chat_id)
    if chat is not None and chat["is_direct"]:
        return  # each goes to its own writer, and there is no place for a word to all of them
    owner = await tx.one(Q.user_of, telegram_id=chat["telegram_id"]) if chat is not None else None
    reader = owner or chat or {}
    language = env.texts.language_for(reader.get("language"), reader.get("client_language"))
    now = env.now_ms()
    await tx.run(
        OUTBOX.put_message,
        chat_id=chat_id,
        topic_id=None,
        kind="text",
        priority=0,
        once=None,
        payload=json.dumps({"text": env.texts.render(language, "parked", count=videos), "silent": True}),
        job_id=None,
        run_at=now,
        now=now,
    )


def zone_of_group(env: Env, place: Place) -> ZoneInfo:
    """In which a group is told times: its own by `/settings`, else the service's. One person is told them in theirs."""
    return ZoneInfo(place.preferences.zone) if place.preferences.zone else env.policy.zone


def here(person: Person, place: Place) -> Person:
    """The person as they read in a place: a group's language is that of those who chose none."""
    if place.is_private or place.language is None or person.chose_language:
        return person
    return replace(person, language=place.language)


async def see(env: Env, tx: Transaction, user: UserRef, chat: ChatRef) -> tuple[Person, Place]:
    """Who speaks, and where; noted as a member."""
    person, place = await see_person(env, tx, user), await see_place(env, tx, chat)
    if not place.is_private:
        await tx.run(Q.see_member, chat_id=place.chat_id, user_id=person.id, now=env.now_ms())
    return here(person, place), place


async def person_by_id(env: Env, tx: Transaction, user_id: int) -> Person:
    """A known person. Raises Defect for an id that was never given."""
    row = await tx.one(Q.user, id=user_id)
    alias = await tx.one(Q.telegram_id_of_user, user_id=user_id)
    if row is None or alias is None:
        raise Defect("unknown-user", user=user_id)
    return _person(env, row, alias["telegram_id"])


async def person_of(env: Env, tx: Transaction, place: Place) -> Person | None:
    """Whose private chat it is; None: a group, or nobody known."""
    row = await tx.one(Q.user_of, telegram_id=place.telegram_id)
    return None if row is None else _person(env, row, place.telegram_id)


async def own_place(tx: Transaction, person: Person) -> Place | None:
    """A person's private chat with the bot; None when they opened none, or closed it."""
    row = await tx.one(Q.private_chat, telegram_id=person.telegram_id)
    return None if row is None else await place_by_id(tx, row["id"], None)


async def is_reachable(tx: Transaction, chat_id: int) -> bool:
    """Whether the bot is in a chat, as far as it was told or noticed."""
    row = await tx.one(Q.chat, id=chat_id)
    return row is not None and row["unreachable_at"] is None


async def within_reach(tx: Transaction, person: Person, place: Place | None) -> Place | None:
    """Where a person can be told something: the place, or their own chat when the bot is no more in it."""
    return place if place is None or await is_reachable(tx, place.chat_id) else await own_place(tx, person)


async def place_by_id(tx: Transaction, chat_id: int, topic_id: int | None) -> Place:
    """A known chat. Raises Defect for an id that was never given."""
    row = await tx.one(Q.chat, id=chat_id)
    if row is None:
        raise Defect("unknown-chat", chat=chat_id)
    topic = await tx.one(Q.topic_by_id, id=topic_id) if topic_id is not None else None
    return await _place(tx, row, topic)


async def may_ask(policy: Policy, tx: Transaction, person: Person, place: Place) -> bool:
    """ACCESS: operators, people allowed, members of allowed chats; everyone when it is open; never the blocked."""
    if person.is_blocked:
        return False
    if policy.open_access or person.is_operator or person.is_allowed or place.is_allowed:
        return True
    return await tx.one(Q.member_of_allowed, user_id=person.id) is not None


async def migrate_chat(env: Env, tx: Transaction, old_telegram_id: int, new_telegram_id: int) -> None:
    """A group became a supergroup: its rows stay, the new id becomes current, the old one still resolves."""
    row = await tx.one(Q.chat_of, telegram_id=old_telegram_id)
    if row is None:
        return
    await retire_messages(tx, row["id"], new_telegram_id)
    met = await tx.one(Q.chat_of, telegram_id=new_telegram_id)
    if met is not None and met["id"] != row["id"]:
        await take_over(tx, met["id"], row["id"])
    await tx.run(Q.retire_chat_ids, owner_id=row["id"])
    await tx.run(Q.adopt_chat_id, telegram_id=new_telegram_id, owner_id=row["id"])
    await tx.run(Q.note_migration, now=env.now_ms(), chat_id=row["id"])


async def known_operator(env: Env, tx: Transaction, telegram_id: int) -> tuple[Person, Place] | None:
    """Somebody, an operator mostly, with their private chat; None for one who never wrote to the bot."""
    user = await tx.one(Q.user_of, telegram_id=telegram_id)
    chat = await tx.one(Q.chat_of, telegram_id=telegram_id)
    if user is None or chat is None:
        return None
    return _person(env, user, telegram_id), await place_by_id(tx, chat["id"], None)
