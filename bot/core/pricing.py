"""What an order can cost at most, and what the reported usage did cost; exact decimals, rounded up to a micro-dollar.

A price list is data of a provider's catalog; these are the shapes in which providers bill.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from bot.core.catalog import Usage
from bot.core.errors import Defect
from bot.core.media import MediaKind
from bot.core.money import MICROUSD_PER_USD, Microusd, ceil_microusd
from bot.core.request import VideoSpec

T = TypeVar("T")

FPS = 24
PIXELS_PER_TOKEN = 1024
TOKENS_PER_UNIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """Micro-dollars per million tokens, without and with a video among the references."""

    plain: Decimal
    with_video: Decimal


def rates(listed: Mapping[str, tuple[str, str]], usd_per_unit: Decimal = Decimal(1)) -> dict[str, Rate]:
    """A list as it is printed (resolution → price without and with video input) in a currency worth `usd_per_unit`.

    >>> rates({"720p": ("46", "28")}, Decimal("0.14"))["720p"].plain
    Decimal('6440000.00')
    """
    unit = usd_per_unit * MICROUSD_PER_USD
    return {res: Rate(Decimal(plain) * unit, Decimal(video) * unit) for res, (plain, video) in listed.items()}


def tokens(width: int, height: int, output_s: float, input_video_s: float = 0) -> int:
    """Seedance's own formula; fits seven billed tasks exactly (facts: Ark price, 2026-10).

    >>> tokens(1280, 720, 5)
    108900
    """
    frames = FPS * (Decimal(str(output_s)) + Decimal(str(input_video_s))) + 1
    return math.floor(width * height * frames / PIXELS_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """Billed by tokens; `by_resolution` from `rates`.

    With a video reference Ark bills a minimum that it does not publish; the quote therefore counts the input as whole
    seconds and as at least as long as the output, which was never below a bill that was seen.
    """

    by_resolution: Mapping[str, Rate]

    def quote(self, spec: VideoSpec, input_video_s: float) -> Microusd:
        """The most it can cost. Raises Defect for a resolution without a price: it must not be offered."""
        counted_s = max(math.ceil(input_video_s), spec.duration_s) if _has_video(spec) else 0
        return self._price(spec, spec.resolution, tokens(spec.width, spec.height, spec.duration_s, counted_s))

    def cost(self, spec: VideoSpec, input_video_s: float, usage: Usage) -> Microusd:
        """By the reported tokens; without them the quote."""
        if usage.tokens is None:
            return self.quote(spec, input_video_s)
        made = usage.resolution or spec.resolution
        return self._price(spec, made if made in self.by_resolution else spec.resolution, usage.tokens)

    def _price(self, spec: VideoSpec, resolution: str, count: int) -> Microusd:
        rate = _listed(self.by_resolution, resolution)
        unit = rate.with_video if _has_video(spec) else rate.plain
        return ceil_microusd(unit * count / TOKENS_PER_UNIT)


@dataclass(frozen=True, slots=True)
class ModalityPrice:
    """Billed by tokens: those of the video, of what was read, and of what was written beside it, each at its own price
    in micro-dollars a million. `per_s` are the video's tokens a second of each resolution.

    The quote counts words as bytes, a picture and a second of input video as the most that was documented, and a long
    thought; what is reported was always less.
    """

    made: Microusd
    read: Microusd
    written: Microusd
    per_s: Mapping[str, int]
    picture_tokens: int
    input_s_tokens: int
    thought_tokens: int

    def quote(self, spec: VideoSpec, input_video_s: float) -> Microusd:
        """The most it can cost. Raises Defect for a resolution without a price."""
        pictures = sum(reference.label.kind is MediaKind.IMAGE for reference in spec.references)
        seconds = math.ceil(input_video_s)
        read = len(spec.words().encode()) + pictures * self.picture_tokens + seconds * self.input_s_tokens
        return self._price(_listed(self.per_s, spec.resolution) * spec.duration_s, read, self.thought_tokens)

    def cost(self, spec: VideoSpec, input_video_s: float, usage: Usage) -> Microusd:
        """By the reported tokens; without those of the video the quote."""
        if usage.tokens is None:
            return self.quote(spec, input_video_s)
        return self._price(usage.tokens, usage.read_tokens, usage.word_tokens)

    def _price(self, made: int, read: int, written: int) -> Microusd:
        total = made * self.made + read * self.read + written * self.written
        return ceil_microusd(Decimal(total) / TOKENS_PER_UNIT)


@dataclass(frozen=True, slots=True)
class PerMinutePrice:
    """Billed by the second of output at a price per minute of each resolution."""

    by_resolution: Mapping[str, Microusd]

    def quote(self, spec: VideoSpec, input_video_s: float) -> Microusd:  # noqa: ARG002 - one shape for all prices
        """The asked seconds. Raises Defect for a resolution without a price."""
        return self._price(spec, spec.duration_s)

    def cost(self, spec: VideoSpec, input_video_s: float, usage: Usage) -> Microusd:
        """By the reported seconds; without them the quote."""
        return self.quote(spec, input_video_s) if usage.seconds is None else self._price(spec, usage.seconds)

    def _price(self, spec: VideoSpec, seconds: float) -> Microusd:
        return ceil_microusd(_listed(self.by_resolution, spec.resolution) * Decimal(str(seconds)) / 60)


@dataclass(frozen=True, slots=True)
class PerSecondPrice:
    """Billed by the second of output at a price of each resolution, as it was made."""

    by_resolution: Mapping[str, Microusd]

    def quote(self, spec: VideoSpec, input_video_s: float) -> Microusd:  # noqa: ARG002 - one shape for all prices
        """The asked seconds. Raises Defect for a resolution without a price."""
        return self._price(spec.resolution, spec.duration_s)

    def cost(self, spec: VideoSpec, input_video_s: float, usage: Usage) -> Microusd:  # noqa: ARG002 - the same
        """By the reported seconds and resolution; what is not reported is as it was asked."""
        made = usage.resolution or spec.resolution
        priced = made if made in self.by_resolution else spec.resolution
        return self._price(priced, spec.duration_s if usage.seconds is None else usage.seconds)

    def _price(self, resolution: str, seconds: float) -> Microusd:
        return ceil_microusd(_listed(self.by_resolution, resolution) * Decimal(str(seconds)))


@dataclass(frozen=True, slots=True)
class ClipPrice:
    """One price a clip of each resolution, whatever its length."""

    by_resolution: Mapping[str, Microusd]

    def quote(self, spec: VideoSpec, input_video_s: float) -> Microusd:  # noqa: ARG002 - one shape for all prices
        """Raises Defect for a resolution without a price."""
        return _listed(self.by_resolution, spec.resolution)

    def cost(self, spec: VideoSpec, input_video_s: float, usage: Usage) -> Microusd:  # noqa: ARG002 - the same
        """The quote: nothing that is reported changes it."""
        return self.quote(spec, input_video_s)


@dataclass(frozen=True, slots=True)
class UnitRate:
    """A vendor's units for each second of output: silent, with sound, with a video among the references; `by_input`
    for each second of that video.
    """

    silent: Decimal
    sound: Decimal
    with_video: Decimal | None = None
    by_input: Decimal = Decimal(0)

    @classmethod
    def listed(cls, silent: str, sound: str, with_video: str | None = None, by_input: str = "0") -> UnitRate:
        """As it is printed."""
        return cls(
            Decimal(silent), Decimal(sound), None if with_video is None else Decimal(with_video), Decimal(by_input)
        )

    def of(self, spec: VideoSpec) -> Decimal:
        """The rate of this order's output."""
        if self.with_video is not None and _has_video(spec):
            return self.with_video
        return self.sound if spec.audio else self.silent


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """Billed in units of the vendor's own (credits, points); `unit` is what one is worth in micro-dollars, and a video
    costs `at_least` so many of them.
    """

    unit: Decimal
    by_resolution: Mapping[str, UnitRate]
    at_least: Decimal = Decimal(0)

    def quote(self, spec: VideoSpec, input_video_s: float) -> Microusd:
        """The asked seconds, and the input's whole ones. Raises Defect for a resolution without a price."""
        rate = _listed(self.by_resolution, spec.resolution)
        units = rate.of(spec) * spec.duration_s + rate.by_input * math.ceil(input_video_s)
        return ceil_microusd(self.unit * max(units, self.at_least))

    def cost(self, spec: VideoSpec, input_video_s: float, usage: Usage) -> Microusd:
        """By the reported units; without them the quote."""
        if usage.credits is None:
            return self.quote(spec, input_video_s)
        return ceil_microusd(self.unit * Decimal(str(usage.credits)))


def _listed(by_resolution: Mapping[str, T], resolution: str) -> T:
    if resolution not in by_resolution:
        raise Defect("no-price", resolution=resolution)
    return by_resolution[resolution]


def _has_video(spec: VideoSpec) -> bool:
    return any(reference.label.kind is MediaKind.VIDEO for reference in spec.references)
