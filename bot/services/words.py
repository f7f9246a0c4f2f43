"""`/words`: what a group's administrators, or operators for the whole service, do not take in requests."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.errors import Refusal
from bot.core.wordlist import phrases_of
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.moderation import only_moderators, ranked
from bot.services.operating import note_audit
from bot.storage.base import Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("words")
SERVICE = 0
ADD, REMOVE = frozenset({"add", "добавить", "добавь"}), frozenset({"remove", "delete", "убрать", "удалить"})
MAX_PHRASES, MAX_PHRASE_CHARS, MAX_CHARS = 100, 50, 3000
"""What one list holds at most: it is shown in one message, and read for every request."""


async def command(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/words` shows the list, `/words add …` and `/words remove …` change it; with commas between several."""
    if place.is_private and not person.is_operator:
        raise Refusal("operators-only")
    if not (await ranked(env, tx, person, place, asked)).moderates:
        await only_moderators(env, tx, person, place, asked)
        return None
    verb, _, rest = asked.words.strip().partition(" ")
    phrases, verb = phrases_of(rest), verb.casefold()
    if not verb:
        return await _shown(env, tx, person, place)
    if verb not in ADD | REMOVE or not phrases:
        return env.texts.render(person.language, "words-usage")
    return await (_add if verb in ADD else _remove)(env, tx, person, place, phrases)


def _list_of(place: Place) -> int:
    return SERVICE if place.is_private else place.chat_id


async def _shown(env: Env, tx: Transaction, person: Person, place: Place) -> Html:
    rows = await tx.all(Q.list, chat_id=_list_of(place))
    if not rows:
        return env.texts.render(person.language, "words-none", everywhere=int(place.is_private))
    words = ", ".join(row["written"] for row in rows)
    return env.texts.render(person.language, "words-shown", everywhere=int(place.is_private), words=words)


async def _add(env: Env, tx: Transaction, person: Person, place: Place, phrases: Mapping[str, str]) -> Html:
    rows = await tx.all(Q.list, chat_id=_list_of(place))
    whole = {**{row["phrase"]: row["written"] for row in rows}, **phrases}
    _check(phrases, whole)
    values = {"chat_id": _list_of(place), "set_by": person.id, "now": env.now_ms()}
    added = [
        written for phrase, written in phrases.items() if await tx.run(Q.add, phrase=phrase, written=written, **values)
    ]
    await _note(env, tx, person, place, "words-add", added)
    key = "words-added" if added else "words-there"
    return env.texts.render(person.language, key, words=", ".join(added or phrases.values()))


def _check(phrases: Mapping[str, str], whole: Mapping[str, str]) -> None:
    """Raises Refusal for what no list holds."""
    for phrase, written in phrases.items():
        if not phrase or len(written) > MAX_PHRASE_CHARS:
            raise Refusal("words-bad", (), word=written[:MAX_PHRASE_CHARS], max=MAX_PHRASE_CHARS)
    if len(whole) > MAX_PHRASES or sum(map(len, whole.values())) > MAX_CHARS:
        raise Refusal("words-full", (), max=MAX_PHRASES, chars=MAX_CHARS)


async def _remove(env: Env, tx: Transaction, person: Person, place: Place, phrases: Mapping[str, str]) -> Html:
    chat_id = _list_of(place)
    gone = [written for phrase, written in phrases.items() if await tx.run(Q.remove, chat_id=chat_id, phrase=phrase)]
    await _note(env, tx, person, place, "words-remove", gone)
    key = "words-removed" if gone else "words-not-there"
    return env.texts.render(person.language, key, words=", ".join(gone or phrases.values()))


async def _note(env: Env, tx: Transaction, actor: Person, place: Place, action: str, words: list[str]) -> None:
    if words:
        chat_id = None if place.is_private else place.chat_id
        await note_audit(env, tx, actor.id, chat_id, action, words=", ".join(words))
