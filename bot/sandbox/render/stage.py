"""Who is on screen when: scenes take turns, share a cross-fade and carry their labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from PIL import Image

from bot.sandbox.render.landscape import Landscape
from bot.sandbox.render.order import Clip, Order, Picture, Role
from bot.sandbox.render.overlay import Tile
from bot.sandbox.render.paint import ease
from bot.sandbox.render.scenes import ClipScene, Moment, Scene, StillScene

_FADE_S = 0.6


@dataclass(frozen=True, slots=True)
class Turn:
    """A scene between two moments of the video; the fade into the next one lies around ``end_s``."""

    scene: Scene
    label: str | None
    start_s: float
    end_s: float

    def draw(self, at_s: float, fade_s: float) -> Image.Image:
        """The scene at a moment of the video, its own time counted from where it begins to appear."""
        begin_s = max(0.0, self.start_s - fade_s / 2)
        own_s = at_s - begin_s
        return self.scene.draw(Moment(own_s, own_s / (self.end_s + fade_s / 2 - begin_s)))


class Stage:
    """The whole picture side of a video, without the writing."""

    def __init__(self, order: Order) -> None:
        self._length_s = order.duration_s
        self._turns = list(_turns(order, Random(f"{order.seed} {order.prompt}")))  # noqa: S311  decoration, no secret
        self._fade_s = min(_FADE_S, order.duration_s / len(self._turns) / 2)

    def draw(self, at_s: float) -> Image.Image:
        """The picture at a moment."""
        number = self._number(at_s)
        turn = self._turns[number]
        to_end_s, from_start_s = turn.end_s - at_s, at_s - turn.start_s
        picture = turn.draw(at_s, self._fade_s)
        if to_end_s < self._fade_s / 2 and number + 1 < len(self._turns):
            coming = self._turns[number + 1].draw(at_s, self._fade_s)
            return Image.blend(picture, coming, ease(0.5 - to_end_s / self._fade_s))
        if from_start_s < self._fade_s / 2 and number:
            going = self._turns[number - 1].draw(at_s, self._fade_s)
            return Image.blend(going, picture, ease(0.5 + from_start_s / self._fade_s))
        return picture

    def label(self, at_s: float) -> str | None:
        """The reference that is mostly seen at a moment."""
        return self._turns[self._number(at_s)].label

    def tiles(self) -> list[Tile]:
        """Every reference, small, in the order of their turns."""
        return [Tile(turn.label, turn.scene.draw(Moment(0.0, 0.0))) for turn in self._turns if turn.label is not None]

    def _number(self, at_s: float) -> int:
        return next((n for n, turn in enumerate(self._turns) if at_s < turn.end_s), len(self._turns) - 1)


def _turns(order: Order, random: Random) -> Iterator[Turn]:
    cast = _cast(order)
    if not cast:
        yield Turn(Landscape((order.width, order.height), random, fast=order.fast), None, 0.0, order.duration_s)
    share_s = order.duration_s / max(1, len(cast))
    for number, reference in enumerate(cast):
        scene = _scene(reference, order, random)
        yield Turn(scene, reference.label, number * share_s, (number + 1) * share_s)


def _cast(order: Order) -> Sequence[Picture | Clip]:
    """The first frame opens, the last frame closes, videos play before other pictures."""
    of_role = {role: [picture for picture in order.pictures if picture.role is role] for role in Role}
    return [*of_role[Role.FIRST], *order.clips, *of_role[Role.REFERENCE], *of_role[Role.LAST]]


def _scene(reference: Picture | Clip, order: Order, random: Random) -> Scene:
    size = (order.width, order.height)
    if isinstance(reference, Clip):
        return ClipScene(reference, size)
    return StillScene(reference, size, random, fast=order.fast)
