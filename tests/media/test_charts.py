"""A chart is a picture for a phone: its size, its limits, names that no font has, and that it draws what it is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from bot.core.drawing import Bar, Column, Drawing, Stack
from bot.media import charts
from bot.media.tool import MediaTool

NAMES = ("Ann", "Борис Александрович Конст…", "李小龙", "$x_{1}$ \\frac{", "🐕 dog", "4 others")
FULL = Drawing(
    title="“Video lab 🎬”",
    subtitle="the last 7 days · $123.45 · 57 videos",
    heads=("Spent by day", "Spent by person", "Videos by model"),
    columns=tuple(Column(f"Thu {day}", day * 1_000_000, f"${day}.00") for day in range(7)),
    ticks=((2_000_000, "$2.00"), (4_000_000, "$4.00")),
    bars=tuple(Bar(name, f"#{at}", at * 1_000, "$1,234.50") for at, name in enumerate(NAMES)),
    stacks=tuple(Stack(f"Seedance {at}", (23, 4, 2, 1, 3)) for at in range(4)),
    legend=("delivered", "failed", "refused", "cancelled", "under way"),
)


def _has(picture: Image.Image, colour: str) -> int:
    wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    colours: Any = picture.getcolors(1 << 24)
    return int({found: count for count, found in colours}.get(wanted, 0))


async def test_the_fullest_chart_fits_telegrams_size_and_shows_all_it_is_told(tool: MediaTool, tmp_path: Path) -> None:
    info = await tool.chart(FULL, tmp_path / "chart.png")
    assert (info.width, info.height) == (charts.WIDTH_PX, charts.HEIGHT_PX)
    with Image.open(tmp_path / "chart.png") as drawn:
        picture = drawn.convert("RGB")
    assert all(_has(picture, colour) > 500 for colour in charts.PARTS)
    assert _has(picture, charts.GROUND) > picture.width * picture.height / 2


def test_a_name_without_a_letter_that_can_be_drawn_is_told_by_its_place(tmp_path: Path) -> None:
    shown = [charts._drawable(bar.name, bar.other) for bar in FULL.bars]
    assert shown == ["Ann", "Борис Александрович Конст…", "#2", "$x_{1}$ \\frac{", "dog", "4 others"]


def test_labels_that_would_run_together_stand_in_two_lines() -> None:
    week = replace(FULL, columns=tuple(replace(column, label=f"Thu 2{at}") for at, column in enumerate(FULL.columns)))
    assert charts._labels(week)[0] == "Thu\n20"
    assert charts._labels(replace(week, columns=week.columns[:3]))[0] == "Thu 20", "there is room for it"
    sparse = tuple(replace(column, label=column.label * (at % 3 == 0)) for at, column in enumerate(week.columns))
    assert charts._labels(replace(week, columns=sparse))[3] == "Thu 23", "its neighbours have none"


def test_a_figure_above_a_column_is_as_large_as_the_other_words_where_it_has_room() -> None:
    assert charts._figure_px(FULL) == charts.SMALL_PX
    dear = replace(FULL, columns=tuple(replace(column, figure="$1,234.56") for column in FULL.columns))
    assert charts.SMALL_PX * 0.6 < charts._figure_px(dear) < charts.SMALL_PX
    month = replace(FULL, columns=tuple(Column("", at, "") for at in range(30)))
    assert charts._figure_px(month) == charts.SMALL_PX
