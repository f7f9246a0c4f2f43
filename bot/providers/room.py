"""How long a create body may be: as documented, and as 413s have taught since the start."""

from __future__ import annotations

from bot.core.errors import KinetogramError, NotTaken, Refusal

FLOOR_BYTES = 2_000_000
"""A body that is refused at twice this is not worth another try."""
AGAIN_S = 1.0


class Room:
    """`max_bytes` None means that nothing is known yet."""

    def __init__(self, max_bytes: int | None = None) -> None:
        self.max_bytes = max_bytes

    def after(self, error: Refusal, size_bytes: int) -> KinetogramError:
        """What a refusal of a body of this size means: once its limit is halved, a smaller one may be taken."""
        half = size_bytes // 2
        if error.key != "request-too-big" or half < FLOOR_BYTES:
            return error
        self.max_bytes = min(self.max_bytes or half, half)
        return NotTaken(error.key, AGAIN_S, **dict(error.data))
