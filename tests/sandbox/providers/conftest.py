"""An Ark on a port of its own and a clock that a test holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.sandbox.providers.ark import ArkKnobs, ArkServer
from tests.sandbox.providers.desk import KEY, Desk, HeldClock, Host, Stub, hosting, movie_bytes


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def knobs() -> ArkKnobs:
    return ArkKnobs(callback_wait_s=0.1)


@pytest.fixture
async def desk(clock: HeldClock, knobs: ArkKnobs, tmp_path: Path) -> AsyncIterator[Desk]:
    stub = Stub(tmp_path)
    server = ArkServer(KEY, stub, clock, knobs)
    async with server.running() as base, ClientSession() as session:
        yield Desk(server, base, session, clock, stub)


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    async with hosting() as running:
        yield running


@pytest.fixture(scope="session")
def two_second_clip() -> bytes:
    """The shortest reference video that is taken, of 49 frames."""
    return movie_bytes(2.0)
