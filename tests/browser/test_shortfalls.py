"""A request that lacks money, on a phone: the card offers the amount, it is paid there, and the card has Start."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.telegram import ANN, BOB
from tests.browser.reader import SKETCHING, VIDEO_MS, opened, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

POOR = {"STARS_USD_RATE": "0.013", "USER_USD_PER_MONTH": "1"}


@pytest.mark.parametrize(
    ("person", "language", "words", "lacking", "start"),
    [
        (ANN, "en", "/video a dog runs 1080p", "you have $1.00 left until", "▶ Start"),
        (BOB, "ru", "/video собака бежит 1080p", "у вас осталось $1,00", "▶ Снять"),
    ],
)
async def test_the_amount_on_the_card_is_paid_and_the_card_has_start(
    phone: Page, tmp_path: Path, person: int, language: str, words: str, lacking: str, start: str
) -> None:
    with running(tmp_path, SKETCHING, **POOR) as sandbox:
        reader = await opened(phone, sandbox, person, language)
        await reader.write(words)
        card = reader.answers(lacking)
        await expect(card).to_be_visible(timeout=VIDEO_MS)
        await reader.fits()
        await reader.tap("⭐ 100")
        await phone.get_by_test_id("pay").click(timeout=VIDEO_MS)
        await phone.get_by_test_id("confirm").click()
        await expect(phone.locator(".key").filter(has_text=start)).to_have_count(1, timeout=VIDEO_MS)
        await expect(card).to_have_count(0)
        await reader.fits()
        await sandbox.holds("SELECT count(*) = 0 FROM jobs")
        await phone.goto("about:blank")
