"""What a test or the demo may turn on a :class:`KlingServer`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class KlingKnobs:
    """Defaults are the vendor's documented behaviour, but for the times, which are short.

    ``clock_skew_s`` is how far the vendor's clock runs ahead; ``webhook_secret`` signs callbacks; ``charge`` is what an
    account pays with; ``refuses_repeats``: an ``external_task_id`` is taken once. A ``None`` limit is none.
    """

    queue_s: float = 1.0
    render_s: float = 4.0
    concurrency: int = 20
    creates_per_minute: int | None = None
    retry_after_s: int | None = None
    clock_skew_s: int = 0
    body_limit_bytes: int = 64 << 20
    url_lifetime_s: int = 30 * 86_400
    fetch_timeout_s: float = 20.0
    webhook_secret: str | None = None
    callback_wait_s: float = 5.0
    callbacks_twice: bool = False
    callbacks_reversed: bool = False
    charge: Literal["unit", "cash"] = "unit"
    failures_billed: bool = False
    refuses_repeats: bool = True
    output_size_bytes: int | None = None
