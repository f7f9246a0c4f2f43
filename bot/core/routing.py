"""Which model at which provider takes a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from bot.core.catalog import Catalog, Model, Offer
from bot.core.changes import setting
from bot.core.errors import Faults, Mend, Refusal
from bot.core.money import Microusd
from bot.core.resolve import Resolution

AUTO = "auto"
Able = Callable[[Offer], Resolution]
"""Resolves the request against an offer; raises Faults when it can't be made there."""


def choose(catalog: Catalog, wanted: str | None, able: Able) -> tuple[Offer, Resolution]:
    """The offer that takes the request.

    A named model (or the default when `wanted` is None) is its first offer, and its faults are the answer. `auto` is
    the first able offer in the order of models, then by price. Raises Faults.
    """
    name = wanted or catalog.default_model
    if name.casefold() == AUTO:
        return _first_able(catalog, able)
    offers = catalog.of(_known(catalog, name) or name)
    if not offers:
        raise Faults([_no_such_model(catalog, name)])
    return offers[0], able(offers[0])


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


def _first_able(catalog: Catalog, able: Able) -> tuple[Offer, Resolution]:
    faults: list[Faults] = []
    preferred = [offer for name in catalog.model_order for offer in catalog.of(name)]
    for offer in preferred:
        try:
            return offer, able(offer)
        except Faults as refusal:
            faults.append(refusal)
    rest = [offer for offer in catalog.offers if offer not in preferred and offer.model.retired is None]
    found = [(quote(offer, made), offer, made) for offer in rest if (made := _tried(offer, able, faults))]
    if found:
        _, offer, made = min(found, key=lambda priced: priced[0])
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
