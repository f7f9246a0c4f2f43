"""The transport: what it sends, and what its errors say of whether the call was taken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from telegram import InputFile
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.chat.bot import build_bot
from bot.chat.request import AiohttpRequest, NotSent
from bot.sandbox.telegram.world import ANN
from tests.chat.rig import TOKEN, answering, serving, speaking

SECRET = TOKEN.partition(":")[2]


@asynccontextmanager
async def transport(url: str, **times: float) -> AsyncIterator[AiohttpRequest]:
    request = AiohttpRequest(**times)
    await request.initialize()
    try:
        yield request
    finally:
        await request.shutdown()


async def failure(url: str, **times: float) -> TelegramError:
    async with transport(url, **times) as request:
        with pytest.raises(TelegramError) as caught:
            await request.post(f"{url}/bot{TOKEN}/sendMessage")
    return caught.value


def shown(error: BaseException) -> str:
    """An error with all that hangs on it."""
    said = f"{error!r} {error}"
    for more in (error.__cause__, error.__context__):
        said += shown(more) if more is not None else ""
    return said


async def test_a_call_reaches_the_server_and_its_answer_comes_back(tmp_path: Path) -> None:
    async with serving(tmp_path) as (server, url), speaking(url) as bot:
        me = await bot.get_me()
        assert me.username == "kinetogram_bot"
        assert [call.method for call in server.calls] == ["getMe", "getMe"]


async def test_opening_and_closing_twice_does_no_harm() -> None:
    request = AiohttpRequest()
    with pytest.raises(NotSent):
        await request.post("http://127.0.0.1:9/bot1:a/getMe")
    await request.initialize()
    await request.initialize()
    await request.shutdown()
    await request.shutdown()


async def test_no_connection_means_not_sent() -> None:
    async with answering(b"") as url:
        pass
    error = await failure(url)
    assert isinstance(error, NotSent)
    assert SECRET not in shown(error)


async def test_a_connection_that_breaks_may_have_taken_the_call() -> None:
    async with answering(b"") as url:
        error = await failure(url)
    assert isinstance(error, NetworkError)
    assert not isinstance(error, NotSent)
    assert SECRET not in shown(error)


async def test_silence_is_a_time_out_that_may_have_taken_the_call() -> None:
    async with answering(None) as url:
        error = await failure(url, answer_s=0.05)
    assert isinstance(error, TimedOut)
    assert SECRET not in shown(error)


async def test_an_endless_answer_is_cut() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(17 << 20)) as url:
        error = await failure(url)
    assert "too long" in str(error)


async def test_a_redirect_is_not_followed() -> None:
    async with answering(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as url:
        error = await failure(url)
    assert isinstance(error, NetworkError)
    assert "302" in str(error)


async def test_an_error_page_is_not_quoted_with_the_token() -> None:
    page = f"<p>GET /bot{TOKEN}/getMe</p>".encode()
    head = b"HTTP/1.1 502 Bad\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page)
    async with answering(head + page) as url:
        error = await failure(url)
    assert SECRET not in shown(error)


async def test_a_half_sent_file_means_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(bytes(20_000_000))
    async with answering(b"", read_bytes=100_000) as url, transport(url) as request:
        bot = build_bot(TOKEN, request=request, polling=request, api_url=url)
        with path.open("rb") as handle, pytest.raises(NotSent):
            await bot.send_document(ANN, InputFile(handle, read_file_handle=False))


async def test_a_file_that_went_out_whole_may_have_arrived(tmp_path: Path) -> None:
    path = tmp_path / "small.bin"
    path.write_bytes(bytes(1000))
    async with serving(tmp_path) as (server, url), speaking(url, upload_answer_s=0.05) as bot:
        server.faults.add("sendDocument", delay_s=0.2)
        with path.open("rb") as handle, pytest.raises(TimedOut):
            await bot.send_document(ANN, InputFile(handle, read_file_handle=False))


async def test_a_long_poll_outlasts_the_usual_answer_time(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, url), speaking(url, answer_s=0.5) as bot:
        assert await bot.do_api_request("getUpdates", {"timeout": 1}) == []


async def test_a_body_that_is_too_large_is_a_refusal_and_not_a_maybe(tmp_path: Path) -> None:
    async with serving(tmp_path) as (server, url), speaking(url) as bot:
        server.faults.add("sendMessage", status=413)
        with pytest.raises(BadRequest, match="Too Large"):
            await bot.send_message(ANN, "hello")


async def test_telegrams_pause_is_told(tmp_path: Path) -> None:
    async with serving(tmp_path) as (server, url), speaking(url) as bot:
        server.faults.add("sendMessage", retry_after_s=7)
        with pytest.raises(RetryAfter):
            await bot.send_message(ANN, "hello")
