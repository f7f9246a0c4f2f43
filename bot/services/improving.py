"""✨ Richer words for a draft: asked for by a tap, proposed as a text, in force by another tap alone.

A service of the operator's is given the words and nothing else; what it answers is held to what the words were (the
same files, no settings, the chat's rules, the model's length) before anybody sees it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.changes import Changes
from bot.core.errors import Faults, KinetogramError, Refusal
from bot.core.improving import reviewed
from bot.services import gathering, proposals, say, submission, terms
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.planning import own_words, plan_of
from bot.services.pressing import Press
from bot.services.say import Button
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, REQUESTS = load("improving"), load("requests")
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MAX_AN_HOUR, MAX_A_DAY = 12, 60
"""Proposals for one person: it costs them nothing, and the operator no more than that."""
FORMER = 3
KEEP_MS = 9 * DAY_MS
AT_ONCE = 4
USE, ANOTHER, KEEP, BACK = "improve-use", "improve", "improve-keep", "improve-back"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What goes to the service: the words, and what was proposed for them already."""

    words: str
    former: tuple[str, ...] = ()


async def press(env: Env, tx: Transaction, pressed: Press) -> str | None:
    """✨, and *Another*: one proposal at a time. A toast's key where none is on its way."""
    row = await _draft(tx, pressed)
    if row is None or not env.policy.enhance_host:
        return "button-old"
    person, place = await submission.whose(env, tx, row)
    standing = await tx.one(Q.standing, request_id=row["id"])
    if standing is not None and standing["state"] == "waiting":
        return "improve-waits"
    if await _is_too_many(env, tx, person):
        return "improve-too-many"
    words = await _own(env, tx, person, place, row)
    await tx.run(Q.close, request_id=row["id"])
    await tx.run(Q.ask, request_id=row["id"], user_id=person.id, own=proposals.digest(words), now=env.now_ms())
    await _show(env, tx, person, place, row, env.texts.render(person.language, "improve-thinking"), [])
    return None


async def _draft(tx: Transaction, pressed: Press) -> Row | None:
    row = await tx.one(REQUESTS.get, id=pressed.data["request"])
    return row if row is not None and row["state"] == "draft" else None


async def _is_too_many(env: Env, tx: Transaction, person: Person) -> bool:
    for most, period_ms in ((MAX_AN_HOUR, HOUR_MS), (MAX_A_DAY, DAY_MS)):
        asked = await tx.one(Q.asked_since, user_id=person.id, since=env.now_ms() - period_ms)
        if asked is not None and asked["count"] >= most:
            return True
    return False


async def _own(env: Env, tx: Transaction, person: Person, place: Place, row: Row) -> str:
    attachments = await gathering.gather(env, tx, person, place, row)
    on = await terms.of(tx, person, place, row)
    return own_words(row["text"] or "", Changes.from_json(row["changes"]), attachments, on)


async def _show(
    env: Env, tx: Transaction, person: Person, place: Place, row: Row, html: str, buttons: say.Rows
) -> None:
    slot, asked = proposals.slot_of(row["id"]), row["message_id"]
    await say.card(env, tx, place, slot, html, person=person, buttons=buttons, reply_to=asked, silent=True)


def _buttons(env: Env, language: str, row: Row, *actions: str) -> list[list[Button]]:
    data = {"request": row["id"]}
    words = {ANOTHER: "button-improve-another"}
    made = [Button(env.texts.plain(language, words.get(name, f"button-{name}")), name, data) for name in actions]
    return say.in_rows(made)


async def due(env: Env) -> list[Row]:
    """What is to be proposed now."""
    return await env.store.read(lambda tx: tx.all(Q.due, now=env.now_ms(), limit=2 * AT_ONCE))


async def begin(env: Env, wanted: Row) -> Wanted | None:
    """The words as they are now; None where the draft is over, or has other ones than were asked about, or where what
    was due when it was looked up has come or failed since.
    """

    async def use_case(tx: Transaction) -> Wanted | None:
        now = await tx.one(Q.get, id=wanted["id"])
        if now is None or (now["state"], now["attempts"]) != ("waiting", wanted["attempts"]):
            return None
        row = await tx.one(REQUESTS.get, id=wanted["request_id"])
        if row is None or row["state"] != "draft":
            await tx.run(Q.close, request_id=wanted["request_id"])
            return None
        person, place = await submission.whose(env, tx, row)
        words = await _own(env, tx, person, place, row)
        if proposals.digest(words) != wanted["own"]:
            await proposals.close(env, tx, place, row["id"])
            return None
        former = await tx.all(Q.former, request_id=row["id"], own=wanted["own"], limit=FORMER)
        return Wanted(words, tuple(one["proposal"] for one in reversed(former)))

    return await env.store.transact(use_case)


