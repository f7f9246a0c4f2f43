"""Fixtures of the sender's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chat.rig import Rig, rigged
from tests.sandbox.telegram.wire import mp4


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rigged(tmp_path) as rig:
        yield rig


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A small real video."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(mp4())
    return path


@pytest.fixture
def clip_bytes(clip: Path) -> int:
    """Its size."""
    return clip.stat().st_size
