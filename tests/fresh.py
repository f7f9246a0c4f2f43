"""A new database at once: migrated in full once a process, then copied. `tests/storage` proves what migrations do."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from bot.storage.migrate import migrate
from bot.storage.sqlite_thread import use_wal

BIRTH_MS = 1_700_000_000_000


def lay(path: Path) -> Path:
    """Puts an empty database of this version there, readable by its owner alone; answers its path."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
        new.write(_empty(on_disk=True))
    return path


def in_memory() -> sqlite3.Connection:
    """The same for one connection alone, which opens and ends its transactions itself."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(_empty(on_disk=False))
    return connection


@cache
def _empty(*, on_disk: bool) -> bytes:
    """As a file; what is in memory has no write-ahead log."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            if on_disk:
                use_wal(connection)
            migrate(connection, BIRTH_MS)
        return path.read_bytes()
