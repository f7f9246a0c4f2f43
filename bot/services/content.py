"""Requests that providers refused for their content: several in a day pause the one who asked for a while."""

from __future__ import annotations

from bot.core.errors import LimitReached, Refusal
from bot.services import say
from bot.services.admins import Rank
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.operating import note_audit, shown_name
from bot.services.refusals import error_text
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("content")
DAY_MS = 24 * 3_600_000
REFUSED = "refused-"
"""What the keys of such ends begin with."""


async def note(env: Env, tx: Transaction, person: Person, place: Place, job: Row) -> None:
    """A job has just ended by such a refusal: with the last that a day allows the pause begins, and is told."""
    now, most = env.now_ms(), env.policy.content_refusals
    row = await tx.one(Q.refusals_since, user_id=person.id, since=now - DAY_MS)
    is_over = row is not None and row["count"] >= most
    if not is_over or person.is_operator or not env.policy.content_pause_ms:
        return
    until = now + env.policy.content_pause_ms
    await tx.run(Q.pause, user_id=person.id, now=now, until=until)
    chat_id = None if place.is_private else place.chat_id
    await note_audit(env, tx, None, chat_id, "content-pause", user=person.id, refusals=most, until=until)
    html = error_text(env, person.language, paused(env, until), person.zone)
    once = f"content-pause:{job['id']}"
    await say.message(env, tx, place, html, person=person, reply_to=job["message_id"], once=once, only_for=person)


def paused(env: Env, until: int) -> Refusal:
    """What a paused person hears: why, and until when."""
    moment = {"resets_at": until}
    return LimitReached("held-content", (), count=env.policy.content_refusals, **moment)


async def lift(env: Env, tx: Transaction, actor: Person, rank: Rank, place: Place, whom: Person) -> Html | None:
    """Ends somebody's pause before its time; None where there is none.

    The pause holds everywhere, so administrators end it only in a chat that an operator let in, and not their own: else
    a group of one's own would end it.
    """
    row = await tx.one(Q.paused_until, user_id=whom.id, now=env.now_ms())
    if row is None:
        return None
    name = shown_name(whom)
    if rank is not Rank.OPERATOR and (not place.is_allowed or actor.id == whom.id):
        resets = env.texts.moment(actor.language, row["content_paused_until"], actor.zone)
        return env.texts.render(actor.language, "content-not-lifted", name=name, resets=resets)
    await tx.run(Q.lift, user_id=whom.id, now=env.now_ms())
    await note_audit(env, tx, actor.id, None if place.is_private else place.chat_id, "content-lift", user=whom.id)
    return env.texts.render(actor.language, "content-lifted", name=name)
