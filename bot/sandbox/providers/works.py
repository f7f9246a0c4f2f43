"""Videos in the making, whatever the vendor calls them: they wait for a place, are rendered, and end as they must."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from bot.sandbox.providers.errands import Errands, beating, remove_folder
from bot.sandbox.providers.files import Shelf
from bot.sandbox.providers.wire import Clock
from bot.sandbox.render import Order, Rendered, RenderFailedError, VideoMaker

WORKS_KEPT = 20_000
Facts = TypeVar("Facts")


class State(Enum):
    """Where a work stands; each vendor has its own words for these."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset({State.DONE, State.FAILED, State.CANCELLED})


@dataclass(slots=True)
class Work(Generic[Facts]):
    """One video. ``facts`` are the vendor's own; ``doom`` is how it is bound to fail, in the vendor's words."""

    id: str
    order: Order
    facts: Facts
    folder: Path
    origin: str
    created_ms: int
    doom: str | None = None
    state: State = State.WAITING
    changed_ms: int = 0
    error: str | None = None
    output: Rendered | None = None

    @property
    def over(self) -> bool:
        return self.state in OVER


class Pace(Protocol):
    """The knobs that matter here."""

    queue_s: float
    render_s: float


class Works(Generic[Facts]):
    """Every work of one account by id. ``moved`` hears of each change, ``has_place`` may hold one back."""

    def __init__(
        self,
        renderer: VideoMaker,
        now_ms: Clock,
        pace: Pace,
        moved: Callable[[Work[Facts]], None] = lambda _: None,
        has_place: Callable[[Work[Facts]], bool] = lambda _: True,
    ) -> None:
        self.all: dict[str, Work[Facts]] = {}
        self.shelf = Shelf(now_ms)
        self._active: dict[str, Work[Facts]] = {}
        self._renderer = renderer
        self._now_ms = now_ms
        self._pace = pace
        self._moved = moved
        self._has_place = has_place
        self._renders, self._removals = Errands(), Errands()

    @property
    def active(self) -> list[Work[Facts]]:
        """Those that are not over."""
        return [work for work in self._active.values() if not work.over]

    def add(self, work: Work[Facts]) -> None:
        work.changed_ms = work.created_ms
        self.all[work.id] = self._active[work.id] = work
        if len(self.all) > WORKS_KEPT:
            del self.all[next(iter(self.all))]
        self._moved(work)

    def forget(self, identifier: str) -> None:
        """It never was."""
        self.all.pop(identifier, None)

    def become(self, work: Work[Facts], state: State) -> None:
        work.state, work.changed_ms = state, self._now_ms()
        if work.over:
            self._renders.cancel(work.id)
            self._removals.start(work.id, remove_folder(work.folder))
        self._moved(work)

    def tick(self) -> None:
        """Do what the clock asks for."""
        self._active = {work.id: work for work in self.active}
        for work in self.active:
            waited_ms = self._now_ms() - work.changed_ms
            if work.state is State.WAITING and waited_ms >= self._pace.queue_s * 1000 and self._has_place(work):
                self.become(work, State.RUNNING)
                self._renders.start(work.id, self._render(work))
            elif work.state is State.RUNNING and waited_ms >= self._pace.render_s * 1000:
                self._end(work)

    async def settle(self) -> None:
        """Do all that the clock asks for, renders included."""
        self.tick()
        await self._renders.settle()
        self.tick()
        await self._removals.settle()

    @asynccontextmanager
    async def alive(self) -> AsyncIterator[None]:
        """The clock is watched until the block ends."""
        async with beating(self.tick):
            yield
        await self._renders.stop()
        await self._removals.settle()

    def percent(self, work: Work[Facts]) -> int:
        """How far the render is."""
        span_ms = max(1.0, self._pace.render_s * 1000)
        return min(99, int(100 * (self._now_ms() - work.changed_ms) / span_ms))

    def _end(self, work: Work[Facts]) -> None:
        work.error = work.error or work.doom
        if work.error:
            self.become(work, State.FAILED)
        elif work.output:
            self.become(work, State.DONE)

    async def _render(self, work: Work[Facts]) -> None:
        if work.doom:
            return
        try:
            work.output = await self._renderer.render(work.order)
        except RenderFailedError as fault:
            work.error = f"The renderer failed: {fault}"
        else:
            self.shelf.put(f"{work.id}.mp4", work.output.path)
