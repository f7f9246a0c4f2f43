"""Models as data: what each can do, what it takes, what it costs, and where each fact was read.

A *model* is what a person names (`seedance-2.0`); an *offer* is that model at one provider, with its wire id and price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from bot.core.media import InputLimits, MediaKind
from bot.core.money import Microusd
from bot.core.request import Role, VideoSpec

N = TypeVar("N", int, float)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a provider reported of a finished task; None where it reported nothing.

    `tokens` are those of the video; `read_tokens` and `word_tokens` those of the request and of written answers, where
    they are billed too. `odd` is what stands where a count belongs and is none.
    """

    tokens: int | None = None
    seconds: float | None = None
    credits: float | None = None
    resolution: str | None = None
    read_tokens: int = 0
    word_tokens: int = 0
    odd: str = ""

    def of_output(self) -> Usage:
        """What counts of it for a finished video: 0 is no count of one, whatever it is a count of."""
        return replace(
            self, tokens=_positive(self.tokens), seconds=_positive(self.seconds), credits=_positive(self.credits)
        )


def _positive(count: N | None) -> N | None:
    return count if count is not None and count > 0 else None


class Price(Protocol):
    """A price list's entry for one offer."""

    def quote(self, spec: VideoSpec, input_video_s: float) -> Microusd:
        """The most that this order can cost; KeyError-free: a model without a price is not offered."""
        ...

    def cost(self, spec: VideoSpec, input_video_s: float, usage: Usage) -> Microusd:
        """What the reported usage costs (may exceed the quote; the ledger caps it and books the overrun)."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read, and when (ISO date)."""

    where: str
    date: str


@dataclass(frozen=True, slots=True)
class Model:
    """Capabilities of one model at one provider. Seconds are whole; sizes are output pixels by (resolution, ratio).

    `only_s`: the seconds that are made where not every one of the range is; `seconds_at` the same for one resolution,
    `reference_s` for orders with pictures or videos as references, `ended_s` for those with a last frame.
    `images_beside_video`: the most pictures together with a video, where that is fewer.
    `frame_sizes` are the sizes with a first frame where they are others than without; `frame_fills_output`: a frame
    must have the output's own pixels; `frame_sets_ratio`: beside one no ratio is taken but the vendor's word for its
    own. `guesses_task`: what references are for is guessed from the words where it is not told.
    `takes_references`: pictures may be more than frames. `needs`: kinds without which there is nothing to make.
    `silent_with_video`: no sound beside a video. `as_long_as_input`: what is made lasts as long as the video given.
    `prompt_in_utf16`: characters of the prompt are counted as UTF-16 units.
    `poll_floor_s`: its provider is not asked about one task more often.
    """

    id: str
    title: str
    durations_s: tuple[int, int]
    sizes: Mapping[tuple[str, str], tuple[int, int]]
    inputs: Mapping[MediaKind, InputLimits]
    max_counts: Mapping[MediaKind, int]
    max_files: int
    prompt_max_chars: int
    patience_s: int
    deadline_s: int
    source: Source
    only_s: tuple[int, ...] = ()
    seconds_at: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    reference_s: tuple[int, ...] = ()
    ended_s: tuple[int, ...] = ()
    images_beside_video: int | None = None
    frame_sizes: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    frame_fills_output: bool = False
    frame_sets_ratio: bool = False
    guesses_task: bool = False
    first_last: bool = True
    takes_last: bool = True
    takes_references: bool = True
    needs: frozenset[MediaKind] = frozenset()
    frames_mix_with_references: bool = False
    audio_needs_visual: bool = True
    takes_seed: bool = True
    takes_negative: bool = False
    takes_audio_switch: bool = True
    makes_sound: bool = True
    silent_with_video: bool = False
    as_long_as_input: bool = False
    prompt_in_utf16: bool = False
    real_people: str = "unknown"
    video_by_link_only: bool = False
    poll_floor_s: int = 5
    retired: str | None = None

    @property
    def resolutions(self) -> tuple[str, ...]:
        """In the order of their sizes, smallest first."""
        return _by_size(self.sizes)

    def resolutions_for(self, *, framed: bool) -> tuple[str, ...]:
        """The same, with or without a first frame."""
        return _by_size(self.sizes_for(framed=framed))

    def sizes_for(self, *, framed: bool) -> Mapping[tuple[str, str], tuple[int, int]]:
        """The output's sizes, with or without a first frame."""
        return self.frame_sizes if framed and self.frame_sizes else self.sizes

    def seconds_for(
        self, resolution: str | None = None, *, referenced: bool = False, ended: bool = False
    ) -> tuple[int, ...]:
        """Every length that is made (at a resolution; with references; with a last frame), shortest first."""
        low, high = self.durations_s
        made = self.only_s or tuple(range(low, high + 1))
        narrowed = (self.seconds_at.get(resolution or ""), self.reference_s * referenced, self.ended_s * ended)
        for narrower in narrowed:
            if narrower:
                made = tuple(second for second in made if second in narrower) or narrower
        return made

    def seconds_of(self, spec: VideoSpec) -> tuple[int, ...]:
        """The same for an order like this one. Sounds are no references in this."""
        given = {ref.role for ref in spec.references if ref.label.kind is not MediaKind.AUDIO}
        return self.seconds_for(spec.resolution, referenced=Role.REFERENCE in given, ended=Role.LAST in given)

    @property
    def ratios(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(ratio for _, ratio in self.sizes))


def _by_size(sizes: Mapping[tuple[str, str], tuple[int, int]]) -> tuple[str, ...]:
    seen = {res: width * height for (res, _), (width, height) in sizes.items()}
    return tuple(sorted(seen, key=lambda res: seen[res]))


@dataclass(frozen=True, slots=True)
class Offer:
    """A model at a provider."""

    provider: str
    wire_id: str
    model: Model
    price: Price
    price_source: Source


@dataclass(frozen=True, slots=True)
class Catalog:
    """All offers that are configured, in PROVIDER_ORDER; retired ones are kept to say since when."""

    offers: tuple[Offer, ...] = ()
    default_model: str = "seedance-2.0"
    model_order: tuple[str, ...] = ("seedance-2.0", "seedance-2.0-fast", "seedance-2.0-mini", "seedance-2.5")
    aliases: Mapping[str, str] = field(default_factory=dict)

    def of(self, model_id: str) -> Sequence[Offer]:
        """The offers of a model in the order of preference."""
        wanted = self.aliases.get(model_id, model_id)
        return [offer for offer in self.offers if offer.model.id == wanted and offer.model.retired is None]

    def offer(self, provider: str, model_id: str) -> Offer | None:
        """Exactly this one, retired or not: a running job still needs it."""
        return next((o for o in self.offers if o.provider == provider and o.model.id == model_id), None)

    @property
    def names(self) -> frozenset[str]:
        """How the models are called."""
        return frozenset(model.id for model in self.models)

    @property
    def models(self) -> tuple[Model, ...]:
        """Each model once, first provider first, retired ones left out."""
        seen: dict[str, Model] = {}
        for offer in self.offers:
            if offer.model.retired is None:
                seen.setdefault(offer.model.id, offer.model)
        return tuple(seen.values())
