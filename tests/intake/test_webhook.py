"""The webhook's door: who may come in, what is kept, and what Telegram is told when it could not be."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.core.errors import Transient
from bot.intake.webhook import MAX_BODY_BYTES, PATH, SECRET_HEADER, Webhook
from bot.sandbox.providers.serving import serve
from bot.storage.queries import Query
from bot.storage.sqlite import SqliteStore, open_store
from tests.fresh import lay

SECRET = "a-secret"
COUNT = Query("tests.count", "SELECT count(*) AS kept FROM inbox", "How many were kept.")
UPDATE = {"update_id": 5, "message": {"message_id": 1, "chat": {"id": 42}, "text": "x"}}


class Busy:
    """A database that is busy."""

    async def transact(self, _: object) -> None:
        raise Transient("database-busy")


@dataclass
class Door:
    """The route, served."""

    url: str
    http: ClientSession
    store: SqliteStore
    rings: list[int] = field(default_factory=list)

    async def knock(self, body: bytes, secret: str = SECRET) -> int:
        """The status of a POST."""
        async with self.http.post(self.url, data=BytesIO(body), headers={SECRET_HEADER: secret}) as response:
            return response.status

    async def kept(self) -> int:
        row = await self.store.read(lambda tx: tx.one(COUNT))
        return int(row["kept"]) if row is not None else 0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await open_store(lay(tmp_path / "inbox.db"), now_ms=1)
    yield opened
    await opened.close()


@pytest.fixture
def behind(store: SqliteStore) -> Any:
    """What stands behind the door."""
    return store


@pytest.fixture
async def door(store: SqliteStore, behind: Any) -> AsyncIterator[Door]:
    rings: list[int] = []
    app = web.Application(client_max_size=4 * MAX_BODY_BYTES)
    app.add_routes(Webhook(behind, SECRET, lambda: rings.append(1), lambda: 7).routes())
    async with serve(app, "127.0.0.1", 0) as origin, ClientSession() as http:
        yield Door(origin + PATH, http, store, rings)


async def test_an_update_is_committed_before_it_is_answered_and_once(door: Door) -> None:
    body = json.dumps(UPDATE).encode()
    assert [await door.knock(body) for _ in range(2)] == [200, 200]
    assert await door.kept() == 1
    assert len(door.rings) == 2


@pytest.mark.parametrize("secret", ["", "wrong", SECRET.upper(), f"{SECRET}x"])
async def test_who_does_not_know_the_secret_is_refused(door: Door, secret: str) -> None:
    assert await door.knock(json.dumps(UPDATE).encode(), secret) == 403
    assert await door.kept() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'"text"',
        b"{}",
        b'{"update_id": true}',
        b'{"update_id": "5"}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"update_id": 5, "x": "' + b"y" * MAX_BODY_BYTES + b'"}',
    ],
    ids=["empty", "words", "list", "string", "no id", "bool id", "text id", "deep", "bytes", "too big"],
)
async def test_what_is_no_update_is_refused(door: Door, body: bytes) -> None:
    assert await door.knock(body) == 400
    assert await door.kept() == 0


async def test_a_body_without_a_length_is_bounded_too(door: Door) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"y" * (MAX_BODY_BYTES // 10)

    async with door.http.post(door.url, data=pieces(), headers={SECRET_HEADER: SECRET}) as response:
        assert response.status == 400


@pytest.mark.parametrize("behind", [Busy()], ids=["busy"])
async def test_a_busy_database_makes_telegram_send_it_again(door: Door) -> None:
    body = json.dumps(UPDATE).encode()
    async with door.http.post(door.url, data=body, headers={SECRET_HEADER: SECRET}) as response:
        assert (response.status, response.headers["Retry-After"]) == (503, "2")
    assert door.rings == []
