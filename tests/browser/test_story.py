"""The whole story as a person sees it: the real bot in its own process, the real page in Chromium, real files."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.sandbox import samples
from bot.sandbox.demo import CAPTION
from bot.sandbox.site import API_KEY, TOKEN
from bot.sandbox.telegram import ANN, BOB, GROUP, MIA
from bot.texts import Texts

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ROOT = Path(__file__).parents[2]
RUSSIAN = "/video @фото1 поёт, а @фото2 смотрит; песня — @голос1 9:16 5с 720p"
START_S = 60.0
END_S = 20.0
VIDEO_MS = 90_000
LIST_MS = 200_000
"""Six videos rendered by two cores that others use too."""
PLAYS = """video => video.readyState >= 2 && video.duration > 0 && video.currentTime > 0.5
    && video.webkitAudioDecodedByteCount > 0"""


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox with the bot in it, in a process of its own; `log` is all that it printed."""

    origin: str
    log: Path


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`python -m bot run` in an empty folder, with no token and no settings but the port."""
    folder = tmp_path_factory.mktemp("sandbox")
    port, log = _free_port(), folder / "log.txt"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "WEB_PORT": str(port), "LOG_FORMAT": "json"}
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT
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


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in front of the page: what they write, and the words they should read in their language."""

    page: Page
    language: str
    texts: Texts

    def key(self, name: str) -> Locator:
        """The bot's button of this text."""
        words = self.texts.plain(self.language, f"button-{name}", price="").strip()
        return self.page.locator(".key").filter(has_text=re.compile(f"^{re.escape(words)}"))

    async def ask(self, words: str, files: tuple[Path, Path, Path]) -> None:
        """A voice note first, then an album with the words."""
        singer, watcher, song = files
        await self.page.get_by_test_id("composer-voice-upload").set_input_files(song)
        await expect(self.page.get_by_label("Reaction 👌")).to_be_visible(timeout=VIDEO_MS)
        await self.page.get_by_test_id("composer-attach").set_input_files([singer, watcher])
        await expect(self.page.get_by_test_id("attachment")).to_have_count(2)
        await self.write(words)

    async def video(self) -> Locator:
        """The delivered video, in the viewport and playing with its sound."""
        video = self.page.get_by_test_id("video")
        await expect(video).to_be_in_viewport(timeout=VIDEO_MS)
        await self.page.get_by_role("button", name="Play the video").click()
        await self.page.wait_for_function(PLAYS, arg=await video.element_handle())
        return video

    async def write(self, words: str) -> None:
        """A message of words alone."""
        await self.page.get_by_test_id("composer-text").fill(words)
        await self.page.get_by_test_id("composer-send").click()

    async def tap(self, words: str) -> None:
        """The newest button that begins with these words."""
        await self.page.locator(".key").filter(has_text=re.compile(f"^(✓ )?{re.escape(words)}")).last.click()

    async def read(self, name: str) -> None:
        """The newest answer is this text."""
        answer = self.page.locator("article.theirs").last
        await expect(answer).to_contain_text(self.texts.plain(self.language, name), timeout=VIDEO_MS)


async def _opened(page: Page, running: Running, person: int, language: str, chat: int | None = None) -> Reader:
    await page.goto(f"{running.origin}/?as={person}&chat={chat or person}")
    await expect(page.locator("#app[data-ready=true]")).to_be_visible()
    return Reader(page, language, await asyncio.to_thread(Texts))


async def _story(page: Page, running: Running, person: int, language: str, words: str, folder: Path) -> None:
    strays: list[str] = []
    page.on("request", lambda request: strays.append(request.url) if _leaves(request.url, running.origin) else None)
    reader = await _opened(page, running, person, language)
    await reader.ask(words, await asyncio.to_thread(samples.make, folder))

    start = reader.key("start")
    await expect(start).to_be_visible(timeout=VIDEO_MS)
    card = page.locator("article.theirs").last
    for label in ("@image1", "@image2", "@audio1"):
        await expect(card).to_contain_text(reader.texts.labels(language, label))
    await start.click()
    await expect(start).to_have_count(0, timeout=VIDEO_MS)

    video = await reader.video()
    shape = await video.evaluate("video => [video.videoWidth, video.videoHeight, Math.round(video.duration)]")
    assert shape == [720, 1280, 5]
    # The status card has gone: one answer stays, the video, and it answers the album.
    await expect(page.locator("article.theirs")).to_have_count(1)
    await expect(page.locator("article.theirs .quote")).to_have_count(1)
    await reader.key("more").click()
    await reader.key("details").click()
    await expect(page.locator("article.theirs").last).to_contain_text("seedance-2.0", timeout=VIDEO_MS)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert strays == []


def _leaves(url: str, origin: str) -> bool:
    return not url.startswith((f"{origin}/", "blob:", "data:"))


async def test_a_voice_note_and_an_album_become_a_video_on_a_phone(
    phone: Page, sandbox: Running, tmp_path: Path
) -> None:
    await _story(phone, sandbox, ANN, "en", CAPTION, tmp_path)


async def test_the_same_story_is_told_in_russian_at_a_desk(desk: Page, sandbox: Running, tmp_path: Path) -> None:
    await _story(desk, sandbox, BOB, "ru", RUSSIAN, tmp_path)


