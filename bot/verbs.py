"""What an operator does at the terminal: prices, people, money, jobs, backups. Each verb answers its exit code."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from bot import app
from bot.core.changes import Changes
from bot.core.codes import uuid7
from bot.core.errors import Refusal
from bot.core.media import MediaKind
from bot.core.money import Microusd
from bot.core.request import Attachment, Origin
from bot.core.tables import lines, told
from bot.doctor import examine
from bot.services import cards, draining, operating, promos, refunds, statements
from bot.services.directory import Person
from bot.services.env import Env
from bot.services.listing import job_cost
from bot.services.planning import plan
from bot.services.refusals import error_text
from bot.settings import Settings
from bot.storage.backup import back_up
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Texts
from bot.texts.formats import JOINER, NO_BREAK
from bot.texts.markup import without_markup

JOBS = load("jobs")
WRONG = 1
BAD_WORDS = 2
DRAIN_S = 3_600.0
SUPPOSED = {MediaKind.IMAGE: 9, MediaKind.VIDEO: 3, MediaKind.AUDIO: 3}
SUPPOSED_VIDEO_MS = 5_000
Verb = Callable[[argparse.Namespace, Settings], Awaitable[int]]


def say(line: str = "") -> None:
    """One line for the person at the terminal, who may copy it: with plain spaces."""
    print(line.replace(NO_BREAK, " ").replace(JOINER, ""), flush=True)  # noqa: T201 - the terminal is where it belongs


def complain(line: str) -> int:
    """One sentence to stderr; the exit code of words that can't be carried out."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - the terminal is where it belongs
    return BAD_WORDS


def _supposed() -> list[Attachment]:
    """Attachments as a request might have them; those that its words do not name are not used."""
    kinds = [kind for kind, count in SUPPOSED.items() for _ in range(count)]
    return [
        Attachment(index, kind, Origin.TRAY, duration_ms=SUPPOSED_VIDEO_MS if kind is not MediaKind.IMAGE else None)
        for index, kind in enumerate(kinds, start=1)
    ]


async def quote(chosen: argparse.Namespace, settings: Settings) -> int:
    """The price of a request, as the card would show it; labels that it names are taken as attached."""
    async with app.base(settings) as root:
        try:
            made = plan(root.env, chosen.text, Changes(), _supposed())
        except Refusal as refusal:
            return complain(without_markup(error_text(root.env, "en", refusal)))
        facts = cards.facts(root.env, "en", made.offer.model, made.resolution.spec)
        say(" · ".join([*facts.values(), root.env.texts.money("en", made.total)]))
        say(f"{made.offer.provider}: {made.offer.wire_id}; prices from {made.offer.price_source.where}")
    return 0


