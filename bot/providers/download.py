"""Fetching outputs: streamed to disk, hashed on the way, verified, and only then given their name.

No credentials are sent to other houses than the provider: where its own file service asks for the key, the key stays
behind at a redirect elsewhere. Up to three redirects are followed, to http and https alone, and never into a private
network, unless the provider itself lives in one (the sandbox).
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.core.errors import OutputTooBig, Transient
from bot.providers.base import Downloaded

CONNECT_S = 10.0
READ_S = 30.0
TOTAL_S = 1800.0
MAX_REDIRECTS = 3
WRITE_BYTES = 1_000_000
HEAD_BYTES = 16
OK = 200
REDIRECTS = frozenset({301, 302, 303, 307, 308})
WRAPPING = tuple(
    (ipaddress.IPv6Network(prefix), shift)
    for prefix, shift in (
        ("::/96", 0),
        ("::ffff:0:0/96", 0),
        ("::ffff:0:0:0/96", 0),
        ("64:ff9b::/96", 0),
        ("2002::/16", 80),
    )
)
"""IPv6 ways to write an IPv4 address, and how many bits follow it: compatible, mapped, translated, NAT64 and 6to4."""
HOUSE = frozenset({ipaddress.IPv4Address("168.63.129.16")})
"""Global by its number, and yet the machine's own house: where Azure serves certificates and settings to its guests."""
LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")
"""A network's own NAT64: what it leads to only that network knows."""

_MAGIC = (
    (4, b"ftyp", "video/mp4"),
    (4, b"moov", "video/quicktime"),
    (4, b"mdat", "video/quicktime"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"GIF8", "image/gif"),
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
)


class Files:
    """Downloads, with clean sessions of their own."""

    def __init__(self) -> None:
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def fetch(
        self,
        url: str,
        path: Path,
        max_bytes: int,
        *,
        private_ok: bool = False,
        own: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Downloaded:
        """Creates `path`, whole and fsynced, or raises Transient or OperatorFault and leaves nothing behind.

        `headers` may hold a key: they go to the origin of `url` alone. `own`: that origin is the provider's own, which
        the operator named, and may be private; where it sends us on to may not.
        """
        part = path.with_name(f"{path.name}.part")
        try:
            async with (
                asyncio.timeout(TOTAL_S),
                self._open(url, headers or {}, own=own, private_ok=private_ok) as response,
            ):
                found = await _save(response, part, max_bytes)
            await asyncio.to_thread(finish, part, path)
        except (aiohttp.ClientError, TimeoutError, ConnectionError, ValueError) as error:
            raise Transient("output-cut-short", host=host_of(url), why=type(error).__name__) from None
        except OSError as error:
            raise Transient("disk-trouble") from error
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        return found

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    @asynccontextmanager
    async def _open(
        self, url: str, headers: Mapping[str, str], *, own: bool, private_ok: bool
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        home = url
        for _ in range(MAX_REDIRECTS + 1):
            at_home = same_origin(url, home)
            allowed = private_ok or (own and at_home)
            _check_address(url, private_ok=allowed)
            async with self._session(private_ok=allowed).get(
                URL(url, encoded=True), allow_redirects=False, headers=headers if at_home else {}
            ) as response:
                if response.status not in REDIRECTS:
                    _check_status(response, url)
                    yield response
                    return
                url = str(response.url.join(URL(response.headers.get("Location", ""))))
        raise Transient("output-cut-short", host=host_of(url), why="redirects")

    def _session(self, *, private_ok: bool) -> aiohttp.ClientSession:
        if private_ok not in self._sessions:
            self._sessions[private_ok] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=None if private_ok else PublicResolver(), limit=32),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "identity", "User-Agent": "kinetogram"},
                timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_S, sock_connect=CONNECT_S, sock_read=READ_S),
            )
        return self._sessions[private_ok]


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, at the moment of connecting: no second look-up can differ."""

    def __init__(self) -> None:
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = [entry for entry in await self._inner.resolve(host, port, family) if is_public(entry["host"])]
        if not found:
            raise OSError(f"{host} has no public address")
        return found

    async def close(self) -> None:
        await self._inner.close()


def is_public(address: str) -> bool:
    """Whether an IP address is one host on the open internet; of one that wraps another, the other.

    >>> is_public("8.8.8.8"), is_public("127.0.0.1"), is_public("64:ff9b::a9fe:a9fe")
    (True, False, False)
    """
    found = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    is_local = isinstance(found, ipaddress.IPv6Address) and (found.is_site_local or found in LOCAL)
    return found.is_global and found not in HOUSE and not found.is_multicast and not is_local


def _unwrapped(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 one leads to, else itself."""
    for network, shift in WRAPPING:
        if address in network:
            return ipaddress.IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return address


