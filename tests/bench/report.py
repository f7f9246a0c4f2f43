"""How a scenario is told: a head, then a line for each way with its figures, and a verdict where one is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

KEPT, MISSED = "ok", "MISSED"


@dataclass(frozen=True, slots=True)
class Line:
    """One way of doing it. `kept` says whether its target was met; None where nothing was promised."""

    label: str
    cells: Sequence[str]
    kept: bool | None = None

    @property
    def verdict(self) -> str:
        match self.kept:
            case None:
                return ""
            case True:
                return KEPT
            case False:
                return MISSED


def table(head: str, columns: Sequence[str], lines: Sequence[Line]) -> list[str]:
    """Lines of text in columns: labels to the left, figures to the right, verdicts last.

    >>> table("tea", ["cups"], [Line("green", ["2"], kept=True), Line("black", ["11"])])
    ['tea', '           cups', '  green       2  ok', '  black      11']
    """
    rows = [("", columns, ""), *((line.label, line.cells, line.verdict) for line in lines)]
    first = max(len(label) for label, _, _ in rows) + 1
    widths = [max(4, *(len(cells[at]) for _, cells, _ in rows)) + 3 for at in range(len(columns))]
    return [head, *(_joined(label.ljust(first), cells, widths, verdict) for label, cells, verdict in rows)]


def _joined(label: str, cells: Sequence[str], widths: Sequence[int], verdict: str) -> str:
    figures = "".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return f"  {label}{figures}  {verdict}".rstrip()
