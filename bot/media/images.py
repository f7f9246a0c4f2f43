"""Changes pictures. Runs in the child only."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageDraw, ImageFont, ImageOps

from bot.core.media import JPEG, Conversion, Fit
from bot.media.reading import Unreadable, opened_image

QUALITIES = (92, 85, 75, 60)
THUMBNAIL_SIDE_PX = 320
THUMBNAIL_BYTES = 200_000
TILE_PX = 240
LABEL_PX = 32
PAPER, INK = "#1d232b", "#e8ebef"
"""Dark, so that it stands well in a light chat and in a dark one."""
MAX_TILES = 36
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


def save_sheet(tiles: Sequence[tuple[Image.Image | None, str]], target: Path) -> None:
    """All references on one page, each above its label; None is something that can only be heard."""
    if not 0 < len(tiles) <= MAX_TILES:
        raise Unreadable
    columns = min(len(tiles), max(3, math.ceil(math.sqrt(len(tiles)))))
    rows = math.ceil(len(tiles) / columns)
    sheet = Image.new("RGB", (columns * TILE_PX, rows * (TILE_PX + LABEL_PX)), PAPER)
    for place, (image, label) in enumerate(tiles):
        row, column = divmod(place, columns)
        sheet.paste(_tile(image, label), (column * TILE_PX, row * (TILE_PX + LABEL_PX)))
    save_jpeg(sheet, target, 5_000_000)


def _tile(image: Image.Image | None, label: str) -> Image.Image:
    tile = Image.new("RGB", (TILE_PX, TILE_PX + LABEL_PX), PAPER)
    if image is None:
        _draw_sound(tile)
    else:
        small = ImageOps.contain(image, (TILE_PX - 8, TILE_PX - 8))
        tile.paste(small, ((TILE_PX - small.width) // 2, (TILE_PX - small.height) // 2))
    pen: Any = ImageDraw.Draw(tile)
    centre = (TILE_PX // 2, TILE_PX + LABEL_PX // 2)
    pen.text(centre, label[:24], fill=INK, font=ImageFont.load_default(20), anchor="mm")
    return tile


def _draw_sound(tile: Image.Image) -> None:
    pen = ImageDraw.Draw(tile)
    for step in range(11):
        half, x = 20 + 60 * abs(math.sin(step * 1.7)), 30 + step * 18
        pen.rectangle((x, TILE_PX / 2 - half, x + 8, TILE_PX / 2 + half), fill="#4a6fa5")
