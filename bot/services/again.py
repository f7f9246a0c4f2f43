"""A finished video made once more, the same or otherwise: priced and checked anew, linked to the one it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bot.core.anew import roles_of, settings_of, sounds_of, words_of
from bot.core.catalog import Offer
from bot.core.changes import Changes
from bot.core.errors import LimitReached
from bot.core.limits import Facts
from bot.core.money import Microusd
from bot.core.preferences import options_json
from bot.core.request import Options, Origin, VideoSpec, label_attachments
from bot.core.variants import Variant, seed_number, varied
from bot.services import accounts, approvals, gathering, jobs, quiet, say, shortfalls, terms
from bot.services.directory import Person, Place, place_by_id
from bot.services.env import Env
from bot.services.heard import Source
from bot.services.refusals import error_text, uncharged
from bot.services.say import Button
from bot.services.submission import threshold
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, AFTER = load("requests"), load("after")
MS = 1000


def action_of(variant: Variant) -> str:
    """The button's action that makes a variant; its name is also that of the button's words."""
    if variant.new_seed:
        return "seed"
    return "again" if variant == Variant() else "vary"


async def input_video_s(tx: Transaction, job_id: int) -> float:
    """Seconds of video that a job's references have, as their senders told."""
    rows = await tx.all(Q.media_of_job, job_id=job_id)
    return sum((media["duration_ms"] or 0) / MS for media in rows if media["kind"] == "video")


async def priced(env: Env, tx: Transaction, job: Row, variant: Variant) -> tuple[Offer, VideoSpec, Microusd] | None:
    """A variant as an order with its price; None when its model does not make it, or is offered no more."""
    offer = env.catalog.offer(job["provider"], job["model"])
    if offer is None or offer.model.retired is not None:
        return None
    told = json.loads(job["receipt"]).get("seed")
    fresh = seed_number(env.random_bytes(4))
    spec = varied(VideoSpec.from_json(job["spec"]), offer.model, variant, told, fresh)
    return None if spec is None else (offer, spec, offer.price.quote(spec, await input_video_s(tx, job["id"])))


async def make(
    env: Env, tx: Transaction, person: Person, job: Row, variant: Variant, agreed_microusd: int = 0
) -> str | None:
    """One more job; a toast's key when it can't be.

    Above the person's threshold a button with the price must be pressed first; what it said is `agreed_microusd`.
    """
    return (await tried(env, tx, person, job, variant, agreed_microusd))[1]


async def tried(
    env: Env, tx: Transaction, person: Person, job: Row, variant: Variant, agreed_microusd: int = 0
) -> tuple[bool, str | None]:
    """Whether there is one more job, and where there is none what `make` answers."""
    found = await priced(env, tx, job, variant)
    if found is None:
        return False, "model-gone"
    offer, spec, quote = found
    place = await place_by_id(tx, job["chat_id"], job["topic_id"])
    if not await terms.take(tx, place, spec):
        return False, "fault-words"
    standing = await accounts.standing(env, tx, person, place)
    try:
        accounts.check(standing, quote, 1, Facts(offer.model.id, spec.resolution, spec.duration_s))
    except LimitReached as limit:
        await _show_limit(env, tx, person, place, job, limit, variant, spec)
        return False, None
    if quote > max(threshold(env, person, place), agreed_microusd):
        await _ask(env, tx, person, place, job, quote, variant)
        return False, None
    row = await child_request(env, tx, person, place, job)
    await tx.run(Q.take, id=row["id"], now=env.now_ms())
    media_ids = {ref.label: ref.media_id for ref in spec.references}
    await jobs.add(env, tx, person, place, row, jobs.NewJob(offer, spec, quote, media_ids, 0), standing)
    return True, None


def data_of(job: Row, variant: Variant, **more: int) -> Mapping[str, str | int]:
    """What a variant's button carries."""
    return {"job": job["id"], **variant.to_data(), **more}


async def _ask(
    env: Env, tx: Transaction, person: Person, place: Place, job: Row, price: Microusd, variant: Variant
) -> None:
    """Something dear: the price first, on the button that starts it."""
    words = env.texts.plain(person.language, "button-start", price=env.texts.money(person.language, price))
    button = Button(words, action_of(variant), data_of(job, variant, agreed=price))
    html = env.texts.render(person.language, "again-price", code=job["code"].lstrip("#"))
    await say.message(env, tx, place, html, person=person, buttons=[[button]], reply_to=job["message_id"])


async def _show_limit(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    job: Row,
    limit: LimitReached,
    variant: Variant,
    spec: VideoSpec,
) -> None:
    """Over a limit: which one, the same button for later, and what lifts it: money, or the moderators alone."""
    action = action_of(variant)
    button = Button(env.texts.plain(person.language, f"button-{action}"), action, data_of(job, variant))
    limit, pays = await shortfalls.repair(env, tx, person, place, limit, job=job["id"])
    asks = await to_moderators(env, tx, person, place, job, limit, spec)
    buttons = [line for line in ([button], pays, asks) if line]
    html = uncharged(env, person.language, error_text(env, person.language, limit, person.zone))
    once = f"{action}:{job['id']}:{env.now_ms()}"
    message_id, most = job["message_id"], quiet.A_PERSON_WITH_A_MEND
    await quiet.refuse(env, tx, person, place, html, message_id, about=once, buttons=buttons, most=most)


async def to_moderators(
    env: Env, tx: Transaction, person: Person, place: Place, job: Row, limit: LimitReached, spec: VideoSpec
) -> list[Button]:
    """The button that lays this order before the moderators, where they alone stand in its way."""
    if not approvals.may_be_asked(place, limit):
        return []
    request_id = await _draft(env, tx, person, place, job, spec)
    return [approvals.ask_button(env, person.language, request_id)]


async def _draft(env: Env, tx: Transaction, person: Person, place: Place, job: Row, spec: VideoSpec) -> int:
    """The order as a request that is not taken yet: what moderators are asked about, and what starts after it."""
    row = await child_request(env, tx, person, place, job)
    now, request_id = env.now_ms(), int(row["id"])
    await tx.run(Q.rewrite, id=request_id, text=words_of(spec), lines=0, now=now)
    await tx.run(AFTER.set_defaults, id=request_id, defaults=options_json(settings_of(spec)))
    for position, ref in enumerate(spec.references):
        await tx.run(AFTER.give_media, request_id=request_id, position=position, media_id=ref.media_id)
    labelled = label_attachments(await gathering.gather(env, tx, person, place, row))
    unused = frozenset(label for label, item in labelled.items() if item.origin is Origin.MESSAGE)
    options = Options(seed=spec.seed, negative=spec.negative)
    changes = Changes(options, roles_of(spec), sounds=sounds_of(spec), left_out=unused)
    await tx.run(Q.change, id=request_id, changes=changes.to_json(), now=now)
    return request_id


async def child_request(env: Env, tx: Transaction, person: Person, place: Place, job: Row) -> Row:
    """A request that a button made out of a job."""
    parent = await tx.one(Q.get, id=job["request_id"])
    row = await tx.one(
        Q.add,
        user_id=person.id,
        chat_id=place.chat_id,
        topic_id=place.topic_id,
        message_id=job["message_id"],
        album_id=None,
        reply_to_message_id=None,
        source=Source.BUTTON.value,
        text=parent["text"] if parent else None,
        changes="{}",
        state="draft",
        settle_at=None,
        parent_job_id=job["id"],
        lines=0,
        now=env.now_ms(),
    )
    assert row is not None, "a button's request has no unique key to collide with"  # noqa: S101 - for the type
    return row
