"""The operator's own models and prices, out of `models.toml`: laid over what the adapters offer, without code.

    [[model]]                             a model of a provider: one that it has, changed, or another one like it
    provider = "openai"                   which provider
    id = "wan-2.2"                        what people name
    like = "sora-2"                       whose facts hold where nothing else is said (not needed for one that it has)
    wire_id = "Wan-AI/Wan2.2-T2V"         what the provider calls it
    seconds = [3, 4, 5]
    sizes."720p"."16:9" = [1280, 720]
    price.per_second = {"720p" = "0"}     or per_minute, per_clip, per_million_tokens ("720p" = ["7.0", "4.3"])

    [prices.contract]                       a price list, for ARK_PRICES or OPENAI_PRICES
    like = "byteplus"                     the list whose model ids hold
    price."seedance-2.0".per_million_tokens = {"720p" = ["6.5", "4.0"]}

Prices are US dollars, as texts so that they are exact. What a list does not name is not offered under it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.core.catalog import Model, Offer, Price, Source
from bot.core.errors import Defect, OperatorFault
from bot.core.media import MediaKind
from bot.core.money import usd
from bot.core.pricing import ClipPrice, PerMinutePrice, TokenPrice, rates
from bot.core.request import VideoSpec

Dollars = Annotated[Decimal, Field(ge=0, le=100_000)]
Pixels = Annotated[int, Field(ge=64, le=8192)]
Seconds = Annotated[int, Field(ge=1, le=600)]
Count = Annotated[int, Field(ge=0, le=100)]
Wait = Annotated[int, Field(ge=10, le=604_800)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Resolution = Annotated[str, Field(pattern=r"^[1-9]\d{0,4}[pPkK]$")]
Ratio = Annotated[str, Field(pattern=r"^[1-9]\d{0,3}:[1-9]\d{0,3}$")]
MINUTE_S = 60
LEAST = Decimal("0.000001")
"""Of dollars a minute or a clip: what the books can hold."""


def _no_auto(name: str) -> str:
    if name.casefold() == "auto":
        raise ValueError("auto is everybody's word for any model: name it otherwise")
    return name


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PriceTable(_Part):
    """One way of billing, by resolution."""

    per_second: dict[str, Dollars] = {}
    per_minute: dict[str, Dollars] = {}
    per_clip: dict[str, Dollars] = {}
    per_million_tokens: dict[str, tuple[Dollars, Dollars]] = {}

    @model_validator(mode="after")
    def _one_way(self) -> PriceTable:
        if sum(bool(way) for _, way in self) != 1:
            raise ValueError("say exactly one of per_second, per_minute, per_clip, per_million_tokens")
        billed = [(amount * MINUTE_S, amount) for amount in self.per_second.values()]
        billed += [(amount, amount) for amount in (*self.per_minute.values(), *self.per_clip.values())]
        for least, written in billed:
            if 0 < least < LEAST:
                raise ValueError(f"{written:f} is less than a millionth of a dollar and would be free: say 0, or more")
        return self

    def _a_minute(self) -> dict[str, Decimal]:
        return self.per_minute or {res: amount * MINUTE_S for res, amount in self.per_second.items()}

    def price(self) -> Price:
        """As the catalog has it."""
        if self.per_clip:
            return ClipPrice({res: usd(amount) for res, amount in self.per_clip.items()})
        if self.per_million_tokens:
            return TokenPrice(rates({res: (str(a), str(b)) for res, (a, b) in self.per_million_tokens.items()}))
        return PerMinutePrice({res: usd(amount) for res, amount in self._a_minute().items()})

    @property
    def resolutions(self) -> set[str]:
        """Those with a price."""
        return {res for _, way in self for res in way}


class OwnModel(_Part):
    """A model as the operator describes it; None is "as it was"."""

    provider: Name
    id: Annotated[str, Field(pattern=r"^[\w.\-]{1,64}$"), AfterValidator(_no_auto)]
    like: str | None = None
    wire_id: Name | None = None
    title: Name | None = None
    seconds: Annotated[list[Seconds], Field(min_length=1)] | None = None
    sizes: dict[Resolution, dict[Ratio, tuple[Pixels, Pixels]]] | None = None
    prompt_max_chars: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    max_images: Count | None = None
    max_videos: Count | None = None
    max_audios: Count | None = None
    max_files: Count | None = None
    patience_s: Wait | None = None
    deadline_s: Annotated[Wait, Field(ge=60)] | None = None
    real_people: Annotated[str, Field(pattern="^(allowed|refused|unknown)$")] | None = None
    retired: str | None = None
    offered: bool = True
    price: PriceTable | None = None
    source: str = "models.toml"
    date: str = ""

    def over(self, offer: Offer) -> Offer:
        """The offer as the operator wants it."""
        model = replace(offer.model, **self._facts(offer.model))
        price, source = offer.price, offer.price_source
        if self.price is not None:
            price, source = self.price.price(), Source(self.source, self.date)
            model = _priced(model, self.price.resolutions)
        return Offer(self.provider, self.wire_id or offer.wire_id, model, price, source)

    def _facts(self, model: Model) -> dict[str, Any]:
        plain = ("id", "title", "prompt_max_chars", "max_files", "patience_s", "deadline_s", "real_people", "retired")
        found = {name: value for name in plain if (value := getattr(self, name)) is not None}
        if self.id != model.id:
            found = {"title": self.id, **found}
        if self.seconds is not None:
            made = tuple(sorted(set(self.seconds)))
            found |= {
                "durations_s": (made[0], made[-1]),
                "only_s": made,
                "seconds_at": {},
                "reference_s": (),
                "ended_s": (),
            }
        if self.sizes is not None:
            flat = {(res, ratio): size for res, by_ratio in self.sizes.items() for ratio, size in by_ratio.items()}
            found |= {"sizes": flat, "frame_sizes": {}}
        return found | {"max_counts": self._counts(model)}

    def _counts(self, model: Model) -> Mapping[MediaKind, int]:
        told = zip(MediaKind, (self.max_images, self.max_videos, self.max_audios), strict=True)
        return dict(model.max_counts) | {kind: count for kind, count in told if count is not None}


class OwnList(_Part):
    """A named price list."""

    like: str
    price: dict[str, PriceTable]
    source: str = "models.toml"
    date: str = ""

    def over(self, offer: Offer) -> Offer | None:
        """The offer at this list's price; None where it has none."""
        table = self.price.get(offer.model.id)
        if table is None:
            return None
        model = _priced(offer.model, table.resolutions)
        return replace(offer, model=model, price=table.price(), price_source=Source(self.source, self.date))


