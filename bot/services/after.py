"""What can be done with a delivered video: the buttons below it, and what each does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.anew import words_of
from bot.core.catalog import Model
from bot.core.media import MediaKind
from bot.core.request import VideoSpec, label_attachments
from bot.core.variants import Variant, higher, other_ratios
from bot.services import again, clients, gathering, questions, say
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import HeardMedia
from bot.services.say import Button, Share, in_rows
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, REQUESTS, JOBS = load("after"), load("requests"), load("jobs")
RATIOS_A_ROW = 3
MAX_COPIED_CHARS = 1_500
TELEGRAM_DELETES_MS = 48 * 3_600_000
"""How long Telegram lets a bot delete what it sent."""


@dataclass(frozen=True, slots=True)
class Below:
    """The buttons below one message with a job's video: `slot` names them, so that a button shown anew is the same.

    `as_link`: the message has a link in the place of the file.
    """

    job: Row
    slot: str
    place: Place
    as_link: bool = False

    @property
    def spec(self) -> VideoSpec:
        return VideoSpec.from_json(self.job["spec"])

    def button(self, words: str, action: str, **more: str | int) -> Button:
        return Button(words, action, {"job": self.job["id"], **more})


async def first_rows(env: Env, tx: Transaction, person: Person, below: Below) -> list[list[Button]]:
    """What is wanted most: once more, otherwise, larger; and to the client for whom it was ordered."""
    model = _model(env, below.job)
    repeats = ("again", "seed", "edit") if model is None or model.takes_seed else ("again", "edit")
    buttons = [_named(env, person, below, name) for name in repeats]
    buttons += [*await _higher(env, tx, person, below), _named(env, person, below, "more")]
    to_client = [] if below.as_link else await clients.row(env, tx, person, below.place, below.job)
    return [*await _unspent(tx, below, in_rows(buttons)), *to_client]


async def all_rows(env: Env, tx: Transaction, person: Person, below: Below) -> say.Rows:
    """All that can be done."""
    more = [
        [_named(env, person, below, "shape"), *await _extend(env, tx, person, below)],
        await _use(env, tx, person, below),
        [_named(env, person, below, "original"), _named(env, person, below, "details")],
    ]
    last = [_named(env, person, below, "delete"), _named(env, person, below, "less")]
    first = await first_rows(env, tx, person, below)
    rest = [[button for button in row if button.action != "more"] for row in first]
    above = await _unspent(tx, below, [*rest, *more])
    return [*above, _shared(env, person, below), *await _unspent(tx, below, [last])]


def _shared(env: Env, person: Person, below: Below) -> list[Button | Share]:
    """Where else it may go: from a private chat into any other, from a group to its asker."""
    report = _named(env, person, below, "report")
    if not below.place.is_private:
        return [_named(env, person, below, "to-me"), report]
    if not env.own.inline or below.job["file_id"] is None:
        return [report]
    return [Share(env.texts.plain(person.language, "button-share"), below.job["code"].lstrip("#")), report]


def _named(env: Env, person: Person, below: Below, name: str) -> Button:
    return below.button(env.texts.plain(person.language, f"button-{name}"), name)


async def _unspent(tx: Transaction, below: Below, rows: list[list[Button]]) -> list[list[Button]]:
    """Without what was pressed: each of these works once."""
    spent = {(row["action"], row["data"]) for row in await tx.all(Q.spent, slot=below.slot)}
    kept = [[one for one in row if (one.action, json.dumps(dict(one.data))) not in spent] for row in rows]
    return [row for row in kept if row]


def _model(env: Env, job: Row) -> Model | None:
    offer = env.catalog.offer(job["provider"], job["model"])
    return None if offer is None or offer.model.retired is not None else offer.model


async def _higher(env: Env, tx: Transaction, person: Person, below: Below) -> list[Button]:
    """The next resolution with its price, which a press agrees to."""
    model = _model(env, below.job)
    variant = higher(below.spec, model) if model is not None else None
    found = await again.priced(env, tx, below.job, variant) if variant is not None else None
    if variant is None or found is None:
        return []
    price, resolution = env.texts.money(person.language, found[2]), variant.resolution or ""
    words = env.texts.plain(person.language, "button-higher", resolution=resolution, price=price)
    return [Button(words, "vary", again.data_of(below.job, variant, agreed=found[2]))]


async def _kinds(tx: Transaction, job_id: int) -> frozenset[str]:
    return frozenset(row["kind"] for row in await tx.all(JOBS.files, job_id=job_id))


async def _extend(env: Env, tx: Transaction, person: Person, below: Below) -> list[Button]:
    """Where the model begins with a given picture, and we have the last one."""
    model = _model(env, below.job)
    able = model is not None and model.first_last and model.max_counts.get(MediaKind.IMAGE, 0) > 0
    kept = "last_frame" in await _kinds(tx, below.job["id"])
    return [_named(env, person, below, "extend")] if able and kept else []


async def _use(env: Env, tx: Transaction, person: Person, below: Below) -> list[Button]:
    """As a reference of what comes next; a video only where its bytes can get to the model."""
    model, kinds = _model(env, below.job), await _kinds(tx, below.job["id"])
    if model is None:
        return []
    linked = env.policy.can_link or not model.video_by_link_only
    takes_video = linked and model.max_counts.get(MediaKind.VIDEO, 0) > 0
    names = ["use-video"] if takes_video and "output" in kinds else []
    names += ["use-frame"] if "last_frame" in kinds else []
    return [_named(env, person, below, name) for name in names]


async def shapes(env: Env, tx: Transaction, person: Person, below: Below) -> say.Rows:
    """The other shapes, each a video."""
    del tx
    model = _model(env, below.job)
    ratios = other_ratios(below.spec, model) if model is not None else []
    buttons = [Button(ratio, "vary", again.data_of(below.job, Variant(ratio=ratio))) for ratio in ratios]
    rows = [buttons[at : at + RATIOS_A_ROW] for at in range(0, len(buttons), RATIOS_A_ROW)]
    return [*rows, [_named(env, person, below, "less")]]


async def really(env: Env, tx: Transaction, person: Person, below: Below) -> say.Rows:
    """Before it is deleted. What keeps it stands where the finger is that tapped there more than once."""
    del tx
    return [[_named(env, person, below, "keep"), _named(env, person, below, "delete-yes")]]


async def ask_words(env: Env, tx: Transaction, person: Person, place: Place, job: Row) -> None:
    """Other words, the rest as it was."""
    await _ask(env, tx, person, place, job, "edit", words_of(VideoSpec.from_json(job["spec"])))


async def ask_next(env: Env, tx: Transaction, person: Person, place: Place, job: Row) -> None:
    """What happens after the last frame. References do not go on: in its words so far they are plain words."""
    words = VideoSpec.from_json(job["spec"]).own_words(
        lambda label: env.texts.labels(person.language, f"@{label}").removeprefix("@")
    )
    await _ask(env, tx, person, place, job, "extend", words)


async def ask_file(env: Env, tx: Transaction, person: Person, place: Place, job: Row) -> None:
    """Another file in the place of a refused one, the rest as it was."""
    await _ask(env, tx, person, place, job, "swap", words_of(VideoSpec.from_json(job["spec"])))


async def _ask(env: Env, tx: Transaction, person: Person, place: Place, job: Row, purpose: str, words: str) -> None:
    language = person.language
    words = env.texts.labels(language, " ".join(words.split()))[:MAX_COPIED_CHARS]
    html = env.texts.render(language, f"ask-{purpose}", code=job["code"].lstrip("#"), words=words)
    placeholder = env.texts.plain(language, f"field-{purpose}")
    reply_to = job["message_id"] if place.chat_id == job["chat_id"] else None
    await questions.ask(env, tx, person, place, purpose, {"job": job["id"]}, (html, placeholder), reply_to)


async def frame_of(env: Env, tx: Transaction, place: Place, job: Row) -> int | None:
    """The last frame as an attachment here; None when it is kept no more."""
    kept = {row["kind"]: row for row in await tx.all(JOBS.files, job_id=job["id"])}
    if "last_frame" not in kept:
        return None
    spec = VideoSpec.from_json(job["spec"])
    media = HeardMedia(
        MediaKind.IMAGE,
        "last_frame",
        "",
        f"frame-{job['id']}",
        mime="image/jpeg",
        size_bytes=kept["last_frame"]["size_bytes"],
        width=spec.width,
        height=spec.height,
    )
    message_id = job["delivered_message_id"] or 0
    kept_media = await gathering.remember(env, tx, place, job["user_id"], message_id, None, media, job["id"])
    return kept_media.id


async def lay_in_tray(env: Env, tx: Transaction, person: Person, place: Place, job: Row, *, frame: bool) -> str | None:
    """A video or its last frame as a reference of the next request; a toast's key when it is gone."""
    media_id = await (frame_of(env, tx, place, job) if frame else _video_of(env, tx, place, job))
    if media_id is None:
        return "receipt-none"
    now = env.now_ms()
    await tx.run(
        REQUESTS.add_to_tray,
        media_id=media_id,
        user_id=person.id,
        chat_id=place.chat_id,
        now=now,
        expires_at=now + env.policy.tray_ms,
    )
    labelled = label_attachments(await gathering.tray(env, tx, person, place))
    label = next(str(label) for label, item in labelled.items() if item.media_id == media_id)
    html = env.texts.render(person.language, "laid-in-tray", label=label)
    await say.message(env, tx, place, html, person=person)
    return None


