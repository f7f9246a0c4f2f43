"""References that people gave as links: fetched as outputs are, from the open internet alone and under a cap."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.core.errors import OutputTooBig, Refusal, Transient
from bot.providers import download
from bot.worker.tools import Files

MAX_BYTES = 100_000_000
TRIES = 3
AGAIN_S = 1.0
TOTAL_S = 120.0
SCHEMES = ("https://", "http://")


class SentFiles:
    """By `file_id` from Telegram; a `file_id` that is an address, from there."""

    def __init__(self, telegram: Files, web: download.Files) -> None:
        self._telegram = telegram
        self._web = web

    async def fetch(self, file_id: str, path: Path, max_bytes: int) -> int:
        """Writes the file to `path`; its size in bytes. Raises Refusal for a link that gives no file, Transient."""
        if not file_id.startswith(SCHEMES):
            return await self._telegram.fetch(file_id, path, max_bytes)
        try:
            async with asyncio.timeout(TOTAL_S):
                return await self._download(file_id, path, min(max_bytes, MAX_BYTES))
        except TimeoutError:
            raise _useless(file_id) from None

    async def _download(self, url: str, path: Path, max_bytes: int) -> int:
        for wait_s in (*[AGAIN_S] * (TRIES - 1), None):
            try:
                return (await self._web.fetch(url, path, max_bytes)).size_bytes
            except OutputTooBig:
                raise Refusal("link-too-big", max=max_bytes // 1_000_000) from None
            except Transient as error:
                if error.key == "disk-trouble":
                    raise
                if wait_s is None or error.key != "output-cut-short":
                    break
                await asyncio.sleep(wait_s)
        raise _useless(url)


def _useless(url: str) -> Refusal:
    return Refusal("link-useless", host=download.host_of(url))