class Own(_Part):
    """The whole file."""

    model: list[OwnModel] = []
    prices: dict[str, OwnList] = {}

    def laid_over(
        self,
        offers: Sequence[Offer],
        lists: Mapping[str, str],
        known: Sequence[Offer] = (),
        *,
        here: Collection[str],
    ) -> tuple[Offer, ...]:
        """`lists`: which named list each provider uses. A model may be like one of `known` that nobody offers here.
        `here`: the providers that are configured; what the file says of others waits until they are.
        Raises OperatorFault for a model like none.
        """
        priced = [found for offer in offers if (found := self._listed(offer, lists)) is not None]
        for number, own in enumerate(self.model, start=1):
            if own.provider in here:
                priced = self._with(own, number, priced, known)
        return tuple(priced)

    def list_below(self, name: str, built_in: Collection[str]) -> str | None:
        """The built-in list under a name, which may be of a list that is like it; None where there is none.
        Raises OperatorFault for a list like none.
        """
        mine = self.prices.get(name)
        if mine is None:
            return name if name in built_in else None
        if mine.like not in built_in:
            raise _wrong(f"prices {name}, like", f"name one of these: {', '.join(built_in)}")
        return mine.like

    def only_of(self, providers: Collection[str]) -> None:
        """Raises OperatorFault for a model of a provider that there is not: a name that was mistyped is not lost."""
        for number, own in enumerate(self.model, start=1):
            if own.provider not in providers:
                raise _wrong(f"model {number} ({own.id}), provider", f"name one of these: {', '.join(providers)}")

    def _listed(self, offer: Offer, lists: Mapping[str, str]) -> Offer | None:
        own = self.prices.get(lists.get(offer.provider, ""))
        return offer if own is None else own.over(offer)

    def _with(self, own: OwnModel, number: int, offers: list[Offer], known: Sequence[Offer]) -> list[Offer]:
        here = next((o for o in offers if (o.provider, o.model.id) == (own.provider, own.id)), None)
        models = [*_nearest(offers, own.provider), *known]
        base = here or next((offer for offer in models if offer.model.id == own.like), None)
        if base is None:
            names = ", ".join(dict.fromkeys(offer.model.id for offer in models))
            raise _wrong(f"model {number} ({own.id}), like", f"name one of the models that there are: {names}")
        if here is None and own.price is None:
            raise _wrong(f"model {number} ({own.id}), price", "a model without a price is not offered: say one")
        if base.provider != own.provider and own.wire_id is None:
            raise _wrong(f"model {number} ({own.id}), wire_id", f"say what {own.provider} calls it")
        made = [_checked(own.over(base), f"model {number} ({own.id})")] if own.offered else []
        if here is None:
            return [*offers, *made]
        return [new for offer in offers for new in (made if offer is here else [offer])]


