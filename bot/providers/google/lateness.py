"""Records that come late: Google does not find a new interaction at the first looks, and says so with a 400."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.errors import Refusal, Transient
from bot.providers.base import Ended, Task
from bot.providers.http import Account

GRACE_MS = 60_000
"""A paid task must not be given up for a record that is late; one that is not found for so long is gone."""
KEPT = 1_000


class Lateness:
    """Since when a task is not found. In memory: after a restart it begins anew, which only delays the verdict."""

    def __init__(self, account: Account, now_ms: Callable[[], int]) -> None:
        self._account = account
        self._now_ms = now_ms
        self._since: dict[str, int] = {}

    def found(self, task: Task) -> None:
        self._since.pop(task.id, None)

    def missing(self, task: Task) -> Ended:
        """Raises Transient until it is certain."""
        since = self._since.setdefault(task.id, self._now_ms())
        if self._now_ms() - since >= GRACE_MS:
            del self._since[task.id]
            return Ended(Refusal("task-gone", **self._account.who), "gone")
        if len(self._since) > KEPT:
            del self._since[next(iter(self._since))]
        raise Transient("provider-task-missing", **self._account.who)
