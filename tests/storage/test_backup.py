"""Backups and the claim on a database."""

# ruff: noqa: ASYNC240 - a test may stop its own loop for a file

from __future__ import annotations

import asyncio
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from bot.core.errors import OperatorFault
from bot.storage.backup import back_up, check
from bot.storage.claim import claim_service
from bot.storage.sqlite import SqliteStore, open_store
from tests.storage.miniature import NOW, Admit, Person, Q, add_updates

CLAIM = """
import pathlib, sys
from bot.storage.claim import claim_service
with claim_service(pathlib.Path(sys.argv[1])):
    pass
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


async def test_a_backup_is_consistent_while_the_service_writes(path: Path, tmp_path: Path) -> None:
    store = await open_store(path, now_ms=NOW)
    await store.transact(Person(1, money=10**9))
    await store.transact(partial(add_updates, count=200))
    writing = asyncio.gather(*(store.transact(Admit(1, serial)) for serial in range(1, 201)))
    size_bytes = await back_up(path, tmp_path / "copy.db")
    await writing
    await store.close()
    assert size_bytes == (tmp_path / "copy.db").stat().st_size
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert await _books_agree(tmp_path / "copy.db")


async def _books_agree(path: Path) -> bool:
    copy: SqliteStore = await open_store(path, now_ms=NOW)
    balance = await copy.read(lambda tx: tx.one(Q.balance, id=1))
    await copy.close()
    assert balance is not None
    return bool(balance["ledger"] == balance["counter"] and balance["jobs"] == balance["answers"])


async def test_a_backup_never_replaces_a_file(path: Path, tmp_path: Path) -> None:
    await (await open_store(path, now_ms=NOW)).close()
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(OperatorFault, match="backup-exists"):
        await back_up(path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"


async def test_a_backup_into_a_folder_that_is_not_there_says_so(path: Path, tmp_path: Path) -> None:
    await (await open_store(path, now_ms=NOW)).close()
    (tmp_path / "file").touch()
    for folder in (tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(OperatorFault, match="folder-unusable"):
            await back_up(path, folder / "copy.db")


async def test_a_backup_under_a_name_that_no_disk_takes_says_why(path: Path, tmp_path: Path) -> None:
    await (await open_store(path, now_ms=NOW)).close()
    with pytest.raises(OperatorFault, match="File name too long"):
        await back_up(path, tmp_path / f"{'x' * 300}.db")


async def test_a_backup_of_nothing_makes_no_database(path: Path, tmp_path: Path) -> None:
    with pytest.raises(OperatorFault, match="backup-no-source"):
        await back_up(path, tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


async def test_a_backup_of_a_broken_file_leaves_no_copy(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be one" * 100)
    with pytest.raises(OperatorFault, match="database-corrupt"):
        await back_up(path, tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == [path]


async def test_the_check_finds_a_damaged_page(path: Path) -> None:
    await (await open_store(path, now_ms=NOW)).close()
    check(path)
    content = bytearray(path.read_bytes())
    content[4096 * 8 : 4096 * 9] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(OperatorFault, match="database-corrupt"):
        await asyncio.to_thread(check, path)


def test_a_second_service_is_told_who_holds_the_database(path: Path) -> None:
    start = [sys.executable, "-c", CLAIM, str(path)]
    with claim_service(path):
        with pytest.raises(OperatorFault, match="database-claimed"), claim_service(path):
            pass
        second = subprocess.run(start, capture_output=True, text=True, check=False)
    third = subprocess.run(start, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "database-claimed {'pid': '" in second.stderr
    assert third.returncode == 0
