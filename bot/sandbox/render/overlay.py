"""What is written over the picture: the prompt, the label of the reference that is seen, the watermark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from PIL import Image, ImageDraw

from bot.sandbox.render.paint import Colour, accent, cover, font, rounded, shade

WATERMARK = "sandbox"
_CAPTION_LINES = 3
_BARS = 5


@dataclass(frozen=True, slots=True)
class Stamp:
    """A piece of writing: pasted at ``at`` in ``colours`` (a picture) through ``mask``."""

    at: tuple[int, int]
    colours: Image.Image
    mask: Image.Image

    def press(self, frame: Image.Image) -> None:
        """Paste onto the frame, in place."""
        frame.paste(self.colours, self.at, self.mask)


@dataclass(frozen=True, slots=True)
class Tile:
    """A small picture of a reference and the label under which the prompt knows it."""

    label: str
    picture: Image.Image


class Overlay:
    """All the writing of one video; everything but the sound's bars is drawn once."""

    def __init__(self, size: tuple[int, int], prompt: str, tiles: Sequence[Tile], sound: str | None, seed: int) -> None:
        self._size = size
        self._unit = min(size)
        self._accent = accent(seed)
        self._sound = sound
        self._margin = round(self._unit * 0.05)
        caption_top, caption = self._caption(prompt)
        self._fixed = [*caption, self._watermark()]
        self._label_bottom = caption_top - round(self._unit * 0.025)
        self._strip = self._tiles(tiles) if len(tiles) > 1 else {}
        self._pills = {tile.label: self._pill(tile.label, self._margin) for tile in tiles}
        self._sound_pill = self._sound_sign(sound) if sound else None

    def press(self, frame: Image.Image, label: str | None, loudness: float) -> None:
        """Write onto the frame; ``label`` is the reference seen now, ``loudness`` (0–1) moves the bars."""
        for stamp in self._fixed:
            stamp.press(frame)
        if label is not None:
            self._pills[label].press(frame)
        for name, tile in self._strip.items():
            tile[name == label].press(frame)
        if self._sound_pill:
            self._sound_pill.press(frame)
            self._bars(frame, self._sound_pill, loudness)

    def _caption(self, prompt: str) -> tuple[int, list[Stamp]]:
        width, height = self._size
        face = font(max(10, round(self._unit * 0.042)))
        lines = wrap(prompt, lambda text: face.getlength(text) <= width - 3 * self._margin)
        line_px = round(self._unit * 0.056)
        top = height - self._margin - line_px * max(1, len(lines))
        dark = Stamp((0, height // 2), Image.new("RGB", (width, height - height // 2)), _shade(width, height))
        if not lines:
            return top, [dark]
        text = Image.new("L", (width - 2 * self._margin, line_px * len(lines)))
        draw = ImageDraw.Draw(text)
        for number, line in enumerate(lines):
            draw.text((self._margin * 0.6, number * line_px), line, fill=245, font=face)
        rule = Image.new("L", (max(2, self._unit // 160), text.height - line_px // 5), 255)
        bar = Stamp((self._margin, top + line_px // 10), _plain(rule, self._accent), rule)
        return top, [dark, bar, Stamp((self._margin, top), _plain(text, (255, 255, 255)), text)]

    def _watermark(self) -> Stamp:
        face = font(max(9, round(self._unit * 0.03)), bold=True)
        mask = Image.new("L", (round(face.getlength(WATERMARK)) + 2, round(self._unit * 0.045)))
        ImageDraw.Draw(mask).text((0, 0), WATERMARK, fill=150, font=face)
        return Stamp((self._size[0] - mask.width - self._margin, self._margin), _plain(mask, (255, 255, 255)), mask)

    def _pill(self, label: str, left: int, *, room_px: int = 0) -> Stamp:
        face = font(max(9, round(self._unit * 0.032)), bold=True)
        height = round(self._unit * 0.062)
        width = round(face.getlength(label)) + height + room_px
        colours = Image.new("RGB", (width, height), (16, 16, 22))
        draw = ImageDraw.Draw(colours)
        draw.text((height / 2 + room_px, height / 2), label, fill=(255, 255, 255), font=face, anchor="lm")
        mask = rounded((width, height), height // 2).point(lambda level: level * 200 // 255)
        return Stamp((left, self._label_bottom - height), colours, mask)

    def _sound_sign(self, sound: str) -> Stamp:
        taken = max((pill.colours.width for pill in self._pills.values()), default=0)
        left = self._margin + (taken + round(self._unit * 0.02) if taken else 0)
        return self._pill(sound, left, room_px=round(self._unit * 0.06))

    def _bars(self, frame: Image.Image, pill: Stamp, loudness: float) -> None:
        draw = ImageDraw.Draw(frame)
        height, step = pill.colours.height, round(self._unit * 0.011)
        left, middle = pill.at[0] + height * 2 // 5, pill.at[1] + height // 2
        for number in range(_BARS):
            reach = height * (0.06 + 0.3 * loudness * (1 - 0.28 * abs(number - _BARS // 2)))
            x = left + number * step
            draw.rectangle((x, middle - reach, x + step * 0.45, middle + reach), fill=self._accent)

    def _tiles(self, tiles: Sequence[Tile]) -> dict[str, tuple[Stamp, Stamp]]:
        gap = round(self._unit * 0.014)
        side = min(round(self._unit * 0.13), (self._size[0] - 2 * self._margin) // len(tiles) - gap)
        bottom = self._label_bottom - round(self._unit * 0.062) - gap
        lefts = accumulate([self._margin, *[side + gap] * (len(tiles) - 1)])
        return {
            tile.label: (
                self._tile(tile, (left, bottom - side), side),
                self._tile(tile, (left, bottom - side), side, lit=True),
            )
            for tile, left in zip(tiles, lefts, strict=True)
        }

    def _tile(self, tile: Tile, at: tuple[int, int], side: int, *, lit: bool = False) -> Stamp:
        rim = max(2, self._unit // 180)
        colours = Image.new("RGB", (side, side), self._accent if lit else (235, 235, 235))
        inner = (side - 2 * rim, side - 2 * rim)
        colours.paste(cover(tile.picture, inner), (rim, rim), rounded(inner, side // 7))
        strength = 255 if lit else 190
        mask = rounded((side, side), side // 6).point(lambda level: level * strength // 255)
        return Stamp(at, colours, mask)


def _plain(mask: Image.Image, colour: Colour) -> Image.Image:
    return Image.new("RGB", mask.size, colour)


def _shade(width: int, height: int) -> Image.Image:
    return shade((width, height - height // 2), 185)


def wrap(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Words into at most three lines; what does not fit ends in an ellipsis."""
    lines = [""]
    for word in _printable(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if fits(longer):
            lines[-1] = longer
        elif len(lines) == _CAPTION_LINES:
            return [*lines[:-1], _shorten(longer, fits)]
        else:
            lines.append(word if fits(word) else _shorten(word, fits))
    return [line for line in lines if line]


def _shorten(text: str, fits: Callable[[str], bool]) -> str:
    text = text[:400]
    while text and not fits(f"{text}…"):
        text = text[:-1]
    return f"{text.rstrip()}…"


def _printable(text: str) -> str:
    """Emoji and control characters have no glyph in these fonts."""
    return "".join(
        char if char.isprintable() or char.isspace() else " "
        for char in text
        if ord(char) <= 0xFFFF and char != "\ufe0f"
    )
