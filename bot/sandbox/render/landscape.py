"""The scene of a prompt without references: hills under a drifting sun or moon, different for every seed."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sin
from random import Random

from PIL import Image, ImageDraw

from bot.sandbox.render.paint import Colour, cover_box, glow, mix, vertical_gradient
from bot.sandbox.render.scenes import Moment

_RIDGES = 5
_OVERSIZE = 1.4
_MOTES = 22
_BIRDS = 5
_SUN_RADIUS = 0.085


@dataclass(frozen=True, slots=True)
class Palette:
    """Sky from top to horizon, the light in it, and the nearest hill."""

    sky: tuple[Colour, ...]
    light: Colour
    hill: Colour
    stars: bool = False


PALETTES = (
    Palette(((36, 31, 84), (126, 62, 124), (240, 120, 108), (255, 200, 140)), (255, 236, 190), (34, 20, 52)),
    Palette(((8, 14, 38), (20, 36, 82), (46, 78, 128), (110, 142, 172)), (226, 236, 255), (6, 12, 26), stars=True),
    Palette(((64, 142, 196), (132, 192, 220), (204, 228, 224), (252, 238, 208)), (255, 250, 226), (22, 62, 66)),
    Palette(((24, 20, 58), (74, 40, 110), (178, 72, 140), (252, 152, 158)), (255, 214, 220), (22, 10, 40), stars=True),
    Palette(((12, 52, 66), (24, 104, 104), (104, 172, 134), (232, 222, 148)), (255, 248, 200), (8, 32, 36)),
    Palette(((92, 44, 40), (176, 84, 54), (236, 152, 82), (254, 216, 148)), (255, 244, 206), (52, 22, 24)),
)


@dataclass(frozen=True, slots=True)
class _Ridge:
    mask: Image.Image
    colour: Colour
    top_px: int
    drift_px: float


@dataclass(frozen=True, slots=True)
class _Mote:
    x: float
    y: float
    rise: float
    phase: float
    sprite: Image.Image


class Landscape:
    """Layers that pass at different speeds; the camera moves to the right, the light climbs."""

    def __init__(self, size: tuple[int, int], random: Random, *, fast: bool) -> None:
        self._size = size
        self._palette = random.choice(PALETTES)
        self._fast = fast
        self._sky = self._make_sky(random)
        self._sun_x = random.uniform(0.3, 0.7)
        self._halo = glow(round(min(size) * 1.3), 235)
        self._core = glow(round(min(size) * _SUN_RADIUS * 4)).point(lambda level: min(255, max(0, (level - 60) * 6)))
        self._ridges = [self._make_ridge(number, random) for number in range(_RIDGES)]
        self._motes = [] if fast else [self._make_mote(random) for _ in range(_MOTES)]
        self._birds = [(0.05 * n, random.uniform(-0.03, 0.03), random.random()) for n in range(_BIRDS)]
        self._flight = random.uniform(-0.05, 0.1), random.uniform(0.22, 0.32)

    def draw(self, moment: Moment) -> Image.Image:
        frame = self._sky.copy()
        self._shine(frame, moment.progress)
        for ridge in self._ridges:
            self._pass(frame, ridge, moment.progress)
        for mote in self._motes:
            self._float(frame, mote, moment.at_s)
        for bird in self._birds:
            self._fly(frame, bird, moment.at_s)
        return frame

    def _make_sky(self, random: Random) -> Image.Image:
        sky = vertical_gradient(self._size, self._palette.sky)
        if self._palette.stars:
            for _ in range(90):
                self._dot(sky, random)
        return sky

    def _dot(self, sky: Image.Image, random: Random) -> None:
        width, height = self._size
        x, y, radius = random.uniform(0, width), random.uniform(0, height * 0.45), random.uniform(0.5, 1.6)
        tint = mix(self._palette.sky[0], (255, 255, 255), random.uniform(0.3, 0.9))
        ImageDraw.Draw(sky).ellipse((x - radius, y - radius, x + radius, y + radius), fill=tint)

    def _make_ridge(self, number: int, random: Random) -> _Ridge:
        width, height = self._size
        nearness = (number + 1) / _RIDGES
        top_px = round(height * (0.42 + 0.40 * nearness - 0.06))
        colour = mix(self._palette.sky[-1], self._palette.hill, nearness**0.8)
        mask = _hills((round(width * _OVERSIZE), height - top_px), nearness, random)
        return _Ridge(mask, colour, top_px, (mask.width - width) * nearness**1.6)

    def _make_mote(self, random: Random) -> _Mote:
        diameter_px = max(4, round(min(self._size) * random.uniform(0.008, 0.03)))
        sprite = glow(diameter_px, random.randint(110, 220))
        return _Mote(random.random(), random.uniform(0.35, 1.1), random.uniform(0.01, 0.03), random.random(), sprite)

    def _shine(self, frame: Image.Image, progress: float) -> None:
        width, height = self._size
        x, y = width * self._sun_x, height * (0.40 - 0.10 * progress)
        half = self._halo.width / 2
        frame.paste(self._palette.light, (round(x - half), round(y - half)), self._halo)
        radius = min(self._size) * _SUN_RADIUS
        frame.paste(self._palette.light, (round(x - radius * 2), round(y - radius * 2)), self._core)

    def _pass(self, frame: Image.Image, ridge: _Ridge, progress: float) -> None:
        width, _ = self._size
        left = ridge.drift_px * progress
        window = (left, 0, left + width, ridge.mask.height)
        seen = ridge.mask.resize((width, ridge.mask.height), Image.Resampling.BILINEAR, box=window)
        frame.paste(ridge.colour, (0, ridge.top_px), seen)

    def _float(self, frame: Image.Image, mote: _Mote, at_s: float) -> None:
        width, height = self._size
        x = (mote.x + 0.012 * sin(2 * pi * (mote.phase + at_s * 0.17))) * width
        y = ((mote.y - mote.rise * at_s) % 1.1) * height
        frame.paste(self._palette.light, (round(x), round(y)), mote.sprite)

    def _fly(self, frame: Image.Image, bird: tuple[float, float, float], at_s: float) -> None:
        """Two strokes that meet in the middle; the wings beat."""
        (width, height), (x0, y0) = self._size, self._flight
        behind, aside, phase = bird
        x, y = (x0 + 0.05 * at_s - behind) * width, (y0 + aside - 0.006 * at_s + abs(behind) * 0.3) * height
        span, beat = min(self._size) * 0.017, sin(2 * pi * (1.6 * at_s + phase))
        line = [(x - span, y - span * 0.5 * beat), (x, y), (x + span, y - span * 0.5 * beat)]
        ImageDraw.Draw(frame).line(line, fill=self._palette.hill, width=max(1, round(span / 5)), joint="curve")


def _hills(size: tuple[int, int], nearness: float, random: Random) -> Image.Image:
    """A ridge line of summed waves, filled below, drawn at twice the size for a smooth rim."""
    width, height = size
    waves = [
        (random.uniform(0.8, 1.6) * 2**octave, random.random(), 0.45**octave)
        for octave in range(2 + round(3 * nearness))
    ]
    room = min(height * 0.5, width * 0.16)
    line = [(2 * x, 2 * room * (0.5 - 0.3 * _sum(waves, x / width))) for x in range(0, width + 4, 4)]
    mask = Image.new("L", (width * 2, height * 2))
    ImageDraw.Draw(mask).polygon([*line, (width * 2 + 8, height * 2), (0, height * 2)], fill=255)
    return mask.resize(size, Image.Resampling.BOX, box=cover_box(mask.size, size))


def _sum(waves: list[tuple[float, float, float]], x: float) -> float:
    return sum(height * sin(2 * pi * (frequency * x + phase)) for frequency, phase, height in waves)
