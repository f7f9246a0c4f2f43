"""Takes the pictures of the READMEs anew: `python -m tests.browser.pictures`. Needs Chromium and a font with emoji."""

import asyncio
import io
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.sandbox import samples
from bot.sandbox.demo import CAPTION
from bot.sandbox.telegram import ANN, BOB
from tests.browser.conftest import chromium_path
from tests.browser.reader import VIDEO_MS, Running, opened, running
from tests.browser.test_story import RUSSIAN

OUT = Path(__file__).parents[2] / "docs" / "images"
WIDTH, HEIGHT, SCALE = 390, 860, 1.5
GAP_PX, ROUND_PX, COLOURS = 30, 24, 256
STORIES = ((ANN, "en", CAPTION, "conversation"), (BOB, "ru", RUSSIAN, "conversation-ru"))
SCHEMES = ("light", "dark")
EDGES = {"light": "#c9c0b4", "dark": "#4a433b"}
LARGEST_BYTES = 200_000


async def take() -> None:
    """Every language, by day and by night."""
    path = chromium_path()
    assert path is not None, "Chromium is not installed"
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as sandbox:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            for person, language, words, name in STORIES:
                await _story(browser, sandbox, person, language, words, name)
            await browser.close()


async def _story(browser: Browser, sandbox: Running, person: int, language: str, words: str, name: str) -> None:
    pages = {scheme: await _page(browser, scheme) for scheme in SCHEMES}
    readers = {scheme: await opened(page, sandbox, person, language) for scheme, page in pages.items()}
    reader = readers["light"]
    await reader.ask(words, await asyncio.to_thread(samples.make, sandbox.log.parent / name))
    cards = {scheme: await _seen(page, ".photo img") for scheme, page in pages.items()}
    await reader.key("start").click()
    videos = {scheme: await _seen(page, ".video .play-big") for scheme, page in pages.items()}
    for scheme in SCHEMES:
        picture = await asyncio.to_thread(_beside, cards[scheme], videos[scheme], EDGES[scheme])
        suffix = "" if scheme == "light" else f"-{scheme}"
        await asyncio.to_thread(_save, picture, OUT / f"{name}{suffix}.png")


async def _page(browser: Browser, scheme: str) -> Page:
    context = await browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        device_scale_factor=SCALE,
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=True,
        locale="en-GB",
    )
    return await context.new_page()


async def _seen(page: Page, selector: str) -> bytes:
    """The screen once the bot's newest message shows this, and has come to rest."""
    await expect(page.locator("article.theirs").last.locator(selector)).to_be_visible(timeout=VIDEO_MS)
    await page.wait_for_timeout(1_000)
    return await page.screenshot(animations="disabled")


def _beside(left: bytes, right: bytes, edge: str) -> Image.Image:
    screens = [_rounded(Image.open(io.BytesIO(png)).convert("RGBA"), edge) for png in (left, right)]
    width, height = screens[0].size
    picture = Image.new("RGBA", (2 * width + GAP_PX, height))
    for place, screen in enumerate(screens):
        picture.paste(screen, (place * (width + GAP_PX), 0))
    return picture


def _rounded(screen: Image.Image, edge: str) -> Image.Image:
    mask = Image.new("L", screen.size)
    corners = (0, 0, screen.width - 1, screen.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(corners, ROUND_PX, fill=255)
    screen.putalpha(mask)
    ImageDraw.Draw(screen).rounded_rectangle(corners, ROUND_PX, outline=edge, width=2)
    return screen


def _save(picture: Image.Image, path: Path) -> None:
    """With few colours, so that a phone has it at once."""
    picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
    assert path.stat().st_size <= LARGEST_BYTES, f"{path.name} has {path.stat().st_size} bytes"


if __name__ == "__main__":
    asyncio.run(take())
