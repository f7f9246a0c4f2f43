"""The routes that providers call: a secret path per job, or one for an account whose events are signed. A body is
believed in nothing but which task it names.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote

import structlog
from aiohttp import web

from bot.core.errors import Transient
from bot.providers.base import SignsEvents
from bot.services import callbacks
from bot.storage.base import Store
from bot.web.bodies import read_body

PATH = "/callbacks/{provider}/{token}"
EVENTS_PATH = "/callbacks/{provider}"
MAX_BODY_BYTES = 256 * 1024
LOOP_JSON_BYTES = 64_000
"""Longer bodies are parsed in a thread."""
SEEN_KEPT = 4_096

log = structlog.get_logger(__name__)


class Reader(Protocol):
    """What of a provider is needed here."""

    def callback_task(self, body: bytes, headers: Mapping[str, str] = ..., /) -> str | None: ...


def callback_url(base_url: str, provider: str, token: str) -> str:
    """Where a provider shall call for the job with this token.

    >>> callback_url("https://bot.example.org/", "ark", "t0k")
    'https://bot.example.org/callbacks/ark/t0k'
    """
    return f"{base_url.rstrip('/')}/callbacks/{quote(provider, safe='')}/{quote(token, safe='')}"


class Seen:
    """What was noted lately: the same words once more change nothing, and cost no look. Oldest forgotten first."""

    def __init__(self) -> None:
        self._digests: dict[bytes, None] = {}

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._digests

    def add(self, digest: bytes) -> None:
        while len(self._digests) >= SEEN_KEPT:
            del self._digests[next(iter(self._digests))]
        self._digests[digest] = None


class Callbacks:
    """200 for every token of ours, whatever the body says (repeats and steps back too); 404 for any other."""

    def __init__(
        self,
        store: Store,
        providers: Mapping[str, Reader],
        wake: Callable[[], None],
        now_ms: Callable[[], int],
        heard: Callable[[int], None] = lambda _: None,
    ) -> None:
        """`heard` learns of each job that a callback made due."""
        self._store = store
        self._providers = providers
        self._wake = wake
        self._now_ms = now_ms
        self._heard = heard
        self._seen = Seen()

    def routes(self) -> list[web.RouteDef]:
        """To be added to the service's one web application."""
        return [web.post(PATH, self._receive), web.post(EVENTS_PATH, self._receive_event)]

    async def _receive(self, request: web.Request) -> web.Response:
        """A stranger's call runs the same steps as a provider's, up to the look-up of its token."""
        provider, token = request.match_info["provider"], request.match_info["token"]
        body = await read_body(request, MAX_BODY_BYTES)
        digest = hashlib.sha256(f"{provider}\n{token}\n".encode() + body).digest()
        if digest in self._seen:
            return web.Response()
        task_id = await self._task(provider, body, request.headers)
        hearing = callbacks.hear(self._store, provider, token, task_id, self._now_ms())
        return await self._answered(provider, hearing, digest)

    async def _receive_event(self, request: web.Request) -> web.Response:
        """One that is not proven to come from the provider gets the answer of an address that is not there."""
        provider = request.match_info["provider"]
        body = await read_body(request, MAX_BODY_BYTES)
        adapter: object = self._providers.get(provider)
        task_id = adapter.event_task(body, request.headers) if isinstance(adapter, SignsEvents) else None
        if task_id is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        digest = hashlib.sha256(f"{provider}\n".encode() + body).digest()
        if digest in self._seen:
            return web.Response()
        hearing = callbacks.hear_event(self._store, provider, task_id, self._now_ms())
        return await self._answered(provider, hearing, digest)

    async def _answered(
        self, provider: str, hearing: Coroutine[None, None, callbacks.Heard], digest: bytes
    ) -> web.Response:
        try:
            heard = await hearing
        except Transient as error:
            log.warning("callback-not-heard", provider=provider, reason=error.key)
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"})
        if heard.what == "unknown":
            return web.Response(status=HTTPStatus.NOT_FOUND)
        if heard.what == "noted" and heard.job_id is not None:
            self._seen.add(digest)
            self._heard(heard.job_id)
            self._wake()
        log.debug("callback", provider=provider, heard=heard.what)
        return web.Response()

    async def _task(self, provider: str, body: bytes, headers: Mapping[str, str]) -> str | None:
        adapter = self._providers.get(provider)
        if adapter is None:
            return None
        if len(body) <= LOOP_JSON_BYTES:
            return adapter.callback_task(body, headers)
        return await asyncio.to_thread(adapter.callback_task, body, headers)
