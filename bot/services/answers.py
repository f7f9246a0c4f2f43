"""What the words mean that a person replies to a question of ours with."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping

from bot.core.anew import roles_of, settings_of, sounds_of, words_of
from bot.core.changes import Changes
from bot.core.media import MediaKind
from bot.core.preferences import options_json
from bot.core.request import Label, Role, VideoSpec
from bot.services import after, library, preferring, say, submission
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Heard, Source
from bot.services.questions import Question
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, REQUESTS, JOBS = load("after"), load("requests"), load("jobs")
Take = Callable[[Env, Transaction, Person, Place, Heard, Question], Awaitable[str | None]]


async def take(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, question: Question) -> None:
    """Does what the answer is for; a refusal is said."""
    taker = TAKERS.get(question.purpose)
    key = await taker(env, tx, person, place, heard, question) if taker is not None else "button-old"
    if key is not None:
        html = env.texts.render(person.language, key)
        await say.message(env, tx, place, html, person=person, reply_to=heard.message_id)


async def _edit(
    env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, question: Question
) -> str | None:
    """The same references and settings with other words."""
    job = await _job(tx, question)
    if job is None:
        return "receipt-none"
    spec = VideoSpec.from_json(job["spec"])
    media = [ref.media_id for ref in spec.references]
    return await _draft(
        env, tx, person, place, heard, job, media, Changes(roles=roles_of(spec), sounds=sounds_of(spec))
    )


async def _swap(
    env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, question: Question
) -> str | None:
    """Another file in the place of the refused one; without it, other words."""
    job = await _job(tx, question)
    sent = await tx.all(REQUESTS.media_of_message, chat_id=place.chat_id, message_id=heard.message_id)
    if job is None or not sent:
        return await _edit(env, tx, person, place, heard, question)
    spec = VideoSpec.from_json(job["spec"])
    media = _swapped(spec, str(json.loads(job["error_data"]).get("labels", "")), sent[0])
    return await _draft(
        env, tx, person, place, heard, job, media, Changes(roles=roles_of(spec), sounds=sounds_of(spec))
    )


def _swapped(spec: VideoSpec, refused: str, new: Row) -> list[int]:
    """The references with a new file: in the place of the first refused one of its kind, else of the first of its kind,
    else behind them.
    """
    media = [ref.media_id for ref in spec.references]
    alike = [index for index, ref in enumerate(spec.references) if ref.label.kind == new["kind"]]
    named = [index for index in alike if f"@{spec.references[index].label}" in refused.replace(",", " ").split()]
    if not alike:
        return [*media, new["id"]]
    place = (named or alike)[0]
    return [*media[:place], new["id"], *media[place + 1 :]]


async def _extend(
    env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, question: Question
) -> str | None:
    """On from the last frame, with the same settings."""
    job = await _job(tx, question)
    media = await after.frame_of(env, tx, place, job) if job is not None else None
    if job is None or media is None:
        return "receipt-none"
    roles = {Label(MediaKind.IMAGE, 1): Role.FIRST}
    return await _draft(env, tx, person, place, heard, job, [media], Changes(roles=roles))


async def _job(tx: Transaction, question: Question) -> Row | None:
    job = await tx.one(JOBS.get, id=question.data["job"])
    return job if job is not None and job["erased_at"] is None else None


async def _draft(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    heard: Heard,
    job: Row,
    media: list[int],
    changes: Changes,
) -> str | None:
    """A request that comes from a job, shown as a card."""
    row = await tx.one(
        REQUESTS.add,
        user_id=person.id,
        chat_id=place.chat_id,
        topic_id=place.topic_id,
        message_id=heard.message_id,
        album_id=None,
        reply_to_message_id=None,
        source=Source.PLAIN.value,
        text=heard.words or words_of(VideoSpec.from_json(job["spec"])),
        changes=changes.to_json(),
        state="draft",
        settle_at=None,
        parent_job_id=job["id"],
        lines=0,
        now=env.now_ms(),
    )
    if row is None:
        return "button-used"
    settings = settings_of(VideoSpec.from_json(job["spec"]))
    await tx.run(Q.set_defaults, id=row["id"], defaults=options_json(settings))
    for position, media_id in enumerate(media):
        await tx.run(Q.give_media, request_id=row["id"], position=position, media_id=media_id)
    fresh = await tx.one(REQUESTS.get, id=row["id"])
    if fresh is not None:
        await submission.consider(env, tx, person, place, fresh, card=True)
    return None


TAKERS: Mapping[str, Take] = {
    "edit": _edit,
    "swap": _swap,
    "extend": _extend,
    "rename": library.rename,
    "zone": preferring.take_zone,
}
