"""On which terms a request is read: what its parent, its asker and its chat decided before it was said."""

from __future__ import annotations

from bot.core.preferences import Terms, options_from
from bot.services.directory import Person, Place
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("library")


async def of(tx: Transaction, person: Person, place: Place, request: Row) -> Terms:
    """The terms of one request of a person's, here."""
    names = [row["name"] for row in await tx.all(Q.names, user_id=person.id)]
    return Terms.of(options_from(request["defaults"]), person.preferences, place.preferences, names)
