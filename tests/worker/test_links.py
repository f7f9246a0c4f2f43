"""A linked file when its house or our disk fails: tried again, given up in time, and never taken one for the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.errors import Refusal, Transient
from bot.providers import download
from bot.sandbox.providers.serving import serve
from bot.worker import links
from bot.worker.links import SentFiles
from tests.providers.kit import MP4

Answer = Callable[[web.Request, int], Awaitable[web.StreamResponse]]
MAX_BYTES = 1_000_000


class NoTelegram:
    """Nothing here comes from there."""

    async def fetch(self, file_id: str, path: Path, max_bytes: int) -> int:
        raise AssertionError(file_id, path, max_bytes)


@pytest.fixture
async def files(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SentFiles]:
    """This machine counts as a part of the open internet, and no wait is long."""
    monkeypatch.setattr(download, "is_public", lambda _: True)
    monkeypatch.setattr(links, "AGAIN_S", 0.01)
    web_files = download.Files()
    yield SentFiles(NoTelegram(), web_files)
    await web_files.close()


@asynccontextmanager
async def house(answer: Answer) -> AsyncIterator[tuple[str, list[int]]]:
    """A web site that answers as it is told; its link, and the calls by number."""
    calls: list[int] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        calls.append(len(calls) + 1)
        return await answer(request, calls[-1])

    site = web.Application()
    site.router.add_get("/dog.mp4", handle)
    async with serve(site, "127.0.0.1", 0) as origin:
        yield f"{origin}/dog.mp4", calls


async def broken(request: web.Request) -> web.StreamResponse:
    """The connection is gone."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def whole(_request: web.Request, _call: int) -> web.StreamResponse:
    return web.Response(body=MP4, content_type="video/mp4")


async def test_a_download_that_breaks_off_is_begun_again(files: SentFiles, tmp_path: Path) -> None:
    async def answer(request: web.Request, call: int) -> web.StreamResponse:
        return await (broken(request) if call < links.TRIES else whole(request, call))

    async with house(answer) as (link, calls):
        assert await files.fetch(link, tmp_path / "a", MAX_BYTES) == len(MP4)
        assert calls == [1, 2, 3]
    assert (tmp_path / "a").read_bytes() == MP4


async def test_what_always_breaks_off_is_given_up(files: SentFiles, tmp_path: Path) -> None:
    async with house(lambda request, _: broken(request)) as (link, calls):
        with pytest.raises(Refusal, match="link-useless"):
            await files.fetch(link, tmp_path / "a", MAX_BYTES)
        assert len(calls) >= links.TRIES
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))


async def test_who_never_answers_is_given_up_in_time(
    files: SentFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "TOTAL_S", 0.2)
    done = asyncio.Event()

    async def answer(_request: web.Request, _call: int) -> web.StreamResponse:
        await done.wait()
        return web.Response()

    async with house(answer) as (link, _):
        with pytest.raises(Refusal, match="link-useless"):
            await files.fetch(link, tmp_path / "a", MAX_BYTES)
        done.set()


async def test_our_own_disk_s_fault_is_not_told_as_the_link_s(files: SentFiles, tmp_path: Path) -> None:
    async with house(whole) as (link, calls):
        with pytest.raises(Transient, match="disk-trouble"):
            await files.fetch(link, tmp_path / "gone" / "a", MAX_BYTES)
        assert calls == [1]
