"""What is in the making, whichever wire asked for it: it queues, renders and ends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from bot.sandbox.providers.errands import Errands, remove_folder
from bot.sandbox.providers.google.knobs import GoogleKnobs
from bot.sandbox.providers.wire import Clock
from bot.sandbox.render import Order, Rendered, RenderFailedError, VideoMaker

WORKS_KEPT = 20_000


class State(StrEnum):
    """How a work stands; each wire has its own words for it."""

    QUEUED = "queued"
    RENDERING = "rendering"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


_OPEN = frozenset({State.QUEUED, State.RENDERING})
_DOOMS = {
    "[outvideo]": (State.REFUSED, "violent video"),
    "[outaudio]": (State.REFUSED, "generated audio"),
    "[copyright]": (State.REFUSED, "copyright of third parties"),
    "[fail]": (State.FAILED, "internal"),
    "[expire]": (State.EXPIRED, "deadline"),
}
_DOOM = re.compile("|".join(map(re.escape, _DOOMS)))


@dataclass(frozen=True, slots=True)
class Ask:
    """A valid request."""

    model: str
    order: Order
    background: bool = True


@dataclass(slots=True)
class Work:
    """One video in the making. ``doom`` says in a few words why it ends badly, when the prompt asks for that."""

    id: str
    wire: Literal["omni", "veo", "vertex"]
    ask: Ask
    folder: Path
    origin: str
    created_ms: int
    state: State = State.QUEUED
    changed_ms: int = 0
    ends: State = State.DONE
    doom: str = ""
    polls: int = 0
    output: Rendered | None = field(default=None, repr=False)
    finished: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def over(self) -> bool:
        return self.state not in _OPEN


class Works:
    """All works of one account, and their renders."""

    def __init__(self, renderer: VideoMaker, now_ms: Clock, knobs: Callable[[], GoogleKnobs]) -> None:
        self.all: dict[str, Work] = {}
        self._renderer = renderer
        self._now_ms = now_ms
        self._knobs = knobs
        self.renders = Errands()

    def begin(self, work: Work) -> None:
        """Into the queue; the oldest gives way when there are too many."""
        found = _DOOM.search(work.ask.order.prompt)
        if found:
            work.ends, work.doom = _DOOMS[found[0]]
        work.changed_ms = work.created_ms
        self.all[work.id] = work
        if len(self.all) > WORKS_KEPT:
            del self.all[next(iter(self.all))]

    def tick(self) -> None:
        """Do what the clock asks for."""
        for work in [work for work in self.all.values() if not work.over]:
            waited_ms = self._now_ms() - work.changed_ms
            if work.state is State.QUEUED and waited_ms >= self._knobs().queue_s * 1000 and self._has_place():
                self._become(work, State.RENDERING)
                self.renders.start(work.id, self._render(work))
            elif work.state is State.RENDERING and waited_ms >= self._knobs().render_s * 1000:
                self._end(work)

    def cancel(self, work: Work) -> None:
        """Stop it, unless it is over."""
        if not work.over:
            self.renders.cancel(work.id)
            self._become(work, State.CANCELLED)

    def _has_place(self) -> bool:
        return sum(work.state is State.RENDERING for work in self.all.values()) < self._knobs().concurrency

    def _become(self, work: Work, state: State) -> None:
        work.state, work.changed_ms = state, self._now_ms()
        if work.over:
            work.finished.set()

    def _end(self, work: Work) -> None:
        if work.ends is not State.DONE or work.output is not None:
            self._become(work, work.ends)

    async def _render(self, work: Work) -> None:
        try:
            if work.ends is State.DONE:
                work.output = await self._renderer.render(work.ask.order)
        except RenderFailedError as fault:
            work.ends, work.doom = State.FAILED, str(fault)
        finally:
            await remove_folder(work.folder)
