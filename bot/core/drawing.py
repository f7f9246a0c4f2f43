"""Charts and sheets of references as data: every word said, every length a number. What draws them decides nothing but
the look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tile:
    """One reference of a sheet: its label, under it what it is for, above it the picture at `path`. Without one there
    is a sign for what can only be heard, or for a picture that is not at hand.
    """

    label: str
    about: str
    path: str | None
    is_sound: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One step in time; without a label when there is no room for all."""

    label: str
    value: int
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One name with its length; `other` is shown where the name has no character that can be drawn."""

    name: str
    other: str
    value: int
    figure: str


@dataclass(frozen=True, slots=True)
class Stack:
    """One name with the parts of a whole, in the legend's order."""

    name: str
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Columns over time, bars side by side, stacks of parts; `heads` are the titles of these three, in this order."""

    title: str
    subtitle: str
    heads: tuple[str, str, str]
    columns: tuple[Column, ...]
    ticks: tuple[tuple[int, str], ...]
    bars: tuple[Bar, ...]
    stacks: tuple[Stack, ...]
    legend: tuple[str, ...]

    def to_data(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Drawing:
        """Reads what `to_data` gave, also after its way through JSON."""
        return cls(
            title=data["title"],
            subtitle=data["subtitle"],
            heads=tuple(data["heads"]),
            columns=tuple(Column(**column) for column in data["columns"]),
            ticks=tuple((value, figure) for value, figure in data["ticks"]),
            bars=tuple(Bar(**bar) for bar in data["bars"]),
            stacks=tuple(Stack(stack["name"], tuple(stack["parts"])) for stack in data["stacks"]),
            legend=tuple(data["legend"]),
        )
