"""The sandbox's chat page: files served as they are, no build step and no request to anywhere else.

`attach(app)` puts `/` and `/static/{name}` on the application that also serves the embedded Telegram (same origin).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aiohttp import web

__all__ = ["attach"]

_HERE: Final = Path(__file__).parent
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_RULES: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",  # the browser itself refuses innerHTML with a string
)
_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "; ".join(_RULES),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def attach(app: web.Application) -> None:
    """Serve the page at `/` and its parts at `/static/{name}`; an unknown name is a 404."""
    files = {path.name: path for path in _HERE.iterdir() if path.suffix in _TYPES}

    async def part(request: web.Request) -> web.StreamResponse:
        path = files.get(request.match_info["name"])
        if path is None:
            raise web.HTTPNotFound(text="no such file")
        return _serve(path)

    async def index(_request: web.Request) -> web.StreamResponse:
        return _serve(files["index.html"])

    app.router.add_get("/", index)
    app.router.add_get("/static/{name}", part)


def _serve(path: Path) -> web.FileResponse:
    """Stream one file (aiohttp reads it off the event loop and answers 304 by itself)."""
    return web.FileResponse(path, headers={**_HEADERS, "Content-Type": _TYPES[path.suffix]})
