"""The provider's tasks: their states, and which change the clock asks for. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from bot.sandbox.providers.ark.ask import Ask
from bot.sandbox.providers.ark.errors import ArkError
from bot.sandbox.providers.ark.facts import FRAMES_PER_SECOND, tokens
from bot.sandbox.providers.ark.settings import ArkKnobs
from bot.sandbox.providers.wire import Clock
from bot.sandbox.render import Rendered

_BEIJING = timezone(timedelta(hours=8))


class Status(StrEnum):
    """A task's states on the wire."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


NEXT = {
    Status.QUEUED: {Status.RUNNING, Status.EXPIRED, Status.CANCELLED},
    Status.RUNNING: {Status.SUCCEEDED, Status.FAILED, Status.EXPIRED},
    Status.SUCCEEDED: set[Status](),
    Status.FAILED: set[Status](),
    Status.EXPIRED: set[Status](),
    Status.CANCELLED: set[Status](),
}
_SWEEP_MS = 60_000
OVER = frozenset(status for status, following in NEXT.items() if not following)


@dataclass(frozen=True, slots=True)
class Doom:
    """How a task is bound to end badly."""

    status: Status
    code: str = ""
    message: str = ""


@dataclass(slots=True)
class Task:
    """One video in the making; ``width`` and ``height`` are the output's, ``video_input_s`` is billed with it."""

    id: str
    ask: Ask
    created_ms: int
    ratio: str
    duration_s: int
    seed: int
    width: int
    height: int
    video_input_s: float
    doom: Doom | None
    origin: str
    status: Status = Status.QUEUED
    changed_ms: int = 0
    output: Rendered | None = None
    error: tuple[str, str] | None = None
    billed: bool = False

    def move(self, status: Status, now_ms: int) -> None:
        """Change the status along :data:`NEXT`."""
        if status not in NEXT[self.status]:
            raise ValueError(f"a {self.status} task cannot become {status}")
        self.status, self.changed_ms = status, now_ms

    @property
    def tokens(self) -> int:
        """What the task costs when it succeeds."""
        return tokens(self.width, self.height, self.video_input_s, self.duration_s)


class TaskBook:
    """All tasks of the account. ``due`` says what time has brought about; the server does it."""

    def __init__(self, knobs: ArkKnobs, now_ms: Clock) -> None:
        self.tasks: dict[str, Task] = {}
        self._active: dict[str, Task] = {}  # never more than the queue and the places hold
        self._knobs = knobs
        self._now_ms = now_ms
        self._swept_ms = now_ms()

    def check_room(self) -> None:
        """Raises 429 when the queue is full."""
        if self._count(Status.QUEUED) >= self._knobs.queued_limit:
            raise ArkError(429, "QuotaExceeded", "The request has exceeded the quota.")

    def add(self, task: Task) -> None:
        """Queue a task."""
        task.changed_ms = task.created_ms
        self.tasks[task.id] = self._active[task.id] = task

    def get(self, task_id: str) -> Task:
        """Raises 404 for one that never was or is forgotten."""
        task = self.tasks.get(task_id)
        if task is None or self._now_ms() >= self._forgotten_at(task):
            raise ArkError(404, "NotFound", f"The specified resource {task_id} is not found.")
        return task

    def forget_old(self) -> list[Task]:
        """Drop the records whose time is over; looks once a minute."""
        now_ms = self._now_ms()
        if now_ms - self._swept_ms < _SWEEP_MS:
            return []
        self._swept_ms = now_ms
        old = [task for task in self.tasks.values() if now_ms >= self._forgotten_at(task)]
        for task in old:
            del self.tasks[task.id]
        return old

    def due(self) -> Iterator[tuple[Task, Status]]:
        """The changes that are due now, one a task; changes made meanwhile count for the next ones."""
        now_ms = self._now_ms()
        self._active = {task.id: task for task in self._active.values() if task.status not in OVER}
        for task in sorted(self._active.values(), key=lambda task: (-task.ask.priority, task.created_ms)):
            status = self._due(task, now_ms)
            if status is not None:
                yield task, status

    def _due(self, task: Task, now_ms: int) -> Status | None:
        waited_ms = now_ms - task.changed_ms
        match task.status:
            case Status.QUEUED | Status.RUNNING if now_ms >= task.created_ms + task.ask.expires_after_s * 1000:
                return Status.EXPIRED
            case Status.QUEUED if waited_ms >= self._knobs.queue_s * 1000 and self._has_place():
                return Status.RUNNING
            case Status.RUNNING if waited_ms >= self._knobs.render_s * 1000:
                return _end(task)
            case _:
                return None

    def _has_place(self) -> bool:
        return self._count(Status.RUNNING) < self._knobs.concurrency

    def _count(self, status: Status) -> int:
        return sum(task.status is status for task in self._active.values())

    def _forgotten_at(self, task: Task) -> int:
        if task.status is Status.CANCELLED:
            return task.changed_ms + self._knobs.cancelled_lifetime_s * 1000
        return task.created_ms + self._knobs.record_lifetime_s * 1000


def _end(task: Task) -> Status | None:
    if task.doom:
        return task.doom.status
    if task.error:
        return Status.FAILED
    return Status.SUCCEEDED if task.output else None


def task_id(now_ms: int, tail: str) -> str:
    """``cgt-<Beijing time>-<tail>``."""
    at = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(_BEIJING)
    return f"cgt-{at:%Y%m%d%H%M%S}-{tail}"


def task_body(task: Task, content: dict[str, str] | None, told: int | None = None) -> dict[str, Any]:
    """The JSON of a GET; ``content`` holds the links of a finished one, ``told`` tokens that are not its own."""
    body = {**_always(task), **_echo(task)}
    match task.status:
        case Status.SUCCEEDED:
            tokens = task.tokens if told is None else told
            body |= {"content": content, "usage": {"completion_tokens": tokens, "total_tokens": tokens}}
            body |= {"seed": task.seed, "resolution": task.ask.resolution, "ratio": task.ratio}
            body |= {"duration": task.duration_s, "framespersecond": FRAMES_PER_SECOND}
        case Status.FAILED if task.error:
            body |= {"error": {"code": task.error[0], "message": task.error[1]}}
        case _:
            return body
    return {**body, "generate_audio": task.ask.generate_audio, "draft": task.ask.draft, "priority": task.ask.priority}


def _always(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "model": task.ask.model_id,
        "status": task.status.value,
        "created_at": task.created_ms // 1000,
        "updated_at": task.changed_ms // 1000,
        "service_tier": "default",
        "execution_expires_after": task.ask.expires_after_s,
    }


def _echo(task: Task) -> dict[str, Any]:
    return {"safety_identifier": task.ask.safety_identifier} if task.ask.safety_identifier else {}
