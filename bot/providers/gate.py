"""When the next create call may go out: pace and places per key, a breaker per model. In memory, on a clock passed in.

A gate never waits. It refuses with NotTaken and says when to come again, so that jobs wait in our queue, where
cancelling is free.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.core.errors import KinetogramError, NotTaken, OperatorFault, Refusal, Uncertain
from bot.providers.room import Learned

DOWN_AFTER = 5
"""Failures in a row that open a breaker, and 429s in a row that pause a key."""
PAUSE_MS = 60_000
BACK_OFF_S = (1.0, 2.0, 4.0, 8.0, 16.0)
PROBE_WAIT_MS = 5_000
MINUTE_MS = 60_000
FORGET_MS = 15 * MINUTE_MS
"""A task that nobody asked about for so long holds no place; the slowest watch looks every 5 minutes."""
PLACE_WAIT_S = 10.0
CROWDED_MS = 5 * MINUTE_MS
"""After so long without another word of it twice as many places are tried as a key was last found to have."""


@dataclass(frozen=True, slots=True)
class GateLimits:
    """Tasks at once and create calls a minute, for one key."""

    concurrency: int = 10
    per_minute: int = 180


@dataclass(slots=True)
class Breaker:
    """Opens for a minute after five failures in a row, then lets one call through to see."""

    failures: int = 0
    opened_at: int | None = None
    probing: bool = False

    def wait_ms(self, now: int) -> int:
        """0 when a call may go out."""
        if self.opened_at is None:
            return 0
        if self.probing:
            return PROBE_WAIT_MS
        return max(0, self.opened_at + PAUSE_MS - now)

    def failed(self, now: int) -> None:
        self.failures += 1
        if self.probing or self.failures >= DOWN_AFTER:
            self.opened_at = now

    def worked(self) -> None:
        self.failures, self.opened_at = 0, None


@dataclass(slots=True)
class Throttle:
    """What 429s ask of one key."""

    in_a_row: int = 0
    until: int = 0

    def told(self, now: int, retry_after_s: float | None) -> float:
        """Seconds to stay away: as asked, else 1, 2, 4, 8, 16; the fifth in a row pauses the key for a minute."""
        self.in_a_row += 1
        wait_s = BACK_OFF_S[min(self.in_a_row, len(BACK_OFF_S)) - 1] if retry_after_s is None else retry_after_s
        if self.in_a_row >= DOWN_AFTER:
            wait_s = max(wait_s, PAUSE_MS / 1000)
        self.until = max(self.until, now + round(wait_s * 1000))
        return wait_s

    def worked(self) -> None:
        self.in_a_row = 0


@dataclass(slots=True)
class Gate:
    """The gate of one key."""

    now_ms: Callable[[], int]
    limits: GateLimits = field(default_factory=GateLimits)
    throttle: Throttle = field(default_factory=Throttle)
    breakers: dict[str, Breaker] = field(default_factory=dict)
    _running: dict[str, int] = field(default_factory=dict)
    _calling: int = 0
    _places: Learned | None = None
    _calls: deque[int] = field(default_factory=deque)

    def wait_s(self, model: str) -> float:
        """Seconds until a create call for this model may go out; 0 means now."""
        now = self.now_ms()
        waits_ms = (self.throttle.until - now, self._breaker(model).wait_ms(now), self._pace_ms(now))
        return max(0.0, max(waits_ms) / 1000, self._place_wait_s(now))

    def down(self, model: str) -> bool:
        """Whether the breaker is open or the key paused: another provider may be asked under `auto`."""
        now = self.now_ms()
        return self._breaker(model).wait_ms(now) > 0 or self.throttle.until - now > max(BACK_OFF_S) * 1000

    @contextmanager
    def call(self, model: str) -> Iterator[None]:
        """Around one create call. Raises NotTaken instead of letting it out; learns from how it ends."""
        self._admit(model)
        breaker = self._breaker(model)
        probes = breaker.opened_at is not None
        breaker.probing = breaker.probing or probes
        self._calling += 1
        try:
            yield
        except KinetogramError as error:
            self._learn(breaker, error)
            raise
        else:
            self.throttle.worked()
            breaker.worked()
        finally:
            self._calling -= 1
            breaker.probing = breaker.probing and not probes

    def running(self, task_id: str) -> None:
        """The task holds a place."""
        self._running[task_id] = self.now_ms()

    def note(self, task_id: str, *, over: bool) -> None:
        """What a check has found: the place is held on, or free."""
        self.running(task_id)
        if over:
            del self._running[task_id]

    def _admit(self, model: str) -> None:
        now = self.now_ms()
        refusals = (
            ("provider-throttled", (self.throttle.until - now) / 1000),
            ("provider-down", self._breaker(model).wait_ms(now) / 1000),
            ("provider-busy", max(self._pace_ms(now) / 1000, self._place_wait_s(now))),
        )
        for key, wait_s in refusals:
            if wait_s > 0:
                raise NotTaken(key, wait_s)
        self._calls.append(now)

    def _learn(self, breaker: Breaker, error: KinetogramError) -> None:
        now = self.now_ms()
        match error:
            case NotTaken(key="provider-throttled"):
                error.retry_after_s = self.throttle.told(now, error.retry_after_s)
            case NotTaken(key="provider-busy"):
                self._crowded(now, error.retry_after_s or PLACE_WAIT_S)
            case NotTaken(key="reference-file-lost" | "provider-queue-full"):
                pass
            case NotTaken() | Uncertain():
                breaker.failed(now)
            case Refusal() | OperatorFault():
                self.throttle.worked()
                breaker.worked()

    def _crowded(self, now: int, wait_s: float) -> None:
        """All places there are taken: nobody asks for a moment, and then only once one of ours is free."""
        self._places = Learned(max(1, len(self._running)), now)
        self.throttle.until = max(self.throttle.until, now + round(wait_s * 1000))

    def _breaker(self, model: str) -> Breaker:
        return self.breakers.setdefault(model, Breaker())

    def _pace_ms(self, now: int) -> int:
        while self._calls and self._calls[0] <= now - MINUTE_MS:
            self._calls.popleft()
        return self._calls[0] + MINUTE_MS - now if len(self._calls) >= self.limits.per_minute else 0

    def _place_wait_s(self, now: int) -> float:
        for task_id in [task for task, seen_at in self._running.items() if seen_at <= now - FORGET_MS]:
            del self._running[task_id]
        return PLACE_WAIT_S if len(self._running) + self._calling >= self._most(now) else 0.0

    def _most(self, now: int) -> int:
        """Tasks at once: as configured, or as many as ran when the other side said that all its places are taken."""
        most = self.limits.concurrency
        return most if self._places is None else min(self._places.by(now, CROWDED_MS), most)