def _nearest(offers: Sequence[Offer], provider: str) -> list[Offer]:
    return sorted(offers, key=lambda offer: offer.provider != provider)


def _priced(model: Model, resolutions: set[str]) -> Model:
    """No price, no offer: sizes without one are left out, those with a first frame too."""
    plain, framed = ({s: p for s, p in of.items() if s[0] in resolutions} for of in (model.sizes, model.frame_sizes))
    return replace(model, sizes=plain, frame_sizes=framed)


def _checked(offer: Offer, where: str) -> Offer:
    """What is offered has a size, and each of its sizes a price. Raises OperatorFault."""
    for resolution in {size[0] for size in (*offer.model.sizes, *offer.model.frame_sizes)}:
        order = VideoSpec(offer.model.id, (), (), offer.model.durations_s[0], resolution, "", 1, 1)
        try:
            offer.price.quote(order, 0)
        except Defect:
            raise _wrong(f"{where}, sizes", f"{resolution} has no price: say one") from None
    if not offer.model.sizes:
        raise _wrong(f"{where}, price", "none of its sizes has a price: name a resolution that it makes")
    return offer


def read_own(text: str) -> Own:
    """Raises OperatorFault that says where and what."""
    try:
        return Own.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at (.+)\)$", str(error))
        raise _wrong(place[1] if place else "the end", "this is not TOML: " + str(error).split(" (at ")[0]) from None
    except ValidationError as error:
        where, why = next(_told(error, text))
        raise _wrong(where, why) from None


def _told(error: ValidationError, text: str) -> Iterator[tuple[str, str]]:
    for item in error.errors(include_input=False, include_url=False):
        place = [str(part + 1) if isinstance(part, int) else part for part in item["loc"]]
        field = next((part for part in reversed(item["loc"]) if isinstance(part, str)), "")
        lines = [number for number, line in enumerate(text.splitlines(), start=1) if re.search(rf"\b{field}\b", line)]
        line = f"line {lines[0]}, " if len(lines) == 1 else ""
        yield f"{line}{' '.join(place)}", item["msg"].removeprefix("Value error, ")


def _wrong(where: str, why: str) -> OperatorFault:
    return OperatorFault("models-file-wrong", where=where, why=why)
