"""A request over a limit, laid before the chat's moderators, and what they answer: allow once, raise, refuse.

Their answer lifts what they hold and nothing else: what an operator holds, and the payer's own means, are asked anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.changes import Changes
from bot.core.errors import LimitReached, Refusal
from bot.core.limits import Bound, Counted, Measure, Period
from bot.core.money import Microusd
from bot.core.quotas import Kind, Setting, Whom, read_quota, written
from bot.core.raising import raised
from bot.core.shortening import shortened
from bot.services import (
    accounts,
    approvals,
    cards,
    gathering,
    limiting,
    moderation,
    permits,
    say,
    shared,
    submission,
    terms,
)
from bot.services.admins import rank_of
from bot.services.directory import Person, Place, may_ask, person_by_id, place_by_id, zone_of_group
from bot.services.env import Env
from bot.services.limiting import Target
from bot.services.operating import note_audit, shown_name
from bot.services.planning import Plan, plan_of
from bot.services.quotas import Aim, set_all, undo_buttons
from bot.services.say import Button, in_rows
from bot.services.wording import as_setting, short, told, told_one, whose
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q, REQUESTS = load("approvals"), load("requests")
MAX_PROMPT_CHARS = 300
BATCH = 20


async def ask(env: Env, tx: Transaction, person: Person, request_id: int) -> str | None:
    """The asker's tap on "Ask a moderator"; a toast's key when it can't be asked."""
    row = await tx.one(REQUESTS.get, id=request_id)
    if row is None or row["state"] != "draft":
        return "button-used"
    board = await shared.of(tx, row)
    if board is not None and not board.takes_part(person):
        return "shared-not-part"  # a permission that they could not use would keep others from asking
    place = await place_by_id(tx, row["chat_id"], row["topic_id"])
    if not await approvals.may_ask_more(env, tx, person, place):
        return "approval-enough"
    toast = await _lay_before(env, tx, person, place, row)
    await submission.consider(env, tx, person, place, row, card=True)
    return toast


async def _lay_before(env: Env, tx: Transaction, person: Person, place: Place, row: Row) -> str | None:
    """A toast's key; None when there is nothing to ask any more, or when others than the moderators say no."""
    try:
        made = await _plan(env, tx, row)
        standing = await accounts.standing(env, tx, person, place, row["id"])
        if accounts.is_refused(standing, made.orders):
            await approvals.end_agreed(tx, row["id"], person.id)
        if await approvals.question_of(tx, person, row["id"], made.shown) is not None:
            return "approval-already"
        limits = accounts.in_the_way(standing, made.orders)
    except Refusal:
        return None
    if not limits:
        return None
    await _put(env, tx, person, place, row, made, limits)
    return "approval-sent"


async def _plan(env: Env, tx: Transaction, row: Row) -> Plan:
    """What its asker said, whoever would pay for it. Raises Refusal."""
    asker, place = await submission.whose(env, tx, row)
    attachments = await gathering.gather(env, tx, asker, place, row)
    on = await terms.of(tx, asker, place, row)
    return plan_of(env, row, Changes.from_json(row["changes"]), attachments, on)


async def _in_the_way(
    env: Env, tx: Transaction, person: Person, place: Place, row: Row, made: Plan
) -> tuple[Counted | Bound, ...]:
    """Raises LimitReached when what the chat's administrators hold is not all."""
    standing = await accounts.standing(env, tx, person, place, row["id"])
    return accounts.in_the_way(standing, made.orders)


async def _put(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    row: Row,
    made: Plan,
    limits: Sequence[Counted | Bound],
) -> None:
    where = await approvals.place_of_moderators(tx, place)
    language = await approvals.language_of_moderators(env, tx, place, person.language)
    setting = await _raise_of(tx, person, place, made, limits)
    now = env.now_ms()
    added = await tx.one(
        Q.add,
        request_id=row["id"],
        user_id=person.id,
        chat_id=place.chat_id,
        topic_id=where.topic_id,
        shown=made.shown,
        jobs=made.count,
        price_microusd=made.total,
        raise_to=written([setting]) if setting is not None else "",
        language=language,
        told=_question(env, language, person, made, limits),
        expires_at=now + approvals.WAIT_MS,
        now=now,
    )
    approval = await tx.one(Q.get, id=added["id"]) if added is not None else None
    if approval is not None:
        is_here = where.topic_id == place.topic_id
        await approvals.show(env, tx, approval, _answers(env, approval), row["message_id"] if is_here else None)


async def _raise_of(
    tx: Transaction, person: Person, place: Place, made: Plan, limits: Sequence[Counted | Bound]
) -> Setting | None:
    """The limit of the asker's own that would be enough by itself, where the operator's ceiling lets it be set."""
    if len(limits) != 1:
        return None
    (limit,) = limits
    target = Target.member(place.chat_id, person.id)
    for setting in raised(limit, made.orders):
        try:
            await limiting.may_touch(tx, target, limit.measure, Period(setting.period or Period.NOW), setting.value)
        except Refusal:
            continue
        return setting
    return None


