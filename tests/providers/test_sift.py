"""Answers that hold a whole video: what is left is small, what is taken out is whole, and memory stays as it was."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import tracemalloc
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import OperatorFault, Transient
from bot.providers.http import Account, Http, Reading
from bot.providers.sift import LONG_BYTES, MAX_REST_BYTES, Lifted, Sieve, sift
from bot.sandbox.providers.serving import serve

MP4 = b"\0\0\0\x20ftypisom" + bytes(range(256)) * 200
LONG = base64.b64encode(MP4).decode()


def sifted(raw: bytes, size: int) -> tuple[bytes, dict[int, bytes]]:
    """What is left and what was taken, when the answer comes in pieces of this size."""
    sieve, taken = Sieve(), dict[int, bytes]()
    for at in range(0, len(raw), size):
        for number, piece in sieve.feed(raw[at : at + size]):
            taken[number] = taken.get(number, b"") + piece
    return bytes(sieve.rest), taken


@pytest.mark.parametrize("size", [13, 4096, 1 << 20])
def test_only_long_strings_are_taken_out_whatever_the_pieces(size: int) -> None:
    said = 'he said "stop" \\ and \\" went'
    body = {"a": said, "data": LONG, "list": [LONG, "short", "x" * LONG_BYTES], "end": "\\"}
    rest, taken = sifted(json.dumps(body).encode(), size)
    assert json.loads(rest) == {"a": said, "data": "#0", "list": ["#1", "short", "x" * LONG_BYTES], "end": "\\"}
    assert taken == {0: LONG.encode(), 1: LONG.encode()}


@settings(max_examples=40, deadline=None)
@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_without_long_strings_comes_through_as_it_is(body: object) -> None:
    raw = json.dumps(body).encode()
    assert sifted(raw, 3) == (raw, {})


def test_a_long_string_full_of_escaped_quotes_ends_where_it_ends() -> None:
    words = '\\"' * LONG_BYTES
    rest, taken = sifted(json.dumps([words, "next"]).encode(), 1000)
    assert json.loads(rest) == ["#0", "next"]
    assert json.loads(b'"' + taken[0] + b'"') == words


def test_an_answer_that_is_too_long_without_its_files_is_given_up() -> None:
    with pytest.raises(ValueError, match="too long"):
        sifted(b"[" + b"1," * MAX_REST_BYTES, 1 << 16)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def kept(path: Path, value: str, text: bytes = b"", *, max_bytes: int = 1_000_000, size: int = 5) -> bytes:
    lifted = Lifted(path, max_bytes, "a.example")
    try:
        for at in range(0, len(text), size):
            await lifted.take(0, text[at : at + size])
        found = await lifted.keep(value)
    finally:
        await lifted.drop()
    data = await asyncio.to_thread(path.read_bytes)
    assert (found.size_bytes, found.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert found.mime == "video/mp4"
    return data


@pytest.mark.parametrize("escaped", [str, lambda text: text.replace("/", "\\/").replace("=", "\\u003d")])
@pytest.mark.parametrize("length", range(len(MP4) - 3, len(MP4)))
async def test_a_taken_string_becomes_the_file_however_it_was_escaped(
    tmp_path: Path, escaped: type[str], length: int
) -> None:
    text = escaped(base64.b64encode(MP4[:length]).decode()).encode()
    assert await kept(tmp_path / "out.mp4", "#0", text) == MP4[:length]
    assert names_in(tmp_path) == ["out.mp4"]


async def test_a_short_string_becomes_the_file_too_in_either_alphabet(tmp_path: Path) -> None:
    short = b"\0\0\0\x20ftyp\xff\xfe\xfb"
    for text in (base64.b64encode(short), base64.urlsafe_b64encode(short).rstrip(b"=")):
        assert await kept(tmp_path / "out.mp4", text.decode()) == short


@pytest.mark.parametrize(("value", "text"), [("#0", b"AAA*" * 9), ("not base64 at all", b""), ("#0", b"PGh0bWw+")])
async def test_what_is_no_video_is_worth_another_try_and_leaves_nothing(
    tmp_path: Path, value: str, text: bytes
) -> None:
    with pytest.raises(Transient):
        await kept(tmp_path / "out.mp4", value, text)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("max_bytes", [10_000, len(MP4) - 1])
async def test_a_video_that_is_too_big_is_the_operators_and_leaves_nothing(tmp_path: Path, max_bytes: int) -> None:
    with pytest.raises(OperatorFault):
        await kept(tmp_path / "out.mp4", "#0", LONG.encode(), max_bytes=max_bytes, size=4096)
    assert names_in(tmp_path) == []


@pytest.fixture
async def big() -> AsyncIterator[Account]:
    """A server whose one answer holds 24 MB as base64."""
    piece = base64.b64encode(MP4[:49_152] * 4)

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"status": "completed", "data": "')
        for _ in range(24_000_000 * 4 // 3 // len(piece)):
            await response.write(piece)
        await response.write(b'", "usage": {"total_tokens": "7"}}')
        return response

    app = web.Application()
    app.router.add_get("/big", answer)
    async with serve(app, "127.0.0.1", 0) as origin:
        yield Account("a", origin, "")


async def test_a_poll_and_a_fetch_of_24_mb_cost_a_few_mb_of_memory(big: Account, tmp_path: Path) -> None:
    http = Http()
    tracemalloc.start()
    reply = await http.ask(big, "GET", "/big", reading=Reading(sift))
    lifted = Lifted(tmp_path / "out.mp4", 60_000_000, "a.example")
    again = await http.ask(big, "GET", "/big", tries=1, reading=Reading(partial(sift, take=lifted.take)))
    found = await lifted.keep("#0")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    await lifted.drop()
    await http.close()
    assert reply.data == again.data == {"status": "completed", "data": "#0", "usage": {"total_tokens": "7"}}
    assert found.size_bytes > 23_000_000
    assert peak < 10_000_000


async def test_a_bounded_reader_of_plain_answers_refuses_what_only_a_sieve_can_read(big: Account) -> None:
    http = Http()
    with pytest.raises(Transient):
        await http.ask(big, "GET", "/big", tries=1)
    await http.close()