async def _video_of(env: Env, tx: Transaction, place: Place, job: Row) -> int | None:
    """The video as it lies here, else noted here by the name that Telegram gave it."""
    message_id = job["delivered_message_id"] or 0
    row = await tx.one(Q.output_media, chat_id=place.chat_id, message_id=message_id, job_id=job["id"])
    if row is not None:
        return int(row["id"])
    if job["file_id"] is None:
        return None
    media = output_of(job["id"], job["file_id"], {})
    kept = await gathering.remember(env, tx, place, job["user_id"], -job["id"], None, media, job["id"])
    return kept.id


def output_of(job_id: int, file_id: str, info: Mapping[str, Any]) -> HeardMedia:
    """A job's video as an attachment; its untouched bytes are used for it."""
    return HeardMedia(
        MediaKind.VIDEO,
        "video",
        file_id,
        f"output-{job_id}",
        mime="video/mp4",
        size_bytes=info.get("size_bytes"),
        width=info.get("width"),
        height=info.get("height"),
        duration_ms=info.get("duration_ms"),
    )


async def delete(env: Env, tx: Transaction, person: Person, place: Place, job: Row, message_id: int) -> str:
    """The message goes, and soon all files; the books keep what it cost. Answers the toast's key."""
    await erase(env, tx, job)
    first = job["delivered_message_id"] if place.chat_id == job["chat_id"] else None
    for number in {message_id, first or message_id}:
        await say.remove(env, tx, place, number)
    age_ms = env.now_ms() - (job["finished_at"] or env.now_ms())
    if age_ms < TELEGRAM_DELETES_MS:
        return "deleted"
    html = env.texts.render(person.language, "deleted-by-hand", code=job["code"].lstrip("#"))
    await say.message(env, tx, place, html, person=person, reply_to=message_id)
    return "deleted"


async def erase(env: Env, tx: Transaction, job: Row) -> None:
    """What a job says and shows is gone; its size, its time and its money stay."""
    now = env.now_ms()
    spec = json.loads(job["spec"])
    blank = json.dumps({**spec, "prompt": [], "negative": None})
    if await tx.run(Q.erase_job, id=job["id"], spec=blank, now=now):
        await tx.run(Q.unwant_files, job_id=job["id"], now=now)
        await tx.run(Q.erase_output, job_id=job["id"])
        await tx.run(Q.erase_said, job_id=job["id"])
        await tx.run(Q.erase_request, id=job["request_id"])
        await clients.forget(tx, job)
