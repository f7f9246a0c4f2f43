"""HTTP to providers: a time-out for every phase, bounded answers, and errors that say what may be done next.

    create  no connection, or the body did not go out whole  ──▶  NotTaken
            sent, and no readable answer came back           ──▶  Uncertain
    ask     any of that, 5xx too, after three tries          ──▶  Transient
    both    an answer                                        ──▶  Reply, for the vendor's wire to read

The key travels in headers alone, to the provider's own base, and redirects are not followed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import aiohttp
import stamina
from yarl import URL

from bot.core.errors import NotTaken, Throttled, Transient, Uncertain
from bot.providers.bodies import Form, Tree, UrlEncoded, open_body, open_form

log = logging.getLogger(__name__)
T = TypeVar("T")

CONNECT_S = 10.0
READ_S = 30.0
CREATE_READ_S = 120.0
CREATE_TOTAL_S = 170.0
"""Upload and answer together: shorter than the worker's lease (180 s), so that a live call is never taken for dead."""
MAX_ANSWER_BYTES = 4_000_000
LOOP_JSON_BYTES = 64_000
"""Longer JSON is parsed in a thread."""
MIN_SECRET_LENGTH = 8
HTTP_SERVER_ERROR = 500


def bearer(api_key: str) -> Mapping[str, str]:
    """The usual header."""
    return {"Authorization": f"Bearer {api_key}"}


@dataclass(frozen=True, slots=True)
class Account:
    """A provider's address and key. `name` is the provider's, for errors; `auth` makes the key's headers."""

    name: str
    base_url: str
    api_key: str = field(repr=False)
    auth: Callable[[str], Mapping[str, str]] = field(default=bearer, repr=False)

    @property
    def headers(self) -> Mapping[str, str]:
        """What proves who we are, made anew for each call; nothing without a key."""
        return self.auth(self.api_key) if self.api_key else {}

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    def url(self, path: str) -> str:
        return self.base_url.rstrip("/") + path

    @property
    def who(self) -> dict[str, Any]:
        """The data that every error about this account carries."""
        return {"provider": self.name, "host": self.host}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `data` is parsed JSON when `kind` is json; `garbled` was cut short, too long or not JSON."""

    status: int
    kind: Literal["json", "empty", "html", "garbled"] = "json"
    data: Any = None
    retry_after_s: float | None = None

    @property
    def ok(self) -> bool:
        """2xx with JSON inside."""
        return 200 <= self.status < 300 and self.kind == "json"

    @property
    def mapping(self) -> Mapping[str, Any]:
        """The JSON object; empty for everything else."""
        return self.data if isinstance(self.data, dict) else {}


class Http:
    """All calls to all providers. Sessions are opened at the first use and closed by `close`.

    A create call gets a connection of its own: one that idled may be dead, and what was sent on it would be uncertain.
    """

    def __init__(self, now_s: Callable[[], float] = time.time, pace: float = 1.0) -> None:
        """`pace` multiplies the time-outs of everything but connecting."""
        self._now_s = now_s
        self._pace = pace
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def create(
        self,
        account: Account,
        path: str,
        content: Tree | Form,
        read_s: float = CREATE_READ_S,
        total_s: float = CREATE_TOTAL_S,
        read: Read | None = None,
        params: Params = (),
    ) -> Reply:
        """The call that can't be taken back: sent once. Raises NotTaken or Uncertain. `read` is for answers that may
        hold whole files.
        """
        try:
            body = await open_form(content) if isinstance(content, Form) else await open_body(content)
        except OSError:
            raise NotTaken("reference-file-lost", **account.who) from None
        try:
            timeout = self._timeout(read_s, total_s)
            return await self._call(
                account, "POST", path, params=params, data=body, timeout=timeout, fresh=True, read=read
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if body.complete and not _never_connected(error):
                raise Uncertain("provider-answer-lost", **account.who, why=type(error).__name__) from None
            raise NotTaken("provider-unreachable", **account.who, why=type(error).__name__) from None

    async def ask(
        self,
        account: Account,
        method: str,
        path: str,
        params: Params = (),
        tries: int = 3,
        tree: Tree | UrlEncoded = None,
        reading: Reading | None = None,
    ) -> Reply:
        """A call that is safe to repeat, with a JSON body or without. Raises Transient; an answer below 500 that can be
        read is returned. `reading` is for answers that hold whole files, or mean something with a status above that.
        """
        how = reading or PLAIN
        try:
            async with asyncio.timeout(None if how.all_s is None else how.all_s * self._pace):
                return await patiently(lambda: self._ask(account, method, path, params, tree, how), tries)
        except TimeoutError:
            raise Transient("provider-unreachable", **account.who, why="TimeoutError") from None

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def _ask(
        self, account: Account, method: str, path: str, params: Params, tree: Tree | UrlEncoded, reading: Reading
    ) -> Reply:
        timeout = self._timeout(READ_S, reading.total_s)
        try:
            data = await _content(tree)
            reply = await self._call(
                account, method, path, read=reading.read, params=params, data=data, timeout=timeout
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Transient("provider-unreachable", **account.who, why=type(error).__name__) from None
        if reply.status >= HTTP_SERVER_ERROR and not (reading.heeds and reading.heeds(reply)):
            raise Transient("provider-down", reply.retry_after_s, **account.who, status=reply.status)
        if reply.kind == "garbled":
            raise Transient("provider-answer-unreadable", **account.who, status=reply.status)
        return reply

    async def _call(
        self,
        account: Account,
        method: str,
        path: str,
        *,
        fresh: bool = False,
        read: Read | None = None,
        **options: Any,
    ) -> Reply:
        url, started = URL(account.url(path)), time.monotonic()
        headers = {"Accept": "application/json", **account.headers}
        session = self._session(fresh=fresh)
        async with session.request(method, url, headers=headers, allow_redirects=False, **options) as response:
            reply = await self._read(response, _secrets(account.api_key, headers), read or _bounded)
        took_ms = round((time.monotonic() - started) * 1000)
        log.debug("%s %s%s: %s %s in %s ms", method, account.host, path, reply.status, reply.kind, took_ms)
        return reply

    async def _read(self, response: aiohttp.ClientResponse, secrets: Iterable[str], read: Read) -> Reply:
        wait_s = retry_after_s(response.headers, self._now_s())
        try:
            raw = await read(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return Reply(response.status, "garbled", None, wait_s)
        for secret in secrets:
            raw = raw.replace(secret.encode(), b"***")
        kind, data = await _parsed(raw, response.content_type)
        return Reply(response.status, kind, data, wait_s)

    def _timeout(self, read_s: float, total_s: float) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(
            total=total_s * self._pace, connect=CONNECT_S, sock_connect=CONNECT_S, sock_read=read_s * self._pace
        )

    def _session(self, *, fresh: bool) -> aiohttp.ClientSession:
        if fresh not in self._sessions:
            self._sessions[fresh] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=fresh, limit=64),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "identity", "User-Agent": "kinetogram"},
            )
        return self._sessions[fresh]


Params = Mapping[str, str] | tuple[()]
Read = Callable[[aiohttp.ClientResponse], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How an answer is read, and how long the call may take; `all_s` is for all its tries together. `read` is bounded,
    whatever comes.

    `heeds` knows an answer of 500 and above for the vendor's own word.
    """

    read: Read
    total_s: float = 600.0
    all_s: float | None = None
    heeds: Callable[[Reply], bool] | None = None


