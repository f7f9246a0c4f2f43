"""What a test or the demo may turn on an :class:`ArkServer`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class ArkKnobs:
    """Defaults are the vendor's documented behaviour, but for the times, which are short.

    ``prefixes`` are the platforms whose model ids are known (``dreamina`` BytePlus, ``doubao`` Volcengine);
    ``endpoints`` maps ``ep-…`` ids to model ids; a ``None`` limit is none. ``hevc`` delivers 4k (2.5: 1080p) as 10-bit
    HEVC as the vendor does. ``seed`` is what a request without one gets; with a fixed one equal requests give the same
    film, which is then rendered once. ``tokens`` is reported of a finished task in the place of what it costs.
    """

    queue_s: float = 1.0
    render_s: float = 4.0
    concurrency: int = 10
    queued_limit: int = 120
    creates_per_minute: int | None = 600
    lists_per_second: int | None = 1
    gets_per_second: int | None = None
    retry_after_s: int | None = None
    prefixes: frozenset[str] = frozenset({"dreamina"})
    endpoints: dict[str, str] = field(default_factory=dict)
    url_lifetime_s: int = 86_400
    record_lifetime_s: int = 7 * 86_400
    cancelled_lifetime_s: int = 86_400
    body_limit_bytes: int = 64 << 20
    fetch_timeout_s: float = 20.0
    callback_wait_s: float = 5.0
    callback_resends: int = 3
    callbacks_twice: bool = False
    callbacks_reversed: bool = False
    hevc: bool = True
    output_size_bytes: int | None = None
    seed: int | None = None
    tokens: int | None = None
