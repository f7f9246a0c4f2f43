"""SQLite's result codes, translated once into our errors.

| SQLite says | we raise | because |
|---|---|---|
| FULL, IOERR, BUSY, LOCKED, INTERRUPT, NOMEM | Transient | space, a cable or patience may come back |
| CORRUPT, NOTADB, CANTOPEN, READONLY, PERM, AUTH | OperatorFault | somebody must look at the file |
| anything else: a broken constraint, wrong SQL, a missing parameter | Defect | our bug |
"""

from __future__ import annotations

import sqlite3

from bot.core.errors import Defect, KinetogramError, OperatorFault, Transient

_PRIMARY = 0xFF

_TRANSIENT = {
    sqlite3.SQLITE_FULL: "database-disk-full",
    sqlite3.SQLITE_IOERR: "database-disk-fault",
    sqlite3.SQLITE_BUSY: "database-busy",
    sqlite3.SQLITE_LOCKED: "database-busy",
    sqlite3.SQLITE_INTERRUPT: "database-slow",
    sqlite3.SQLITE_NOMEM: "database-out-of-memory",
}
_OPERATOR = {
    sqlite3.SQLITE_CORRUPT: "database-corrupt",
    sqlite3.SQLITE_NOTADB: "database-corrupt",
    sqlite3.SQLITE_CANTOPEN: "database-unusable",
    sqlite3.SQLITE_READONLY: "database-unusable",
    sqlite3.SQLITE_PERM: "database-unusable",
    sqlite3.SQLITE_AUTH: "database-unusable",
}


def translate(error: Exception, query: str) -> KinetogramError:
    """What an error of the sqlite3 module means. `query` is for the log; values are never repeated."""
    code = getattr(error, "sqlite_errorcode", None)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    primary = None if code is None else code & _PRIMARY
    if primary in _TRANSIENT:
        return Transient(_TRANSIENT[primary], query=query, code=name)
    if primary in _OPERATOR:
        return OperatorFault(_OPERATOR[primary], query=query, code=name)
    detail = str(error) if isinstance(error, sqlite3.Error) else ""
    return Defect("query-failed", query=query, code=name, detail=detail)
