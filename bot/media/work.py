"""The orders a child can be given. Each writes its file to `out`, makes it last, and measures it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from bot.core.drawing import Drawing, Tile
from bot.core.media import Conversion, MediaInfo, MediaKind
from bot.media import films, images
from bot.media.probing import probe
from bot.media.reading import reader_of

__all__ = ["chart", "contact_sheet", "convert", "last_frame", "playable", "probe", "thumbnail"]

LAST_FRAME_BYTES = 20_000_000


def convert(path: Path, out: Path, conversion: Conversion) -> MediaInfo:
    act = images.convert_image if reader_of(path) == "image" else films.convert_film
    act(path, out, conversion)
    return _finished(out)


def thumbnail(path: Path, out: Path) -> MediaInfo:
    images.save_thumbnail(_picture(path, images.THUMBNAIL_SIDE_PX), out)
    return _finished(out)


def playable(path: Path, out: Path, max_bytes: int | None, tell: films.Tell = films.silent) -> MediaInfo:
    films.playable(path, out, max_bytes, tell)
    return _finished(out)


def last_frame(path: Path, out: Path) -> MediaInfo:
    images.save_jpeg(films.last_picture(path), out, LAST_FRAME_BYTES)
    return _finished(out)


def contact_sheet(tiles: Sequence[Mapping[str, Any]], out: Path) -> MediaInfo:
    read = [Tile(**tile) for tile in tiles]
    images.save_sheet([(_seen(Path(tile.path)) if tile.path else None, tile) for tile in read], out)
    return _finished(out)


def chart(drawing: Mapping[str, Any], cache: Path, out: Path) -> MediaInfo:
    from bot.media import charts  # its library is a second's work to load, and only charts need it

    charts.draw(Drawing.from_data(drawing), cache, out)
    return _finished(out)


def _seen(path: Path) -> Image.Image | None:
    if reader_of(path) != "image" and probe(path).kind is MediaKind.AUDIO:
        return None
    picture = _picture(path, images.TILE_PX)
    picture.thumbnail((images.TILE_PX, images.TILE_PX))
    return picture


def _picture(path: Path, near_px: int) -> Image.Image:
    return images.load_image(path, near_px) if reader_of(path) == "image" else films.first_picture(path)


def _finished(out: Path) -> MediaInfo:
    with out.open("rb") as file:
        os.fsync(file.fileno())
    return probe(out)
