"""Brushes: colours that follow a seed, soft light, fonts that this machine has."""

from __future__ import annotations

import colorsys
from functools import cache

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]

_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf")
_BOLD_FONTS = ("DejaVuSans-Bold.ttf", "NotoSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf")


@cache
def font(height_px: int, *, bold: bool = False) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A sans-serif face; Pillow's own (Latin only) where the machine has none."""
    for name in _BOLD_FONTS if bold else _FONTS:
        try:
            return ImageFont.truetype(name, height_px)
        except OSError:
            continue
    return ImageFont.load_default(height_px)


def accent(seed: int) -> Colour:
    """A clear colour that belongs to the seed."""
    return hsv(seed * 0.618034 % 1.0, 0.55, 0.98)


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """A colour from hue, saturation and value, each 0–1."""
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """``share`` of the other in the one."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def ease(progress: float) -> float:
    """0–1 to 0–1 with a soft start and a soft landing."""
    progress = min(1.0, max(0.0, progress))
    return progress * progress * (3 - 2 * progress)


def vertical_gradient(size: tuple[int, int], stops: tuple[Colour, ...]) -> Image.Image:
    """Top to bottom through the stops, evenly spaced."""
    column = Image.new("RGB", (1, len(stops)))
    column.putdata(stops)
    width, height = size
    edge = 0.5  # the first and last stop lie on the border, not half a stop inside
    return column.resize((width, height), Image.Resampling.BILINEAR, box=(0, edge, 1, len(stops) - edge))


def shade(size: tuple[int, int], strongest: int) -> Image.Image:
    """A mask that grows from nothing at the top to ``strongest`` (0–255) at the bottom."""
    return Image.linear_gradient("L").point(lambda level: round(strongest * (level / 255) ** 1.2)).resize(size)


def glow(diameter_px: int, strongest: int = 255) -> Image.Image:
    """A round mask, bright in the middle, gone at the rim."""
    radial = Image.radial_gradient("L").point(lambda distance: round(strongest * max(0.0, 1 - distance / 181) ** 2.2))
    return radial.resize((diameter_px, diameter_px), Image.Resampling.BICUBIC)


def rounded(size: tuple[int, int], radius_px: int) -> Image.Image:
    """A mask with round corners, drawn large and shrunk so that the rim is smooth."""
    width, height = size
    mask = Image.new("L", (width * 4, height * 4))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width * 4 - 1, height * 4 - 1), radius_px * 4, fill=255)
    return mask.resize(size, Image.Resampling.LANCZOS)


def cover(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture scaled and centre-cropped so that it fills ``size``."""
    return picture.resize(size, Image.Resampling.BICUBIC, box=cover_box(picture.size, size), reducing_gap=2.0)


def cover_box(inner: tuple[int, int], outer: tuple[int, int]) -> Box:
    """The largest centred part of ``inner`` that has the ratio of ``outer``."""
    scale = min(inner[0] / outer[0], inner[1] / outer[1])
    width, height = outer[0] * scale, outer[1] * scale
    left, top = (inner[0] - width) / 2, (inner[1] - height) / 2
    return max(0.0, left), max(0.0, top), min(inner[0], left + width), min(inner[1], top + height)
