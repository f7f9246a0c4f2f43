"""An online backup: the service goes on writing while a consistent copy is made, checked and made durable."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.core.errors import OperatorFault
from bot.storage.sqlite_faults import translate
from bot.storage.sqlite_thread import connect


async def back_up(source: Path, target: Path) -> int:
    """Copies the database at `source` to the new file `target`, readable by its owner alone; returns its size in bytes.

    The target appears complete or not at all. Raises OperatorFault when it exists already, when its folder can't be
    written or when the copy fails its integrity check, Transient when the disk is full.
    """
    return await asyncio.to_thread(_back_up, source, target)


def _back_up(source: Path, target: Path) -> int:
    part = target.with_name(f"{target.name}.part")
    try:
        if not source.is_file():
            raise OperatorFault("backup-no-source")
        if target.exists():
            raise OperatorFault("backup-exists")
        part.unlink(missing_ok=True)
        _copy(source, part)
        part.rename(target)
    except sqlite3.Error as error:
        raise translate(error, "backup") from error
    except OSError as error:
        raise OperatorFault("folder-unusable", folder=str(target.parent), why=error.strerror or "") from error
    finally:
        _forget(part)
    _make_durable(target.parent)
    return target.stat().st_size


def _forget(part: Path) -> None:
    """What is left of a copy; where no file can be written there is none."""
    with suppress(OSError):
        part.unlink(missing_ok=True)


def _copy(source: Path, part: Path) -> None:
    part.touch(mode=0o600)  # VACUUM INTO accepts an empty file and keeps its mode
    with closing(connect(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(part),))
    check(part)
    _make_durable(part)


def check(path: Path) -> None:
    """Raises OperatorFault `database-corrupt` unless the database's pages, indexes and references agree."""
    try:
        verdict = _verdict(path)
    except sqlite3.Error as error:
        raise translate(error, "check") from error
    if verdict != "ok":
        raise OperatorFault("database-corrupt", query="check", code=verdict)


def _verdict(path: Path) -> str:
    with closing(connect(path, reading=True)) as connection:
        verdict = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
        if verdict != "ok":
            return verdict
        orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
    return "ok" if orphan is None else f"a row of {orphan[0]} refers to nothing"


def _make_durable(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
