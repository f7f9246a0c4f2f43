"""The service's one web application: what every answer carries, what the log says of it, how it starts and stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import cast

import structlog
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.typedefs import Handler

from bot.core.errors import OperatorFault

MAX_BODY_BYTES = 1 << 20
ANSWER_S = 60.0
"""How long a POST may take, its body included."""
SHUTDOWN_S = 10.0
KEEP_ALIVE_S = 75.0

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}

log = structlog.get_logger(__name__)


def build(routes: Iterable[web.AbstractRouteDef]) -> web.Application:
    """An application of these routes, with the headers and the error handling that all of them share."""
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[_guard])
    app.on_response_prepare.append(_finish_headers)
    app.add_routes(routes)
    return app


@asynccontextmanager
async def serve(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Listens for as long as the context is open; yields the port (the chosen one for port 0).

    At the end it takes no more, and gives what is under way ten seconds. Raises OperatorFault when the address can't
    be had.
    """
    runner = web.AppRunner(
        app,
        access_log_class=AccessLog,
        handle_signals=False,
        shutdown_timeout=SHUTDOWN_S,
        keepalive_timeout=KEEP_ALIVE_S,
    )
    await runner.setup()
    try:
        yield await _listen(runner, host, port)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise OperatorFault("web-address-taken", host=host, port=port, why=error.strerror or "") from error
    return cast("int", runner.addresses[0][1])


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No handler's fault reaches the other side in words, and no POST lasts for ever."""
    try:
        async with asyncio.timeout(ANSWER_S if request.method == "POST" else None):
            return await handler(request)
    except web.HTTPException as error:
        return _plain(error.status, error.headers.get("Allow"))
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception:
        log.exception("request-broke", route=route_of(request))
        return _plain(HTTPStatus.INTERNAL_SERVER_ERROR)


def _plain(status: int, allow: str | None = None) -> web.Response:
    return web.Response(status=status, headers={"Allow": allow} if allow else {})


async def _finish_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.pop("Server", None)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def route_of(request: web.BaseRequest) -> str:
    """The route's pattern, never the path itself: paths hold tokens."""
    match = getattr(request, "match_info", None)
    resource = match.route.resource if match is not None else None
    return resource.canonical if resource is not None else "unknown"


class AccessLog(AbstractAccessLogger):
    """One event a request: method, route pattern, status, bytes, milliseconds. No path, no query, no address."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        log.log(
            _level(response.status),
            "http",
            method=request.method,
            route=route_of(request),
            status=response.status,
            bytes=response.body_length,
            took_ms=round(time * 1000),
        )


def _level(status: int) -> int:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return logging.WARNING
    return logging.INFO if status >= HTTPStatus.BAD_REQUEST else logging.DEBUG