async def test_a_video_is_composed_by_the_card_alone_and_mended_by_one_tap(phone: Page, sandbox: Running) -> None:
    reader = await _opened(phone, sandbox, MIA, "en")
    await reader.write("a paper boat crosses a puddle 9:16 16s")
    await reader.tap("15 s")
    for opener, choice in (
        ("15 s ▾", "4 s"),
        ("720p ▾", "480p"),
        ("9:16 ▾", "16:9"),
        ("Seedance 2.0 ▾", "Seedance 2.0 mini"),
    ):
        await reader.tap(opener)
        await reader.tap(choice)
    card = phone.locator("article.theirs").last
    await expect(card).to_contain_text("Seedance 2.0 mini · 16:9 · 4 s · 480p")
    assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await reader.key("start").click()
    await expect(phone.get_by_test_id("video")).to_have_count(1, timeout=VIDEO_MS)


@pytest.mark.timeout(300)
async def test_a_list_of_six_comes_whole_with_a_summary(phone: Page, sandbox: Running) -> None:
    reader = await _opened(phone, sandbox, BOB, "ru")
    animals = ("a dog", "a cat", "a cow", "a hen", "a fox", "an owl")
    lines = "\n".join(f"{animal} runs 1:1 480p 4s --model seedance-2.0-mini" for animal in animals)
    before = await phone.get_by_test_id("video").count()
    await reader.write(f"/batch\n{lines}")
    await reader.key("start").click()
    await expect(phone.locator("article.theirs").last).to_contain_text("из 6", timeout=VIDEO_MS)
    await expect(phone.locator("article.theirs").last).to_contain_text("видео: 6 из 6", timeout=LIST_MS)
    await expect(phone.get_by_test_id("video")).to_have_count(before + 6)


async def test_a_video_is_taken_further_by_taps(phone: Page, sandbox: Running) -> None:
    reader, videos = await _opened(phone, sandbox, MIA, "en"), phone.get_by_test_id("video")
    before = await videos.count()
    await reader.write("/video a paper boat drifts 9:16 4s 480p")
    await expect(videos).to_have_count(before + 1, timeout=VIDEO_MS)
    await reader.key("more").last.click()
    await expect(reader.key("delete").last).to_be_visible(timeout=VIDEO_MS)
    await phone.screenshot(path=sandbox.log.parent / "opened.png")
    await reader.key("use-frame").last.click()
    await expect(phone.locator("article.theirs").last).to_contain_text("@image1", timeout=VIDEO_MS)

    await reader.key("extend").last.click()
    question = phone.locator("article.theirs").filter(has_text="goes on from its last frame")
    await expect(question).to_be_visible(timeout=VIDEO_MS)
    await question.hover()
    await question.locator("[data-testid^='reply-']").click()
    await reader.write("the boat meets a duck")
    await expect(reader.key("start").last).to_be_visible(timeout=VIDEO_MS)
    await expect(question).to_have_count(0, timeout=VIDEO_MS)
    await phone.screenshot(path=sandbox.log.parent / "extended.png")
    await reader.key("start").last.click()
    await expect(videos).to_have_count(before + 2, timeout=VIDEO_MS)

    await reader.write("/jobs")
    listed = phone.locator("article.theirs").filter(has_text="Your latest videos")
    await expect(listed).to_contain_text("paper boat", timeout=VIDEO_MS)
    await phone.screenshot(path=sandbox.log.parent / "listed.png")
    await listed.locator(".key").filter(has_text="Send #").last.click()
    await expect(videos).to_have_count(before + 3, timeout=VIDEO_MS)
    assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_taps_mend_discard_and_cancel(desk: Page, sandbox: Running) -> None:
    reader = await _opened(desk, sandbox, MIA, "en")
    await reader.write("/video a paper boat crosses a puddle 16:9 40s 480p")
    await desk.get_by_role("button", name=reader.texts.seconds("en", 15), exact=True).click()
    await expect(reader.key("start")).to_be_visible()
    await reader.key("discard").click()
    await reader.read("discarded")
    await reader.write("/video a paper boat crosses a puddle 16:9 4s 480p")
    await reader.key("cancel").click()
    await reader.read("cancel-done")
    for label in ("start", "discard", "cancel"):
        await expect(reader.key(label)).to_have_count(0)


async def test_a_moderator_sets_a_limit_by_buttons_and_allows_once_what_a_member_asks(
    phone: Page, sandbox: Running
) -> None:
    """Two phones in one group: taps alone set the limit, the refusal offers what fits, one tap lets the video come."""
    mia = await _opened(phone, sandbox, MIA, "en", GROUP)
    await mia.write("/quota@kinetogram_bot")
    await mia.key("members").click()
    less = phone.locator(".key").filter(has_text=re.compile("^−$"))
    for price in ("$1.00 a video", "$0.50 a video"):
        await less.nth(3).click()
        await expect(phone.locator(".key").filter(has_text=price)).to_be_visible()
    await mia.key("save").click()
    await expect(phone.locator("article.theirs").last).to_contain_text("Saved. Each member: at most $0.50")
    other = await phone.context.new_page()
    ann = await _opened(other, sandbox, ANN, "en", GROUP)
    await ann.write("/video@kinetogram_bot the dog runs into the sea 16:9 4s")
    await expect(ann.key("ask-moderator")).to_be_visible(timeout=VIDEO_MS)
    await expect(other.locator(".key").filter(has_text="fits")).to_be_visible()
    await ann.key("ask-moderator").click()
    await expect(other.locator("article.theirs").filter(has_text="The moderators are asked")).to_be_visible()
    await mia.key("allow-once").click()
    await expect(phone.locator("article.theirs").filter(has_text="Allowed once")).to_be_visible()
    await ann.video()
    assert await other.evaluate("document.documentElement.scrollWidth <= innerWidth")
