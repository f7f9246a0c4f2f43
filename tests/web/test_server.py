"""The one application: what it logs, what it bounds, how it starts and stops."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import aiohttp
import pytest
import structlog
from aiohttp import web

from bot.core.errors import OperatorFault
from bot.telemetry import logs
from bot.web import bodies, links, server
from bot.web.server import build, serve
from tests.web.site import MP4, Site


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("DEBUG", "json", [], stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def requests(lines: io.StringIO) -> list[tuple[str, str, int, str]]:
    events = [json.loads(line) for line in lines.getvalue().splitlines()]
    return [
        (event["method"], event["route"], event["status"], event["level"])
        for event in events
        if event["event"] == "http"
    ]


async def test_the_access_log_knows_routes_but_no_tokens(site: Site, lines: io.StringIO) -> None:
    await site.add_job(1, state="RUNNING", task_id="cgt-1")
    url = site.links.url(site.keep("jobs/1/a.png"))
    await site.get(url)
    await site.post("/callbacks/ark/job-1?signature=abc", b'{"id": "cgt-1", "status": "running"}')
    await site.get("/media/forged-token/a.png")
    await site.get("/nowhere/secret-path?token=abc")
    assert requests(lines) == [
        ("GET", "/media/{token}/{name}", 200, "debug"),
        ("POST", "/callbacks/{provider}/{token}", 200, "debug"),
        ("GET", "/media/{token}/{name}", 403, "info"),
        ("GET", "unknown", 404, "info"),
    ]
    said = lines.getvalue()
    secrets = (url.split("/")[4], "job-1", "forged-token", "secret-path", "signature", "abc", "127.0.0.1")
    assert [secret for secret in secrets if secret in said] == []


async def test_a_request_that_is_no_http_costs_a_line_at_most(site: Site, lines: io.StringIO) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(site.base.rpartition(":")[2]))
    writer.write(b"\x16\x03\x01 this is no HTTP /media/hidden-token/x\r\n\r\n")
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 "))
    assert "hidden-token" not in lines.getvalue()


async def test_a_body_that_never_comes_is_408(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_S", 0.05)
    await site.add_job(1, state="RUNNING", task_id="cgt-1")

    async def half() -> AsyncIterator[bytes]:
        yield b'{"id": '
        await asyncio.sleep(0.5)

    assert (await site.post("/callbacks/ark/job-1", half())).status == 408


async def test_no_post_lasts_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    monkeypatch.setattr(server, "ANSWER_S", 0.02)
    async with (
        serve(build([web.post("/", hangs)]), "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}/") as answer,
    ):
        assert (answer.status, await answer.read()) == (500, b"")


async def test_a_reader_who_takes_nothing_is_dropped(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "STALL_S", 0.05)
    url = site.links.url(site.keep("a.mp4", MP4 + bytes(64_000_000)))
    reader, writer = await asyncio.open_connection("127.0.0.1", int(site.base.rpartition(":")[2]), limit=1024)
    writer.write(f"GET {url.removeprefix(site.base)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    await asyncio.sleep(0.3)
    taken = 0
    with suppress(ConnectionError):
        while chunk := await reader.read(1 << 20):
            taken += len(chunk)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    assert taken < 64_000_000
    assert site.links._readers._value == links.MAX_READERS


async def test_what_is_under_way_ends_before_the_server_does() -> None:
    started, release = asyncio.Event(), asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        started.set()
        await release.wait()
        return web.Response(text="done")

    async with aiohttp.ClientSession() as session:
        async with serve(build([web.get("/slow", slow)]), "127.0.0.1", 0) as port:
            asked = asyncio.create_task(session.get(f"http://127.0.0.1:{port}/slow"))
            await started.wait()
            asyncio.get_running_loop().call_later(0.05, release.set)
        async with await asked as answer:
            assert await answer.text() == "done"
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"http://127.0.0.1:{port}/slow")


async def test_an_address_that_is_taken_is_the_operators_fault(site: Site) -> None:
    port = int(site.base.rpartition(":")[2])
    with pytest.raises(OperatorFault) as caught:
        async with serve(build([]), "127.0.0.1", port):
            pass
    assert (caught.value.key, caught.value.data["port"]) == ("web-address-taken", port)
