"""A house for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.house import House, opened


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The services over a new database."""
    async with opened(tmp_path) as built:
        yield built
