"""Headless Chromium for the page tests: one process a session, a fresh profile and a fresh world a test."""

import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import ConsoleMessage, Page, async_playwright, expect

from bot.sandbox.telegram import WorldOptions
from tests.browser.reader import SKETCHING, Running, running
from tests.browser.stage import Stage, staged

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_ARGS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",  # a mouse
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
_START_S = 40.0
_WAIT_MS = 30_000


def chromium_path() -> str | None:
    """Where Chromium is: `CHROMIUM`, else the first of its usual names on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running Chromium; its DevTools address. Skips where there is none, fails where CI=true."""
    path = chromium_path()
    if path is None:
        reason = (
            "The page tests need Chromium; install it (Debian: apt-get install chromium) or set CHROMIUM to its path."
        )
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    profile = tmp_path_factory.mktemp("chromium")
    with subprocess.Popen(
        [path, *_ARGS, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield _endpoint(profile / "DevToolsActivePort", process)
        finally:
            process.terminate()


def _endpoint(port_file: Path, process: subprocess.Popen[bytes]) -> str:
    """Chromium writes its port into the profile as soon as it listens."""
    deadline = time.monotonic() + _START_S
    while not (port_file.exists() and port_file.read_text().count("\n")):
        assert process.poll() is None, "Chromium ended before it listened"
        assert time.monotonic() < deadline, f"Chromium did not listen within {_START_S:.0f} s"
        time.sleep(0.05)
    return f"http://127.0.0.1:{port_file.read_text().splitlines()[0]}"


@pytest.fixture
def world() -> WorldOptions:
    """Everybody has already written to the bot, so that it may speak first."""
    return WorldOptions(started=True)


@pytest.fixture
async def stage(tmp_path: Path, world: WorldOptions) -> AsyncIterator[Stage]:
    """Telegram with its people and the page, at a port of their own."""
    async with staged(tmp_path / "files", lambda: time.time_ns() // 1_000_000, world) as running:
        yield running


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    """The real bot, for this story alone: what another one left behind is not there; its films are sketches. Named
    before the page, it ends after it.
    """
    with running(tmp_path, SKETCHING) as started:
        yield started


@pytest.fixture
def filming_sandbox(tmp_path: Path) -> Iterator[Running]:
    """The same, started as anybody starts it, with whole films."""
    with running(tmp_path) as started:
        yield started


@asynccontextmanager
async def _page(endpoint: str, width: int, height: int) -> AsyncIterator[Page]:
    """A page in a fresh profile; it must end without an error on its console and without a request elsewhere."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(endpoint)
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", reduced_motion="reduce"
        )
        context.set_default_timeout(_WAIT_MS)
        expect.set_options(timeout=_WAIT_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("console", lambda line: complaints.extend(_complaint(line)))
        page.on("request", lambda request: complaints.extend(_stray(request.url)))
        yield page
        await context.close()
    assert complaints == []


def _complaint(line: ConsoleMessage) -> list[str]:
    return [f"console: {line.text}"] if line.type == "error" and "net::ERR_FAILED" not in line.text else []


def _stray(url: str) -> list[str]:
    return [] if url.startswith(("http://127.0.0.1:", "blob:", "data:")) else [f"request: {url}"]


@pytest.fixture
async def phone(chromium: str) -> AsyncIterator[Page]:
    """A page of a phone's size."""
    async with _page(chromium, 390, 844) as page:
        yield page


@pytest.fixture
async def desk(chromium: str) -> AsyncIterator[Page]:
    """A page of a desk's size."""
    async with _page(chromium, 1280, 800) as page:
        yield page
