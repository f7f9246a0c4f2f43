"""On which terms a request is read: what its parent, its asker, its topic and its chat decided before it was said."""

from __future__ import annotations

from dataclasses import replace

from bot.core.preferences import Terms, options_from
from bot.core.request import VideoSpec
from bot.services.directory import Person, Place
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, WORDS = load("library"), load("words")


async def of(tx: Transaction, person: Person, place: Place, request: Row) -> Terms:
    """The terms of one request of a person's, here."""
    phrases = await tx.all(Q.phrases, user_id=person.id)
    names = [row["name"] for row in [*await tx.all(Q.names, user_id=person.id), *phrases]]
    here = place.topic.within(place.preferences)
    terms = Terms.of(options_from(request["defaults"]), person.preferences, here, names)
    words = {row["folded"]: row["words"] for row in phrases}
    return replace(terms, refused_words=await _refused_words(tx, place), phrases=words)


async def take(tx: Transaction, place: Place, spec: VideoSpec) -> bool:
    """Whether an order's words are taken here now: a list may have grown since it was made."""
    return Terms(refused_words=await _refused_words(tx, place)).takes(spec.prompt, spec.negative)


async def _refused_words(tx: Transaction, place: Place) -> tuple[str, ...]:
    return tuple([row["phrase"] for row in await tx.all(WORDS.refused_in, chat_id=place.chat_id)])
