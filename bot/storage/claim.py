"""One service per database file: a second one would send everything twice.

The command line needs no claim: its short writes wait for the service's.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.core.errors import OperatorFault


@contextmanager
def claim_service(path: Path) -> Iterator[None]:
    """Holds the database at `path` for this process. The kernel lets go of it when the process ends, however it ends.

    Raises OperatorFault `database-claimed` with the holder's pid.
    """
    lock = path.with_name(f"{path.name}.lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(handle)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(handle, 20, 0).decode("ascii", "replace")
        raise OperatorFault("database-claimed", pid=holder) from error
