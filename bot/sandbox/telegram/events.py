"""What people's open pages hear at once: a bounded queue for each, closed when it is not read."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterable

from bot.sandbox.telegram.errors import JsonDict

_QUEUE_EVENTS = 2000


class EventHub:
    """Events for people by user id."""

    def __init__(self) -> None:
        self._listeners: dict[int, set[asyncio.Queue[str | None]]] = {}
        self._closed = False

    def publish(self, users: Iterable[int], event: JsonDict) -> None:
        """Tell these people; a listener that does not keep up is closed, its page fetches anew."""
        listening = [(user, queue) for user in users for queue in self._listeners.get(user, ())]
        data = json.dumps(event, ensure_ascii=False, separators=(",", ":")) if listening else ""
        for user, queue in listening:
            self._put(user, queue, data)

    def _put(self, user: int, queue: asyncio.Queue[str | None], data: str) -> None:
        try:
            queue.put_nowait(data)
        except asyncio.QueueFull:
            self._end(user, queue)

    def _end(self, user: int, queue: asyncio.Queue[str | None]) -> None:
        self._listeners.get(user, set()).discard(queue)
        with contextlib.suppress(asyncio.QueueEmpty):
            queue.get_nowait()
        queue.put_nowait(None)

    @contextlib.asynccontextmanager
    async def listening(self, user: int) -> AsyncIterator["asyncio.Queue[str | None]"]:
        """A queue of this person's events as JSON; None is its end."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(_QUEUE_EVENTS)
        listeners = self._listeners.setdefault(user, set())
        listeners.add(queue)
        if self._closed:
            self._end(user, queue)
        try:
            yield queue
        finally:
            listeners.discard(queue)

    def close(self) -> None:
        """End every stream."""
        self._closed = True
        for user, queues in self._listeners.items():
            for queue in tuple(queues):
                self._end(user, queue)
