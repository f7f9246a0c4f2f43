"""Access tokens for Vertex: got once, renewed in time, and every failure before anything is asked for."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.core.errors import NotTaken, OperatorFault, Transient
from bot.providers.google.oauth import AccessTokens, assertion, read_key_file
from bot.sandbox.providers.google import GoogleServer
from bot.sandbox.providers.wire import Trouble
from tests.providers.kit import Bench, bench_of, of, submitted


@dataclass
class Desk:
    """A key file, and the tokens that it is good for."""

    bench: Bench
    file: Path
    tokens: AccessTokens

    @property
    def server(self) -> GoogleServer:
        assert isinstance(self.bench.server, GoogleServer)
        return self.bench.server

    def write(self, **changes: Any) -> None:
        found = {**self.server.key_file(self.bench.base), **changes}
        self.file.write_text(json.dumps({name: value for name, value in found.items() if value is not None}))


@asynccontextmanager
async def desk_of(folder: Path) -> AsyncIterator[Desk]:
    async with bench_of("google_vertex", folder) as bench:
        file = folder / "key.json"
        desk = Desk(bench, file, AccessTokens("vertex", file, bench.tools))
        desk.write()
        yield desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_of(tmp_path) as ready:
        yield ready


async def test_many_calls_share_one_token_until_shortly_before_its_end(desk: Desk) -> None:
    first = set(await asyncio.gather(*(desk.tokens.get() for _ in range(5))))
    assert len(first) == len(desk.bench.calls("token")) == 1
    desk.bench.clock.pass_s(3599 - 121)
    assert {await desk.tokens.get()} == first
    desk.bench.clock.pass_s(2)
    assert await desk.tokens.get() not in first
    assert len(desk.bench.calls("token")) == 2


async def test_a_token_refused_while_it_is_new_is_not_renewed_in_a_circle(desk: Desk) -> None:
    await desk.tokens.get()
    assert not desk.tokens.refused()
    await desk.tokens.get()
    desk.bench.clock.pass_s(61)
    assert desk.tokens.refused()
    assert len(desk.bench.calls("token")) == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"client_email": "nobody@sandbox.iam.gserviceaccount.com"}, "account not found"),
        ({"token_uri": None}, None),
    ],
)
async def test_an_account_that_is_refused_is_the_operators(
    desk: Desk, changes: dict[str, Any], sentence: str | None
) -> None:
    desk.write(**changes)
    if sentence is None:
        assert read_key_file(desk.file).token_uri == "https://oauth2.googleapis.com/token"
        return
    with pytest.raises(OperatorFault) as caught:
        await desk.tokens.get()
    assert caught.value.key == "provider-credentials-refused"
    assert sentence in str(caught.value.data["detail"])


async def test_a_clock_that_is_wrong_is_told_in_the_refusal(desk: Desk) -> None:
    clock = desk.bench.clock
    late = replace(desk.bench.tools, now_ms=lambda: clock() - 600_000)
    with pytest.raises(OperatorFault) as caught:
        await AccessTokens("vertex", desk.file, late).get()
    assert "reasonable timeframe" in str(caught.value.data["detail"])


@pytest.mark.parametrize("trouble", [Trouble.DROP_AFTER, Trouble.HTML, Trouble.EMPTY, Trouble.TRUNCATED])
async def test_a_token_endpoint_that_is_away_leaves_a_create_call_not_taken(desk: Desk, trouble: Trouble) -> None:
    desk.bench.fail("token", trouble, times=6)
    with pytest.raises(NotTaken):
        await submitted(desk.bench, "a cat")
    assert desk.bench.calls("create") == []


async def test_nobody_waits_for_a_token_longer_than_a_create_call_can_spare(desk: Desk) -> None:
    desk.bench.fail("token", Trouble.SLOW, times=6, delay_s=0.2)
    tokens = AccessTokens("vertex", desk.file, desk.bench.tools, total_s=0.05)
    answers = await asyncio.gather(*(tokens.get() for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Transient] * 3


async def test_a_throttled_token_endpoint_is_asked_again_later(desk: Desk) -> None:
    desk.bench.fail("token", Trouble.STATUS, status=429, retry_after_s=9)
    with pytest.raises(Transient) as caught:
        await desk.tokens.get()
    assert caught.value.retry_after_s == 9


async def test_a_token_that_was_withdrawn_is_replaced_and_nothing_is_lost(desk: Desk) -> None:
    task = await submitted(desk.bench, "a cat")
    desk.server.tokens.revoke()
    desk.bench.clock.pass_s(61)
    with pytest.raises(NotTaken):
        await submitted(desk.bench, "a dog")
    await desk.bench.provider.submit(of(desk.bench, "a dog"))
    desk.server.tokens.revoke()
    desk.bench.clock.pass_s(61)
    with pytest.raises(Transient):
        await desk.bench.provider.check(task)
    await desk.bench.provider.check(task)
    assert len(desk.server.works) == 2


def pem(curve: bool = False, password: bytes | None = None) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock).decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "authorized_user"},
        {"type": None},
        {"private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"},
        {"private_key": 7},
        {"private_key": pem()},
        {"private_key": pem(password=b"x")},
        {"token_uri": "ftp://a.example"},
        {"token_uri": 7},
        {"client_email": None},
    ],
)
async def test_a_file_that_is_no_service_account_s_key_says_what_to_change(desk: Desk, changes: dict[str, Any]) -> None:
    desk.write(**changes)
    with pytest.raises(OperatorFault) as caught:
        await desk.tokens.get()
    assert caught.value.key == "provider-credentials-wrong"
    assert desk.bench.calls("token") == []


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b"7"])
def test_a_file_that_is_no_json_object_says_the_same(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "key.json"
    file.write_bytes(raw)
    with pytest.raises(OperatorFault) as caught:
        read_key_file(file)
    assert caught.value.key == "provider-credentials-wrong"


def test_no_file_says_where_to_put_one(tmp_path: Path) -> None:
    for place in (None, tmp_path / "absent.json", tmp_path):
        with pytest.raises(OperatorFault) as caught:
            read_key_file(place)
        assert caught.value.key == "provider-credentials-missing"


async def test_neither_key_nor_token_is_told_anywhere(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = await desk.tokens.get()
    await submitted(desk.bench, "a cat")
    account = read_key_file(desk.file)
    signed = assertion(account, desk.bench.clock() // 1000)
    told = f"{caplog.text} {account!r} {desk.tokens!r} {vars(desk.bench.provider)}"
    for secret in (token, signed[:80], "PRIVATE KEY", signed.rpartition(".")[2][:40]):
        assert secret not in told
    assert [call.query for call in desk.bench.calls("token")] == ["", ""]
