"""Migrations of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.errors import Defect, OperatorFault
from bot.storage.migrate import Migration, known, migrate, statements
from bot.storage.sqlite_thread import connect, use_wal

FIRST = Migration(1, "first", "CREATE TABLE a (id INTEGER PRIMARY KEY);\n")
SECOND = Migration(2, "second", "CREATE TABLE b (id INTEGER PRIMARY KEY REFERENCES a (id));\n")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "bot.db")) as connection:
        yield connection


def tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_each_migration_is_applied_once_in_order(connection: sqlite3.Connection) -> None:
    assert migrate(connection, 5, [FIRST]) == ["first"]
    assert migrate(connection, 7, [FIRST, SECOND]) == ["second"]
    assert migrate(connection, 9, [FIRST, SECOND]) == []
    rows = connection.execute("SELECT number, name, sha256, applied_at FROM schema_migrations ORDER BY number")
    assert rows.fetchall() == [(1, "first", FIRST.sha256, 5), (2, "second", SECOND.sha256, 7)]


def test_who_sent_what_was_kept_before_is_found_in_it(connection: sqlite3.Connection) -> None:
    earlier = [migration for migration in known() if migration.number < 38]
    migrate(connection, 5, earlier)
    kept = (
        '{"message":{"from":{"id":5},"text":"hi"}}',
        '{"edited_message":{"from":{"id":6}}}',
        '{"callback_query":{"from":{"id":7},"message":{"from":{"id":1}}}}',
        '{"channel_post":{"text":"hi"}}',
        "cut off {",
    )
    add = "INSERT INTO inbox (update_id, lane, payload, received_at) VALUES (?, 'x', ?, 0)"
    connection.executemany(add, enumerate(kept))
    migrate(connection, 7, [migration for migration in known() if migration.number <= 38])
    rows = connection.execute("SELECT sender_id FROM inbox ORDER BY update_id").fetchall()
    assert [sender for (sender,) in rows] == [5, 6, 7, None, None]


def test_numbers_are_unique_without_a_gap_in_each_folder() -> None:
    common = [migration.number for migration in known() if migration.name != "guards"]
    assert common == list(range(1, len(common) + 1))
    assert [(migration.number, migration.name) for migration in known()][:2] == [(1, "spine"), (1, "guards")]


def test_a_database_of_a_newer_version_is_refused(connection: sqlite3.Connection) -> None:
    migrate(connection, 0, [FIRST, SECOND])
    with pytest.raises(OperatorFault, match=r"database-newer.*0002_second"):
        migrate(connection, 0, [FIRST])


def test_a_changed_migration_is_refused(connection: sqlite3.Connection) -> None:
    migrate(connection, 0, [FIRST])
    changed = Migration(1, "first", FIRST.sql + "CREATE TABLE c (id INTEGER);")
    with pytest.raises(OperatorFault, match=r"database-migration-changed.*0001_first"):
        migrate(connection, 0, [changed, SECOND])
    assert tables(connection) == {"schema_migrations", "a"}


def test_a_migration_that_fails_half_way_leaves_nothing(connection: sqlite3.Connection) -> None:
    broken = Migration(2, "broken", "CREATE TABLE b (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(connection, 0, [FIRST, broken])
    assert tables(connection) == {"schema_migrations", "a"}
    assert not connection.in_transaction


def test_a_table_can_be_rebuilt_while_others_refer_to_it(connection: sqlite3.Connection) -> None:
    fill = Migration(3, "fill", "INSERT INTO a VALUES (1);\nINSERT INTO b VALUES (1);\n")
    rebuild = "CREATE TABLE n (id INTEGER PRIMARY KEY, x);\nINSERT INTO n (id) SELECT id FROM a;\nDROP TABLE a;\n"
    migrate(connection, 0, [FIRST, SECOND, fill, Migration(4, "new", rebuild + "ALTER TABLE n RENAME TO a;\n")])
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert connection.execute("SELECT * FROM a").fetchall() == [(1, None)]


def test_a_migration_may_not_leave_orphans(connection: sqlite3.Connection) -> None:
    orphan = Migration(3, "orphan", "INSERT INTO b VALUES (7);\n")
    with pytest.raises(Defect, match="migration-broke-references"):
        migrate(connection, 0, [FIRST, SECOND, orphan])
    assert connection.execute("SELECT * FROM b").fetchall() == []


def _start(path: Path) -> list[str]:
    with closing(connect(path)) as connection:
        use_wal(connection)
        return migrate(connection, 0)


def test_starts_at_the_same_moment_apply_each_migration_once(tmp_path: Path) -> None:
    for attempt in range(10):
        path = tmp_path / f"{attempt}.db"
        with ThreadPoolExecutor(4) as pool:
            applied = [name for names in pool.map(_start, [path] * 4) for name in names]
        assert sorted(applied) == sorted(migration.name for migration in known())


def test_a_trigger_is_one_statement() -> None:
    trigger = "CREATE TRIGGER t BEFORE DELETE ON a\nBEGIN\n  SELECT 1;\nEND;\n"
    assert list(statements("-- why\nSELECT 1;\n" + trigger + "-- the end\n")) == ["-- why\nSELECT 1;\n", trigger]


def test_a_statement_without_its_end_is_a_defect() -> None:
    with pytest.raises(Defect, match="migration-unfinished"):
        list(statements("SELECT 1;\nSELECT 2"))
