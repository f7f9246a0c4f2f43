"""A sandbox in a process of its own, and a person in front of its page."""

import asyncio
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from bot.sandbox.site import API_KEY, TOKEN
from bot.texts import Texts

ROOT = Path(__file__).parents[2]
SKETCHING = "tests.browser.sketching"
START_S = 60.0
END_S = 20.0
VIDEO_MS = 90_000
PLAYS = """video => video.readyState >= 2 && video.duration > 0 && video.currentTime > 0.5
    && video.webkitAudioDecodedByteCount > 0"""


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox with the bot in it, in a process of its own; `log` is all that it printed."""

    origin: str
    log: Path

    async def holds(self, query: str, timeout_s: float = VIDEO_MS / 1000) -> None:
        """Waits until a query of the bot's database answers something other than nought."""
        path = self.log.parent / "data" / "sandbox" / "kinetogram.db"
        async with asyncio.timeout(timeout_s):
            while not await asyncio.to_thread(_value, path, query):
                await asyncio.sleep(0.1)


@contextmanager
def running(folder: Path, module: str = "bot", **settings: str) -> Iterator[Running]:
    """`python -m bot run` in an empty folder, with no token and no settings but the port and those of a story."""
    port, log = _free_port(), folder / "log.txt"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "WEB_PORT": str(port), "LOG_FORMAT": "json"}
    environment |= settings
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [sys.executable, "-m", module, "run"], cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            _wait_for(log, f"http://127.0.0.1:{port}", process)
            yield Running(f"http://127.0.0.1:{port}", log)
        finally:
            process.terminate()
            code = process.wait(END_S)
    said = log.read_text()
    assert code == 0, said
    assert _complaints(said) == []
    assert TOKEN not in said
    assert API_KEY not in said


def _value(path: Path, query: str) -> object:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchone()[0]


def _complaints(said: str) -> list[str]:
    """What the product itself logged as an error; a page that is closed in mid-sentence is aiohttp's to tell."""
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert lines, "a service that starts says so"
    loud = [line for line in lines if line["level"] in {"error", "critical"}]
    return [str(line) for line in loud if line["logger"] != "aiohttp.server"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(log: Path, words: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while words not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def _loosely(words: str) -> str:
    """A pattern of words with whatever spaces stand between them."""
    return r"\s".join(map(re.escape, words.split()))


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in front of the page: what they write, and the words they should read in their language."""

    page: Page
    language: str
    texts: Texts

    def key(self, name: str) -> Locator:
        """The bot's button of this text."""
        words = self.texts.plain(self.language, f"button-{name}", price="").strip()
        return self.page.locator(".key").filter(has_text=re.compile(f"^{_loosely(words)}"))

    async def ask(self, words: str, files: tuple[Path, Path, Path]) -> None:
        """A voice note first, then an album with the words."""
        singer, watcher, song = files
        await self.page.get_by_test_id("composer-voice-upload").set_input_files(song)
        await expect(self.page.get_by_label(re.compile("(Reaction|Реакция) 👌"))).to_be_visible(timeout=VIDEO_MS)
        await self.page.get_by_test_id("composer-attach").set_input_files([singer, watcher])
        await expect(self.page.get_by_test_id("attachment")).to_have_count(2)
        await self.write(words)

    async def video(self) -> Locator:
        """The delivered video, in the viewport and playing with its sound."""
        video = self.page.get_by_test_id("video")
        await expect(video).to_be_in_viewport(timeout=VIDEO_MS)
        await self.page.get_by_test_id("play").last.click()
        await self.page.wait_for_function(PLAYS, arg=await video.element_handle())
        return video

    async def fits(self) -> None:
        """Nothing on the page is wider than the screen."""
        assert await self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def answers(self, words: str) -> Locator:
        """The bot's messages with these words."""
        return self.page.locator("article.theirs").filter(has_text=words)

    async def write(self, words: str) -> None:
        """A message of words alone."""
        await self.page.get_by_test_id("composer-text").fill(words)
        await self.page.get_by_test_id("composer-send").click()

    async def tap(self, words: str) -> None:
        """The newest button that begins with these words, whatever spaces hold them together."""
        await self.page.locator(".key").filter(has_text=re.compile(f"^(✓ )?{_loosely(words)}")).last.click()

    async def read(self, name: str) -> None:
        """The newest answer is this text."""
        answer = self.page.locator("article.theirs").last
        await expect(answer).to_contain_text(self.texts.plain(self.language, name), timeout=VIDEO_MS)


async def opened(page: Page, running: Running, person: int, language: str, chat: int | None = None) -> Reader:
    """A person's page, in their chat with the bot or in another one."""
    await page.goto(f"{running.origin}/?as={person}&chat={chat or person}")
    await expect(page.locator("#app[data-ready=true]")).to_be_visible()
    return Reader(page, language, await asyncio.to_thread(Texts))
