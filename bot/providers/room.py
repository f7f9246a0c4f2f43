"""How long a create body may be: as documented, and as 413s have taught since the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.errors import KinetogramError, NotTaken, Refusal

FLOOR_BYTES = 2_000_000
"""A body that is refused at twice this is not worth another try."""
AGAIN_S = 1.0
QUIET_MS = 3_600_000
"""After so long without a 413 twice as much is tried: a wrong guess costs one upload, and an hour of small pictures no
more than that.
"""
MOST_DOUBLINGS = 32


@dataclass(frozen=True, slots=True)
class Learned:
    """A bound that a refusal taught, and when (ms UTC). What was refused once may have been mended since."""

    bound: int
    at: int

    def by(self, now: int, quiet_ms: int) -> int:
        """The bound to go by: twice as much after each quiet while."""
        return self.bound << min(max(now - self.at, 0) // quiet_ms, MOST_DOUBLINGS)


class Room:
    """Of one key; `documented` None means that nothing is known but what 413s teach."""

    def __init__(self, now_ms: Callable[[], int], documented: int | None = None) -> None:
        self._now_ms = now_ms
        self._documented = documented
        self._learned: Learned | None = None

    @property
    def max_bytes(self) -> int | None:
        if self._learned is None:
            return self._documented
        bound = self._learned.by(self._now_ms(), QUIET_MS)
        return bound if self._documented is None else min(bound, self._documented)

    def after(self, error: Refusal, size_bytes: int) -> KinetogramError:
        """What a refusal of a body of this size means: once its limit is halved, a smaller one may be taken."""
        half = size_bytes // 2
        if error.key != "request-too-big" or half < FLOOR_BYTES:
            return error
        self._learned = Learned(min(self.max_bytes or half, half), self._now_ms())
        return NotTaken(error.key, AGAIN_S, **dict(error.data))
