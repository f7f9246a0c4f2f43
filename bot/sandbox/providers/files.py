"""Finished files behind signed addresses that expire, as an object store serves them: no key, ranges, lengths."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.providers.wire import SERVED, Clock

FILES_KEPT = 20_000
_DENIED = "<Error><Code>AccessDenied</Code><Message>{}</Message></Error>"
_TYPES = {".mp4": "video/mp4", ".jpeg": "image/jpeg"}


class Shelf:
    """Names and their files. A link holds the second of its making and is good for ``lifetime_s`` after it."""

    def __init__(self, now_ms: Clock) -> None:
        self._now_ms = now_ms
        self._secret = secrets.token_bytes(32)
        self._files: dict[str, Path] = {}

    def put(self, name: str, path: Path) -> None:
        """Make a file reachable under a name; the oldest name gives way when there are too many."""
        self._files[name] = path
        if len(self._files) > FILES_KEPT:
            del self._files[next(iter(self._files))]

    def link(self, address: str, name: str, made_ms: int, lifetime_s: int) -> str:
        """The same arguments give the same link."""
        made_s = made_ms // 1000
        query = {
            "X-Tos-Algorithm": "TOS4-HMAC-SHA256",
            "X-Tos-Date": str(made_s),
            "X-Tos-Expires": str(lifetime_s),
            "X-Tos-Signature": self._sign(name, made_s, lifetime_s),
            "X-Tos-SignedHeaders": "host",
        }
        return f"{address}/{name}?{urlencode(query)}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """200 or 206 with the file, 403 when the link is forged or old, 404 when the file is gone."""
        name = request.match_info["name"]
        if fault := self._fault(request, name):
            return web.Response(status=403, text=_DENIED.format(fault), content_type="application/xml")
        path = self._files.get(name)
        if path is None:
            return web.Response(
                status=404, text="<Error><Code>NoSuchKey</Code></Error>", content_type="application/xml"
            )
        request[SERVED] = path
        return web.FileResponse(path, headers={"Content-Type": _TYPES[Path(name).suffix]})

    def _fault(self, request: web.Request, name: str) -> str | None:
        try:
            made_s, lifetime_s = int(request.query["X-Tos-Date"]), int(request.query["X-Tos-Expires"])
        except (KeyError, ValueError):
            return "The request is not signed"
        if not hmac.compare_digest(self._sign(name, made_s, lifetime_s), request.query.get("X-Tos-Signature", "")):
            return "The signature does not match"
        return "Request has expired" if self._now_ms() >= (made_s + lifetime_s) * 1000 else None

    def _sign(self, name: str, made_s: int, lifetime_s: int) -> str:
        return hmac.digest(self._secret, f"{name}\n{made_s}\n{lifetime_s}".encode(), "sha256").hex()
