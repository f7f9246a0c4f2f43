"""The loader of named SQL."""

from __future__ import annotations

import pytest

from bot.core.errors import Defect
from bot.storage.queries import Query, parse

TWO = """
-- What the whole file is about.

-- name: first
-- Says one thing
-- over two lines.
SELECT 'a;b' AS text  -- a remark; inside
FROM jobs WHERE id = :id;

-- name: second
-- Says another.
DELETE FROM jobs WHERE id = :id
"""


def test_a_file_holds_named_described_queries() -> None:
    queries = parse("jobs", TWO)
    assert dir(queries) == ["first", "second"]
    assert queries.second == Query("jobs.second", "DELETE FROM jobs WHERE id = :id", "Says another.")
    assert queries.first.description == "Says one thing over two lines."
    assert queries.first.sql.endswith("WHERE id = :id")


def test_a_missing_query_names_the_file() -> None:
    with pytest.raises(AttributeError, match=r"jobs\.sql has no query 'third'"):
        _ = parse("jobs", TWO).third


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("SELECT 1;", "query-unnamed"),
        ("-- name: a\nSELECT 1;", "query-undescribed"),
        ("-- name: a\n-- Why.\n", "query-not-one-statement"),
        ("-- name: a\n-- Why.\nSELECT 1; SELECT 2;", "query-not-one-statement"),
        ("-- name: a\n-- Why.\nSELECT 1;\n-- name: a\n-- Why.\nSELECT 2;", "query-twice"),
        ("-- name: a-b\n-- Why.\nSELECT 1;", "query-badly-named"),
        ("-- name:\n-- Why.\nSELECT 1;", "query-badly-named"),
        ("-- name: _a\n-- Why.\nSELECT 1;", "query-badly-named"),
    ],
)
def test_a_file_that_breaks_the_rules_is_refused(text: str, key: str) -> None:
    with pytest.raises(Defect, match=key):
        parse("jobs", text)
