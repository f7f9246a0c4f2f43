"""Which model at which provider takes a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from bot.core.catalog import Catalog, Model, Offer
from bot.core.changes import setting
from bot.core.errors import Faults, Mend, Refusal
from bot.core.money import Microusd
from bot.core.parsing.values import ratio_value
from bot.core.request import Attachment, Options, Origin, ParsedRequest, VideoSpec
from bot.core.resolve import Resolution, resolve

AUTO = "auto"
Able = Callable[[Offer], Resolution]
"""Resolves the request against an offer; raises Faults when it can't be made there."""
Up = Callable[[Offer], bool]
"""Whether an offer's provider answers at the moment."""


def choose(catalog: Catalog, wanted: str | None, able: Able, up: Up = lambda _: True) -> tuple[Offer, Resolution]:
    """The offer that takes the request.

    A named model (or the default when `wanted` is None) is its first able offer, those that are up before those that
    are not; when none is able, the faults of its first are the answer. `auto` is the first able offer in the order of
    models, then by price, those that are up before those that are not. Raises Faults.
    """
    if is_auto(catalog, wanted):
        return _first_able(catalog, able, up)
    name = wanted or catalog.default_model
    offers = catalog.of(_known(catalog, name) or name)
    if not offers:
        raise Faults([_no_such_model(catalog, name)])
    ranked = sorted(offers, key=lambda offer: not up(offer))
    found = ((offer, made) for offer in ranked if (made := _tried(offer, able, [])))
    return next(found, None) or (offers[0], able(offers[0]))


def is_auto(catalog: Catalog, wanted: str | None) -> bool:
    """Whether any able model may make it."""
    return (wanted or catalog.default_model).casefold() == AUTO


def carried(
    spec: VideoSpec, files: Mapping[int, Attachment], model: Model, *, can_link: bool, max_download_bytes: int
) -> Resolution | None:
    """The same order at another model, every choice as it was; None where it can't be made exactly so.

    `files` by media id: what is known of the references.
    """
    labelled = {ref.label: replace(files[ref.media_id], origin=Origin.MESSAGE) for ref in spec.references}
    ratio = spec.ratio if ratio_value(spec.ratio) is not None else None
    options = Options(
        ratio=ratio,
        duration_s=spec.duration_s,
        resolution=spec.resolution,
        seed=spec.seed,
        audio=spec.audio,
        negative=spec.negative,
    )
    wanted = ParsedRequest(spec.prompt, options, {ref.label: ref.role for ref in spec.references})
    try:
        made = resolve(wanted, labelled, model, Options(), can_link=can_link, max_download_bytes=max_download_bytes)
    except Faults:
        return None
    return None if made.guessed else made


def quote(offer: Offer, resolution: Resolution) -> Microusd:
    """The most that one video of this order costs there."""
    return offer.price.quote(resolution.spec, resolution.input_video_s)


def _known(catalog: Catalog, name: str) -> str | None:
    """`Seedance 2` and `seedance2.0` are `seedance-2.0`: signs, case and a last zero make no other model."""
    names = {**{_bare(alias): model for alias, model in catalog.aliases.items()}}
    for model in (offer.model for offer in catalog.offers):
        names[_bare(model.title)] = names[_bare(model.id)] = model.id
    return names.get(_bare(name))


def _bare(name: str) -> str:
    return re.sub(r"\.0(?!\d)|[\W_]", "", name.casefold())


def by_preference(catalog: Catalog) -> list[Offer]:
    """All that is offered, in the order of models, the rest as configured."""
    preferred = [offer for name in catalog.model_order for offer in catalog.of(name)]
    return [*preferred, *(o for o in catalog.offers if o not in preferred and o.model.retired is None)]


def _first_able(catalog: Catalog, able: Able, up: Up) -> tuple[Offer, Resolution]:
    faults: list[Faults] = []
    named = {id(offer) for name in catalog.model_order for offer in catalog.of(name)}
    ranked = sorted(by_preference(catalog), key=lambda offer: not up(offer))
    for offer in (offer for offer in ranked if id(offer) in named):
        try:
            return offer, able(offer)
        except Faults as refusal:
            faults.append(refusal)
    rest = [offer for offer in ranked if id(offer) not in named]
    found = [(quote(offer, made), offer, made) for offer in rest if (made := _tried(offer, able, faults))]
    if found:
        _, offer, made = min(found, key=lambda priced: (not up(priced[1]), priced[0]))
        return offer, made
    raise faults[0] if faults else Faults([Refusal("fault-no-models")])


def _tried(offer: Offer, able: Able, faults: list[Faults]) -> Resolution | None:
    try:
        return able(offer)
    except Faults as refusal:
        faults.append(refusal)
        return None


def _no_such_model(catalog: Catalog, name: str) -> Refusal:
    models = catalog.models
    if not models:
        return Refusal("fault-no-models")
    retired = _retired(catalog, name)
    if retired is not None:
        mends = [_offer_model(model) for model in models[:1]]
        return Refusal("fault-model-retired", mends, model=retired.title, date=retired.retired or "")
    return Refusal("fault-model-unknown", _near(models, name), model=name, known=", ".join(m.id for m in models))


def _retired(catalog: Catalog, name: str) -> Model | None:
    known = _known(catalog, name)
    return next((offer.model for offer in catalog.offers if offer.model.id == known and offer.model.retired), None)


def _near(models: Sequence[Model], name: str) -> list[Mend]:
    by_id = {model.id: model for model in models}
    return [_offer_model(by_id[near]) for near in get_close_matches(name.casefold(), by_id, n=3, cutoff=0.4)]


def _offer_model(model: Model) -> Mend:
    return setting("model", model.id, model=model.title)
