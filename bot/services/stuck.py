"""After a job that took longer than is usual and is provably over: a smaller one is offered, or made at once."""

from __future__ import annotations

from bot.core.job import Fail
from bot.core.preferences import DO
from bot.core.request import VideoSpec
from bot.core.variants import Variant, smaller
from bot.services import again, content, moderation, say, terms
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.say import Button
from bot.storage.base import Row, Transaction

STILL_THERE = frozenset({"deadline", "uncertain-released"})
"""After these a task may still be at work: a second one would be paid beside it."""


async def smaller_buttons(
    env: Env, tx: Transaction, person: Person, place: Place, job: Row, fail: Fail
) -> list[Button]:
    """The button that offers it; none when it is not to be offered, or was made at once for who chose so."""
    variant = _smaller(env, job, fail)
    found = await again.priced(env, tx, job, variant) if variant is not None else None
    if variant is None or found is None:
        return []
    _, spec, price = found
    wanted = person.preferences.downgrade == DO and not fail.cancelled and price <= job["quote_microusd"]
    if wanted and await moderation.held(env, tx, person, place) is None and await terms.take(tx, place, spec):
        await _make(env, tx, person, place, job, variant, spec)
        return []
    change = f"{spec.resolution} · {env.texts.seconds(person.language, spec.duration_s)}"
    words = env.texts.plain(
        person.language, "button-smaller", change=change, price=env.texts.money(person.language, price)
    )
    return [Button(words, "vary", again.data_of(job, variant, agreed=price))]


def _smaller(env: Env, job: Row, fail: Fail) -> Variant | None:
    overdue = job["patience_at"] is not None and job["patience_at"] <= env.now_ms()
    refused = fail.key.startswith(content.REFUSED)
    offer = env.catalog.offer(job["provider"], job["model"])
    if not overdue or refused or fail.key in STILL_THERE or offer is None or job["submitted_at"] is None:
        return None
    return smaller(VideoSpec.from_json(job["spec"]), offer.model)


async def _make(
    env: Env, tx: Transaction, person: Person, place: Place, job: Row, variant: Variant, spec: VideoSpec
) -> None:
    language = person.language
    seconds = env.texts.seconds(language, spec.duration_s)
    html = env.texts.render(
        language, "stuck-smaller", code=job["code"].lstrip("#"), resolution=spec.resolution, seconds=seconds
    )
    once = f"smaller:{job['id']}"
    await say.message(env, tx, place, html, person=person, reply_to=job["message_id"], once=once)
    await again.make(env, tx, person, job, variant, job["quote_microusd"])
