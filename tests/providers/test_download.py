"""Fetching outputs from strangers: redirects, private networks, lengths and first bytes."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.errors import Transient
from bot.providers import download
from bot.providers.download import Files, PublicResolver, is_private_host, is_public, same_origin, sniff
from bot.sandbox.providers.serving import serve
from tests.providers.kit import MP4

MAX_BYTES = 5_000_000


@pytest.fixture
async def files() -> AsyncIterator[Files]:
    ready = Files()
    yield ready
    await ready.close()


@asynccontextmanager
async def host(met: list[web.Request]) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        met.append(request)
        hops = int(request.query.get("hops", "0"))
        if hops:
            return web.Response(status=302, headers={"Location": f"{request.path}?hops={hops - 1}"})
        if request.path == "/away":
            return web.Response(status=302, headers={"Location": request.query["to"]})
        if request.path == "/zipped":
            return web.Response(body=gzip.compress(MP4), headers={"Content-Encoding": "gzip"}, content_type="video/mp4")
        if request.path == "/large":
            return web.Response(body=MP4 + bytes(3_000_000), content_type="application/octet-stream")
        return web.Response(body=b"" if request.path == "/nothing" else MP4)

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    async with serve(app, "127.0.0.1", 0) as origin:
        yield origin


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_three_redirects_are_followed_and_no_more(files: Files, tmp_path: Path) -> None:
    met: list[web.Request] = []
    async with host(met) as origin:
        found = await files.fetch(f"{origin}/v?hops=3", tmp_path / "a", MAX_BYTES, private_ok=True)
        assert (found.mime, len(met)) == ("video/mp4", 4)
        with pytest.raises(Transient):
            await files.fetch(f"{origin}/v?hops=4", tmp_path / "b", MAX_BYTES, private_ok=True)


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/x", "file:///etc/passwd", "http://[x", "//[x"])
async def test_a_redirect_to_anything_but_the_web_is_refused(files: Files, tmp_path: Path, target: str) -> None:
    async with host([]) as origin:
        with pytest.raises(Transient):
            await files.fetch(f"{origin}/away?to={target}", tmp_path / "a", MAX_BYTES, private_ok=True)


@pytest.mark.parametrize("url", ["", "x", "http://", "http://[x/v.mp4", "file:///etc/passwd", "http://a b/"])
async def test_what_is_no_address_is_not_fetched(files: Files, tmp_path: Path, url: str) -> None:
    with pytest.raises(Transient):
        await files.fetch(url, tmp_path / "a", MAX_BYTES, private_ok=True)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "10.0.0.7", "169.254.169.254", "192.168.1.1"])
async def test_a_public_provider_is_never_followed_into_a_private_network(
    files: Files, tmp_path: Path, name: str
) -> None:
    with pytest.raises(Transient) as caught:
        await files.fetch(f"http://{name}/meta", tmp_path / "a", MAX_BYTES)
    assert caught.value.key == "output-address-refused"


@pytest.mark.parametrize(
    "address",
    [
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "2002:a9fe:a9fe::",
        "fec0::1",
        "ff0e::1",
        "224.0.0.1",
        "168.63.129.16",
        "::ffff:168.63.129.16",
    ],
)
def test_an_address_that_wraps_a_private_one_or_means_many_or_the_house_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"])
def test_a_public_address_is_reached_through_a_network_of_ipv6_alone(address: str) -> None:
    assert is_public(address)


async def test_a_name_that_resolves_to_a_private_address_is_refused_when_connecting() -> None:
    resolver = PublicResolver()
    with pytest.raises(OSError, match="no public address"):
        await resolver.resolve("localhost", 80)
    await resolver.close()


async def test_a_name_without_a_public_address_is_not_fetched(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "is_private_host", lambda _: False)
    async with host([]) as origin:
        with pytest.raises(Transient):
            await files.fetch(origin.replace("127.0.0.1", "localhost") + "/v", tmp_path / "a", MAX_BYTES)


async def test_no_key_and_no_cookie_is_sent(files: Files, tmp_path: Path) -> None:
    met: list[web.Request] = []
    async with host(met) as origin:
        await files.fetch(f"{origin}/v?hops=1", tmp_path / "a", MAX_BYTES, private_ok=True)
    for request in met:
        assert not {"Authorization", "Cookie"} & set(request.headers)
        assert request.headers["Accept-Encoding"] == "identity"


async def test_the_providers_own_address_may_be_private_and_where_it_sends_us_may_not(
    files: Files, tmp_path: Path
) -> None:
    async with host([]) as origin, host([]) as elsewhere:
        await files.fetch(f"{origin}/v?hops=1", tmp_path / "a", MAX_BYTES, own=True)
        with pytest.raises(Transient) as caught:
            await files.fetch(f"{origin}/away?to={elsewhere}/v", tmp_path / "b", MAX_BYTES, own=True)
    assert caught.value.key == "output-address-refused"


async def test_a_signature_reaches_the_host_as_it_was_written(files: Files, tmp_path: Path) -> None:
    met: list[web.Request] = []
    async with host(met) as origin:
        await files.fetch(f"{origin}/v?a=%2Fb%3D&c=d+e", tmp_path / "a", MAX_BYTES, private_ok=True)
    assert met[0].raw_path == "/v?a=%2Fb%3D&c=d+e"


async def test_a_file_that_was_packed_on_the_way_is_whole(files: Files, tmp_path: Path) -> None:
    async with host([]) as origin:
        found = await files.fetch(f"{origin}/zipped", tmp_path / "a", MAX_BYTES, private_ok=True)
    assert found.size_bytes == len(MP4)


async def test_a_large_file_goes_to_disk_in_parts_and_replaces_what_was_there(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "a"
    for file in (path, path.with_name("a.part")):
        file.write_bytes(b"old")
    async with host([]) as origin:
        found = await files.fetch(f"{origin}/large", path, MAX_BYTES, private_ok=True)
    assert path.stat().st_size == found.size_bytes == len(MP4) + 3_000_000
    assert names(tmp_path) == ["a"]


async def test_an_empty_file_is_no_output(files: Files, tmp_path: Path) -> None:
    async with host([]) as origin:
        with pytest.raises(Transient):
            await files.fetch(f"{origin}/nothing", tmp_path / "a", MAX_BYTES, private_ok=True)


async def test_a_download_that_is_broken_off_leaves_no_part(files: Files, tmp_path: Path) -> None:
    started = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 10_000_000
        await response.prepare(request)
        await response.write(MP4 + bytes(2_000_000))
        started.set()
        await asyncio.sleep(30)
        return response

    app = web.Application()
    app.router.add_get("/v", drip)
    async with serve(app, "127.0.0.1", 0) as origin:
        fetching = asyncio.create_task(files.fetch(f"{origin}/v", tmp_path / "a", 20_000_000, private_ok=True))
        await started.wait()
        fetching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fetching
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost:8080", True),
        ("http://sandbox.localhost", True),
        ("http://192.168.0.5/v1", True),
        ("https://ark.ap-southeast.bytepluses.com/api/v3", False),
        ("https://8.8.8.8", False),
    ],
)
def test_only_a_house_in_a_private_network_may_point_into_one(url: str, private: bool) -> None:
    assert is_private_host(url) is private


def heads() -> Iterator[tuple[bytes, str, str | None]]:
    yield b"\0\0\0\x20ftypisom", "application/octet-stream", "video/mp4"
    yield b"\0\0\0\x08moov....", "", "video/quicktime"
    yield b"\0\0\0\x08mdat....", "", "video/quicktime"
    yield b"\x1aE\xdf\xa3....", "text/html", "video/webm"
    yield b"\xff\xd8\xff\xe0", "", "image/jpeg"
    yield b"\x89PNG\r\n\x1a\n", "", "image/png"
    yield b"RIFF....WEBP", "", "image/webp"
    yield b"0123456789", "video/mp4", "video/mp4"
    yield b"<!doctype html>", "video/mp4", None
    yield b'{"error": 1}', "video/mp4", None
    yield b"", "video/mp4", None
    yield b"0123456789", "application/octet-stream", None


@pytest.mark.parametrize(("head", "said", "found"), list(heads()))
def test_first_bytes_tell_what_a_file_is(head: bytes, said: str, found: str | None) -> None:
    assert sniff(head, said) == found


@pytest.mark.parametrize(
    ("url", "other", "same"),
    [
        ("https://a.example/v1", "https://a.example:443", True),
        ("http://a.example:80/v1", "http://a.example", True),
        ("https://a.example:8443", "https://a.example", False),
        ("http://a.example", "https://a.example", False),
        ("http://a.example:443", "https://a.example", False),
        ("https://b.example", "https://a.example", False),
        ("", "", False),
        ("x", "x", False),
    ],
)
def test_an_origin_is_the_same_whether_its_usual_port_is_said_or_not(url: str, other: str, same: bool) -> None:
    assert same_origin(url, other) is same


async def test_a_key_for_the_file_service_stays_behind_at_a_redirect_elsewhere(files: Files, tmp_path: Path) -> None:
    seen: list[tuple[str, str | None]] = []

    async def give(request: web.Request) -> web.Response:
        seen.append((request.path, request.headers.get("x-goog-api-key")))
        here, port = "/moved", request.url.port
        elsewhere = {"/start": here, "/moved": f"http://localhost:{port}/stored"}.get(request.path)
        if elsewhere is None:
            return web.Response(body=MP4)
        return web.Response(status=302, headers={"Location": elsewhere})

    app = web.Application()
    app.router.add_get("/{name}", give)
    async with serve(app, "127.0.0.1", 0) as origin:
        key = {"x-goog-api-key": "k-1"}
        await files.fetch(f"{origin}/start", tmp_path / "out.mp4", 1_000_000, private_ok=True, headers=key)
    assert seen == [("/start", "k-1"), ("/moved", "k-1"), ("/stored", None)]
