"""A job's life: states that a person could be told, and the table of moves between them.

QUEUED → SUBMITTING → RUNNING → COLLECTING → DELIVERING → DELIVERED
    │         │  ╲        │          │            ╰ parked results stay here, paid and kept
    │         │   UNCERTAIN ──▶ RUNNING | QUEUED (provably not taken) | FAILED (deadline)
    │ ──▶ RUNNING, when a call that was given up has its answer after all
    ╰─────────┴──────────┴──────────┴──▶ FAILED | CANCELLED
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.errors import Defect


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "QUEUED"
    """Accepted and paid for in advance; it waits for its turn, for files to be prepared, or for a provider to heal."""

    SUBMITTING = "SUBMITTING"
    """The intention is committed; the one call that cannot be taken back is about to go out or is out."""

    RUNNING = "RUNNING"
    """The provider has a task for it."""

    COLLECTING = "COLLECTING"
    """The provider says it is ready; its bytes are being fetched and verified."""

    DELIVERING = "DELIVERING"
    """The verified file is ours, the cost is settled; it is on its way to the chat."""

    DELIVERED = "DELIVERED"
    """It is in the chat."""

    UNCERTAIN = "UNCERTAIN"
    """The create call may or may not have been taken; it is looked up, never sent again blindly."""

    FAILED = "FAILED"
    """It ended without an output; nothing was charged."""

    CANCELLED = "CANCELLED"
    """Its asker stopped it; nothing was charged."""


S = State
MOVES: Mapping[State, frozenset[State]] = {
    S.QUEUED: frozenset({S.SUBMITTING, S.RUNNING, S.FAILED, S.CANCELLED}),
    S.SUBMITTING: frozenset({S.RUNNING, S.UNCERTAIN, S.QUEUED, S.FAILED, S.CANCELLED}),
    S.RUNNING: frozenset({S.COLLECTING, S.FAILED, S.CANCELLED}),
    S.COLLECTING: frozenset({S.DELIVERING, S.RUNNING, S.FAILED}),
    S.DELIVERING: frozenset({S.DELIVERED}),
    S.DELIVERED: frozenset(),
    S.UNCERTAIN: frozenset({S.RUNNING, S.QUEUED, S.FAILED, S.CANCELLED}),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
}
ENDED = frozenset({S.DELIVERED, S.FAILED, S.CANCELLED})
ACTIVE = frozenset(State) - ENDED - {S.DELIVERING}
"""States that hold a place under "jobs at once" and hold money."""


def check_move(old: State, new: State) -> None:
    """Raises Defect for a move that the table does not have."""
    if new not in MOVES[old]:
        raise Defect("illegal-move", old=old.value, new=new.value)


# What a worker's step decided; one function writes it.


@dataclass(frozen=True, slots=True)
class Advance:
    """On to the next state, at once unless `run_at` says later; `changes` are columns that the step found out."""

    to: State
    changes: Mapping[str, str | int | None] = field(default_factory=dict)
    run_at: int | None = None


@dataclass(frozen=True, slots=True)
class Snooze:
    """Nothing new: look again at `run_at`. Not an attempt."""

    run_at: int
    changes: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retry:
    """The step did not work; try it again at `run_at`. Counts as an attempt."""

    run_at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Fail:
    """The job ends without an output: money released, the person told with `key` and `data`."""

    key: str
    data: Mapping[str, str | float] = field(default_factory=dict)
    cancelled: bool = False


Outcome = Advance | Snooze | Retry | Fail