def _question(env: Env, language: str, person: Person, made: Plan, limits: Sequence[Counted | Bound]) -> Html:
    """Who asks for what at which price; then, apart from it, each limit in the way on a line of its own."""
    texts, name = env.texts, shown_name(person)
    price = texts.money(language, made.total)
    lines = [texts.render(language, "approval-card", name=name, price=price, count=made.count)]
    short = shortened(made.resolution.spec.own_words(), MAX_PROMPT_CHARS)
    if short:
        lines.append(texts.render(language, "approval-prompt", prompt=short))
    facts = cards.facts(env, language, made.offer.model, made.resolution.spec)
    lines += [texts.render(language, "approval-facts", **facts), Html()]
    lines.append(texts.render(language, "approval-limits", count=len(limits)))
    lines += [_in_its_way(env, language, name, limit, made) for limit in limits]
    return Html("\n".join(lines))


def _in_its_way(env: Env, language: str, name: str, limit: Counted | Bound, made: Plan) -> Html:
    """Whose limit it is and what it says; of money also by how much this is over it."""
    whom = whose(env, language, Whom(limit.scope.value), name)
    words = told_one(env, language, as_setting(limit))
    over = _over(limit, made)
    return env.texts.render(
        language, "approval-limit", whom=whom, limit=words, over=env.texts.money(language, over) if over else ""
    )


def _over(limit: Counted | Bound, made: Plan) -> Microusd:
    if limit.measure is Measure.MONEY and isinstance(limit, Counted) and limit.value:
        return Microusd(made.total - limit.left)
    if limit.measure is Measure.JOB and limit.value:
        return Microusd(max(price for price, _ in made.orders) - limit.value)
    return Microusd(0)


def _answers(env: Env, approval: Row) -> list[list[Button]]:
    language, data = approval["language"], {"approval": approval["id"]}

    def button(words: str, action: str) -> Button:
        return Button(words, action, data, for_all=True)

    settings = read_quota(approval["raise_to"]).settings if approval["raise_to"] else ()
    once = button(env.texts.plain(language, "button-allow-once"), "approve-allow")
    raises = [button(_raise_words(env, language, setting), "approve-raise") for setting in settings]
    return [*in_rows([once, *raises]), [button(env.texts.plain(language, "button-refuse"), "approve-refuse")]]


def _raise_words(env: Env, language: str, setting: Setting) -> str:
    """What the limit becomes; models by the names that people know."""
    if setting.kind is not Kind.MODEL:
        return env.texts.plain(language, "button-raise", limit=short(env, language, setting))
    titles = {model.id: model.title for model in env.catalog.models}
    names = [titles.get(name, name) for name in str(setting.value).split(",")]
    return env.texts.plain(language, "button-raise-models", models=", ".join(names))


async def decide(
    env: Env, tx: Transaction, actor: Person, place: Place, action: str, data: Mapping[str, Any]
) -> str | None:
    """A moderator's press on the card; a toast's key when it decides nothing."""
    approval = await tx.one(Q.get, id=data["approval"])
    if approval is None or approval["chat_id"] != place.chat_id:
        return "moderators-only"
    rank = await rank_of(env, tx, actor, place)
    if not rank.moderates:
        return "moderators-only"
    if approval["state"] != "open":
        return "approval-decided"
    if approval["expires_at"] <= env.now_ms():
        await _lapse(env, tx, approval)
        return "approval-decided"
    if action == "approve-refuse":
        await _refuse(env, tx, approval, actor)
        return None
    found = await _still_in_the_way(env, tx, approval)
    if isinstance(found, str):
        return found
    if action == "approve-raise" and found[1]:
        return await _raise_as_said(env, tx, approval, actor, place, *found)
    await _allow(env, tx, approval, actor)
    return None


async def _raise_as_said(
    env: Env,
    tx: Transaction,
    approval: Row,
    actor: Person,
    place: Place,
    made: Plan,
    limits: Sequence[Counted | Bound],
) -> str | None:
    """What the button says, if that is still what it takes; else the card says what it takes now."""
    _, person, asked_in = await _asked(env, tx, approval)
    setting = await _raise_of(tx, person, asked_in, made, limits)
    words = written([setting]) if setting is not None else ""
    if words == approval["raise_to"]:
        return await _raise(env, tx, approval, actor, place)
    await tx.run(Q.raise_to, id=approval["id"], raise_to=words)
    fresh = {**approval, "raise_to": words}
    await approvals.show(env, tx, fresh, _answers(env, fresh), None)
    return "card-changed"


async def _still_in_the_way(env: Env, tx: Transaction, approval: Row) -> str | tuple[Plan, tuple[Counted | Bound, ...]]:
    """What an answer is about; or why it would make nothing: the request is another now, its asker may not ask, or
    others say no too.
    """
    row, person, place = await _asked(env, tx, approval)
    if row["state"] != "draft":
        await approvals.close(env, tx, approval, "withdrawn")
        return "approval-changed"
    if await moderation.held(env, tx, person, place) or not await may_ask(env.policy, tx, person, place):
        return "approval-held"
    try:
        made = await _plan(env, tx, row)
        if made.shown != approval["shown"]:
            await approvals.close(env, tx, approval, "withdrawn")
            return "approval-changed"
        return made, await _in_the_way(env, tx, person, place, row, made)
    except LimitReached:
        return "approval-not-covered"
    except Refusal:
        await approvals.close(env, tx, approval, "withdrawn")
        return "approval-changed"


