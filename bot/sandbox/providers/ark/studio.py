"""From a task to the renderer's order: what was left open is chosen, references get their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from bot.sandbox.providers.ark.ask import Ask
from bot.sandbox.providers.ark.facts import is_hevc, nearest_ratio, pixels
from bot.sandbox.providers.ark.media import Reference
from bot.sandbox.providers.ark.settings import ArkKnobs
from bot.sandbox.providers.ark.tasks import Task
from bot.sandbox.render import Clip, Codec, Order, Picture, Role, Sound

_OWN_CHOICE_S = 5
_UPRIGHT_WORDS = ("vertical", "portrait", "9:16", "вертикаль")
_ROLES = {"first_frame": Role.FIRST, "last_frame": Role.LAST, "reference_image": Role.REFERENCE, None: Role.FIRST}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the model settles for."""

    ratio: str
    duration_s: int
    width: int
    height: int
    video_input_s: float


def choose(ask: Ask, references: Sequence[Reference]) -> Chosen:
    """Resolve ``adaptive`` and -1, and measure the output."""
    ratio = ask.ratio if ask.ratio != "adaptive" else _fitting_ratio(ask, references)
    video_input_s = sum(floor(reference.look.duration_s) for reference in references if reference.item.kind == "video")
    duration_s = ask.duration_s if ask.duration_s != -1 else _OWN_CHOICE_S
    width, height = pixels(ask.model, ask.resolution, ratio)
    return Chosen(ratio, duration_s, width, height, video_input_s)


def _fitting_ratio(ask: Ask, references: Sequence[Reference]) -> str:
    """The first video's, else the first picture's, else what the words ask for."""
    for kind in ("video", "image"):
        for reference in references:
            if reference.item.kind == kind:
                return nearest_ratio(reference.look.width, reference.look.height)
    return "9:16" if any(word in ask.text.lower() for word in _UPRIGHT_WORDS) else "16:9"


def order_of(task: Task, references: Sequence[Reference], knobs: ArkKnobs) -> Order:
    """What the renderer is asked for."""
    of_kind = {kind: [r for r in references if r.item.kind == kind] for kind in ("image", "video", "audio")}
    hevc = knobs.hevc and is_hevc(task.ask.model, task.ask.resolution)
    return Order(
        width=task.width,
        height=task.height,
        duration_s=task.duration_s,
        prompt=task.ask.text,
        pictures=tuple(
            Picture(reference.path, f"Image {number}", _ROLES[reference.item.role])
            for number, reference in enumerate(of_kind["image"], 1)
        ),
        clips=tuple(Clip(reference.path, f"Video {number}") for number, reference in enumerate(of_kind["video"], 1)),
        sounds=tuple(Sound(reference.path, f"Audio {number}") for number, reference in enumerate(of_kind["audio"], 1)),
        seed=task.seed,
        sound=task.ask.generate_audio,
        codec=Codec.HEVC_10BIT if hevc else Codec.H264,
        size_bytes=knobs.output_size_bytes,
    )
