"""A worker for each test; waiting between tries takes no time."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina

from tests.worker.line import Line, line_of


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=1, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
async def line(tmp_path: Path, films: Path) -> AsyncIterator[Line]:
    """A worker before an embedded Ark."""
    (tmp_path / "data").mkdir()
    async with line_of(tmp_path, films) as built:
        yield built


@pytest.fixture(scope="session")
def dog_bytes(dog: Path) -> bytes:
    """A photo's bytes."""
    return dog.read_bytes()
