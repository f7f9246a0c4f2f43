"""Fetching what people sent: streamed to the disk, whole or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from telegram.error import TelegramError

from bot.chat.bot import Bot, build_bot
from bot.chat.files import CLOUD_MAX_BYTES, TelegramFiles
from bot.chat.request import AiohttpRequest
from bot.core.errors import KinetogramError, Refusal, Throttled, Transient
from bot.sandbox.telegram.client import Person
from bot.sandbox.telegram.server import TelegramServer
from bot.sandbox.telegram.world import ANN
from tests.chat.rig import TOKEN, answering, serving

MB = 1_000_000


class Sent:
    """Ann sent a document of `content`."""

    def __init__(self, server: TelegramServer, url: str, bot: Bot, files: TelegramFiles, content: bytes) -> None:
        self.server, self.url, self.bot, self.files, self.content = server, url, bot, files, content
        (message,) = server.world.chats[ANN].messages.values()
        self.file_id = message.body["document"]["file_id"]


@pytest.fixture
async def sent(tmp_path: Path) -> AsyncIterator[Sent]:
    content = bytes(range(256)) * 5000
    source = tmp_path / "notes.bin"
    source.write_bytes(content)
    async with serving(tmp_path) as (server, url):
        async with Person(url, ANN) as ann:
            await ann.send(ANN, files=[source])
        request = AiohttpRequest()
        async with build_bot(TOKEN, request=request, polling=AiohttpRequest(), api_url=url) as bot:
            yield Sent(server, url, bot, TelegramFiles(bot, request), content)


def left_over(path: Path) -> list[Path]:
    return list(path.parent.glob(f"{path.name}*"))


async def fails(sent: Sent, path: Path, max_bytes: int = 20 * MB) -> KinetogramError:
    with pytest.raises(KinetogramError) as caught:
        await sent.files.fetch(sent.file_id, path, max_bytes)
    assert left_over(path) == []
    for error in (caught.value, caught.value.__context__, caught.value.__cause__):
        assert TOKEN.partition(":")[2] not in f"{error!r} {error}"
    return caught.value


async def test_a_file_comes_whole(sent: Sent, tmp_path: Path) -> None:
    path = tmp_path / "fetched"
    assert await sent.files.fetch(sent.file_id, path, 20 * MB) == len(sent.content)
    assert path.read_bytes() == sent.content
    assert sent.files.max_bytes == CLOUD_MAX_BYTES


async def test_a_file_over_the_cap_is_refused_before_it_is_fetched(sent: Sent, tmp_path: Path) -> None:
    error = await fails(sent, tmp_path / "fetched", max_bytes=MB)
    assert isinstance(error, Refusal)
    assert (error.key, error.data["max"]) == ("fault-file-too-big-for-telegram", 1)


async def test_a_file_that_telegram_finds_too_big_is_refused(sent: Sent, tmp_path: Path) -> None:
    body = {"ok": False, "error_code": 400, "description": "Bad Request: file is too big"}
    sent.server.faults.add("getFile", status=400, body=body)
    assert (await fails(sent, tmp_path / "fetched")).key == "fault-file-too-big-for-telegram"


async def test_a_file_that_telegram_does_not_know_is_gone(sent: Sent, tmp_path: Path) -> None:
    sent.file_id = "BQAC-unknown"
    error = await fails(sent, tmp_path / "fetched")
    assert (type(error), error.key) == (Refusal, "media-gone")


@pytest.mark.parametrize("trouble", [{"drop": True}, {"status": 502}, {"status": 401}])
async def test_trouble_on_the_way_is_worth_another_try(sent: Sent, tmp_path: Path, trouble: dict[str, Any]) -> None:
    sent.server.faults.add("getFile", **trouble)
    assert type(await fails(sent, tmp_path / "fetched")) is Transient
    assert await sent.files.fetch(sent.file_id, tmp_path / "fetched", 20 * MB) == len(sent.content)


async def test_a_pause_is_passed_on(sent: Sent, tmp_path: Path) -> None:
    sent.server.faults.add("getFile", retry_after_s=3)
    error = await fails(sent, tmp_path / "fetched")
    assert isinstance(error, Throttled)
    assert error.retry_after_s == 3


async def test_a_link_that_ended_is_worth_another_try(sent: Sent, tmp_path: Path) -> None:
    body = {"ok": True, "result": {"file_id": "a", "file_unique_id": "b", "file_path": "documents/other.bin"}}
    sent.server.faults.add("getFile", status=200, body=body)
    error = await fails(sent, tmp_path / "fetched")
    assert (type(error), error.data["status"]) == (Transient, 404)


async def other_host(sent: Sent, tmp_path: Path, answer: bytes, key: str, max_bytes: int = 20 * MB) -> None:
    async with answering(answer) as url:
        sent.bot._base_file_url = f"{url}/file/bot{TOKEN}"
        assert (await fails(sent, tmp_path / "fetched", max_bytes)).key == key


async def test_a_download_that_breaks_off_is_worth_another_try(sent: Sent, tmp_path: Path) -> None:
    await other_host(sent, tmp_path, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "telegram-unreachable")


async def test_a_file_that_grew_is_refused_by_its_announced_length(sent: Sent, tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99000000\r\n\r\n"
    await other_host(sent, tmp_path, head, "fault-file-too-big-for-telegram")


async def test_a_file_of_unknown_length_is_cut_at_the_cap(sent: Sent, tmp_path: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\n\r\n" + bytes(3 * MB)
    await other_host(sent, tmp_path, answer, "fault-file-too-big-for-telegram", max_bytes=2 * MB)


async def test_a_disk_without_room_is_not_taken_for_the_network(sent: Sent, tmp_path: Path) -> None:
    error = await fails(sent, tmp_path / "missing" / "fetched")
    assert (type(error), error.key) == (Transient, "disk-trouble")


async def test_a_public_server_cannot_make_the_bot_read_its_own_files(sent: Sent, tmp_path: Path) -> None:
    own = tmp_path / "secrets.txt"
    own.write_text("secret")
    body = {"ok": True, "result": {"file_id": "a", "file_unique_id": "b", "file_path": str(own)}}
    sent.server.faults.add("getFile", status=200, body=body)
    assert (await fails(sent, tmp_path / "fetched")).key == "telegram-file-unavailable"


async def test_a_local_servers_file_is_copied(sent: Sent, tmp_path: Path) -> None:
    source = tmp_path / "of the server.bin"
    source.write_bytes(sent.content)
    body = {"ok": True, "result": {"file_id": "a", "file_unique_id": "b", "file_path": str(source)}}
    request = AiohttpRequest()
    local = build_bot(TOKEN, request=request, polling=AiohttpRequest(), api_url=sent.url, local_mode=True)
    async with local:
        sent.files = TelegramFiles(local, request)
        sent.server.faults.add("getFile", status=200, body=body, times=2)
        assert await sent.files.fetch("a", tmp_path / "fetched", 20 * MB) == len(sent.content)
        assert source.exists()
        (tmp_path / "fetched").unlink()
        assert (await fails(sent, tmp_path / "fetched", max_bytes=MB)).key == "fault-file-too-big-for-telegram"
        assert sent.files.max_bytes is None


async def test_errors_of_the_library_do_not_come_out(sent: Sent, tmp_path: Path) -> None:
    sent.server.faults.add("getFile", status=403)
    error = await fails(sent, tmp_path / "fetched")
    assert not isinstance(error, TelegramError)
