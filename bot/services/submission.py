"""From a request to jobs: label, parse, choose, quote, check limits, reserve, insert - in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.changes import Changes
from bot.core.errors import LimitReached, Mend, Refusal
from bot.core.media import MediaKind
from bot.core.preferences import Terms
from bot.core.request import Attachment
from bot.services import (
    accounts,
    albums,
    approvals,
    batches,
    cards,
    gathering,
    jobs,
    proposals,
    quiet,
    say,
    shared,
    shortfalls,
    terms,
)
from bot.services.directory import Person, Place, here, person_by_id, place_by_id
from bot.services.env import Env
from bot.services.heard import Source
from bot.services.planning import Fitting, Plan, Shot, fitting, own_words, plan_of, repaired
from bot.services.refusals import error_text, uncharged
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, SHARED = load("requests"), load("shared")


async def whose(env: Env, tx: Transaction, row: Row) -> tuple[Person, Place]:
    """The asker and the place of a request or a job."""
    place = await place_by_id(tx, row["chat_id"], row["topic_id"])
    return here(await person_by_id(env, tx, row["user_id"]), place), place


async def consider(env: Env, tx: Transaction, person: Person, place: Place, row: Row, *, card: bool = False) -> None:
    """Answers a request that is whole: faults, a card to start from (with `card` always), or jobs at once.

    What a group shares is shown as its asker's, whoever touched it, and waits for a tap whatever it costs.
    """
    board = await shared.of(tx, row)
    if board is not None:
        person, place = await whose(env, tx, row)
    attachments = await gathering.gather(env, tx, person, place, row)
    on = await terms.of(tx, person, place, row)
    changes = Changes.from_json(row["changes"])
    await proposals.check(env, tx, place, row, lambda: own_words(row["text"] or "", changes, attachments, on))
    try:
        made = plan_of(env, row, changes, attachments, on)
    except Refusal as refusal:
        await cards.show_faults(env, tx, person, place, row, refusal, _priced(env, row, attachments, on), attachments)
        return
    standing = await _standing(env, tx, person, place, row, made)
    try:
        if board is None:  # else the limits are those of who pays
            accounts.check_all(standing, made.orders)
    except LimitReached as limit:
        fits = _fitting(env, row, attachments, standing, on)
        await cards.show_limit(env, tx, person, place, row, made, limit, fits)
        return
    at_once = board is None and not card and starts_at_once(env, person, place, row, made)
    if at_once and not await albums.is_torn(tx, place, row):
        await accept(env, tx, person, place, row, made, standing, rest_ms=env.policy.rest_ms)
    else:

        def again(changes: Changes) -> Plan:
            return plan_of(env, row, changes, attachments, on)

        await cards.show_card(env, tx, person, place, row, made, standing, again)


async def _standing(env: Env, tx: Transaction, person: Person, place: Place, row: Row, made: Plan) -> accounts.Standing:
    """With what the moderators allowed, as long as it is for this very order."""
    await approvals.hold_to(tx, row["id"], made.shown)
    return await accounts.standing(env, tx, person, place, row["id"])


def _priced(env: Env, row: Row, attachments: Sequence[Attachment], on: Terms) -> cards.Priced:
    """What a request would be after one mend, and the nearest one of every other fault."""

    def priced(mend: Mend) -> Plan | None:
        changes = Changes.from_json(row["changes"]).after(mend.action, mend.value)
        return repaired(env, row, changes, attachments, on)

    return priced


def _fitting(
    env: Env, row: Row, attachments: Sequence[Attachment], standing: accounts.Standing, on: Terms
) -> Fitting | None:
    return fitting(env, row, Changes.from_json(row["changes"]), attachments, standing, on)


async def what_fits(env: Env, tx: Transaction, person: Person, place: Place, row: Row) -> Fitting | None:
    """The same for a request as it stands now; a shared draft is changed by its asker alone."""
    if await shared.of(tx, row) is not None:
        return None
    attachments = await gathering.gather(env, tx, person, place, row)
    try:
        standing, on = await accounts.standing(env, tx, person, place), await terms.of(tx, person, place, row)
        return _fitting(env, row, attachments, standing, on)
    except Refusal:
        return None


def threshold(env: Env, person: Person, place: Place) -> int:
    """The price above which nothing starts without a tap on it, in micro-dollars: the person's, else the chat's."""
    set_here = (person.confirm_above_microusd, place.preferences.confirm_above_microusd)
    return next((own for own in set_here if own is not None), env.policy.confirm_above_microusd)


def starts_at_once(env: Env, person: Person, place: Place, row: Row, made: Plan) -> bool:
    """Without a tap only when nothing is dear, doubtful or many (SPEC, "The card")."""
    own_media = place.is_private and any(item.origin == "message" for item in made.labelled.values())
    asked = row["source"] in {Source.COMMAND, Source.MENTION} or own_media
    doubtful = bool(made.parsed.stripped) or any(_is_doubtful(shot) for shot in made.shots)
    few = len(made.resolution.spec.references) <= 1
    return asked and few and not row["lines"] and not doubtful and made.total <= threshold(env, person, place)


def _is_doubtful(shot: Shot) -> bool:
    return shot.resolution.guessed or bool(shot.resolution.notes)


async def accept(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    row: Row,
    made: Plan,
    standing: accounts.Standing,
    rest_ms: int = 0,
) -> None:
    """Takes the request, once: jobs inserted, money reserved (limits checked again), the status laid in the outbox.

    Raises LimitReached where the clock moved on past a limit's hour meanwhile: then nothing of it may stay.
    """
    if await tx.run(Q.take, id=row["id"], now=env.now_ms()) == 0:
        return
    was_shared = await shared.of(tx, row) is not None
    row = await _hand_over(tx, row, person)
    await proposals.close(env, tx, place, row["id"])
    media = {label: item.media_id for label, item in made.labelled.items()}
    for shot in made.shots:
        order = jobs.NewJob(shot.offer, shot.resolution.spec, shot.quote, media, rest_ms, made.count, shot.any_model)
        await jobs.add(env, tx, person, place, row, order, standing)
    if made.count > 1:
        limits = await batches.at_once(env, tx, person, place, row["id"])
        await batches.let_go(env, tx, limits, row["id"], rest_ms=rest_ms)
        await batches.changed(env, tx, row["id"])
    if not was_shared:  # nobody's tray is in that
        await _answer_questions(env, tx, person, place)
        await tx.run(Q.empty_tray, user_id=person.id, chat_id=place.chat_id)


async def _hand_over(tx: Transaction, row: Row, payer: Person) -> Row:
    """Who pays has the request from now on; who brought what is kept no longer."""
    await tx.run(SHARED.end, request_id=row["id"])
    await tx.run(SHARED.hand_over, request_id=row["id"], user_id=payer.id)
    return {**row, "user_id": payer.id}


async def _answer_questions(env: Env, tx: Transaction, person: Person, place: Place) -> None:
    """What a voice note is was asked; the request that it is used in, or left out of, says it."""
    if env.policy.transcribes and place.is_private:
        for item in await gathering.tray(env, tx, person, place):
            if item.kind is MediaKind.AUDIO:
                await say.remove_card(env, tx, place, gathering.question_slot(item.media_id))


async def start(env: Env, tx: Transaction, person: Person, request_id: int, shown: str) -> str | None:
    """The tap on ▶: a toast's key when it can't be done any more, or when it is no longer what the card `shown`.

    What is made is what its asker said; who taps pays, by their own limits.
    """
    row = await tx.one(Q.get, id=request_id)
    board = await shared.of(tx, row) if row is not None else None
    if row is None or row["state"] != "draft":
        return "button-used" if board is None else "shared-over"
    if board is not None and not board.takes_part(person):
        return "shared-not-part"
    asker, place = await whose(env, tx, row)
    attachments = await gathering.gather(env, tx, asker, place, row)
    on = await terms.of(tx, asker, place, row)
    try:
        made = plan_of(env, row, Changes.from_json(row["changes"]), attachments, on)
    except Refusal as refusal:
        await cards.show_faults(env, tx, asker, place, row, refusal, _priced(env, row, attachments, on), attachments)
        return None
    standing = await _standing(env, tx, person, place, row, made)
    if made.shown != shown:
        await consider(env, tx, asker, place, row, card=True)
        return "card-changed"
    try:
        accounts.check_all(standing, made.orders)
    except LimitReached as limit:
        if board is not None:
            await _tell_payer(env, tx, person, place, row, made, limit)
            return None
        fits = _fitting(env, row, attachments, standing, on)
        await cards.show_limit(env, tx, person, place, row, made, limit, fits)
        return None
    await accept(env, tx, person, place, row, made, standing)
    return None


async def _tell_payer(
    env: Env, tx: Transaction, person: Person, place: Place, row: Row, made: Plan, limit: LimitReached
) -> None:
    """A limit of one who would pay for a shared draft: theirs to read, to lift or to ask about. The card stays."""
    limit, pays = await shortfalls.repair(env, tx, person, place, limit, request=row["id"])
    note, asks = await approvals.on_the_limit_card(env, tx, person, place, row["id"], made.shown, limit)
    told = uncharged(env, person.language, error_text(env, person.language, limit, person.zone))
    html = "\n".join([told, *([] if note is None else [note])])
    buttons, about = [line for line in (pays, asks) if line], f"pay:{row['id']}:{person.id}:{env.now_ms()}"
    most = quiet.A_PERSON_WITH_A_MEND
    await quiet.refuse(env, tx, person, place, html, row["message_id"], about=about, buttons=buttons, most=most)


async def change(
    env: Env, tx: Transaction, person: Person, request_id: int, changes: Changes, *, card: bool = False
) -> str | None:
    """A tap that repairs or changes: laid over the words, then considered again."""
    if await tx.run(Q.change, id=request_id, changes=changes.to_json(), now=env.now_ms()) == 0:
        return "button-used"
    await approvals.withdraw(env, tx, request_id)
    row = await tx.one(Q.get, id=request_id)
    if row is not None:
        await consider(env, tx, person, await place_by_id(tx, row["chat_id"], row["topic_id"]), row, card=card)
    return None


async def mend(
    env: Env,
    tx: Transaction,
    person: Person,
    request_id: int,
    action: str,
    value: Mapping[str, Any],
    *,
    card: bool = False,
) -> str | None:
    """One mend of a fault, or (`card`) one choice of the card, over what was changed before."""
    row = await tx.one(Q.get, id=request_id)
    if row is None:
        return "button-used"
    changes = Changes.from_json(row["changes"]).after(action, value)
    return await change(env, tx, person, request_id, changes, card=card)


async def choose(env: Env, tx: Transaction, person: Person, request_id: int, chooser: str) -> str | None:
    """▾ of a card: its choices take the place of its buttons; none (`""`) brings them back."""
    if await tx.run(Q.open, id=request_id, opened=chooser or None) == 0:
        return "button-used"
    row = await tx.one(Q.get, id=request_id)
    if row is not None:
        await consider(env, tx, person, await place_by_id(tx, row["chat_id"], row["topic_id"]), row, card=True)
    return None


async def discard(env: Env, tx: Transaction, person: Person, request_id: int) -> str | None:
    """The ✕ of a card."""
    row = await tx.one(Q.get, id=request_id)
    if row is None or await tx.run(Q.discard, id=request_id, now=env.now_ms()) == 0:
        return "button-used"
    await approvals.withdraw(env, tx, request_id)
    place = await place_by_id(tx, row["chat_id"], row["topic_id"])
    await tx.run(SHARED.end, request_id=request_id)
    await proposals.close(env, tx, place, request_id)
    await cards.show_discarded(env, tx, person, place, row)
    return None


async def discard_open(env: Env, tx: Transaction, person: Person, place: Place) -> list[Row]:
    """Every request of a person here whose card still waits for a tap, or that is still arriving; answers them."""
    since = env.now_ms() - env.policy.button_ms
    rows = await tx.all(Q.drafts_of, user_id=person.id, chat_id=place.chat_id, since=since)
    for row in rows:
        await tx.run(Q.discard, id=row["id"], now=env.now_ms())
        await approvals.withdraw(env, tx, row["id"])
        home = await place_by_id(tx, row["chat_id"], row["topic_id"])
        await tx.run(SHARED.end, request_id=row["id"])
        await proposals.close(env, tx, home, row["id"])
        if await quiet.stands(tx, home, cards.slot_of(row["id"])):
            await cards.show_discarded(env, tx, person, home, row)
    return rows


async def call_back_resting(env: Env, tx: Transaction, row: Row) -> bool:
    """Takes back the jobs of a request that still rest; True when the request is open for changes (again)."""
    if row["state"] != "taken":
        return row["state"] in {"collecting", "draft"}
    if await shared.of(tx, row) is not None or not await jobs.withdraw_all(env, tx, row["id"]):
        return False  # what a group shared was paid for by a tap, maybe by another
    return await tx.run(Q.reopen, id=row["id"], now=env.now_ms()) == 1
