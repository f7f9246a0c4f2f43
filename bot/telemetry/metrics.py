"""What a Prometheus asks for. Every label has a short, known list of values; nothing here names a person or a chat.

Counts and times are booked where they happen; levels (backlogs, ages, money) are read from the database at each scrape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MS = 1_000
MICROUSD = 1_000_000
CALL_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
STALL_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
COMMIT_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5)
BATCH_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128)


@dataclass(frozen=True, slots=True)
class Levels:
    """What stands in the database now. Ages in milliseconds, 0 where nothing waits; money in micro-dollars."""

    inbox_open: int = 0
    inbox_age_ms: int = 0
    jobs: Mapping[str, int] = field(default_factory=dict)
    queue_age_ms: int = 0
    outbox_waiting: int = 0
    outbox_lag_ms: int = 0
    outbox_parked: int = 0
    spent_today_microusd: int = 0
    paused: frozenset[str] = frozenset()


class Metrics:
    """The service's collectors, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self.longest_stall_s = 0.0
        self._flow()
        self._levels()

    def _flow(self) -> None:
        """What happens: booked by whoever does it."""
        at = self.registry
        calls = ("provider", "call", "outcome")
        self._calls = Histogram(
            "kinetogram_provider_call_seconds", "Calls to providers", calls, buckets=CALL_BUCKETS_S, registry=at
        )
        self._deliveries = Counter("kinetogram_messages", "Messages by what became of them", ["outcome"], registry=at)
        self._updates = Counter("kinetogram_updates", "Telegram updates committed", registry=at)
        self._use_cases = Histogram(
            "kinetogram_use_case_seconds",
            "Use cases, waiting included",
            ["kind"],
            buckets=COMMIT_BUCKETS_S,
            registry=at,
        )
        self._batches = Histogram(
            "kinetogram_commit_batch", "Use cases committed together", buckets=BATCH_BUCKETS, registry=at
        )
        self._stalls = Histogram(
            "kinetogram_loop_stall_seconds", "How late the event loop woke", buckets=STALL_BUCKETS_S, registry=at
        )
        self._longest_stall = Gauge("kinetogram_loop_longest_stall_seconds", "Since the start", registry=at)

    def _levels(self) -> None:
        """What stands: read at each scrape."""
        at = self.registry
        self._database_up = Gauge("kinetogram_database_up", "1 when the levels below are fresh", registry=at)
        self._inbox_open = Gauge("kinetogram_inbox_open", "Updates not handled yet", registry=at)
        self._inbox_age = Gauge("kinetogram_inbox_age_seconds", "Age of the oldest of them", registry=at)
        self._jobs = Gauge("kinetogram_jobs", "Jobs under way by state", ["state"], registry=at)
        self._queue_age = Gauge("kinetogram_queue_age_seconds", "Age of the oldest job that is queued", registry=at)
        self._outbox = Gauge("kinetogram_outbox_waiting", "Messages to be sent", registry=at)
        self._outbox_lag = Gauge("kinetogram_outbox_lag_seconds", "How late the next of them is", registry=at)
        self._parked = Gauge("kinetogram_outbox_parked", "Messages kept for chats that can't be reached", registry=at)
        self._spent = Gauge("kinetogram_spent_today_usd", "Money spent or held in the service's day", registry=at)
        self._paused = Gauge("kinetogram_provider_paused", "1 while a provider is paused", ["provider"], registry=at)

    def called(self, provider: str, call: str, outcome: str, took_s: float) -> None:
        """A call to a provider ended."""
        self._calls.labels(provider, call, outcome).observe(took_s)

    def message(self, outcome: str) -> None:
        """A message left the outbox: sent, parked, maybe_sent or failed."""
        self._deliveries.labels(outcome).inc()

    def updates(self, count: int) -> None:
        """Updates were committed."""
        self._updates.inc(count)

    def use_case(self, kind: str, took_s: float) -> None:
        """A use case (`transact` or `read`) was answered."""
        self._use_cases.labels(kind).observe(took_s)

    def committed(self, count: int) -> None:
        """So many use cases shared one commit."""
        self._batches.observe(count)

    def stalled(self, late_s: float) -> None:
        """The event loop woke so much too late."""
        self._stalls.observe(late_s)
        self.longest_stall_s = max(self.longest_stall_s, late_s)
        self._longest_stall.set(self.longest_stall_s)

    def stand(self, levels: Levels | None) -> None:
        """What the database says now; None when it says nothing, and the last levels stay."""
        self._database_up.set(levels is not None)
        if levels is not None:
            self._set(levels)

    def _set(self, levels: Levels) -> None:
        self._inbox_open.set(levels.inbox_open)
        self._inbox_age.set(levels.inbox_age_ms / MS)
        self._queue_age.set(levels.queue_age_ms / MS)
        self._outbox.set(levels.outbox_waiting)
        self._outbox_lag.set(levels.outbox_lag_ms / MS)
        self._parked.set(levels.outbox_parked)
        self._spent.set(levels.spent_today_microusd / MICROUSD)
        _replace(self._jobs, levels.jobs)
        _replace(self._paused, dict.fromkeys(levels.paused, 1))

    def render(self) -> bytes:
        """The registry in Prometheus' text format."""
        return generate_latest(self.registry)


def _replace(gauge: Gauge, values: Mapping[str, int]) -> None:
    gauge.clear()
    for label, value in values.items():
        gauge.labels(label).set(value)
