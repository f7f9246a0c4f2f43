"""What each Seedance model takes and delivers, as the vendor's documents say."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log

FRAMES_PER_SECOND = 24

RATIOS = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9")
_PIXELS = {
    "480p": ((864, 496), (752, 560), (640, 640), (560, 752), (496, 864), (992, 432)),
    "720p": ((1280, 720), (1112, 834), (960, 960), (834, 1112), (720, 1280), (1470, 630)),
    "1080p": ((1920, 1080), (1664, 1248), (1440, 1440), (1248, 1664), (1080, 1920), (2206, 946)),
    "4k": ((3840, 2160), (3326, 2494), (2880, 2880), (2494, 3326), (2160, 3840), (4398, 1886)),
}
_PIXELS_OF_25 = {("480p", "16:9"): (854, 480), ("480p", "9:16"): (480, 854)}


@dataclass(frozen=True, slots=True)
class Model:
    """``name`` is the id without its platform; ``each_s`` and ``total_s`` bound the references of a kind."""

    name: str
    resolutions: tuple[str, ...]
    longest_s: int
    counts: tuple[int, int, int]
    each_s: tuple[float, float]
    total_s: float
    newer: bool = False

    @property
    def family(self) -> str:
        """The name without its date, as messages write it."""
        return self.name.rpartition("-")[0]


def _model_20(name: str, *resolutions: str) -> Model:
    return Model(name, resolutions, 15, (9, 3, 3), (1.8, 15.2), 15.2)


MODELS = (
    _model_20("seedance-2-0-260128", "480p", "720p", "1080p", "4k"),
    _model_20("seedance-2-0-fast-260128", "480p", "720p"),
    _model_20("seedance-2-0-mini-260615", "480p", "720p"),
    Model("seedance-2-5-260628", ("480p", "720p", "1080p"), 30, (30, 10, 10), (1.8, 30.2), 30.2, newer=True),
)
SHORTEST_S = 4


def find_model(model_id: str, prefixes: frozenset[str]) -> Model | None:
    """The model of an id such as ``dreamina-seedance-2-0-260128``."""
    prefix, _, name = model_id.partition("-")
    return next((model for model in MODELS if model.name == name), None) if prefix in prefixes else None


def pixels(model: Model, resolution: str, ratio: str) -> tuple[int, int]:
    """Width and height of the output."""
    special = _PIXELS_OF_25.get((resolution, ratio)) if model.newer else None
    return special or _PIXELS[resolution][RATIOS.index(ratio)]


def nearest_ratio(width: int, height: int) -> str:
    """The fixed ratio that is nearest to a picture's."""
    return min(RATIOS, key=lambda ratio: abs(log(_quotient(ratio) * height / width)))


def tokens(width: int, height: int, input_s: float, output_s: int) -> int:
    """What a finished video is billed as; the input seconds are those of the reference videos."""
    return floor(width * height / 1024 * (FRAMES_PER_SECOND * (input_s + output_s) + 1))


def is_hevc(model: Model, resolution: str) -> bool:
    """Whether the vendor delivers this as 10-bit HEVC."""
    return resolution == ("1080p" if model.newer else "4k")


def _quotient(ratio: str) -> float:
    width, height = ratio.split(":")
    return int(width) / int(height)
