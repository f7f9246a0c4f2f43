"""Charts and tables that people ask for: asked in the chat's transaction, made beside it, laid in the outbox once.

The rows of a statement are read a page at a time, each page in a transaction of its own, so that a long history holds
nobody up and never lies in memory whole.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.core.stats import steps_of
from bot.core.tables import Cell, told
from bot.services import say
from bot.services.counting import Clock, clocks_of
from bot.services.directory import Person, Place, own_place, person_by_id, place_by_id
from bot.services.env import Env
from bot.services.say import Button
from bot.storage.base import Row, Transaction
from bot.storage.queries import Query, load
from bot.texts import Html

Q = load("statements")
PAGE: Final = 1_000
MAX_LINES: Final = 200_000
"""More is for the terminal: a document of about 40 MB is what Telegram takes."""

MAX_ATTEMPTS: Final = 2
KEEP_MS: Final = 86_400_000
SLACK_MS: Final = 3_600_000
"""Ids grow with time, but a clock that was set back may bring a little disorder."""

Kind = Literal["chart", "jobs", "ledger", "audit"]
Scope = Literal["service", "chat", "user"]
Period = Literal["day", "week", "month", "ever"]
JOBS = {"service": Q.jobs_of_service, "chat": Q.jobs_of_chat, "user": Q.jobs_of_user}
FOLDER: Final = "statements"
MOMENTS: Final[Mapping[Kind, str]] = {"chart": "created_at", "jobs": "created_at", "ledger": "booked_at", "audit": "at"}
"""The moment by which a row belongs to a period."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see. `for_all`: an anonymous administrator asks, so whoever moderates may press."""

    kind: Kind
    scope: Scope
    period: Period
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One that is due, with who asked and where."""

    id: int
    wish: Wish
    person: Person
    place: Place
    clock: Clock
    message_id: int | None
    attempts: int
    now: int

    @property
    def steps(self) -> tuple[int, ...]:
        """Where the steps of its period begin, and where the last ends; none for all that ever was."""
        period = self.wish.period
        return () if period == "ever" else steps_of(period, self.now, self.clock.zone, self.clock.reset_hour)

    @property
    def is_anothers_topic(self) -> bool:
        """Whether it was asked for by a button in direct messages: their writer is not who asks."""
        return self.place.is_direct and self.message_id is None

    @property
    def since(self) -> int:
        return min(self.steps, default=0)


async def ask(env: Env, tx: Transaction, person: Person, place: Place, wish: Wish, message_id: int | None) -> None:
    """It is due; asked for twice before it came, it comes once."""
    await tx.run(Q.forget, before=env.now_ms() - KEEP_MS)
    await tx.run(
        Q.ask,
        user_id=person.id,
        chat_id=place.chat_id,
        topic_id=place.topic_id,
        message_id=message_id,
        kind=wish.kind,
        scope=wish.scope,
        period=wish.period,
        for_all=int(wish.for_all),
        now=env.now_ms(),
    )


async def take(env: Env) -> Statement | None:
    """The next that is due. Its attempt is committed before anything is made, so none is tried for ever."""
    if await env.store.read(lambda tx: tx.one(Q.any_due)) is None:
        return None

    async def use_case(tx: Transaction) -> Statement | None:
        row = await tx.one(Q.take)
        return await _statement(env, tx, row) if row is not None else None

    return await env.store.transact(use_case)


async def _statement(env: Env, tx: Transaction, row: Row) -> Statement:
    person = await person_by_id(env, tx, row["user_id"])
    place = await place_by_id(tx, row["chat_id"], row["topic_id"])
    clock = (await clocks_of(env, tx, person, place))[row["scope"]]
    wish = Wish(row["kind"], row["scope"], row["period"], bool(row["for_all"]))
    return Statement(row["id"], wish, person, place, clock, row["message_id"], row["attempts"], env.now_ms())


async def deliver(
    env: Env,
    due: Statement,
    path: str,
    words: Html,
    file_name: str | None = None,
    buttons: list[list[Button]] | None = None,
) -> None:
    """The file is made: it is laid in the outbox and the statement is over, together."""

    async def use_case(tx: Transaction) -> None:
        if not await tx.run(Q.end, id=due.id, state="done"):
            return
        kind, rows = "photo" if file_name is None else "document", buttons or []
        alone = await _at_the_askers(tx, due)
        if alone is None and due.is_anothers_topic:
            return  # they closed their own chat meanwhile
        reply_to = due.message_id if alone is None else None
        payload = {"caption": words, "path": path, "file_name": file_name, "reply_to": reply_to}
        below = rows if alone is None else []
        await say.paper(env, tx, alone or due.place, kind, payload, person=due.person, buttons=below, once=_once(due))
        if alone is not None and not due.is_anothers_topic:
            await _say_where(env, tx, due, rows)

    await env.store.transact(use_case)


async def _at_the_askers(tx: Transaction, due: Statement) -> Place | None:
    """Their private chat, where figures of a group's members go; None when asked there, or it can't be written to."""
    if due.place.is_private or due.wish.scope != "chat" or due.wish.for_all:
        return None
    return await own_place(tx, due.person)


async def _say_where(env: Env, tx: Transaction, due: Statement, rows: list[list[Button]]) -> None:
    """The group's own word of it, with the buttons: what they ask for is allowed there, or not."""
    html = env.texts.render(due.person.language, "statement-in-private")
    once = f"{_once(due)}:where"
    await say.message(
        env,
        tx,
        due.place,
        html,
        person=due.person,
        buttons=rows,
        reply_to=due.message_id,
        once=once,
        silent=True,
        only_for=due.person,
    )