async def came(env: Env, wanted: Row, asked: Wanted, proposal: str) -> None:
    """A proposal: shown if it may be, with a tap that takes it; nothing of the draft is changed."""

    async def use_case(tx: Transaction) -> None:
        row = await tx.one(REQUESTS.get, id=wanted["request_id"])
        if row is None or row["state"] != "draft":
            return
        person, place = await submission.whose(env, tx, row)
        try:
            words = reviewed(proposal, asked.words)
            await _try_on(env, tx, person, place, row, words)
        except Refusal as refusal:
            await _fail(env, tx, person, place, row, wanted, refusal)
            return
        if await tx.run(Q.propose, id=wanted["id"], proposal=words):
            html = env.texts.render(person.language, "improve-proposal", words=words)
            data = {"request": row["id"], "proposal": wanted["id"]}
            take = Button(env.texts.plain(person.language, "button-improve-use"), USE, data)
            buttons = [[take], *_buttons(env, person.language, row, ANOTHER, KEEP)]
            await _show(env, tx, person, place, row, html, buttons)

    await env.store.transact(use_case)


async def _try_on(env: Env, tx: Transaction, person: Person, place: Place, row: Row, words: str) -> None:
    """Raises Refusal for words that the model or the chat would not take in the place of the person's."""
    attachments = await gathering.gather(env, tx, person, place, row)
    on = await terms.of(tx, person, place, row)
    changes = Changes.from_json(row["changes"]).after("set_words", {"words": words})
    try:
        plan_of(env, row, changes, attachments, on)
    except Faults as refused:
        keys = {fault.key for fault in refused.faults}
        raise Refusal(next((told for key, told in TOLD.items() if key in keys), "improve-unfit")) from None


TOLD = {"fault-words": "improve-words", "fault-prompt-too-long": "improve-too-long"}
"""What a fault of a draft means where only its words are others."""


async def later(env: Env, wanted: Row, run_at: int) -> None:
    """Not this time."""

    async def use_case(tx: Transaction) -> None:
        await tx.run(Q.again, id=wanted["id"], run_at=run_at)

    await env.store.transact(use_case)


async def give_up(env: Env, wanted: Row, error: KinetogramError) -> None:
    """There is none: said, with what stays and what to do."""

    async def use_case(tx: Transaction) -> None:
        row = await tx.one(REQUESTS.get, id=wanted["request_id"])
        if row is not None and row["state"] == "draft":
            person, place = await submission.whose(env, tx, row)
            await _fail(env, tx, person, place, row, wanted, error)

    await env.store.transact(use_case)


async def _fail(
    env: Env, tx: Transaction, person: Person, place: Place, row: Row, wanted: Row, error: KinetogramError
) -> None:
    if await tx.run(Q.fail, id=wanted["id"]) == 0:
        return
    why = env.texts.render(person.language, error.key)
    html = env.texts.render(person.language, "improve-failed", why=why)
    await _show(env, tx, person, place, row, html, _buttons(env, person.language, row, ANOTHER, KEEP))


async def use(env: Env, tx: Transaction, pressed: Press) -> str | None:
    """*Use this*: the very proposal that the button stood below, as long as it is for the words that the draft has."""
    row = await _draft(tx, pressed)
    shown = await tx.one(Q.get, id=pressed.data["proposal"])
    if row is None or shown is None or await tx.run(Q.use, id=shown["id"]) == 0:
        return "button-used"
    person, place = await submission.whose(env, tx, row)
    value = {"words": shown["proposal"]}
    await submission.mend(env, tx, person, row["id"], "set_words", value, card=True)
    html = env.texts.render(person.language, "improve-used", words=shown["proposal"])
    await _show(env, tx, person, place, row, html, _buttons(env, person.language, row, BACK))
    return None


async def keep(env: Env, tx: Transaction, pressed: Press) -> str | None:
    """*Keep mine*: the message about other words goes."""
    row = await _draft(tx, pressed)
    if row is None:
        return "button-used"
    _, place = await submission.whose(env, tx, row)
    await proposals.close(env, tx, place, row["id"])
    return None


async def back(env: Env, tx: Transaction, pressed: Press) -> str | None:
    """*My own words*: as if there had been no others."""
    row = await _draft(tx, pressed)
    if row is None or Changes.from_json(row["changes"]).words is None:
        return "button-used"
    person, _ = await submission.whose(env, tx, row)
    return await submission.mend(env, tx, person, row["id"], "set_words", {"words": ""}, card=True)


async def prune(env: Env, tx: Transaction) -> None:
    """What was proposed long ago goes."""
    await tx.run(Q.prune, before=env.now_ms() - min(KEEP_MS, env.policy.retention_ms))
