"""Reads what strangers post: bounded in length and in time."""

from __future__ import annotations

import asyncio

from aiohttp import web

BODY_S = 15.0


async def read_body(request: web.Request, max_bytes: int) -> bytes:
    """The whole body. Raises 413 for a longer one, 408 for one that does not come."""
    if (request.content_length or 0) > max_bytes:
        raise web.HTTPRequestEntityTooLarge(max_bytes, request.content_length or 0)
    try:
        async with asyncio.timeout(BODY_S):
            return await _read(request, max_bytes)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None


async def _read(request: web.Request, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            raise web.HTTPRequestEntityTooLarge(max_bytes, len(body))
    return bytes(body)
