"""The files that people sent: from Telegram to the disk, streamed, under a cap."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Final, NoReturn

import aiohttp
import telegram
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.chat.request import AiohttpRequest
from bot.core.errors import Refusal, Throttled, Transient

CLOUD_MAX_BYTES: Final = 20 << 20
"""What the public server hands out by getFile; a local server has no such limit."""

_CHUNK_BYTES: Final = 256 << 10
_MB: Final = 1_000_000


class TelegramFiles:
    """Fetches by `file_id`. A link of Telegram's holds the bot's token: it is used here and nowhere shown."""

    def __init__(self, bot: telegram.Bot, request: AiohttpRequest) -> None:
        self._bot = bot
        self._request = request

    @property
    def max_bytes(self) -> int | None:
        """The largest file that can be fetched; None: no limit."""
        return None if self._bot.local_mode else CLOUD_MAX_BYTES

    async def fetch(self, file_id: str, path: Path, max_bytes: int) -> int:
        """Writes the file to `path` (made anew) and returns its size in bytes.

        Raises Refusal `fault-file-too-big-for-telegram` or `media-gone`, Transient when it is worth another try.
        """
        file = await self._locate(file_id, max_bytes)
        part = path.with_name(path.name + ".part")
        try:
            size_bytes = await self._store(file, part, max_bytes)
            await asyncio.to_thread(part.replace, path)
        except BaseException:
            with contextlib.suppress(OSError):
                await asyncio.shield(asyncio.to_thread(part.unlink, missing_ok=True))
            raise
        return size_bytes

    async def _locate(self, file_id: str, max_bytes: int) -> telegram.File:
        try:
            file = await self._bot.get_file(file_id)
        except TelegramError as error:
            _translate(error, max_bytes)
        if (file.file_size or 0) > max_bytes:
            raise _too_big(max_bytes)
        return file

    async def _store(self, file: telegram.File, part: Path, max_bytes: int) -> int:
        where = file.file_path or ""
        if where.startswith(self._bot.base_file_url):
            return await self._download(where, part, max_bytes)
        if self._bot.local_mode and where:
            return await asyncio.to_thread(_copy, Path(where.removeprefix("file://")), part, max_bytes)
        raise Transient("telegram-file-unavailable")

    async def _download(self, url: str, part: Path, max_bytes: int) -> int:
        try:
            async with self._request.call(url, "GET", None, self._request.media_times()) as response:
                if not response.ok:
                    raise Transient("telegram-file-unavailable", status=response.status)
                size_bytes = await _write(response, part, max_bytes)
                expected = response.content_length
        except TelegramError as error:
            _translate(error, max_bytes)
        if expected is not None and expected != size_bytes:
            raise Transient("telegram-file-cut-short")
        return size_bytes


async def _write(response: aiohttp.ClientResponse, part: Path, max_bytes: int) -> int:
    if (response.content_length or 0) > max_bytes:
        raise _too_big(max_bytes)
    size_bytes = 0
    async with _opened(part) as handle:
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            size_bytes += len(chunk)
            if size_bytes > max_bytes:
                raise _too_big(max_bytes)
            await _on_disk(handle, chunk)
    return size_bytes


@contextlib.asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[IO[bytes]]:
    try:
        handle = await asyncio.to_thread(path.open, "wb")
    except OSError as error:
        raise Transient("disk-trouble") from error
    try:
        yield handle
    finally:
        await asyncio.shield(asyncio.to_thread(handle.close))


async def _on_disk(handle: IO[bytes], chunk: bytes) -> None:
    """A disk's error must not pass for one of the network."""
    try:
        await asyncio.to_thread(handle.write, chunk)
    except OSError as error:
        raise Transient("disk-trouble") from error


def _copy(source: Path, part: Path, max_bytes: int) -> int:
    """From a local server's folder."""
    try:
        size_bytes = source.stat().st_size
        if size_bytes > max_bytes:
            raise _too_big(max_bytes)
        with source.open("rb") as readable, part.open("wb") as writable:
            shutil.copyfileobj(readable, writable, _CHUNK_BYTES)
        return part.stat().st_size
    except OSError as error:
        raise Transient("telegram-file-unavailable") from error


def _too_big(max_bytes: int) -> Refusal:
    return Refusal("fault-file-too-big-for-telegram", max=max_bytes // _MB)


def _translate(error: TelegramError, max_bytes: int) -> NoReturn:
    text = error.message.lower()
    match error:
        case RetryAfter():
            raise Throttled("telegram-slow-down", retry_after_s=retry_after_s(error)) from None
        case BadRequest() if "too big" in text:
            raise _too_big(max_bytes) from None
        case BadRequest():
            raise Refusal("media-gone") from None
        case NetworkError():
            raise Transient("telegram-unreachable") from None
        case _:
            raise Transient("telegram-refused") from None


def retry_after_s(error: RetryAfter) -> float:
    """Seconds that Telegram asks us to wait (PTB answers with a number or a timedelta, by a setting of its own)."""
    value = error.retry_after
    return float(value) if isinstance(value, int) else value.total_seconds()
