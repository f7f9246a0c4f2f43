"""Named SQL: every query is written once, in `sql/<file>.sql`, with its name and what it is for.

    -- name: claim_due
    -- Jobs that are due and that nobody holds, oldest first.
    SELECT id FROM jobs WHERE run_at <= :now ORDER BY run_at LIMIT :count;

A module says `Q = load("jobs")` and passes `Q.claim_due` to its transaction. Parameters are `:named`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bot.core.errors import Defect

_HEAD = re.compile(r"^-- name:[ \t]*(\S*)[ \t]*$", re.MULTILINE)
_OPAQUE = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Query:
    """One statement. `name` is `file.query`, for logs and errors."""

    name: str
    sql: str
    description: str


class QuerySet:
    """The queries of one file, as attributes."""

    def __init__(self, name: str, queries: dict[str, Query]) -> None:
        self._name = name
        self._queries = queries

    def __getattr__(self, name: str) -> Query:
        try:
            return self._queries[name]
        except KeyError:
            raise AttributeError(f"{self._name}.sql has no query {name!r}") from None

    def __dir__(self) -> list[str]:
        return sorted(self._queries)


@cache
def load(name: str) -> QuerySet:
    """The queries of `bot/storage/sql/<name>.sql`, read once. A file that breaks the rules is a Defect."""
    path = resources.files("bot.storage").joinpath("sql", f"{name}.sql")
    return parse(name, path.read_text(encoding="utf-8"))


def parse(file: str, text: str) -> QuerySet:
    """Splits a file's text into its queries.

    >>> parse("jobs", "-- name: one\\n-- Any job.\\nSELECT id FROM jobs LIMIT 1;").one.description
    'Any job.'
    """
    preamble, *blocks = _HEAD.split(text)
    if _OPAQUE.sub("", preamble).strip():
        raise Defect("query-unnamed", file=file)
    queries: dict[str, Query] = {}
    for name, block in zip(blocks[::2], blocks[1::2], strict=True):
        if name in queries:
            raise Defect("query-twice", file=file, query=name)
        queries[name] = _query(file, name, block)
    return QuerySet(file, queries)


def _query(file: str, name: str, block: str) -> Query:
    if not name.isidentifier() or name.startswith("_"):
        raise Defect("query-badly-named", file=file, query=name)
    description, sql = _split(block.strip())
    if not description:
        raise Defect("query-undescribed", file=file, query=name)
    if _statements(sql) != 1:
        raise Defect("query-not-one-statement", file=file, query=name)
    return Query(f"{file}.{name}", sql.rstrip("; \n"), description)


def _split(block: str) -> tuple[str, str]:
    """The leading comment lines, joined into one text, and what follows them."""
    lines = block.split("\n")
    count = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    description = " ".join(line.removeprefix("--").strip() for line in lines[:count])
    return description.strip(), "\n".join(lines[count:]).strip()


def _statements(sql: str) -> int:
    return sum(1 for part in _OPAQUE.sub(" ", sql).split(";") if part.strip())
