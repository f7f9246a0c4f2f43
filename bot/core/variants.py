"""A finished order made otherwise: another seed, shape, resolution or length; everything else as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.core.catalog import Model
from bot.core.parsing import ratio_value
from bot.core.request import Role, VideoSpec


@dataclass(frozen=True, slots=True)
class Variant:
    """What is made otherwise; nothing set: the same once more."""

    new_seed: bool = False
    ratio: str | None = None
    resolution: str | None = None
    duration_s: int | None = None

    def to_data(self) -> dict[str, str | int]:
        """As a button carries it; `from_data` is its inverse."""
        said: dict[str, Any] = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: int(value) if isinstance(value, bool) else value for name, value in said.items()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Variant:
        """Reads what a button carries, whatever else it carries."""
        return cls(bool(data.get("new_seed")), data.get("ratio"), data.get("resolution"), data.get("duration_s"))


def varied(spec: VideoSpec, model: Model, variant: Variant, told_seed: object, fresh_seed: int) -> VideoSpec | None:
    """The order of a variant; None when the model does not make it. Another size keeps the seed that was used."""
    size = _sizes(spec, model).get((variant.resolution or spec.resolution, variant.ratio or spec.ratio))
    if size is None:
        return None
    made = replace(
        spec,
        ratio=variant.ratio or spec.ratio,
        resolution=variant.resolution or spec.resolution,
        width=size[0],
        height=size[1],
        duration_s=variant.duration_s or spec.duration_s,
        seed=_seed(spec, model, variant, told_seed, fresh_seed),
    )
    return made if made.duration_s in model.seconds_of(made) else None


def _sizes(spec: VideoSpec, model: Model) -> Mapping[tuple[str, str], tuple[int, int]]:
    return model.sizes_for(framed=any(ref.role is Role.FIRST for ref in spec.references))


def _seed(spec: VideoSpec, model: Model, variant: Variant, told: object, fresh: int) -> int | None:
    if variant.new_seed and model.takes_seed:
        return fresh
    sized = variant.ratio or variant.resolution
    return told if sized and model.takes_seed and isinstance(told, int) else spec.seed


def higher(spec: VideoSpec, model: Model) -> Variant | None:
    """The next resolution above that the model makes in the same shape and length."""
    return next(iter(_resized(spec, model, above=True)), None)


def smaller(spec: VideoSpec, model: Model) -> Variant | None:
    """What is likelier to be made in time: the next lower resolution, else about half the length."""
    lower = next(iter(_resized(spec, model, above=False)), None)
    shorter = [second for second in model.seconds_of(spec) if second < spec.duration_s]
    if lower is None and shorter:
        return Variant(duration_s=min(shorter, key=lambda second: abs(second - spec.duration_s / 2)))
    return lower


def other_ratios(spec: VideoSpec, model: Model) -> list[str]:
    """The shapes that the model offers at this resolution, but for the present one; `adaptive` is none."""
    offered = [ratio for resolution, ratio in _sizes(spec, model) if resolution == spec.resolution]
    return [ratio for ratio in dict.fromkeys(offered) if ratio != spec.ratio and ratio_value(ratio) is not None]


def _resized(spec: VideoSpec, model: Model, *, above: bool) -> list[Variant]:
    """The other resolutions on one side of the present one, the nearest first."""
    pixels = {resolution: w * h for (resolution, ratio), (w, h) in _sizes(spec, model).items() if ratio == spec.ratio}
    now = pixels.get(spec.resolution)
    if now is None:
        return []
    side = [name for name, count in pixels.items() if (count > now if above else count < now)]
    variants = [Variant(resolution=name) for name in sorted(side, key=lambda name: abs(pixels[name] - now))]
    return [one for one in variants if varied(spec, model, one, None, 0) is not None]


def seed_number(raw: bytes) -> int:
    """Random bytes as a seed that every model takes."""
    return int.from_bytes(raw, "big") % MAX_SEED


MAX_SEED = 2**31 - 1
