"""Changes pictures. Runs in the child only."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageDraw, ImageFont, ImageOps

from bot.core.drawing import Tile
from bot.core.media import JPEG, Conversion, Fit
from bot.media.reading import Unreadable, opened_image

QUALITIES = (92, 85, 75, 60)
THUMBNAIL_SIDE_PX = 320
THUMBNAIL_BYTES = 200_000
TILE_PX = 240
LABEL_PX, ABOUT_PX, WORDS_PX = 34, 28, 84
PAPER, INK, FAINT, SIGN = "#1d232b", "#e8ebef", "#a9b6c4", "#4a6fa5"
"""Dark, so that it stands well in a light chat and in a dark one."""
MAX_TILES = 36
FONTS, REGULAR, BOLD = "mpl-data/fonts/ttf", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"
_MAX_SHRINKS = 8


def load_image(path: Path, near_px: int | None = None) -> Image.Image:
    """The picture upright, as RGB; `near_px` lets a large JPEG be decoded at a fraction of its size."""
    with opened_image(path) as image:
        if near_px is not None:
            image.draft("RGB", (near_px, near_px))
        image.load()
        return rgb(ImageOps.exif_transpose(image))


def rgb(image: Image.Image) -> Image.Image:
    """Eight-bit sRGB on white, whatever it was."""
    image = _eight_bits(image)
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        return paper
    return _in_srgb(image).convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Pillow cuts a 16-bit grey off at 255 where it should divide it."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("L") if image.mode == "F" else image


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "CMYK", "L"}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image
    return turned or image


def convert_image(source: Path, target: Path, conversion: Conversion) -> None:
    """Make a JPEG of the wanted size that weighs less than `max_bytes`."""
    if conversion.mime != JPEG:
        raise Unreadable
    image = load_image(source)
    if conversion.width and conversion.height:
        image = fitted(image, conversion.width, conversion.height, conversion.fit)
    save_jpeg(image, target, conversion.max_bytes)


def fitted(image: Image.Image, width: int, height: int, fit: Fit) -> Image.Image:
    """Stretched to the size, cut to it, or whole in the middle of a blurred copy of itself."""
    size = (width, height)
    if image.size == size:
        return image
    if fit is Fit.SCALE:
        return image.resize(size, Image.Resampling.LANCZOS)
    if fit is Fit.FILL:
        return ImageOps.fit(image, size, Image.Resampling.LANCZOS)
    paper = _blurred(image, width, height)
    whole = ImageOps.contain(image, size, Image.Resampling.LANCZOS)
    paper.paste(whole, ((width - whole.width) // 2, (height - whole.height) // 2))
    return paper


def _blurred(image: Image.Image, width: int, height: int) -> Image.Image:
    small = ImageOps.fit(image, (max(2, width // 64), max(2, height // 64)), Image.Resampling.BOX)
    return small.resize((width, height), Image.Resampling.BICUBIC)


def save_jpeg(image: Image.Image, target: Path, max_bytes: int) -> None:
    """Worse before smaller: the qualities first, then a tenth off each side at a time."""
    for _ in range(_MAX_SHRINKS):
        for quality in QUALITIES:
            data = _jpeg(image, quality)
            if len(data) < max_bytes:
                target.write_bytes(data)
                return
        image = image.resize((math.ceil(image.width * 0.9), math.ceil(image.height * 0.9)), Image.Resampling.LANCZOS)
    raise Unreadable("media-too-big")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def save_thumbnail(image: Image.Image, target: Path) -> None:
    """What Telegram takes beside a video: JPEG, below 200 kB, no side above 320."""
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX), Image.Resampling.LANCZOS)
    save_jpeg(small, target, THUMBNAIL_BYTES)


def save_sheet(tiles: Sequence[tuple[Image.Image | None, Tile]], target: Path) -> None:
    """All references on one page, each above its label and what it is for."""
    if not 0 < len(tiles) <= MAX_TILES:
        raise Unreadable
    columns = min(len(tiles), max(3, math.ceil(math.sqrt(len(tiles)))))
    rows = math.ceil(len(tiles) / columns)
    sheet = Image.new("RGB", (columns * TILE_PX, rows * (TILE_PX + WORDS_PX)), PAPER)
    for place, (image, tile) in enumerate(tiles):
        row, column = divmod(place, columns)
        sheet.paste(_drawn(image, tile), (column * TILE_PX, row * (TILE_PX + WORDS_PX)))
    save_jpeg(sheet, target, 5_000_000)


def _drawn(image: Image.Image | None, tile: Tile) -> Image.Image:
    drawn = Image.new("RGB", (TILE_PX, TILE_PX + WORDS_PX), PAPER)
    pen = ImageDraw.Draw(drawn)
    if image is not None:
        small = ImageOps.contain(image, (TILE_PX - 8, TILE_PX - 8))
        drawn.paste(small, ((TILE_PX - small.width) // 2, (TILE_PX - small.height) // 2))
    elif tile.is_sound:
        _draw_sound(pen)
    else:
        _draw_frame(pen)
    _write(pen, tile.label, TILE_PX + LABEL_PX // 2 + 2, LABEL_PX, INK, BOLD)
    _write(pen, tile.about, TILE_PX + LABEL_PX + ABOUT_PX // 2 + 6, ABOUT_PX, FAINT, REGULAR)
    return drawn


def _write(pen: Any, words: str, middle_y: int, px: int, ink: str, name: str) -> None:
    """One line in the middle of a tile, smaller where it would not fit."""
    face = _font(name, px)
    width = face.getlength(words)
    if width > TILE_PX - 8:
        face = _font(name, math.floor(px * (TILE_PX - 8) / width))
    pen.text((TILE_PX // 2, middle_y), words, fill=ink, font=face, anchor="mm")


@cache
def _font(name: str, px: int) -> ImageFont.FreeTypeFont:
    """Of the plotting library, which brings its letters along, Cyrillic ones too. It is found without being loaded."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise Unreadable
    return ImageFont.truetype(str(Path(found.origin).parent / FONTS / name), px)


def _draw_sound(pen: Any) -> None:
    for step in range(11):
        half, x = 20 + 60 * abs(math.sin(step * 1.7)), 30 + step * 18
        pen.rectangle((x, TILE_PX / 2 - half, x + 8, TILE_PX / 2 + half), fill=SIGN)


def _draw_frame(pen: Any) -> None:
    """A sun over a hill: a picture that is not at hand."""
    pen.rounded_rectangle((50, 60, 190, 180), radius=14, outline=SIGN, width=8)
    pen.ellipse((78, 84, 104, 110), fill=SIGN)
    pen.polygon(((70, 164), (124, 104), (172, 164)), fill=SIGN)
