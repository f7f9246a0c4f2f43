"""After a job that took longer than is usual and is provably over: a smaller one is offered, or made at once."""

from __future__ import annotations

from bot.core.job import Fail
from bot.core.money import Microusd
from bot.core.preferences import DO
from bot.core.request import VideoSpec
from bot.core.variants import Variant, smaller
from bot.services import again, content, moderation, say
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.say import Button
from bot.storage.base import Row, Transaction

STILL_THERE = frozenset({"deadline", "uncertain-released"})
"""After these a task may still be at work: a second one would be paid beside it."""


async def made_smaller(env: Env, tx: Transaction, person: Person, place: Place, job: Row, fail: Fail) -> bool:
    """Whether the smaller one is made at once, for who chose so, and said: then that is what is told of the end."""
    variant = _smaller(env, job, fail)
    if variant is None or person.preferences.downgrade != DO or fail.cancelled:
        return False
    found = await again.priced(env, tx, job, variant)
    if found is None or await moderation.held(env, tx, person, place) is not None:
        return False
    _, spec, price = found
    if price > job["quote_microusd"]:
        return False
    made, _ = await again.tried(env, tx, person, job, variant, job["quote_microusd"])
    if made:  # an answer goes before the status of the new job
        await _say(env, tx, person, place, job, spec, price)
    return made


async def smaller_buttons(env: Env, tx: Transaction, person: Person, job: Row, fail: Fail) -> list[Button]:
    """The button that offers it; none when it is not to be offered."""
    variant = _smaller(env, job, fail)
    found = await again.priced(env, tx, job, variant) if variant is not None else None
    if variant is None or found is None:
        return []
    _, spec, price = found
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


async def _say(
    env: Env, tx: Transaction, person: Person, place: Place, job: Row, spec: VideoSpec, price: Microusd
) -> None:
    html = env.texts.render(
        person.language,
        "stuck-smaller",
        code=job["code"].lstrip("#"),
        resolution=spec.resolution,
        seconds=env.texts.seconds(person.language, spec.duration_s),
        price_microusd=price,
    )
    once = f"smaller:{job['id']}"
    await say.message(env, tx, place, html, person=person, reply_to=job["message_id"], once=once)
