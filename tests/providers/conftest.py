"""Each provider before its own embedded server; waiting between tries takes no time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina

from tests.providers.kit import Bench, bench_of
from tests.sandbox.providers.desk import movie_bytes, picture_bytes, wav_bytes


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=3, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture(params=["ark", "seedance"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of(request.param, tmp_path) as ready:
        yield ready


@pytest.fixture
async def ark(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of("ark", tmp_path) as ready:
        yield ready


@pytest.fixture
async def guide(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of("seedance", tmp_path) as ready:
        yield ready


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(picture_bytes())
    return path


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    path.write_bytes(wav_bytes())
    return path


@pytest.fixture(scope="session")
def clip_bytes() -> bytes:
    return movie_bytes(2.0)
