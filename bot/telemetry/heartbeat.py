"""A sign of life that somebody gives and somebody else looks at."""

from __future__ import annotations

from collections.abc import Callable


class Heartbeat:
    """Beaten by a loop at each turn; `alive` while the last beat is young enough.

    >>> now = [0]
    >>> beat = Heartbeat(lambda: now[0], max_age_ms=1_000)
    >>> beat.beat(); now[0] = 1_500; beat.alive()
    False
    """

    def __init__(self, now_ms: Callable[[], int], max_age_ms: int) -> None:
        self._now_ms = now_ms
        self._max_age_ms = max_age_ms
        self._at = now_ms()

    def beat(self) -> None:
        """Still at work."""
        self._at = self._now_ms()

    def alive(self) -> bool:
        """Whether the last beat (or the start) is young enough."""
        return self._now_ms() - self._at <= self._max_age_ms
