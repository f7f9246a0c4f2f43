"""The database read from outside: the ledger, its counters, and the jobs that they speak of."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]
HOLDING = ("QUEUED", "SUBMITTING", "RUNNING", "COLLECTING", "UNCERTAIN")


@dataclass(frozen=True, slots=True)
class Books:
    """Reads only, by a connection that stays open: to read the schema again would cost more than most looks."""

    path: Path
    _opened: dict[int, sqlite3.Connection] = field(default_factory=dict, repr=False)
    """By the file's inode: another file may come in its place."""

    @property
    def exists(self) -> bool:
        return self.path.exists()

    def rows(self, sql: str, *values: object) -> list[Row]:
        """The rows of a query."""
        return [dict(row) for row in self._connection().execute(sql, values).fetchall()]

    def close(self) -> None:
        """Lets the file go."""
        for connection in self._opened.values():
            connection.close()
        self._opened.clear()

    def _connection(self) -> sqlite3.Connection:
        inode = self.path.stat().st_ino if self.exists else 0
        if inode not in self._opened:
            self.close()
            connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            self._opened[inode] = connection
        return self._opened[inode]

    def value(self, sql: str, *values: object) -> Any:
        """The first column of the first row."""
        found = self.rows(sql, *values)
        return next(iter(found[0].values())) if found else None

    @property
    def jobs(self) -> list[Row]:
        """All jobs, oldest first."""
        return self.rows("SELECT * FROM jobs ORDER BY id")

    @property
    def states(self) -> list[str]:
        """The jobs' states, oldest first."""
        return [job["state"] for job in self.jobs]

    @property
    def losses(self) -> list[tuple[str, int]]:
        """What the operator's own account paid: (why, micro-dollars)."""
        found = self.rows(
            "SELECT note, -amount_microusd AS amount FROM entries JOIN accounts ON accounts.id = account_id"
            " WHERE accounts.kind = 'service' ORDER BY entries.id"
        )
        return [(row["note"], row["amount"]) for row in found]

    def check(self) -> None:
        """Every counter equals what it counts, every job's money is where its state says."""
        self._check_balances()
        self._check_jobs()
        self._check_counters()

    def _check_balances(self) -> None:
        for account in self.rows("SELECT id FROM accounts"):
            booked = self.value(
                "SELECT coalesce(sum(amount_microusd), 0) FROM entries WHERE account_id = ? AND bucket = 'balance'",
                account["id"],
            )
            counted = self.value(
                "SELECT value FROM counters WHERE scope = 'account' AND scope_id = ? AND measure = 'balance'",
                account["id"],
            )
            assert (counted or 0) == booked

    def _check_jobs(self) -> None:
        for job in self.jobs:
            paid = -self.value(
                "SELECT coalesce(sum(amount_microusd), 0) FROM entries WHERE job_id = ? AND account_id = ?",
                job["id"],
                job["account_id"],
            )
            match job["state"]:
                case "DELIVERING" | "DELIVERED":
                    assert paid == job["cost_microusd"]
                case "FAILED" | "CANCELLED":
                    assert paid == 0
                case _:
                    assert paid == job["quote_microusd"]

    def _check_counters(self) -> None:
        spent = self.value("SELECT -coalesce(sum(amount_microusd), 0) FROM entries WHERE job_id IS NOT NULL")
        assert self._counted("service", "money") == spent
        lent = self.value(
            "SELECT -coalesce(sum(amount_microusd), 0) FROM entries JOIN accounts ON accounts.id = account_id"
            " WHERE bucket = 'allowance' AND accounts.kind <> 'service'"
        )
        assert self._counted("user", "money") + self._counted("chat", "money") == lent
        holding = [job for job in self.jobs if job["state"] in HOLDING]
        assert self._counted("user", "active") == len(holding)
        assert self.value("SELECT count(*) FROM counters WHERE value < 0 AND measure <> 'balance'") == 0

    def _counted(self, scope: str, measure: str) -> int:
        return int(
            self.value("SELECT coalesce(sum(value), 0) FROM counters WHERE scope = ? AND measure = ?", scope, measure)
        )


def once(values: Sequence[object]) -> bool:
    """Whether no value comes twice."""
    return len(values) == len(set(values))
