"""Tables as CSV, for spreadsheets and accountants: pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from bot.core.money import MICROUSD_PER_USD

Cell = str | int | None
FIGURE: Final = re.compile(r"-?\d+(\.\d+)?")
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula when a text begins with it."""


def lines(rows: Iterable[Iterable[Cell]]) -> str:
    """Rows as CSV; a text that a spreadsheet would run is shown as a text.

    >>> lines([["a", 1, None], ["=1+1", -2, "b"]]).splitlines()
    ['a,1,', "'=1+1,-2,b"]
    """
    out = io.StringIO()
    csv.writer(out).writerows([[_harmless(cell) for cell in row] for row in rows])
    return out.getvalue()


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(FORMULAS) and not FIGURE.fullmatch(cell):
        return f"'{cell}"
    return cell


def moment(at_ms: int | None) -> str:
    """ISO 8601 in UTC, to the millisecond; empty for what has not happened.

    >>> moment(1_774_659_600_123)
    '2026-03-28T01:00:00.123Z'
    """
    if at_ms is None:
        return ""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def dollars(microusd: int | None) -> str:
    """Exactly, six decimals.

    >>> dollars(-762_300)
    '-0.762300'
    """
    return "" if microusd is None else f"{Decimal(microusd) / MICROUSD_PER_USD:.6f}"


def told(row: Mapping[str, Cell]) -> dict[str, Cell]:
    """A row of the database as people read it: moments and amounts in their units."""
    return dict(_told(column, value) for column, value in row.items())


def _told(column: str, value: Cell) -> tuple[str, Cell]:
    if column == "at" or column.endswith("_at"):
        return column, moment(int(value) if value is not None else None)
    if column.endswith("_microusd"):
        return column.removesuffix("_microusd") + "_usd", dollars(int(value) if value is not None else None)
    return column, value
