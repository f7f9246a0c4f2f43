"""What fills the picture for a while: a reference image that drifts, or a reference video that plays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

import av
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from bot.sandbox.render.order import FRAMES_PER_SECOND, Clip, Picture, Role
from bot.sandbox.render.paint import Box, cover, cover_box, ease

Image.MAX_IMAGE_PIXELS = 6000 * 6000  # what a provider takes; more is a bomb

_PLATE_SCALE = 1.18
_CROP_LIMIT = 1.4


@dataclass(frozen=True, slots=True)
class Moment:
    """``at_s`` seconds since the scene began to appear, which is ``progress`` (0–1) of its turn."""

    at_s: float
    progress: float


class Scene(Protocol):
    """Draws itself at a moment of its own turn; RGB, the size of the video."""

    def draw(self, moment: Moment) -> Image.Image: ...


class StillScene:
    """A picture under a slow camera. The first frame opens whole, the last frame ends whole."""

    def __init__(self, picture: Picture, size: tuple[int, int], random: Random, *, fast: bool) -> None:
        self._size = size
        scale = 1.0 if fast else _PLATE_SCALE
        plate_size = (round(size[0] * scale), round(size[1] * scale))
        self._plate = _plate(open_picture(picture.path, plate_size), plate_size)
        self._inwards = picture.role is Role.FIRST or (picture.role is not Role.LAST and random.random() < 0.6)
        self._towards = random.uniform(0.3, 0.7), random.uniform(0.35, 0.65)

    def draw(self, moment: Moment) -> Image.Image:
        closeness = ease(moment.progress) if self._inwards else 1 - ease(moment.progress)
        box = self._camera(closeness * (1 - 1 / _PLATE_SCALE))
        return self._plate.resize(self._size, Image.Resampling.BILINEAR, box=box)

    def _camera(self, cut: float) -> Box:
        width, height = self._plate.size
        left, top = width * cut * self._towards[0], height * cut * self._towards[1]
        return left, top, left + width * (1 - cut), top + height * (1 - cut)


class ClipScene:
    """A reference video, played at its own speed, again from the start when it ends."""

    def __init__(self, clip: Clip, size: tuple[int, int]) -> None:
        self._path = clip.path
        self._size = size
        self._frames = _play(self._path)
        self._due_s, self._shown = next(self._frames)
        self._round_s = 0.0

    def draw(self, moment: Moment) -> Image.Image:
        while self._round_s + self._due_s < moment.at_s - 0.5 / FRAMES_PER_SECOND:
            self._advance()
        return _plate(self._shown, self._size)

    def _advance(self) -> None:
        try:
            self._due_s, self._shown = next(self._frames)
        except StopIteration:
            self._round_s += self._due_s + 1 / FRAMES_PER_SECOND
            self._frames = _play(self._path)
            self._due_s, self._shown = next(self._frames)


def _play(path: Path) -> Iterator[tuple[float, Image.Image]]:
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            at_s = number / FRAMES_PER_SECOND if frame.pts is None else frame.time
            yield at_s, to_picture(frame)


def to_picture(frame: av.VideoFrame) -> Image.Image:
    """A decoded frame as a Pillow image."""
    picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV leaves it untyped
    return picture


def open_picture(path: Path, size: tuple[int, int]) -> Image.Image:
    """The picture upright and in RGB, decoded no larger than ``size`` needs."""
    with suppress(ImportError):
        from pillow_heif import register_heif_opener

        register_heif_opener()
    with Image.open(path) as picture:
        picture.draft("RGB", (size[0] * 2, size[1] * 2))
        return ImageOps.exif_transpose(picture).convert("RGB")


def _plate(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Fills the frame; a picture that would lose too much stands whole before its own blur."""
    picture_ratio, frame_ratio = picture.width / picture.height, size[0] / size[1]
    if max(picture_ratio / frame_ratio, frame_ratio / picture_ratio) <= _CROP_LIMIT:
        return cover(picture, size)
    whole = ImageOps.contain(picture, size, Image.Resampling.BICUBIC)
    plate = _blur(picture, size)
    plate.paste(whole, ((size[0] - whole.width) // 2, (size[1] - whole.height) // 2))
    return plate


def _blur(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    small = (max(2, size[0] // 12), max(2, size[1] // 12))
    low = picture.resize(small, Image.Resampling.BOX, box=cover_box(picture.size, size))
    soft = low.filter(ImageFilter.GaussianBlur(3)).resize(size, Image.Resampling.BICUBIC)
    return ImageEnhance.Brightness(soft).enhance(0.6)