async def answer(env: Env, due: Statement, words: Html, state: Literal["done", "failed"]) -> None:
    """There is nothing to send, or it could not be made: a sentence takes its place."""

    async def use_case(tx: Transaction) -> None:
        if await tx.run(Q.end, id=due.id, state=state):
            await say.message(env, tx, due.place, words, person=due.person, reply_to=due.message_id, once=_once(due))

    await env.store.transact(use_case)


def _once(due: Statement) -> str:
    return f"statement:{due.id}"


def query_of(wish: Wish) -> tuple[Query, Query, Query]:
    """The rows of a statement, and where halving looks for the first of them."""
    match wish.kind:
        case "ledger":
            return Q.ledger, Q.entries_bounds, Q.entries_at
        case "audit":
            return (Q.audit_of_chat if wish.scope == "chat" else Q.audit), Q.audit_bounds, Q.audit_at
        case _:
            return JOBS[wish.scope], Q.jobs_bounds, Q.jobs_at


def owner_of(due: Statement) -> dict[str, int]:
    """Whose rows."""
    match due.wish.scope:
        case "service":
            return {}
        case "chat":
            return {"owner_id": due.place.chat_id}
        case _:
            return {"owner_id": due.person.id}


async def rows_of(env: Env, due: Statement) -> AsyncIterator[Row]:
    """All rows of a statement, oldest first."""
    query, bounds, at = query_of(due.wish)
    after, moment = await before_first(env, bounds, at, due.since), MOMENTS[due.wish.kind]
    async for page in pages(env, query, after, **owner_of(due)):
        for row in page:
            if row[moment] >= due.since:
                yield row


async def losses(env: Env, due: Statement) -> AsyncIterator[Row]:
    """What was charged to the operator in the period."""
    async for page in pages(env, Q.losses, await before_first(env, Q.entries_bounds, Q.entries_at, due.since)):
        for row in page:
            yield row


async def everything(env: Env, kind: Literal["ledger", "audit"]) -> AsyncIterator[list[Row]]:
    """The whole ledger or audit, a page at a time, for the terminal."""
    async for page in pages(env, Q.ledger if kind == "ledger" else Q.audit, 0):
        yield page


async def pages(env: Env, query: Query, after: int, **owner: int) -> AsyncIterator[list[Row]]:
    """Pages of rows with growing ids, each read by itself."""
    while page := await _page(env, query, after, owner):
        yield page
        after = page[-1]["id"]


async def _page(env: Env, query: Query, after: int, owner: dict[str, int]) -> list[Row]:
    return await env.store.read(lambda tx: tx.all(query, after=after, limit=PAGE, **owner))


async def before_first(env: Env, bounds: Query, at: Query, since: int) -> int:
    """An id below which nothing is as young as `since`: found by halving, twenty looks in a million rows."""

    async def use_case(tx: Transaction) -> int:
        row = await tx.one(bounds)
        low, high = (row["first"], row["last"]) if row is not None and row["first"] is not None else (0, 0)
        while low < high:
            middle = (low + high) // 2
            found = await tx.one(at, id=middle)
            if found is not None and found["at"] < since - SLACK_MS:
                low = middle + 1
            else:
                high = middle
        return int(low) - 1

    return await env.store.read(use_case) if since else 0


def cells(due: Statement, row: Row) -> dict[str, Cell]:
    """A row as a line of its table."""
    return job_cells(row) if due.wish.kind == "jobs" else told(row)


def job_cells(row: Row) -> dict[str, Cell]:
    """One job: who, where, what, how it ended, what it cost."""
    spec = json.loads(row["spec"])
    kept = {name: row[name] for name in ("code", "created_at", "finished_at", "user_name", "username", "chat_title")}
    made = {"model": row["model"], "resolution": spec.get("resolution"), "seconds": spec.get("duration_s")}
    ended = {name: row[name] for name in ("state", "error_key", "quote_microusd", "cost_microusd")}
    return told({**kept, **made, **ended})
