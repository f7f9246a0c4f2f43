"""The moderators' card of a request over their limit: when it may be asked for, where it stands, how it ends."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from bot.core.errors import LimitReached
from bot.core.limits import Lift
from bot.services import say
from bot.services.directory import Person, Place, place_by_id, zone_of_group
from bot.services.env import Env
from bot.services.say import Button, Priority
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("approvals")
DAY_MS = 24 * 3_600_000
WAIT_MS = DAY_MS
"""After a day a question lapses."""
MAX_OPEN = 3
MAX_A_DAY = 6
"""Of one person in one chat: nobody floods the moderators."""
OUTSIDE_TOPICS = 0

AGREED = frozenset({"allowed", "raised"})
Outcome = Literal["allowed", "raised", "refused", "lapsed", "withdrawn"]


def slot_of(approval_id: int) -> str:
    """The moderators' card."""
    return f"approval:{approval_id}"


def may_be_asked(place: Place, limit: LimitReached) -> bool:
    """Whether the moderators of this chat are all that stands in the way."""
    return not place.is_private and limit.data.get("liftable") == Lift.ADMIN


async def on_the_limit_card(
    env: Env, tx: Transaction, person: Person, place: Place, request_id: int, shown: str, limit: LimitReached
) -> tuple[Html | None, list[Button]]:
    """What a refused request's card says of the moderators: that they are asked, or a button to ask them."""
    if not may_be_asked(place, limit):
        return None, []
    row = await question_of(tx, person, request_id, shown)
    if row is None:
        return None, [ask_button(env, person.language, request_id)]
    if row["state"] in AGREED:  # and yet it is refused: what was allowed or raised is over, or a stricter limit came
        await end_agreed(tx, request_id, person.id)
        return env.texts.render(person.language, "approval-over-now"), [ask_button(env, person.language, request_id)]
    if row["state"] != "open":
        return None, []
    until = env.texts.moment(person.language, row["expires_at"], person.zone, env.now_ms())
    return env.texts.render(person.language, "approval-asked", until=until), []


async def question_of(tx: Transaction, person: Person, request_id: int, shown: str) -> Row | None:
    """What keeps a person from asking about a request as it is now: their question that stands, or about this order."""
    theirs = {"request_id": request_id, "user_id": person.id}
    return await tx.one(Q.standing, **theirs) or await tx.one(Q.of_order, **theirs, shown=shown)


def ask_button(env: Env, language: str, request_id: int) -> Button:
    """Lays a request before the moderators."""
    return Button(env.texts.plain(language, "button-ask-moderator"), "ask-moderator", {"request": request_id})


async def may_ask_more(env: Env, tx: Transaction, person: Person, place: Place) -> bool:
    """Whether the moderators may be asked one more thing by this person."""
    since = env.now_ms() - DAY_MS
    row = await tx.one(Q.lately, user_id=person.id, chat_id=place.chat_id, since=since)
    return row is None or (row["open"] < MAX_OPEN and row["asked"] < MAX_A_DAY)


async def place_of_moderators(tx: Transaction, asked_in: Place) -> Place:
    """Where a chat's questions go: the topic that its moderators chose, else where the request was asked. In direct
    messages always there: any other topic is read by another writer.
    """
    if asked_in.is_direct:
        return asked_in
    row = await tx.one(Q.moderators_at, chat_id=asked_in.chat_id)
    chosen = row["moderators_at"] if row is not None else None
    if chosen is None:
        return asked_in
    return await place_by_id(tx, asked_in.chat_id, chosen if chosen != OUTSIDE_TOPICS else None)


async def language_of_moderators(env: Env, tx: Transaction, place: Place, fallback: str) -> str:
    """The chat's own language, else the one that most of its administrators speak."""
    if place.language:
        return place.language
    rows = await tx.all(Q.languages, chat_id=place.chat_id)
    spoken = Counter(env.texts.language_for(row["language"], row["client_language"]) for row in rows)
    return spoken.most_common(1)[0][0] if spoken else fallback


async def show(env: Env, tx: Transaction, approval: Row, buttons: say.Rows, reply_to: int | None) -> None:
    """The card as it waits for an answer; any moderator may press."""
    place, language = await place_by_id(tx, approval["chat_id"], approval["topic_id"]), approval["language"]
    until = env.texts.moment(language, approval["expires_at"], zone_of_group(env, place), env.now_ms())
    html = Html(f"{approval['told']}\n\n{env.texts.render(language, 'approval-until', until=until)}")
    await say.card(env, tx, place, slot_of(approval["id"]), html, buttons=buttons, reply_to=reply_to)


async def close(
    env: Env,
    tx: Transaction,
    approval: Row,
    outcome: Outcome,
    actor: Person | None = None,
    result: Html | None = None,
    buttons: say.Rows = (),
) -> bool:
    """Answers a question, once; its card says how. False when it was answered before."""
    ids = {"id": approval["id"], "decided_by": actor.id if actor else None}
    if await tx.run(Q.close, **ids, state=outcome, now=env.now_ms()) == 0:
        return False
    said = result or env.texts.render(approval["language"], f"approval-{outcome}")
    place = await place_by_id(tx, approval["chat_id"], approval["topic_id"])
    html = Html(f"{approval['told']}\n{said}")
    await say.card(
        env, tx, place, slot_of(approval["id"]), html, person=actor, buttons=buttons, priority=Priority.STATUS
    )
    return True


async def hold_to(tx: Transaction, request_id: int, shown: str) -> None:
    """What was allowed was what the moderators saw; what became another order by itself may be asked for anew."""
    for approval in await tx.all(Q.standing, request_id=request_id, user_id=None):
        if approval["shown"] != shown:
            await end_agreed(tx, request_id, approval["user_id"])


async def end_agreed(tx: Transaction, request_id: int, user_id: int | None = None) -> None:
    """What the moderators agreed to covers a request no more (one person's, or all): it may be asked about again."""
    await tx.run(Q.drop_pass, request_id=request_id, user_id=user_id)
    await tx.run(Q.recall, request_id=request_id, user_id=user_id)


async def withdraw(env: Env, tx: Transaction, request_id: int) -> None:
    """A request was changed or thrown away: what the moderators were asked or allowed was another one."""
    await end_agreed(tx, request_id)
    for approval in await tx.all(Q.standing, request_id=request_id, user_id=None):
        if approval["state"] == "open":
            await close(env, tx, approval, "withdrawn")
