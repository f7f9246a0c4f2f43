"""Options of the whole suite, and what whole stories share: media made once, a world for each test."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from bot.sandbox import samples
from bot.sandbox.telegram import FloodLimits, WorldOptions
from tests.flows.stage import World, staged


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--crash-full", action="store_true", help="kill the bot at every wire call of whole stories")


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where rendered films stay: equal orders are rendered once a run, by whichever of its workers comes first."""
    mine = tmp_path_factory.getbasetemp()
    folder = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "films"
    folder.mkdir(exist_ok=True)
    return folder


def _picture(path: Path, colour: tuple[int, int, int], size: tuple[int, int]) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


@pytest.fixture(scope="session")
def dog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo, 3:4."""
    return _picture(tmp_path_factory.mktemp("dog") / "dog.jpg", (200, 120, 40), (480, 640))


@pytest.fixture(scope="session")
def cat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another photo, 3:4."""
    return _picture(tmp_path_factory.mktemp("cat") / "cat.jpg", (60, 60, 80), (480, 640))


@pytest.fixture(scope="session")
def note(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A voice note of three seconds."""
    return samples.voice_note(tmp_path_factory.mktemp("note") / "note.ogg", 3.0)


@pytest.fixture
def world_options() -> WorldOptions:
    """Everybody has already written to the bot."""
    return WorldOptions(started=True)


@pytest.fixture
def flood() -> FloodLimits | None:
    """No limits unless a test sets them."""
    return None


@pytest.fixture
async def world(
    tmp_path: Path,
    films: Path,
    monkeypatch: pytest.MonkeyPatch,
    world_options: WorldOptions,
    flood: FloodLimits | None,
) -> AsyncIterator[World]:
    """The world around the bot; checked at the end of the story."""
    async with staged(tmp_path, films, monkeypatch, world_options, flood) as built:
        yield built
