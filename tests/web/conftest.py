"""The web part on a real port, over a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.site import Site, sited


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with sited(tmp_path) as site:
        yield site
