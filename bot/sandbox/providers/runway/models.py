"""What each model takes at each endpoint, and what a second of it costs in credits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Endpoint = Literal["text_to_video", "image_to_video", "video_to_video"]
Pairs = tuple[str, ...]


def pairs(words: str) -> Pairs:
    """``"1280:720 720:1280"`` as it is written in a body."""
    return tuple(words.split())


@dataclass(frozen=True, slots=True)
class Model:
    """``credits`` a second by the shorter side, with sound and without; ``by_input``: its part for an input second."""

    ratios: Mapping[Endpoint, Pairs]
    seconds: tuple[int, ...]
    credits: Mapping[int, tuple[str, str]]
    fields: frozenset[str] = frozenset({"seed"})
    longest_prompt: int = 1000
    positions: frozenset[str] = frozenset({"first"})
    prompt_optional: frozenset[Endpoint] = frozenset()
    duration_required: bool = False
    video_field: str = "promptVideo"
    images: int = 0
    least: int = 0
    by_input: Decimal = Decimal(0)
    auto: bool = False

    def cost(self, size: tuple[int, int], seconds: float, input_s: float, *, sound: bool) -> int:
        """Whole credits."""
        rates = self.credits[min(self.credits, key=lambda side: abs(side - min(size)))]
        rate = Decimal(rates[0] if sound else rates[1])
        whole = rate * math.ceil(seconds) + rate * self.by_input * math.ceil(input_s)
        return max(self.least, math.ceil(whole))


_WIDE = "1280:720 720:1280"
_SIX = f"{_WIDE} 1104:832 960:960 832:1104 1584:672"
_VEO = f"{_WIDE} 1080:1920 1920:1080"
_480 = "992:432 864:496 752:560 640:640 560:752 496:864"
_480_25 = "992:432 854:480 752:560 640:640 560:752 480:854"
_720 = "1470:630 1280:720 1112:834 960:960 834:1112 720:1280"
_1080 = "2206:946 1920:1080 1664:1248 1440:1440 1248:1664 1080:1920"
_4K = "3840:1646 3840:2160 3840:2880 3840:3840 2880:3840 2160:3840"
_ALL: tuple[Endpoint, ...] = ("text_to_video", "image_to_video", "video_to_video")


def _everywhere(words: str) -> dict[Endpoint, Pairs]:
    return dict.fromkeys(_ALL, pairs(words))


def _veo(sound: str, silent: str) -> Model:
    return Model(
        ratios={"text_to_video": pairs(_VEO), "image_to_video": pairs(_VEO)},
        seconds=(4, 6, 8),
        credits={720: (sound, silent)},
        fields=frozenset({"seed", "audio", "negativePrompt"}),
        positions=frozenset({"first", "last"}),
        prompt_optional=frozenset({"image_to_video"}),
    )


@dataclass(frozen=True, slots=True)
class _Seedance:
    """The family's common part."""

    ratios: str
    credits: Mapping[int, str]
    longest_s: int = 15
    longest_prompt: int = 3500
    images: int = 9
    least: int = 0
    by_input: Decimal = Decimal(0)
    more: frozenset[str] = field(default_factory=frozenset)

    def model(self) -> Model:
        return Model(
            ratios=_everywhere(self.ratios),
            seconds=tuple(range(4, self.longest_s + 1)),
            credits={side: (rate, rate) for side, rate in self.credits.items()},
            fields=frozenset({"seed", "audio", "references", "referenceVideos", "referenceAudio"}) | self.more,
            longest_prompt=self.longest_prompt,
            positions=frozenset({"first", "last", ""}),
            prompt_optional=frozenset({"image_to_video", "video_to_video"}),
            images=self.images,
            least=self.least,
            by_input=self.by_input,
            auto=True,
        )


MODELS: Mapping[str, Model] = {
    "gen4.5": Model(
        ratios={"text_to_video": pairs(_WIDE), "image_to_video": pairs(_SIX)},
        seconds=tuple(range(2, 11)),
        credits={720: ("12", "12")},
        duration_required=True,
    ),
    "gen4_turbo": Model(
        ratios={"image_to_video": pairs(_SIX)},
        seconds=tuple(range(2, 11)),
        credits={720: ("5", "5")},
        prompt_optional=frozenset({"image_to_video"}),
    ),
    "aleph2": Model(
        ratios={"video_to_video": ()},
        seconds=(),
        credits={720: ("28", "28")},
        fields=frozenset({"seed", "targetAspectRatio"}),
        prompt_optional=frozenset({"video_to_video"}),
        video_field="videoUri",
        least=56,
    ),
    "veo3.1": _veo("40", "20"),
    "veo3.1_fast": _veo("15", "10"),
    "seedance2": _Seedance(f"{_480} {_720} {_1080} {_4K}", {480: "36", 720: "36", 1080: "40", 2160: "150"}).model(),
    "seedance2_fast": _Seedance(f"{_480} {_720}", {720: "29"}).model(),
    "seedance2_mini": _Seedance(f"{_480} {_720}", {720: "16"}, least=64).model(),
    "seedance2_5": _Seedance(
        f"{_480_25} {_720} {_1080}",
        {480: "20", 720: "30", 1080: "68"},
        longest_s=30,
        longest_prompt=15_000,
        images=30,
        least=80,
        by_input=Decimal("0.5"),
        more=frozenset({"mode"}),
    ).model(),
}
