"""The receipt of a job: what was made, with what, for how much, from which parent."""

from __future__ import annotations

import json

from bot.core.request import VideoSpec
from bot.services import after, cards, endings, say
from bot.services.after import Below
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("jobs")
NOTHING = ""
"""The text leaves out what is not given."""
DIGEST_CHARS = 12


async def show(
    env: Env, tx: Transaction, person: Person, place: Place, job: Row, press: str, *, with_buttons: bool = False
) -> None:
    """A message with the receipt, once a press; `with_buttons` of the video that it answers, for one in an album."""
    parent = await tx.one(Q.get, id=job["parent_job_id"]) if job["parent_job_id"] is not None else None
    references = await tx.all(Q.references, job_id=job["id"])
    html = receipt(env, person, job, references, parent)
    once = f"receipt:{press}:{env.now_ms() // 60_000}"
    reply_to = job["delivered_message_id"] if place.chat_id == job["chat_id"] else None
    below = Below(job, f"below:{once}", place)
    buttons = await after.first_rows(env, tx, person, below) if with_buttons else []
    await say.message(
        env, tx, place, html, person=person, buttons=buttons, reply_to=reply_to, once=once, slot=below.slot
    )


def receipt(env: Env, person: Person, job: Row, references: list[Row], parent: Row | None) -> str:
    """As text; what was not reported is left out."""
    language = person.language
    spec, told = VideoSpec.from_json(job["spec"]), json.loads(job["receipt"])
    offer = env.catalog.offer(job["provider"], job["model"])
    return env.texts.render(
        language,
        "receipt",
        code=job["code"].lstrip("#"),
        model=offer.model.title if offer else job["model"],
        version=str(told.get("model", NOTHING)),
        seconds=env.texts.seconds(language, spec.duration_s),
        resolution=spec.resolution,
        ratio=cards.shape(env, language, spec),
        seed=str(told.get("seed", spec.seed if spec.seed is not None else NOTHING)),
        cost=env.texts.money(language, job["cost_microusd"] if job["cost_microusd"] is not None else 0),
        references=Html(", ".join(_reference(row) for row in references)) or NOTHING,
        parent=parent["code"] if parent is not None else NOTHING,
        task=job["task_id"] or NOTHING,
        asked=env.texts.moment(language, job["created_at"], person.zone, env.now_ms()),
        reason=endings.reason(env, language, job),
    )


def _reference(row: Row) -> str:
    """A bare label would be taken for a person's name by Telegram."""
    digest = f" {row['sha256'][:DIGEST_CHARS]}" if row["sha256"] else ""
    return f"<code>@{row['label']}</code>{digest}"
