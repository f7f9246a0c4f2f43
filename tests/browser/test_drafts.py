"""Stories of a draft on a phone: other words for it, and others' files in it."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from bot.sandbox import samples
from bot.sandbox.telegram import ANN, BOB, GROUP
from tests.browser.reader import VIDEO_MS, Running, opened

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


async def test_richer_words_are_looked_at_taken_and_given_back_by_taps(sandbox: Running, phone: Page) -> None:
    """The sandbox's own service proposes them, and says that a rule wrote them."""
    bob = await opened(phone, sandbox, BOB, "ru")
    await bob.write("бумажный кораблик плывёт по луже 16:9")
    await bob.key("improve").click()
    shown = bob.answers("пока ничего не изменено")
    await expect(shown).to_contain_text("правило песочницы", timeout=VIDEO_MS)
    await bob.key("improve-another").click()
    await expect(shown).to_contain_text("Низкий общий план", timeout=VIDEO_MS)
    await bob.fits()
    await bob.key("improve-use").click()
    card = bob.answers("16:9 · 5 с · 720p")
    await expect(card).to_contain_text("Вместо ваших слов: бумажный кораблик", timeout=VIDEO_MS)
    await bob.key("improve-back").last.click()
    await expect(bob.answers("Вместо ваших слов")).to_have_count(0, timeout=VIDEO_MS)
    await expect(bob.key("improve")).to_be_visible()
    await bob.fits()


async def test_two_phones_fill_one_draft_and_the_other_one_pays(sandbox: Running, phone: Page) -> None:
    """In a group: what Ann lacks Bob brings by a reply, with his name on the card; he pays, and it is his to cancel."""
    singer, watcher, _ = await asyncio.to_thread(samples.make, sandbox.log.parent)
    ann = await opened(phone, sandbox, ANN, "en", GROUP)
    await phone.get_by_test_id("composer-attach").set_input_files(singer)
    await ann.write("/video@kinetogram_bot @image1 waves to @image2 9:16 4s 480p")
    await ann.key("draft-open").click()
    await expect(ann.answers("👥 Draft 1 ·")).to_be_visible(timeout=VIDEO_MS)
    await ann.fits()
    other = await phone.context.new_page()
    bob = await opened(other, sandbox, BOB, "ru", GROUP)
    card = bob.answers("👥 Draft 1 ·")
    await card.hover()
    await card.locator("[data-testid^='reply-']").click()
    await other.get_by_test_id("composer-attach").set_input_files(watcher)
    await bob.write("")
    await expect(card).to_contain_text("@image2 reference · from Bob", timeout=VIDEO_MS)
    await bob.fits()
    await other.locator(".key").filter(has_text="Pay and make").click()
    await expect(bob.key("cancel")).to_be_visible(timeout=VIDEO_MS)
    await ann.fits()
