"""Draws a chart with matplotlib, on Agg and without its global state. Runs in the child only.

The picture is 1080 px wide and at most 1280 high, which Telegram sends on as it is; on a phone it is shown at less
than a third of that. Its ground is its own, for a bot is not told the reader's theme: a dark one stands on a light page
like a photo, a light one on a dark page is the brightest thing of the screen.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.core.drawing import Bar, Drawing

WIDTH_PX, DPI = 1080, 100
GROUND, INK, FAINT, LINE = "#1b2530", "#f2f5f8", "#a9b6c4", "#33414f"
SPENT, TRACK = "#5bb8f0", "#263340"
PARTS = ("#3fb68b", "#e8a33d", "#d06fc0", "#8a98a8", "#5bb8f0")
"""Delivered, failed, refused, cancelled, under way: told apart by colour-blind eyes too, and each has its number."""

MARGIN_PX = 44
TITLE_PX, HEAD_PX, TEXT_PX, SMALL_PX = 46, 36, 36, 33
HEIGHT_PX, TALLEST_PX = 1280, 340
TITLES_PX, SECTION_PX, LABELS_PX, ROW_PX, LEGEND_PX = 144, 70, 52, 54, 44
LEGEND_A_ROW = 3
LETTER_PX, GAP_PX = SMALL_PX * 0.62, 10
THIN, TALL = 0.34, 0.62
FIGURES_PX = SMALL_PX + 16
"""Above the tallest column."""
THIN_FROM = 10
"""So many columns are thinner than the figures above them."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The paper and where on it the next thing goes; all in pixels from the top left."""

    figure: Any
    height_px: int

    def text(self, x: float, y: float, words: str, px: int, colour: str = INK, **style: Any) -> Any:
        return self.figure.text(
            x / WIDTH_PX, 1 - y / self.height_px, words, size=_points(px), color=colour, va="center", **style
        )

    def axes(self, top: float, height: float, left: float = MARGIN_PX, right: float = MARGIN_PX) -> Any:
        """An empty frame; the caller says what its numbers mean."""
        box = (
            left / WIDTH_PX,
            1 - (top + height) / self.height_px,
            (WIDTH_PX - left - right) / WIDTH_PX,
            height / self.height_px,
        )
        axes = self.figure.add_axes(box, frameon=False)
        axes.set_xticks([])
        axes.set_yticks([])
        return axes


def draw(drawing: Drawing, cache: Path, out: Path) -> None:
    """Writes the picture. `cache` is where the library keeps its list of fonts."""
    os.environ["MPLCONFIGDIR"] = str(cache)
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"text.parse_math": False, "font.family": "DejaVu Sans"}):  # a dollar sign is a dollar sign
        height = round(_rest(drawing) + _columns_px(drawing))
        figure = Figure(figsize=(WIDTH_PX / DPI, height / DPI), dpi=DPI, facecolor=GROUND)
        FigureCanvasAgg(figure)
        _fill(_Sheet(figure, height), drawing)
        figure.savefig(out, format="png", facecolor=GROUND)


def _rest(drawing: Drawing) -> float:
    """The height of everything but the columns."""
    rows = (len(drawing.bars) + len(drawing.stacks)) * ROW_PX + len(_lines(_used(drawing))) * LEGEND_PX
    heads = 1 + bool(drawing.bars) + bool(drawing.stacks)
    return TITLES_PX + heads * SECTION_PX + _labels_px(drawing) + rows + MARGIN_PX


def _columns_px(drawing: Drawing) -> float:
    """As high as the other things let them be."""
    return min(TALLEST_PX, HEIGHT_PX - _rest(drawing))


def _fill(sheet: _Sheet, drawing: Drawing) -> None:
    sheet.text(MARGIN_PX, MARGIN_PX + TITLE_PX / 2, _drawable(drawing.title, "…"), TITLE_PX, weight="bold")
    sheet.text(MARGIN_PX, MARGIN_PX + TITLE_PX + TEXT_PX, drawing.subtitle, TEXT_PX, FAINT)
    top = _head(sheet, TITLES_PX, drawing.heads[0])
    _columns(sheet, drawing, top, _columns_px(drawing))
    top += _columns_px(drawing) + _labels_px(drawing)
    if drawing.bars:
        top = _bars(sheet, drawing.bars, _head(sheet, top, drawing.heads[1]))
    if drawing.stacks:
        _legend(sheet, drawing, _stacks(sheet, drawing, _head(sheet, top, drawing.heads[2])))


def _head(sheet: _Sheet, top: float, words: str) -> float:
    """A section's title; where the section begins."""
    sheet.text(MARGIN_PX, top + SECTION_PX / 2 + 6, words, HEAD_PX, weight="bold")
    return top + SECTION_PX


