"""Fetches what a request links to, as vendors do: bounded, streamed to disk."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout, InvalidURL

_CHUNK_BYTES = 1 << 18


class FetchFailedError(Exception):
    """Unreachable, refused, or more than the vendor takes."""


def client(timeout_s: float) -> ClientSession:
    """The session that references are fetched with."""
    return ClientSession(timeout=ClientTimeout(total=timeout_s, connect=5))


async def fetch(session: ClientSession, url: str, path: Path, limit_bytes: int) -> str:
    """Writes what ``url`` gives to ``path``; returns its content type. Redirects are not followed."""
    try:
        async with session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise FetchFailedError(f"the address answers with HTTP {response.status}")
            size_bytes = 0
            with await asyncio.to_thread(path.open, "wb") as file:
                async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                    size_bytes += len(chunk)
                    if size_bytes > limit_bytes:
                        raise FetchFailedError("the file is too large")
                    await asyncio.to_thread(file.write, chunk)
            return response.content_type
    except (ClientError, InvalidURL, TimeoutError, ValueError) as fault:
        raise FetchFailedError("the address can't be reached") from fault
