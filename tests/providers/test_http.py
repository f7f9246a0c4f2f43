"""What http makes of servers that answer early, late, too much, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web

from bot.core.errors import NotTaken, Transient, Uncertain
from bot.providers.bodies import InlineFile
from bot.providers.faults import ask_fault, clean, create_fault
from bot.providers.http import PLAIN, Account, Http, Reading, Reply, retry_after_s
from bot.sandbox.providers.serving import serve
from tests.providers.kit import HURRIED, KEY

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def house(answer: Answer, pace: float = 1.0) -> AsyncIterator[tuple[Http, Account]]:
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{tail:.*}", answer)
    http = Http(pace=pace)
    async with serve(app, "127.0.0.1", 0) as origin:
        try:
            yield http, Account("ark", f"{origin}/v1/", KEY)
        finally:
            await http.close()


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_house(talk: Talk) -> AsyncIterator[Account]:
    talks: list[asyncio.Task[None]] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await talk(reader, writer)
        writer.transport.abort()
        await asyncio.sleep(0)

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.create_task(meet(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server:
        yield Account("ark", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", KEY)
        await asyncio.gather(*talks)


async def test_the_path_is_put_behind_the_base_once() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"path": request.path, "key": request.headers["Authorization"] == f"Bearer {KEY}"})

    async with house(answer) as (http, account):
        reply = await http.ask(account, "GET", "/tasks", {"page": "1"})
    assert reply.data == {"path": "/v1/tasks", "key": True}


async def test_an_answer_before_the_body_is_over_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"1" * 8_000_000)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)

    http = Http()
    async with raw_house(talk) as account:
        reply = await http.create(account, "/tasks", {"file": InlineFile(path)})
    await http.close()
    assert reply.status == 413


async def test_a_body_that_did_not_go_out_whole_was_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"1" * 8_000_000)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    http = Http()
    async with raw_house(talk) as account:
        with pytest.raises(NotTaken) as caught:
            await http.create(account, "/tasks", {"file": InlineFile(path)})
    await http.close()
    assert caught.value.key == "provider-unreachable"


async def test_a_silent_house_is_uncertain_on_create_and_passing_on_ask() -> None:
    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(2)
        return web.json_response({})

    async with house(answer, HURRIED) as (http, account):
        with pytest.raises(Uncertain):
            await http.create(account, "/tasks", {"prompt": "a cat"}, 10)
        with pytest.raises(Transient):
            await http.ask(account, "GET", "/tasks", tries=1)


async def test_all_tries_together_have_a_deadline() -> None:
    met: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        met.append(request.path)
        await asyncio.sleep(2)
        return web.json_response({})

    async with house(answer) as (http, account):
        with pytest.raises(Transient) as caught:
            await http.ask(account, "GET", "/tasks", reading=Reading(read_whole, 0.05, 0.08))
    assert caught.value.key == "provider-unreachable"
    assert len(met) == 2


async def read_whole(response: ClientResponse) -> bytes:
    return bytes(await response.read())


async def test_rubbish_instead_of_http_is_uncertain() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")
        await writer.drain()

    http = Http()
    async with raw_house(talk) as account:
        with pytest.raises(Uncertain):
            await http.create(account, "/tasks", {"prompt": "a cat"})
    await http.close()


@pytest.mark.parametrize(
    ("body", "mime", "kind"),
    [
        (b'{"id": 1}', "application/json", "json"),
        (b'{"id": 1}', "text/plain", "json"),
        (b"", "application/json", "empty"),
        (b"  ", "text/html", "empty"),
        (b"<html>", "application/json", "html"),
        (b'{"id": 1}', "text/html", "html"),
        (b'{"id": ', "application/json", "garbled"),
        (b"[" * 200_000, "application/json", "garbled"),
        (b"\xff\xfe{}", "application/json", "garbled"),
        (b'"' + b"1" * 4_000_001 + b'"', "application/json", "garbled"),
    ],
)
async def test_an_answer_is_sorted_before_it_is_read(body: bytes, mime: str, kind: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=body, content_type=mime)

    async with house(answer) as (http, account):
        reply = await http.create(account, "/tasks", {})
    assert (reply.status, reply.kind, reply.ok) == (200, kind, kind == "json")


async def test_half_an_answer_to_a_question_is_asked_again_three_times() -> None:
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        return web.Response(body=b'{"id": ', content_type="application/json")

    async with house(answer) as (http, account):
        with pytest.raises(Transient) as caught:
            await http.ask(account, "GET", "/tasks")
    assert caught.value.key == "provider-answer-unreadable"
    assert len(asked) == 3


async def test_a_long_answer_is_parsed_all_the_same() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"items": ["x" * 100] * 2_000})

    async with house(answer) as (http, account):
        reply = await http.ask(account, "GET", "/tasks")
    assert len(reply.mapping["items"]) == 2_000


async def test_an_account_without_a_key_sends_none() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"keyed": "Authorization" in request.headers})

    async with house(answer) as (http, account):
        reply = await http.ask(Account("ark", account.base_url, ""), "GET", "/tasks")
    assert reply.data == {"keyed": False}


def test_an_account_does_not_show_its_key() -> None:
    assert KEY not in repr(Account("ark", "https://a.example", KEY))


@pytest.mark.parametrize(
    ("text", "wait_s"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("99999", 3600.0),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 60.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Thu, 01 Jan 1970 00:01:00 -0000", 60.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("Thu, 41 Jan 1970 00:01:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str, wait_s: float | None) -> None:
    assert retry_after_s({"Retry-After": text}, 0.0) == wait_s


ACCOUNT = Account("ark", "https://api.laozhang.ai/v1", KEY)


@pytest.mark.parametrize(
    ("status", "kind", "create", "ask"),
    [
        (200, "html", "OperatorFault", "OperatorFault"),
        (200, "empty", "Uncertain", "Transient"),
        (200, "garbled", "Uncertain", "Transient"),
        (302, "empty", "OperatorFault", "OperatorFault"),
        (400, "json", "Refusal", "Transient"),
        (400, "html", "OperatorFault", "OperatorFault"),
        (401, "json", "OperatorFault", "OperatorFault"),
        (402, "json", "OperatorFault", "OperatorFault"),
        (403, "json", "OperatorFault", "OperatorFault"),
        (403, "html", "OperatorFault", "OperatorFault"),
        (404, "empty", "OperatorFault", "OperatorFault"),
        (405, "json", "OperatorFault", "OperatorFault"),
        (408, "json", "Uncertain", "Transient"),
        (409, "json", "Uncertain", "Transient"),
        (410, "json", "OperatorFault", "Transient"),
        (413, "html", "Refusal", "OperatorFault"),
        (422, "json", "Refusal", "Transient"),
        (429, "html", "NotTaken", "Throttled"),
        (500, "json", "Uncertain", "Transient"),
        (502, "html", "Uncertain", "Transient"),
        (503, "html", "NotTaken", "Transient"),
        (504, "empty", "Uncertain", "Transient"),
    ],
)
def test_a_status_alone_says_what_may_be_done_next(status: int, kind: str, create: str, ask: str) -> None:
    reply = Reply(status, kind)  # type: ignore[arg-type]
    assert type(create_fault(reply, ACCOUNT)).__name__ == create
    assert type(ask_fault(reply, ACCOUNT)).__name__ == ask


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("User is locked. Reason: Exhausted balance.", "provider-no-balance"),
        ("insufficient user quota", "provider-no-balance"),
        ("This key may not use this model.", "provider-denied"),
    ],
)
def test_an_empty_account_is_told_from_a_forbidden_one(said: str, key: str) -> None:
    assert create_fault(Reply(403), ACCOUNT, said).key == key
    assert ask_fault(Reply(403), ACCOUNT, said).key == key


def test_at_laozhang_the_operator_reads_what_to_change() -> None:
    assert create_fault(Reply(404, "html"), ACCOUNT).key == "provider-wrong-address-laozhang"
    other = Account("ark", "https://api.not-laozhang.ai/v1", KEY)
    assert create_fault(Reply(404, "html"), other).key == "provider-wrong-address"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Bad https://a.example/x?sig=1 here", "Bad … here"),
        ("Bad data:image/png;base64,AAAA here", "Bad … here"),
        (f"key {KEY} is bad", "key … is bad"),
        ("It failed. Request id: 0217abc", "It failed."),
        (None, ""),
        (7, ""),
        ("  many \n\t spaces ", "many spaces"),
        ("long " * 100, ("long " * 100)[:200]),
    ],
)
def test_a_provider_sentence_is_cleaned_before_it_is_shown(said: object, shown: str) -> None:
    assert clean(said) == shown


async def test_a_vendors_own_word_is_heeded_whatever_its_status() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"status": request.path.rpartition("/")[2]}, status=500)

    async with house(answer) as (http, account):
        reading = replace(PLAIN, heeds=lambda reply: reply.mapping["status"] == "failed")
        reply = await http.ask(account, "GET", "/failed", reading=reading)
        assert (reply.status, reply.data) == (500, {"status": "failed"})
        with pytest.raises(Transient):
            await http.ask(account, "GET", "/down", reading=reading)
