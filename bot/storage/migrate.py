"""Migrations: numbered SQL files, each applied once, in its own transaction, and never changed after.

`migrations/NNNN_name.sql` is for every database, `migrations/sqlite/NNNN_name.sql` for SQLite alone and follows the
common file of its number.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from bot.core.errors import Defect, OperatorFault

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")
_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  applied_at INTEGER NOT NULL,
  PRIMARY KEY (number, name)
)
"""
_APPLIED = "SELECT number, name, sha256 FROM schema_migrations"
_RECORD = "INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@cache
def known() -> tuple[Migration, ...]:
    """The migrations of this version, in the order of their application."""
    folder = resources.files("bot.storage").joinpath("migrations")
    found = [*_read(folder), *_read(folder.joinpath("sqlite"))]
    return tuple(sorted(found, key=lambda migration: migration.number))


def migrate(connection: sqlite3.Connection, now_ms: int, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Brings a database up to date; returns the names of what was applied.

    Safe when several processes start at once. Raises OperatorFault for a database that a newer version wrote or whose
    applied migrations differ from this version's files.
    """
    plan = known() if migrations is None else migrations
    connection.execute(_LEDGER)
    applied = _applied(connection)
    _check(applied, plan)
    pending = [migration for migration in plan if (migration.number, migration.name) not in applied]
    return [migration.name for migration in pending if _apply(connection, migration, now_ms)]


def _read(folder: Traversable) -> Iterator[Migration]:
    for file in folder.iterdir():
        if not file.name.endswith(".sql"):
            continue
        match = _FILE.fullmatch(file.name)
        if match is None:
            raise Defect("migration-badly-named", file=file.name)
        yield Migration(int(match[1]), match[2], file.read_text(encoding="utf-8"))


def _applied(connection: sqlite3.Connection) -> dict[tuple[int, str], str]:
    return {(number, name): sha256 for number, name, sha256 in connection.execute(_APPLIED)}


def _check(applied: dict[tuple[int, str], str], plan: Sequence[Migration]) -> None:
    ours = {(migration.number, migration.name): migration.sha256 for migration in plan}
    for (number, name), sha256 in sorted(applied.items()):
        if (number, name) not in ours:
            raise OperatorFault("database-newer", migration=f"{number:04}_{name}")
        if ours[number, name] != sha256:
            raise OperatorFault("database-migration-changed", migration=f"{number:04}_{name}")


def _apply(connection: sqlite3.Connection, migration: Migration, now_ms: int) -> bool:
    """False when another process did it while we waited for the lock."""
    connection.execute("PRAGMA foreign_keys = OFF")  # a table may be rebuilt; checked below; no effect inside BEGIN
    try:
        connection.execute("BEGIN IMMEDIATE")
        if (migration.number, migration.name) in _applied(connection):
            connection.execute("ROLLBACK")
            return False
        _execute(connection, migration)
        connection.execute(_RECORD, (migration.number, migration.name, migration.sha256, now_ms))
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("PRAGMA foreign_keys = ON")
    return True


def _execute(connection: sqlite3.Connection, migration: Migration) -> None:
    for statement in statements(migration.sql):
        connection.execute(statement)
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise Defect("migration-broke-references", migration=migration.name)


def statements(sql: str) -> Iterator[str]:
    """The statements of a file; a trigger with its body is one. (`executescript` would commit what is open.)"""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if re.sub(r"--[^\n]*", "", statement).strip():
        raise Defect("migration-unfinished", statement=statement.strip()[:80])