def is_private_host(base_url: str) -> bool:
    """Whether a base URL names a loopback or private address (names other than localhost count as public)."""
    host = host_of(base_url)
    try:
        return not is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def same_origin(url: str, other: str) -> bool:
    """Whether a key for the one may be shown to the other: scheme, host and port are the same.

    >>> same_origin("https://a.example/v1/x", "https://a.example:443"), same_origin("http://a.example", "https://a.example")
    (True, False)
    """
    try:
        return _origin(url) == _origin(other)
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port, the scheme's own port said or not. Raises ValueError for what is no address."""
    origin = URL(url, encoded=True).origin()
    return origin.scheme, origin.host, origin.port


def sniff(head: bytes, mime: str) -> str | None:
    """The type of a media file by its first bytes, else by what the server said; None for what is no media."""
    for offset, magic, kind in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return kind
    said_media = mime.startswith(("video/", "image/", "audio/"))
    return mime if said_media and head[:1] not in {b"<", b"{", b""} else None


def _check_address(url: str, *, private_ok: bool) -> None:
    if not url.startswith(("http://", "https://")) or not host_of(url):
        raise Transient("output-address-refused", host=host_of(url))
    if not private_ok and is_private_host(url):
        raise Transient("output-address-refused", host=host_of(url))


def _check_status(response: aiohttp.ClientResponse, url: str) -> None:
    if response.status != OK:
        raise Transient("output-link-refused", host=host_of(url), status=response.status)


@dataclass(slots=True)
class Sink:
    """Buffers up to a megabyte, so that the disk is visited in a thread and seldom."""

    path: Path
    buffer: bytearray = field(default_factory=bytearray)
    digest: Any = field(default_factory=hashlib.sha256)
    size_bytes: int = 0
    head: bytes = b""

    async def take(self, chunk: bytes) -> None:
        self.buffer += chunk
        self.size_bytes += len(chunk)
        if len(self.buffer) >= WRITE_BYTES:
            await self.flush()

    async def flush(self) -> None:
        data, self.buffer = self.buffer, bytearray()
        await asyncio.to_thread(self.append, data)

    def append(self, data: bytes | bytearray) -> None:
        """Straight to the disk: call it in a thread."""
        self.head = self.head or bytes(data[:HEAD_BYTES])
        self.digest.update(data)
        with self.path.open("ab") as handle:
            handle.write(data)


async def _save(response: aiohttp.ClientResponse, part: Path, max_bytes: int) -> Downloaded:
    host, sink, told_bytes = response.url.host or "", Sink(part), _told_bytes(response)
    await asyncio.to_thread(part.unlink, missing_ok=True)
    _check_size(told_bytes or 0, max_bytes, host)
    async for chunk in response.content.iter_any():
        await sink.take(chunk)
        _check_size(sink.size_bytes, max_bytes, host)
    await sink.flush()
    if not sink.size_bytes or sink.size_bytes != (told_bytes or sink.size_bytes):
        raise Transient("output-cut-short", host=host, why="length")
    mime = sniff(sink.head, response.content_type)
    if mime is None:
        raise Transient("output-not-media", host=host, mime=response.content_type)
    return Downloaded(sink.size_bytes, sink.digest.hexdigest(), mime)


def _told_bytes(response: aiohttp.ClientResponse) -> int | None:
    """The length told; of a packed answer it is not the file's."""
    return None if response.headers.get("Content-Encoding") else response.content_length


def _check_size(size_bytes: int, max_bytes: int, host: str) -> None:
    if size_bytes > max_bytes:
        raise OutputTooBig(host, max_bytes)


def finish(part: Path, path: Path) -> None:
    """The bytes are on the disk before the name is."""
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def host_of(url: str) -> str:
    """The name or address that a URL leads to; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
