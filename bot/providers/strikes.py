"""How often in a row a task was not found: one 404 proves nothing, the third says that its record is gone."""

from __future__ import annotations

from bot.core.errors import Refusal, Transient
from bot.providers.base import Ended, Task
from bot.providers.http import Account

GONE_AFTER = 3
"""Seen with Ark: a 404 with an empty body that passes. Checks are seconds apart, so this costs little."""
KEPT = 1_000


class Strikes:
    """Counts in memory: after a restart it begins anew, which only delays the verdict."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._counts: dict[str, int] = {}

    def found(self, task: Task) -> None:
        self._counts.pop(task.id, None)

    def missing(self, task: Task) -> Ended:
        """Raises Transient until it is certain."""
        times = self._counts.pop(task.id, 0) + 1
        if times >= GONE_AFTER:
            return Ended(Refusal("task-gone", **self._account.who), "gone")
        while len(self._counts) >= KEPT:
            del self._counts[next(iter(self._counts))]
        self._counts[task.id] = times
        raise Transient("provider-task-missing", **self._account.who, times=times)
