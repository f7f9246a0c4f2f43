"""The Bot API over aiohttp: one session, streamed uploads, and errors that say whether a call may have been taken.

A Bot API address holds the bot's token, and aiohttp's errors hold addresses: none of them leaves this module.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.chat.uploads import FilePart, form

CONNECT_S: Final = 10.0
ANSWER_S: Final = 20.0
UPLOAD_ANSWER_S: Final = 120.0
"""Telegram reads an upload again on its side: after 50 MB the answer takes long although all arrived."""
UPLOAD_S: Final = 600.0
MAX_ANSWER_BYTES: Final = 16 << 20
MAX_REFUSAL_BYTES: Final = 4096
CONNECTIONS: Final = 100

_TOKEN = re.compile(rb"\b\d{3,}:[A-Za-z0-9_-]{6,}")
_NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class NotSent(NetworkError):
    """The call never reached Telegram whole: it is safe to repeat."""


class AiohttpRequest(BaseRequest):
    """A transport for `telegram.Bot`. `answer_s` is how long an answer may take once all is sent.

    Raises `NotSent` when no connection was made or a file did not go out whole, `TimedOut` and other `NetworkError`s
    when the call may have been taken. Obeys the proxy variables of the environment.
    """

    def __init__(
        self,
        *,
        answer_s: float = ANSWER_S,
        upload_answer_s: float = UPLOAD_ANSWER_S,
        upload_s: float = UPLOAD_S,
        connect_s: float = CONNECT_S,
    ) -> None:
        self._answer_s = answer_s
        self._upload_answer_s = upload_answer_s
        self._upload_s = upload_s
        self._connect_s = connect_s
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds that an answer may take by default."""
        return self._answer_s

    async def initialize(self) -> None:
        """Opens the session; twice does no harm."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, ttl_dns_cache=60)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=True, auto_decompress=True)

    async def shutdown(self) -> None:
        """Closes the session; twice does no harm."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - of the base class: an upload has one time for all
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - of the base class: set once for all calls
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - of the base class: set once for all calls
    ) -> tuple[int, bytes]:
        """Status and body of one call."""
        times = self._times(request_data, None if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout)
        async with self.call(url, method, request_data, times) as response:
            body = await _bounded(response)
            return response.status, body if response.ok else without_token(body[:MAX_REFUSAL_BYTES])

    @asynccontextmanager
    async def call(
        self, url: str, method: str, data: RequestData | None, times: aiohttp.ClientTimeout
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One call, its answer still to be read; whatever goes wrong comes out without the address."""
        failure: TelegramError
        body, files = form(data)
        try:
            # redirects off: another host has no business with an address that holds the token
            async with self._opened.request(method, url, data=body, timeout=times, allow_redirects=False) as response:
                if response.status == 413:  # certainly not taken
                    raise BadRequest("Request Entity Too Large")
                yield response
                return
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = _failure(error, files)
        raise failure  # outside of `except`, so that no address hangs on it as its context

    def media_times(self) -> aiohttp.ClientTimeout:
        """The times of a file transfer."""
        return aiohttp.ClientTimeout(
            total=self._upload_s + self._upload_answer_s, connect=self._connect_s, sock_read=self._upload_answer_s
        )

    def _times(self, data: RequestData | None, read_timeout: float | None) -> aiohttp.ClientTimeout:
        if data is not None and data.contains_files:
            return self.media_times()
        answer_s = self._answer_s if read_timeout is None else read_timeout
        polled_s = float(data.json_parameters.get("timeout", 0)) if data is not None else 0.0
        return aiohttp.ClientTimeout(
            total=self._connect_s + answer_s + polled_s, connect=self._connect_s, sock_read=answer_s + polled_s
        )

    @property
    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise NotSent("the transport is not open")
        return self._session

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The answer's JSON; what is none raises TelegramError without showing it (PTB would log it whole)."""
        try:
            return json.loads(payload)
        except ValueError:
            raise TelegramError("Invalid server response") from None


def without_token(text: bytes) -> bytes:
    """A proxy's error page may name the address that it was asked for.

    >>> without_token(b"GET /bot123456:AAbb-cc_dd/getMe failed")
    b'GET /bot.../getMe failed'
    """
    return _TOKEN.sub(b"...", re.sub(rb"/bot\d+:[A-Za-z0-9_-]+", b"/bot...", text))


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise NetworkError("the answer is too long")
    return bytes(body)


def _failure(error: aiohttp.ClientError | TimeoutError | OSError, files: list[FilePart]) -> TelegramError:
    kind = type(error).__name__
    if isinstance(error, _NOT_CONNECTED):
        return NotSent(f"no connection to Telegram ({kind})")
    if not all(file.went_out_whole for file in files):
        return NotSent(f"the file did not go out whole ({kind})")
    if isinstance(error, TimeoutError):
        return TimedOut(f"no answer from Telegram ({kind})")
    return NetworkError(f"the connection to Telegram broke ({kind})")
