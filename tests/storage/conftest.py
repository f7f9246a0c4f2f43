"""A store of each driver."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.base import Store
from tests.storage.drivers import DRIVERS, opened


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def store(driver: str, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(driver, tmp_path) as store:
        yield store