def _columns(sheet: _Sheet, drawing: Drawing, top: float, height: float) -> None:
    axes = sheet.axes(top, height, _left(drawing))
    most = max([column.value for column in drawing.columns] + [1])
    top_value = most * height / (height - FIGURES_PX)  # the tallest has its figure above it
    unit = top_value / height  # of the numbers, a pixel
    axes.set_ylim(0, top_value)
    axes.set_xlim(-0.6, len(drawing.columns) - 0.4)
    for value, figure in drawing.ticks:
        axes.axhline(value, color=LINE, linewidth=1.5, zorder=0)
        axes.annotate(
            figure, (0, value), (-12, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            ha="right", va="center", color=FAINT, size=_points(SMALL_PX), annotation_clip=False,
        )  # fmt: skip
    axes.axhline(0, color=FAINT, linewidth=2)
    axes.bar(range(len(drawing.columns)), [column.value for column in drawing.columns], width=0.72, color=SPENT)
    last, size = len(drawing.columns) - 1, _points(_figure_px(drawing))
    for at, (column, label) in enumerate(zip(drawing.columns, _labels(drawing), strict=True)):
        # above a thin last column a figure would reach over the edge
        x, side = (at + 0.36, "right") if at == last > THIN_FROM else (at, "center")
        axes.text(x, column.value + 6 * unit, column.figure, ha=side, va="bottom", color=INK, size=size)
        axes.text(at, -12 * unit, label, ha="center", va="top", color=FAINT, size=_points(SMALL_PX))


def _figure_px(drawing: Drawing) -> float:
    """As large as the other small words, where the longest has room above its column; thin ones have none or a few."""
    count, longest = len(drawing.columns), max((len(column.figure) for column in drawing.columns), default=0)
    if count > THIN_FROM or not longest:
        return SMALL_PX
    room_px = (WIDTH_PX - MARGIN_PX - _left(drawing)) / count - GAP_PX
    return min(SMALL_PX, room_px / (longest * LETTER_PX / SMALL_PX))


def _left(drawing: Drawing) -> float:
    """Where the columns begin: beside the figures of the scale."""
    figures = [figure for _, figure in drawing.ticks]
    return MARGIN_PX + max(map(len, figures), default=0) * LETTER_PX + (16 if figures else 0)


def _labels(drawing: Drawing) -> list[str]:
    """What stands below the columns: in two lines where one would run into the next."""
    labels = [column.label for column in drawing.columns]
    told = [at for at, label in enumerate(labels) if label]
    apart = min((after - before for before, after in pairwise(told)), default=len(labels))
    room_px = apart * (WIDTH_PX - MARGIN_PX - _left(drawing)) / max(len(labels), 1)
    is_tight = max(map(len, labels), default=0) * LETTER_PX > room_px - GAP_PX
    return [label.replace(" ", "\n", 1) for label in labels] if is_tight else labels


def _labels_px(drawing: Drawing) -> float:
    return LABELS_PX + (SMALL_PX * 1.2 if any("\n" in label for label in _labels(drawing)) else 0)


def _bars(sheet: _Sheet, bars: Sequence[Bar], top: float) -> float:
    most = max([bar.value for bar in bars] + [1])
    for bar in bars:
        sheet.text(MARGIN_PX, top + ROW_PX * 0.3, _drawable(bar.name, bar.other), TEXT_PX)
        sheet.text(WIDTH_PX - MARGIN_PX, top + ROW_PX * 0.3, bar.figure, TEXT_PX, ha="right")
        _track(sheet, top, [(max(bar.value, 0) / most, SPENT)])
        top += ROW_PX
    return top


def _stacks(sheet: _Sheet, drawing: Drawing, top: float) -> float:
    most = max(sum(stack.parts) for stack in drawing.stacks) or 1
    for stack in drawing.stacks:
        found = [(count, colour) for count, colour in zip(stack.parts, PARTS, strict=True) if count]
        sheet.text(MARGIN_PX, top + ROW_PX * 0.3, _drawable(stack.name, "…"), TEXT_PX)
        x: float = WIDTH_PX - MARGIN_PX
        for count, colour in reversed(found):
            sheet.text(x, top + ROW_PX * 0.3, str(count), TEXT_PX, colour, ha="right", weight="bold")
            x -= TEXT_PX * (0.7 * len(str(count)) + 0.7)
        _track(sheet, top, [(count / most, colour) for count, colour in found])
        top += ROW_PX
    return top


def _track(sheet: _Sheet, top: float, parts: Sequence[tuple[float, str]]) -> None:
    """A thin bar below a name, of parts that follow each other."""
    axes = sheet.axes(top + ROW_PX * TALL, ROW_PX * THIN / 2)
    axes.set_xlim(0, 1)
    axes.barh([0], [1], color=TRACK)
    left = 0.0
    for width, colour in parts:
        axes.barh([0], [width], left=left, color=colour)
        left += width


def _used(drawing: Drawing) -> list[tuple[str, str]]:
    """The legend's words with their colours, of what is there at all."""
    totals = [sum(counts) for counts in zip(*(stack.parts for stack in drawing.stacks), strict=True)]
    return [(words, colour) for words, colour, total in zip(drawing.legend, PARTS, totals, strict=False) if total]


def _lines(words: Sequence[tuple[str, str]]) -> list[Sequence[tuple[str, str]]]:
    return [words[at : at + LEGEND_A_ROW] for at in range(0, len(words), LEGEND_A_ROW)]


def _legend(sheet: _Sheet, drawing: Drawing, top: float) -> None:
    for line in _lines(_used(drawing)):
        for at, (words, colour) in enumerate(line):
            x = MARGIN_PX + at * (WIDTH_PX - 2 * MARGIN_PX) / LEGEND_A_ROW
            sheet.text(x, top + LEGEND_PX / 2, "■", TEXT_PX, colour)
            sheet.text(x + TEXT_PX * 1.3, top + LEGEND_PX / 2, words, TEXT_PX, FAINT)
        top += LEGEND_PX


def _points(px: float) -> float:
    return px * 72 / DPI


def _drawable(name: str, other: str) -> str:
    """Of a name what the font can draw; without a letter of that, the other one."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known = get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap()
    shown = " ".join("".join(char for char in name if ord(char) in known).split())
    return shown if any(char.isalnum() for char in shown) else other
