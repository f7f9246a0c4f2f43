"""Signed, expiring links to kept media, for providers that take addresses only and for files too big for the chat.

A link is `/media/<token>/<name>`. The token is an HMAC-SHA256 followed by what it signs: the moment of expiry and the
path below DATA_DIR. Whoever holds it may read that one file until then; nothing else can be read at all, because a
path is walked from DATA_DIR part by part without following links, and only what looks like media is served.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import structlog
from aiohttp import web

from bot.core.errors import Defect
from bot.web.openat import MediaFile, open_below
from bot.web.ranges import Span, Unsatisfiable, span_of

PATH = "/media/{token}/{name}"
CHUNK_BYTES = 256 * 1024
STALL_S = 60.0
MAC_BYTES = 32
EXPIRY_BYTES = 8
MAX_TOKEN_CHARS = 2_000
MAX_READERS = 64

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Grant:
    path: PurePosixPath
    expires_at: int


class MediaLinks:
    """Makes the links and serves them. Link `ttl_ms` must outlast a provider's queue."""

    def __init__(self, secret: bytes, base_url: str, data_dir: Path, now_ms: Callable[[], int], ttl_ms: int) -> None:
        self._key = hmac.digest(secret, b"kinetogram media link", hashlib.sha256)
        self._base_url = base_url.rstrip("/")
        self._data_dir = Path(os.path.abspath(data_dir))  # noqa: PTH100 - a link in DATA_DIR's own path is the operator's
        self._now_ms = now_ms
        self._ttl_ms = ttl_ms
        self._readers = asyncio.Semaphore(MAX_READERS)

    def url(self, path: Path) -> str:
        """A link to a file below DATA_DIR, valid for the time to live. Defect for any other path."""
        full = Path(os.path.abspath(path))  # noqa: PTH100 - takes '..' out without asking the disk
        if not full.is_relative_to(self._data_dir) or full == self._data_dir:
            raise Defect("link-outside-data")
        relative = full.relative_to(self._data_dir).as_posix()
        signed = (self._now_ms() + self._ttl_ms).to_bytes(EXPIRY_BYTES, "big") + relative.encode()
        token = base64.urlsafe_b64encode(self._mac(signed) + signed).rstrip(b"=").decode()
        return f"{self._base_url}/media/{token}/{quote(full.name)}"

    def routes(self) -> list[web.RouteDef]:
        """To be added to the service's one web application."""
        return [web.get(PATH, self._serve, allow_head=True)]

    def _mac(self, signed: bytes) -> bytes:
        return hmac.digest(self._key, signed, hashlib.sha256)

    def _grant(self, token: str) -> _Grant | None:
        """What a token allows; None for one that we did not make."""
        try:
            raw = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
        except ValueError:
            return None
        mac, signed = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(signed)):
            return None
        path = PurePosixPath(signed[EXPIRY_BYTES:].decode())
        return _Grant(path, int.from_bytes(signed[:EXPIRY_BYTES], "big"))

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        token = request.match_info["token"]
        grant = self._grant(token) if len(token) <= MAX_TOKEN_CHARS else None
        if grant is None or grant.expires_at <= self._now_ms() or request.match_info["name"] != grant.path.name:
            return web.Response(status=403)
        if self._readers.locked():
            return web.Response(status=503, headers={"Retry-After": "5"})
        async with self._readers, self._opened(grant.path) as file:
            return web.Response(status=404) if file is None else await _send(request, file)

    @asynccontextmanager
    async def _opened(self, path: PurePosixPath) -> AsyncIterator[MediaFile | None]:
        file = await asyncio.to_thread(open_below, self._data_dir, path)
        try:
            yield file
        finally:
            if file is not None:
                await asyncio.to_thread(file.close)


async def _send(request: web.Request, file: MediaFile) -> web.StreamResponse:
    try:
        span = span_of(request.headers, file.size_bytes, file.etag)
    except Unsatisfiable:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{file.size_bytes}"})
    response = _head(span, file)
    await response.prepare(request)
    try:
        if request.method != "HEAD":
            await _stream(response, file, span)
    except OSError as error:  # the reader left, took nothing for a minute, or the file broke: all too late to say
        log.info("media-cut-short", reason=type(error).__name__)
        if request.transport is not None:
            request.transport.abort()
    return response


def _head(span: Span, file: MediaFile) -> web.StreamResponse:
    response = web.StreamResponse(status=206 if span.partial else 200)
    response.content_type = file.mime
    response.content_length = span.length
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = file.etag
    if span.partial:
        response.headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{file.size_bytes}"
    return response


async def _stream(response: web.StreamResponse, file: MediaFile, span: Span) -> None:
    """In pieces. Raises OSError: a reader who takes nothing for a minute, a file that became shorter meanwhile."""
    at = span.start
    while at < span.end:
        chunk = await asyncio.to_thread(file.read, at, min(CHUNK_BYTES, span.end - at))
        if not chunk:
            raise OSError("the file became shorter while it was sent")
        async with asyncio.timeout(STALL_S):
            await response.write(chunk)
        at += len(chunk)
