"""The one shape of every embedded provider: tests, the demo and `make run` handle them all alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web

from bot.sandbox.providers.wire import Clock, Wire
from bot.sandbox.render import VideoMaker


class Embedded(Protocol):
    """One account at one provider.

    `wire` records and spoils calls of the kinds `create`, `get`, `file`, and where there are such calls `list`,
    `delete` and `upload`. `knobs` hold at least `queue_s`, `render_s`, `body_limit_bytes` and, where links expire,
    `url_lifetime_s`.
    """

    wire: Wire
    knobs: Any

    def attach(self, app: web.Application, prefix: str) -> None:
        """Adds the routes to an application that has not started; `prefix` is the path of the base URL."""
        ...

    def running(self) -> AbstractAsyncContextManager[str]:
        """Serves alone on a free port; yields the base URL, as a setting holds it."""
        ...

    async def settle(self) -> None:
        """Does all that the clock asks for: queues, renders, callbacks."""
        ...


@dataclass(frozen=True, slots=True)
class Tempo:
    """How long a task waits and renders there."""

    queue_s: float = 1.0
    render_s: float = 4.0


Build = Callable[[str, VideoMaker, Clock, Tempo], Embedded]
"""From a key, a renderer, a clock and a tempo to a server."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the sandbox must know of an embedded provider.

    `path`: where it is mounted (`/kling`, `/ark/api/v3`); its base URL is the origin with that. `variables` (base URL,
    key) make the bot use it: its price list among them, and `DEFAULT_MODEL` where seedance-2.0 is not made there.
    `others`: the same server by names of their own, where it has wires that these variables don't ask.
    """

    build: Build
    path: str
    variables: Callable[[str, str], Mapping[str, str]]
    others: Mapping[str, Entry] = field(default_factory=dict)
