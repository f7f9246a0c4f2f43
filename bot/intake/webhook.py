"""Our own webhook: 200 is answered only after the update is committed."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable

import structlog
from aiohttp import web

from bot.core.errors import Transient
from bot.intake.lanes import arrival
from bot.services import inbox
from bot.storage.base import Store

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
MAX_BODY_BYTES = 1 << 20
PATH = "/telegram/webhook"

log = structlog.get_logger(__name__)


class Webhook:
    """The route Telegram posts to. A wrong secret is 403, a broken body 400, a busy database 503 (it is sent again)."""

    def __init__(self, store: Store, secret: str, wake: Callable[[], None], now_ms: Callable[[], int]) -> None:
        self._store = store
        self._secret = secret.encode()
        self._wake = wake
        self._now_ms = now_ms

    def routes(self) -> list[web.RouteDef]:
        """To be added to the service's one web application."""
        return [web.post(PATH, self._receive)]

    async def _receive(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=403)
        try:
            update = arrival(json.loads(await self._body(request)))
        except (ValueError, AttributeError, RecursionError):
            return web.Response(status=400)
        try:
            await inbox.keep(self._store, [update], self._now_ms())
        except Transient as error:
            log.warning("webhook-not-kept", error=str(error))
            return web.Response(status=503, headers={"Retry-After": "2"})
        self._wake()
        return web.Response()

    async def _body(self, request: web.Request) -> bytes:
        if (request.content_length or 0) > MAX_BODY_BYTES:
            raise ValueError("too big")
        body = await request.content.read(MAX_BODY_BYTES + 1)
        while not request.content.at_eof() and len(body) <= MAX_BODY_BYTES:
            body += await request.content.read(MAX_BODY_BYTES + 1 - len(body))
        if len(body) > MAX_BODY_BYTES:
            raise ValueError("too big")
        return body
