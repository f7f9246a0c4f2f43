"""Each provider before its own embedded server; waiting between tries takes no time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import pytest
import stamina

from tests.providers.case import Can
from tests.providers.cases import CASES
from tests.providers.kit import Bench, abilities, bench_of
from tests.sandbox.providers.desk import movie_bytes, picture_bytes, wav_bytes


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=3, cap=True)
    yield
    stamina.set_testing(False)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of `bench` runs for each case that can do what it needs."""
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", [name for name in CASES if _fits(metafunc.definition, name)])


def _fits(test: pytest.Item, name: str) -> bool:
    can = _abilities(name)
    wanted = {ability for mark in test.iter_markers("needs") for ability in mark.args}
    unwanted = {ability for mark in test.iter_markers("lacks") for ability in mark.args}
    wishes = {wish for mark in test.iter_markers("wishing") for wish in mark.args}
    return wanted <= can and not unwanted & can and not wishes & CASES[name].unwished


@cache
def _abilities(name: str) -> frozenset[Can]:
    return abilities(CASES[name])


@pytest.fixture
async def bench(case: str, tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of(case, tmp_path) as ready:
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
    path.write_bytes(picture_bytes(1280, 720))
    return path


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    path.write_bytes(wav_bytes())
    return path


@pytest.fixture(scope="session")
def clip_bytes() -> bytes:
    return movie_bytes(2.0)
