"""The wire under test: every call is recorded, and any call can be made to go wrong in a way that real ones do."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from aiohttp import web

CALLS_KEPT = 2000
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Clock = Callable[[], int]

KEY_HEADERS = frozenset({"Authorization", "x-goog-api-key"})
_STATUS_FIELDS = frozenset({"status", "state", "task_status"})

ASK: web.RequestKey[Any] = web.RequestKey("ask", object)
SERVED: web.RequestKey[Path] = web.RequestKey("served", Path)


class Trouble(StrEnum):
    """What goes wrong with a call."""

    SLOW = "acts at once, answers after delay_s"
    DROP_BEFORE = "the connection breaks before anything is done"
    DROP_AFTER = "it is done, then the connection breaks"
    STATUS = "answers with an HTTP error"
    EMPTY_404 = "404 without a body"
    HTML = "a web page with 200"
    TRUNCATED = "half of the answer, then the connection breaks"
    STRINGS = "numbers come as strings"
    EMPTY = "200 without a body"
    OTHER_SHAPE = "a list where an object belongs"
    UNKNOWN_STATUS = "the status is a word that nobody knows"
    UNKNOWN_FIELDS = "every object holds more than is documented"


@dataclass(frozen=True, slots=True)
class Fault:
    """A trouble with its details: ``status``, ``code`` and ``retry_after_s`` belong to ``STATUS``.

    ``acts`` lets an HTTP error come although the call was carried out.
    """

    trouble: Trouble
    delay_s: float = 0.0
    status: int = 500
    code: str | None = None
    retry_after_s: int | None = None
    acts: bool = False


@dataclass(slots=True)
class Call:
    """One request as it arrived; ``status`` is 0 until, or unless, it was answered. ``ask`` has no base64 bodies."""

    kind: str
    method: str
    path: str
    query: str
    at_ms: int
    with_key: bool
    ask: Any = None
    status: int = 0


class Wire:
    """Records and spoils calls. ``refusal`` words an HTTP error as this vendor does."""

    def __init__(self, now_ms: Clock, refusal: Callable[[Fault], web.Response]) -> None:
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self._now_ms = now_ms
        self._refusal = refusal
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def fail(self, kind: str, fault: Fault, *, times: int = 1) -> None:
        """The next ``times`` calls of a kind meet the fault; faults queue up behind one another."""
        self._faults[kind].extend([fault] * times)

    def heal(self) -> None:
        """Forget all faults that have not been met."""
        self._faults.clear()

    def of(self, kind: str) -> list[Call]:
        """The recorded calls of one kind, oldest first."""
        return [call for call in self.calls if call.kind == kind]

    def handler(self, kind: str, act: Handler) -> Handler:
        """``act`` as an aiohttp handler on this wire."""

        async def handle(request: web.Request) -> web.StreamResponse:
            call = self._record(kind, request)
            queue = self._faults[kind]
            try:
                response = await (self._meet(queue.popleft(), request, act) if queue else act(request))
                call.status = 0 if request.transport is None or request.transport.is_closing() else response.status
                return response
            finally:
                call.ask = request.get(ASK)

        return handle

    def _record(self, kind: str, request: web.Request) -> Call:
        with_key = any(name in request.headers for name in KEY_HEADERS)
        call = Call(kind, request.method, request.path, request.query_string, self._now_ms(), with_key)
        self.calls.append(call)
        return call

    async def _meet(self, fault: Fault, request: web.Request, act: Handler) -> web.StreamResponse:
        match fault.trouble:
            case Trouble.EMPTY_404:
                return web.Response(status=404)
            case Trouble.HTML:
                return web.Response(text="<!doctype html><title>Welcome</title>", content_type="text/html")
            case Trouble.DROP_BEFORE:
                return _drop(request)
            case Trouble.STATUS:
                return await self._refuse(fault, request, act)
            case _:
                return await _spoil(fault, request, await act(request))

    async def _refuse(self, fault: Fault, request: web.Request, act: Handler) -> web.Response:
        if fault.acts:
            await act(request)
        response = self._refusal(fault)
        if fault.retry_after_s is not None:
            response.headers["Retry-After"] = str(fault.retry_after_s)
        return response


async def _spoil(fault: Fault, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """What was done is done; only its answer suffers."""
    match fault.trouble:
        case Trouble.SLOW:
            await asyncio.sleep(fault.delay_s)
            return response
        case Trouble.DROP_AFTER:
            return _drop(request)
        case Trouble.TRUNCATED:
            return await _truncate(request, response)
        case Trouble.EMPTY:
            return web.Response(status=200)
        case Trouble.OTHER_SHAPE:
            return web.json_response([])
        case trouble if trouble in _REWORDED:
            return web.json_response(_REWORDED[trouble](json.loads(_bytes(response))), status=response.status)
        case trouble:
            raise ValueError(f"{trouble.name} does not spoil an answer")


def _drop(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


async def _truncate(request: web.Request, whole: web.StreamResponse) -> web.StreamResponse:
    body = await _body(request, whole)
    half = web.StreamResponse(status=whole.status, headers={"Content-Type": whole.content_type})
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport:
        request.transport.close()  # unlike abort, this sends what was written
    return half


async def _body(request: web.Request, response: web.StreamResponse) -> bytes:
    if SERVED in request:
        return await asyncio.to_thread(request[SERVED].read_bytes)
    return _bytes(response)


def _bytes(response: web.StreamResponse) -> bytes:
    body = response.body if isinstance(response, web.Response) else None
    return body if isinstance(body, bytes) else b""


def _as_strings(value: Any) -> Any:
    match value:
        case dict():
            return {name: _as_strings(inner) for name, inner in value.items()}
        case list():
            return [_as_strings(inner) for inner in value]
        case bool():
            return value
        case int() | float():
            return str(value)
        case _:
            return value


def _in_unknown_words(value: Any) -> Any:
    match value:
        case dict():
            return {
                name: "somewhere_else"
                if name in _STATUS_FIELDS and isinstance(inner, str)
                else _in_unknown_words(inner)
                for name, inner in value.items()
            }
        case list():
            return [_in_unknown_words(inner) for inner in value]
        case _:
            return value


def _with_more(value: Any) -> Any:
    match value:
        case dict():
            return {**{name: _with_more(inner) for name, inner in value.items()}, "x_new": {"deep": [1, None]}}
        case list():
            return [_with_more(inner) for inner in value]
        case _:
            return value


_REWORDED: Mapping[Trouble, Callable[[Any], Any]] = {
    Trouble.STRINGS: _as_strings,
    Trouble.UNKNOWN_STATUS: _in_unknown_words,
    Trouble.UNKNOWN_FIELDS: _with_more,
}


@dataclass(slots=True)
class Rate:
    """At most ``limit`` in a sliding window; ``None`` is no limit."""

    limit: int | None
    window_ms: int
    _passed: deque[int] = field(default_factory=deque)

    def take(self, now_ms: int) -> bool:
        """Whether one more may pass now; one that may not leaves no trace."""
        while self._passed and self._passed[0] <= now_ms - self.window_ms:
            self._passed.popleft()
        if self.limit is not None and len(self._passed) >= self.limit:
            return False
        self._passed.append(now_ms)
        return True