async def patiently(call: Callable[[], Awaitable[T]], tries: int = 3) -> T:
    """Repeats what failed in passing, within seconds; longer waits are the worker's. Throttled is not repeated."""
    async for attempt in stamina.retry_context(_in_passing, tries, 15.0, 0.2, 2.0, 0.2):
        with attempt:
            return await call()
    raise AssertionError("unreachable")  # pragma: no cover - stamina returns or raises


def _in_passing(error: Exception) -> bool:
    return isinstance(error, Transient) and not isinstance(error, Throttled)


def retry_after_s(headers: Mapping[str, str], now_s: float) -> float | None:
    """`Retry-After` as seconds from now, whichever of its two forms was sent; None when absent or senseless.

    >>> retry_after_s({"Retry-After": "7"}, 0)
    7.0
    """
    text = headers.get("Retry-After", "").strip()
    try:
        wait_s = float(text) if text.replace(".", "", 1).isdecimal() else _seconds_until(text, now_s)
    except (ValueError, TypeError):
        return None
    return min(max(wait_s, 0.0), 3600.0)


def _seconds_until(date: str, now_s: float) -> float:
    moment = parsedate_to_datetime(date)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now_s


async def _content(tree: Tree | UrlEncoded) -> Any:
    if isinstance(tree, UrlEncoded):
        return aiohttp.FormData(tree.fields)
    return None if tree is None else await open_body(tree)


def _never_connected(error: Exception) -> bool:
    kinds = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
    return isinstance(error, kinds)


def _secrets(api_key: str, headers: Mapping[str, str]) -> set[str]:
    """What an echo must not bring into a log: the key, and what was made of it (the bare word of a header)."""
    words = {api_key, *(value.split()[-1] for name, value in headers.items() if name != "Accept" and value)}
    return {word for word in words if len(word) >= MIN_SECRET_LENGTH}


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > MAX_ANSWER_BYTES:
            raise aiohttp.ClientPayloadError("answer too long")
    return bytes(raw)


PLAIN = Reading(_bounded, CONNECT_S + READ_S)


async def _parsed(raw: bytes, mime: str) -> tuple[Literal["json", "empty", "html", "garbled"], Any]:
    start = raw.lstrip()[:1]
    if not start:
        return "empty", None
    if "html" in mime or start == b"<":
        return "html", None
    try:
        return "json", await _loads(raw)
    except (ValueError, RecursionError):
        return "garbled", None


async def _loads(raw: bytes) -> Any:
    if len(raw) <= LOOP_JSON_BYTES:
        return json.loads(raw)
    return await asyncio.to_thread(json.loads, raw)
