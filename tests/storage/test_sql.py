"""All named SQL of the product, against its schema and against the code that uses it."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from bot.storage.migrate import migrate
from bot.storage.queries import _OPAQUE, Query, load

ROOT = Path(__file__).parents[2]
FILES = sorted(file.name.removesuffix(".sql") for file in resources.files("bot.storage").joinpath("sql").iterdir())
QUERIES = {query.name: query for file in FILES for query in (getattr(load(file), name) for name in dir(load(file)))}
SQL_TEXT = re.compile(r"\b(SELECT\s[^.]*\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE|PRAGMA)\s")

# Those that stay as small as the service's own settings, or as what is in hand just now; all others grow with its use.
SMALL = {"chat_blocks", "lists", "paces", "pauses", "reconciliations", "schema_migrations", "secrets"}
# Walks a table by its rowid and stops at the LIMIT, or takes the one at its end.
BOUNDED = re.compile(r"FROM \w+( ORDER BY id( DESC)?)? LIMIT|\b(min|max)\(id\)")


@dataclass(frozen=True, slots=True)
class Use:
    """One `Q.name` in the code; `values` are the keywords that it is called with, None when they can't be read."""

    place: str
    query: str
    values: frozenset[str] | None


@cache
def modules() -> dict[Path, ast.Module]:
    files = [*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/**/*.py")]
    return {file.relative_to(ROOT): ast.parse(file.read_text(encoding="utf-8")) for file in files}


@cache
def uses() -> tuple[Use, ...]:
    return tuple(use for path, module in modules().items() for use in _uses(path, module))


def _uses(path: Path, module: ast.Module) -> Iterator[Use]:
    sets = dict(_sets(module))
    calls = {id(call.args[0]): call for call in ast.walk(module) if isinstance(call, ast.Call) and call.args}
    for node in ast.walk(module):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=query) if name in sets:
                yield Use(f"{path}:{node.lineno}", f"{sets[name]}.{query}", _values(calls.get(id(node))))


def _sets(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Names of a module that hold the queries of a file: `Q = load("jobs")`, `A, B = load("a"), load("b")`."""
    for node in module.body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = zip(names, values, strict=True)
            case ast.Assign(targets=[target], value=value):
                pairs = zip([target], [value], strict=True)
            case _:
                continue
        yield from (pair for target, value in pairs if (pair := _loaded(target, value)))


def _loaded(target: ast.expr, value: ast.expr) -> tuple[str, str] | None:
    match target, value:
        case ast.Name(id=name), ast.Call(func=ast.Name(id="load"), args=[ast.Constant(value=str(file))]):
            return name, file
    return None


def _values(call: ast.Call | None) -> frozenset[str] | None:
    """None for what is no plain call of a transaction: a query kept in a table, or values by `**`."""
    if call is None or not isinstance(call.func, ast.Attribute) or call.func.attr not in {"one", "all", "run"}:
        return None
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name)


def parameters(query: Query) -> set[str]:
    return set(re.findall(r"(?<!:):([a-z_]\w*)", _OPAQUE.sub(" ", query.sql)))


@pytest.fixture(scope="module")
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, 0)
        yield connection


def test_every_query_is_used_and_every_used_one_exists() -> None:
    used = {use.query for use in uses()}
    missing, idle = sorted(used - QUERIES.keys()), sorted(QUERIES.keys() - used)
    assert not missing, f"used, but in no file: {missing}"
    assert not idle, f"in a file, but never used: {idle}"


def test_every_query_is_given_its_parameters_and_no_others() -> None:
    wrong = [
        f"{use.place} {use.query}: {sorted(parameters(QUERIES[use.query]) ^ use.values)}"
        for use in uses()
        if use.values is not None and use.query in QUERIES and parameters(QUERIES[use.query]) != use.values
    ]
    assert wrong == []


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_fits_the_schema(connection: sqlite3.Connection, query: Query) -> None:
    values = dict.fromkeys(parameters(query))
    assert connection.execute(f"EXPLAIN {query.sql}", values).fetchall()


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_no_query_reads_a_table_or_an_index_from_end_to_end(connection: sqlite3.Connection, query: Query) -> None:
    assert BOUNDED.search(query.sql) or not _scanned(connection, query)


@pytest.mark.parametrize(
    ("name", "begins", "never"),
    [
        ("previews.under_way", "jobs_due", "requests_chat"),
        ("business.prune_orders", "client_orders_age", "jobs_of_chat"),
    ],
)
def test_what_runs_all_the_time_reads_what_is_in_hand_also_before_there_are_statistics(
    connection: sqlite3.Connection, name: str, begins: str, never: str
) -> None:
    plan = _plan(connection, QUERIES[name])
    assert begins in plan[0]
    assert never not in " ".join(plan)


def test_a_scan_is_seen_in_a_table_and_in_an_index(connection: sqlite3.Connection) -> None:
    tables = {
        "SELECT max(quote_microusd) FROM jobs": {"jobs"},
        "SELECT sum(quote_microusd) FROM jobs AS booked": {"jobs"},
        "SELECT count(*) FROM entries": {"entries"},
        "SELECT id FROM outbox WHERE state = 'parked'": set(),
    }
    assert {sql: _scanned(connection, replace(QUERIES["jobs.newest"], sql=sql)) for sql in tables} == tables


def _scanned(connection: sqlite3.Connection, query: Query) -> set[str]:
    """The growing tables that are read whole; an index with a condition holds just what is in hand, and is no table."""
    names = {alias: table for table, alias in re.findall(r"\b(?:FROM|JOIN)\s+(\w+)\s+(?:AS\s+)?(\w+)", query.sql)}
    schema = connection.execute("SELECT name, type, sql LIKE '% WHERE %' FROM sqlite_master").fetchall()
    growing = {name for name, kind, _ in schema if kind == "table"} - SMALL
    in_hand = {name for name, kind, conditional in schema if kind == "index" and conditional}
    steps = [step.split() for step in _plan(connection, query)]
    # The largest value of a column without an index is called a search, "SEARCH jobs", and reads all.
    scans = [step for step in steps if step[0] == "SCAN" or (step[0] == "SEARCH" and "USING" not in step)]
    return {names.get(step[1], step[1]) for step in scans if step[-1] not in in_hand} & growing


def _plan(connection: sqlite3.Connection, query: Query) -> list[str]:
    """A deletion's plan shows the search for rows that refer to it; an insertion's shows one that never runs."""
    connection.execute(f"PRAGMA foreign_keys = {int('DELETE' in query.sql)}")
    rows = connection.execute(f"EXPLAIN QUERY PLAN {query.sql}", dict.fromkeys(parameters(query)))
    return [row[3] for row in rows]


def test_no_sql_is_written_outside_storage() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, module in modules().items()
        if not path.is_relative_to("bot/storage")
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_TEXT.search(f"{node.value} ")
    ]
    assert found == []