async def doctor(_: argparse.Namespace, settings: Settings) -> int:
    """Every check with a mark; 1 when one of them failed."""
    well = True
    async for finding in examine(settings):
        say(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {finding.detail}")
        well = well and finding.ok
    return 0 if well else WRONG


async def migrate(_: argparse.Namespace, settings: Settings) -> int:
    """Brings the database up to date (the service does it by itself at its start)."""
    async with app.base(settings):
        say(f"{settings.database_path} is up to date")
    return 0


async def backup(chosen: argparse.Namespace, settings: Settings) -> int:
    """A copy of the live database, checked and flushed to the disk."""
    target: Path = chosen.path
    size_bytes = await back_up(settings.database_path, target)
    say(f"{target}: {size_bytes} bytes; files under {settings.data_dir} are not part of it")
    return 0


async def jobs(chosen: argparse.Namespace, settings: Settings) -> int:
    """The newest jobs, one a line."""

    async def use_case(tx: Transaction) -> list[Row]:
        return await tx.all(JOBS.newest, limit=chosen.count)

    async with app.base(settings) as root:
        rows = await root.store.read(use_case)
        for row in rows:
            money = root.env.texts.money("en", job_cost(row))
            why = f"  {row['error_key']}" if row["error_key"] else ""
            say(f"{row['code']:7} {row['state']:10} {row['provider']}/{row['model']:18} {money:>9}{why}")
        if not rows:
            say("no jobs yet")
    return 0


async def allow(chosen: argparse.Namespace, settings: Settings) -> int:
    """Lets a person in, by @name or number id."""
    async with app.base(settings) as root:

        async def use_case(tx: Transaction) -> str | None:
            person = await operating.find_person(root.env, tx, chosen.who)
            if person is None:
                return None
            await operating.allow_person(root.env, tx, person, None)
            return operating.shown_name(person)

        name = await root.store.transact(use_case)
        if name is None:
            return complain(f"{chosen.who} is not known yet; give the number id that the bot told them")
        say(f"{name} may make videos")
    return 0


async def deny(chosen: argparse.Namespace, settings: Settings) -> int:
    """Keeps a person out, by @name or number id; `allow` lets them in again."""
    async with app.base(settings) as root:

        async def use_case(tx: Transaction) -> Person | None:
            person = await operating.find_person(root.env, tx, chosen.who)
            if person is not None and not person.is_operator:
                await operating.deny_person(root.env, tx, person, None)
            return person

        person = await root.store.transact(use_case)
        if person is None:
            return complain(f"{chosen.who} is not known yet; give the number id that the bot told them")
        name = operating.shown_name(person)
        if person.is_operator:
            return complain(f"{name} is an operator; take their id out of OPERATOR_IDS first")
        say(f"{name} is kept out everywhere")
    return 0


async def grant(chosen: argparse.Namespace, settings: Settings) -> int:
    """Gives money to a person, by @name or number id, or to a group's pool, by its id, which is below zero."""
    try:
        amount = operating.amount_of(chosen.amount)
    except Refusal as fault:
        return complain(Texts().plain("en", fault.key, **fault.data))
    if amount is None:
        return complain(f"{chosen.amount!r} is no amount; write it like 5 or 0.50")
    own = chosen.id.strip() if chosen.id is not None else None
    if own == "":  # like "$INVOICE" of nothing: who names an id wants it given once
        return complain("the id is empty, and nothing was given; name this grant, or leave --id out")
    async with app.base(settings) as root:
        business_id = f"grant:own:{own}" if own else f"grant:cli:{uuid7(app.now_ms(), root.env.random_bytes(10))}"
        try:
            given = await root.store.transact(partial(_grant, root.env, chosen.who, amount, business_id))
        except Refusal as fault:
            return complain(Texts().plain("en", fault.key))
        if given is None and chosen.who.startswith("-"):
            return complain(f"the bot has seen no group {chosen.who}; write something to it there first")
        if given is None:
            return complain(f"{chosen.who} is not known yet; give the number id that the bot told them")
        again = ", given before under this id" if given.was_given else ""
        say(f"{given.name} has {root.env.texts.money('en', given.balance)}{again}")
    return 0


@dataclass(frozen=True, slots=True)
class Given:
    """Who has how much now; `was_given`: an earlier run gave it."""

    name: str
    balance: int
    was_given: bool


async def _grant(env: Env, who: str, amount: Microusd, business_id: str, tx: Transaction) -> Given | None:
    """Once for a business id; None for whom nobody knows. Raises Refusal where the id stands for another grant."""
    group = await operating.find_group(tx, who)
    if group is not None:
        before = await operating.given_before(tx, business_id, ("chat", group.chat_id), amount)
        balance = (
            before if before is not None else await operating.grant_chat(env, tx, group, amount, business_id, None)
        )
        return Given(group.title, balance, before is not None)
    person = await operating.find_person(env, tx, who)
    if person is None:
        return None
    before = await operating.given_before(tx, business_id, ("user", person.id), amount)
    balance = before if before is not None else await operating.grant_person(env, tx, person, amount, business_id, None)
    return Given(operating.shown_name(person), balance, before is not None)


async def promo(chosen: argparse.Namespace, settings: Settings) -> int:
    """Codes that give money, in the words of `/promo`."""
    async with app.base(settings) as root:
        env = root.env
        reader = promos.Reader("en", env.policy.zone)
        try:
            told = await env.store.transact(lambda tx: promos.act(env, tx, reader, chosen.words))
        except Refusal as refusal:
            return complain(without_markup(error_text(env, "en", refusal)))
        say(without_markup(told))
    return 0


async def drain(chosen: argparse.Namespace, settings: Settings) -> int:
    """New requests are stored and wait, running ones end; then the service may be stopped. `--end` takes it back."""
    async with app.base(settings) as root:
        if chosen.end:
            await draining.end(root.env)
            say("requests are taken up again")
            return 0
        await draining.begin(root.env)
        try:
            async with asyncio.timeout(DRAIN_S):
                await _until_empty(root.env)
        except TimeoutError:
            return complain("jobs still run after an hour; see `python -m bot jobs`")
        say("nothing is running any more: stop the service now; its next start takes up what waits")
    return 0


async def _until_empty(env: Env) -> None:
    while (left := await draining.still_out(env)) > 0:
        say(f"{left} still running")
        await asyncio.sleep(2)


async def refund(chosen: argparse.Namespace, settings: Settings) -> int:
    """Gives a payment in Stars back; the running service asks Telegram for it."""
    async with app.base(settings) as root:
        key = await refunds.begin_alone(root.env, chosen.charge, None)
        words = without_markup(root.env.texts.render("en", key, charge=chosen.charge))
    if key != "refund-begun":
        return complain(words)
    say(words)
    return 0


async def ledger(_: argparse.Namespace, settings: Settings) -> int:
    """The whole ledger as CSV, one line an entry, for an accountant."""
    return await _table(settings, "ledger")


async def audit(_: argparse.Namespace, settings: Settings) -> int:
    """Who changed what, as CSV, oldest first."""
    return await _table(settings, "audit")


async def _table(settings: Settings, kind: Literal["ledger", "audit"]) -> int:
    """Page by page, so that a long history never lies in memory whole."""
    headed = False
    async with app.base(settings) as root:
        async for page in statements.everything(root.env, kind):
            rows = [told(row) for row in page]
            head = [] if headed else [list(rows[0])]
            sys.stdout.write(lines([*head, *(list(row.values()) for row in rows)]))
            headed = True
    return 0


VERBS: Mapping[str, Verb] = {
    "quote": quote,
    "doctor": doctor,
    "migrate": migrate,
    "backup": backup,
    "jobs": jobs,
    "allow": allow,
    "deny": deny,
    "grant": grant,
    "promo": promo,
    "drain": drain,
    "refund": refund,
    "ledger": ledger,
    "audit": audit,
}
