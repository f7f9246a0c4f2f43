"""The whole story as a person sees it: the real bot in its own process, the real page in Chromium, real files."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.sandbox import samples
from bot.sandbox.demo import CAPTION
from bot.sandbox.telegram import ANN, BOB
from tests.browser.reader import VIDEO_MS, Running, opened

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

RUSSIAN = "/video @фото1 поёт, а @фото2 смотрит; песня — @голос1 9:16 5с 720p"


async def _story(page: Page, running: Running, person: int, language: str, words: str, folder: Path) -> None:
    strays: list[str] = []
    page.on("request", lambda request: strays.append(request.url) if _leaves(request.url, running.origin) else None)
    reader = await opened(page, running, person, language)
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
    await expect(page.locator("article.theirs").last).to_contain_text("seedance-2-0", timeout=VIDEO_MS)
    await reader.fits()
    assert strays == []


def _leaves(url: str, origin: str) -> bool:
    return not url.startswith((f"{origin}/", "blob:", "data:"))


async def test_a_voice_note_and_an_album_become_a_video_on_a_phone(
    filming_sandbox: Running, phone: Page, tmp_path: Path
) -> None:
    await _story(phone, filming_sandbox, ANN, "en", CAPTION, tmp_path)


async def test_the_same_story_is_told_in_russian_at_a_desk(sandbox: Running, desk: Page, tmp_path: Path) -> None:
    await _story(desk, sandbox, BOB, "ru", RUSSIAN, tmp_path)