async def _asked(env: Env, tx: Transaction, approval: Row) -> tuple[Row, Person, Place]:
    row = await tx.one(REQUESTS.get, id=approval["request_id"])
    assert row is not None, "a question keeps its request"  # noqa: S101 - for the type
    place = await place_by_id(tx, row["chat_id"], row["topic_id"])
    return row, await person_by_id(env, tx, approval["user_id"]), place


async def _allow(env: Env, tx: Transaction, approval: Row, actor: Person) -> None:
    row, person, place = await _asked(env, tx, approval)
    until = await permits.give(env, tx, person, place, row["id"], actor.id, approval["jobs"])
    language, now = approval["language"], env.now_ms()
    moment = env.texts.moment(language, until, zone_of_group(env, place), now)
    await approvals.close(
        env, tx, approval, "allowed", actor, env.texts.render(language, "approval-allowed", until=moment)
    )
    buttons, ends = await _go_on(env, tx, approval), env.texts.moment(person.language, until, person.zone, now)
    key = "approval-told-waits" if buttons else "approval-told-allowed"
    await _tell(env, tx, approval, env.texts.render(person.language, key, until=ends), buttons)


async def _raise(env: Env, tx: Transaction, approval: Row, actor: Person, place: Place) -> str | None:
    _, person, _ = await _asked(env, tx, approval)
    settings = read_quota(approval["raise_to"]).settings
    aim = Aim(Target.member(approval["chat_id"], person.id), Whom.MEMBER, shown_name(person))
    try:
        before = await set_all(env, tx, actor, await rank_of(env, tx, actor, place), aim, settings)
    except Refusal:
        return "approval-above-ceiling"
    language = approval["language"]
    result = env.texts.render(language, "approval-raised", whom=aim.name, limits=told(env, language, settings))
    undo = undo_buttons(env, language, aim, before, approvals.slot_of(approval["id"]), for_all=False)
    await approvals.close(env, tx, approval, "raised", actor, result, [undo])
    raised_to = env.texts.render(person.language, "approval-told-raised", limits=told(env, person.language, settings))
    await _tell(env, tx, approval, raised_to, await _go_on(env, tx, approval))
    return None


async def _go_on(env: Env, tx: Transaction, approval: Row) -> list[list[Button]]:
    """The request starts, or shows what is to be tapped: the same button for its asker."""
    row, person, place = await _asked(env, tx, approval)
    await submission.consider(env, tx, person, place, row)
    fresh = await tx.one(REQUESTS.get, id=row["id"])
    if fresh is None or fresh["state"] != "draft":
        return []
    price = env.texts.money(person.language, approval["price_microusd"])
    words = env.texts.plain(person.language, "button-start", price=price)
    return [[Button(words, "start", {"request": row["id"], "shown": approval["shown"]})]]


async def _refuse(env: Env, tx: Transaction, approval: Row, actor: Person) -> None:
    if await approvals.close(env, tx, approval, "refused", actor):
        await note_audit(env, tx, actor.id, approval["chat_id"], "approval-refused", user=approval["user_id"])
        await _turn_down(env, tx, approval, "approval-told-refused")


async def lapse_overdue(env: Env) -> int:
    """What nobody answered within a day; answers how many. Called by upkeep."""

    async def use_case(tx: Transaction) -> int:
        rows = await tx.all(Q.overdue, now=env.now_ms(), limit=BATCH)
        for row in rows:
            await _lapse(env, tx, row)
        return len(rows)

    return await env.store.transact(use_case)


async def _lapse(env: Env, tx: Transaction, approval: Row) -> None:
    if await approvals.close(env, tx, approval, "lapsed"):
        await _turn_down(env, tx, approval, "approval-told-lapsed")


async def _turn_down(env: Env, tx: Transaction, approval: Row, key: str) -> None:
    """The asker is told, with what fits as it is; nothing starts by itself."""
    row, person, place = await _asked(env, tx, approval)
    if row["state"] != "draft":
        return
    await submission.consider(env, tx, person, place, row, card=True)
    fitting = await submission.what_fits(env, tx, person, place, row)
    buttons = [[cards.fit_button(env, person.language, row["id"], fitting)]] if fitting is not None else []
    await _tell(env, tx, approval, env.texts.render(person.language, key), buttons)


async def _tell(env: Env, tx: Transaction, approval: Row, html: Html, buttons: Sequence[Sequence[Button]]) -> None:
    row, person, place = await _asked(env, tx, approval)
    once = f"approval:{approval['id']}"
    await say.message(env, tx, place, html, person=person, buttons=buttons, reply_to=row["message_id"], once=once)
