"""The sandbox's page speaks the language of the person who is in front of it."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.sandbox import page as chat_page
from bot.sandbox.telegram import ANN, BOB, GROUP
from tests.browser.stage import Stage, message, mp4, tone

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGE = Path(chat_page.__file__).parent
NAMES = re.compile(r"@?kinetogram(_bot)?|ann|bob|mia|video lab|/\w+|9:16|\bGIF\b", re.IGNORECASE)
LATIN = re.compile(r"[A-Za-z]{2,}")
HEARD = """() => [...document.querySelectorAll("#app *")].flatMap((node) => [
    ...["aria-label", "title", "placeholder"].map((name) => node.getAttribute(name)),
    ...[...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data),
]).filter(Boolean)"""


async def english(page: Page) -> list[str]:
    """What the page says in Latin letters, other than names."""
    return [words for words in await page.evaluate(HEARD) if LATIN.search(NAMES.sub("", words))]


async def test_a_russian_reads_no_english_of_the_page(stage: Stage, phone: Page, tmp_path: Path) -> None:
    await stage.open(phone, BOB, BOB)
    await expect(phone.get_by_text("Пришлите фото и фразу.")).to_be_visible()
    assert await english(phone) == []
    await phone.get_by_test_id("composer-voice-upload").set_input_files(tone(tmp_path / "note.wav"))
    sent = await stage.next_message()
    film = await stage.upload("sendVideo", "video", mp4(), "film.mp4", chat_id=str(BOB), caption="кораблик")
    await expect(message(phone, film).get_by_role("button", name="Смотреть видео")).to_be_visible()
    await message(phone, film).get_by_test_id(f"more-{film['message_id']}").click()
    await expect(phone.get_by_role("menuitem")).to_have_text(["Ответить", "Скопировать текст", "Удалить"])
    await phone.keyboard.press("Escape")
    await expect(message(phone, sent).get_by_role("button", name="Слушать голосовое")).to_be_visible()
    assert await english(phone) == []
    await phone.get_by_test_id("attach-menu").click()
    await expect(phone.get_by_role("menuitem").first).to_have_text("Фото, видео, музыка")
    await phone.keyboard.press("Escape")
    await phone.locator("#back").click()
    await expect(phone.get_by_text("Группа с ботом")).to_be_visible()
    assert await english(phone) == []


async def test_the_page_changes_its_language_with_the_person(stage: Stage, desk: Page) -> None:
    await stage.call("sendMessage", chat_id=GROUP, text="news")
    await stage.open(desk, ANN, GROUP)
    await expect(desk.get_by_text("Today")).to_be_visible()
    before = sorted(await desk.evaluate(HEARD))
    await desk.get_by_test_id(f"person-{BOB}").click()
    await expect(desk.get_by_text("Сегодня")).to_be_visible()
    await expect(desk.get_by_test_id("composer-text")).to_have_attribute("placeholder", "Сообщение или /")
    await expect(desk.get_by_role("radiogroup", name="Кто вы")).to_be_visible()
    assert await english(desk) == ["news", "news"]
    await expect(desk.locator("html")).to_have_attribute("lang", "ru")
    await desk.get_by_test_id(f"person-{ANN}").click()
    await expect(desk.get_by_text("Today")).to_be_visible()
    await expect(desk.get_by_test_id(f"person-{ANN}")).to_have_attribute("aria-checked", "true")
    assert sorted(await desk.evaluate(HEARD)) == before


def test_every_word_of_the_page_has_its_russian_and_none_is_left_over() -> None:
    dictionary = PAGE / "russian.js"
    files = [path for path in sorted(PAGE.iterdir()) if path.suffix in {".js", ".html"} and path != dictionary]
    source = "".join(path.read_text() for path in files)
    keys = re.findall(r"^ {2}(?:\"(.+?)\"|(\w+)):", dictionary.read_text(), re.MULTILINE)
    known = {quoted or bare for quoted, bare in keys}
    said = set(re.findall(r"(?:say|count)\(\s*\"(.+?)\"", source))
    assert said <= known
    assert {key for key in known if key not in source} == set()
