"""Other offers that can make a job exactly as it was ordered, for at most a given price."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.core.catalog import Offer
from bot.core.errors import LimitReached
from bot.core.limits import Facts
from bot.core.money import Microusd
from bot.core.request import Attachment, Origin, VideoSpec
from bot.core.routing import by_preference, carried, quote
from bot.services import accounts, gathering
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.say import Button
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

REQUESTS = load("requests")
OFFERED = 2
"""So many buttons stand under one text."""

Fits = Callable[[Offer], bool]


@dataclass(frozen=True, slots=True)
class Way:
    """An offer, the order in its terms, and what it costs there at most."""

    offer: Offer
    spec: VideoSpec
    quote: Microusd


async def ways(env: Env, tx: Transaction, job: Row, fits: Fits) -> list[Way]:
    """Every other offer that fits and is up, in the order of preference."""
    files = await _files(tx, job["id"])
    spec = VideoSpec.from_json(job["spec"])
    here = job["provider"], job["model"]
    others = [o for o in by_preference(env.catalog) if (o.provider, o.model.id) != here and fits(o) and env.away.up(o)]
    found = (_way(env, spec, files, offer) for offer in others)
    return [way for way in found if way is not None]


def _way(env: Env, spec: VideoSpec, files: Mapping[int, Attachment], offer: Offer) -> Way | None:
    policy = env.policy
    made = carried(spec, files, offer.model, can_link=policy.can_link, max_download_bytes=policy.max_download_bytes)
    return Way(offer, made.spec, quote(offer, made)) if made is not None else None


async def _files(tx: Transaction, job_id: int) -> dict[int, Attachment]:
    rows = await tx.all(REQUESTS.media_of_job, job_id=job_id)
    return {row["id"]: gathering.attachment(row, Origin.MESSAGE) for row in rows}


async def instead(env: Env, tx: Transaction, person: Person, place: Place, job: Row) -> Way | None:
    """What takes a waiting job over by itself: its own model at another provider, and any able model where the words
    left the choice; never dearer than what is held, never a model that a limit forbids.
    """
    found = await ways(env, tx, job, lambda offer: bool(job["any_model"]) or offer.model.id == job["model"])
    cheap = [way for way in found if way.quote <= job["quote_microusd"]]
    cheap.sort(key=lambda way: way.offer.model.id != job["model"])
    if not cheap:
        return None
    at = await accounts.standing(env, tx, person, place)
    return next((way for way in cheap if way.offer.model.id == job["model"] or _allowed(at, way)), None)


def _allowed(at: accounts.Standing, way: Way) -> bool:
    facts = Facts(way.offer.model.id, way.spec.resolution, way.spec.duration_s, at.at)
    try:
        for bound in at.bounds:
            bound.check(way.quote, facts)
    except LimitReached:
        return False
    return True


async def buttons(env: Env, tx: Transaction, language: str, job: Row, fits: Fits) -> list[list[Button]]:
    """A button with its price for each of the first other models that could make it."""
    found = await ways(env, tx, job, lambda offer: offer.model.id != job["model"] and fits(offer))
    each = {way.offer.model.id: way for way in reversed(found)}
    return [[_button(env, language, job, way)] for way in list(reversed(each.values()))[:OFFERED]]


def _button(env: Env, language: str, job: Row, way: Way) -> Button:
    price = env.texts.money(language, way.quote)
    words = env.texts.plain(language, "button-elsewhere", model=way.offer.model.title, price=price)
    return Button(words, "elsewhere", {"job": job["id"], "model": way.offer.model.id, "agreed": way.quote})
