"""What Google's wires remember of a video in the making, and how one may end badly."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from bot.sandbox.providers import works
from bot.sandbox.providers.works import State
from bot.sandbox.render import Order

_DOOMS = {
    "[outvideo]": "refused: violent video",
    "[outaudio]": "refused: generated audio",
    "[copyright]": "refused: copyright of third parties",
    "[fail]": "failed",
    "[expire]": "expired",
}
_DOOM = re.compile("|".join(map(re.escape, _DOOMS)))


@dataclass(frozen=True, slots=True)
class Ask:
    """A valid request."""

    model: str
    order: Order
    background: bool = True
    uris: tuple[str, ...] = ()
    """What hears of the end."""


@dataclass(slots=True)
class Made:
    """Beside the work itself: which wire asked, and how often it was looked for."""

    wire: Literal["omni", "veo", "vertex"]
    ask: Ask
    polls: int = 0
    finished: asyncio.Event = field(default_factory=asyncio.Event, repr=False)


Work: TypeAlias = works.Work[Made]


def doom_of(prompt: str) -> str | None:
    """The bad end that the prompt asks for."""
    found = _DOOM.search(prompt)
    return _DOOMS[found[0]] if found else None


def ending(work: Work) -> Literal["refused", "expired", "failed"] | None:
    """How a work has failed, if it has."""
    if work.state is not State.FAILED:
        return None
    word = (work.error or "").partition(":")[0]
    return "refused" if word == "refused" else "expired" if word == "expired" else "failed"


def reason(work: Work) -> str:
    """Why it was refused."""
    return (work.error or "").partition(": ")[2]
