"""The bot's offers above the writing line, and the switch that blocks it, in the page on a phone."""

import re

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.telegram import ANN, BOB, MIA
from bot.sandbox.telegram.world import GROUP
from tests.browser.stage import Json, Stage, message, mp4

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NAME = "@kinetogram_bot "


async def asked(stage: Stage) -> Json:
    """The next question of the page's."""
    (update,) = await stage.next_updates()
    return dict(update["inline_query"])


async def clip(stage: Stage) -> str:
    sent = await stage.upload("sendVideo", "video", mp4(), "clip.mp4", chat_id=str(ANN), supports_streaming="true")
    return str(sent["video"]["file_id"])


def result(file_id: str, number: int) -> Json:
    return {"type": "video", "id": f"K{number}", "video_file_id": file_id, "title": f"A dog, take {number}"}


async def test_typing_the_bot_s_name_offers_videos_and_a_tap_sends_one_into_the_group(
    stage: Stage, phone: Page
) -> None:
    file_id = await clip(stage)
    await stage.open(phone, ANN, GROUP)
    text = phone.get_by_test_id("composer-text")
    await text.fill("@kin")
    await phone.get_by_test_id("command-kinetogram_bot").click()
    await expect(text).to_have_value(NAME)
    assert (await asked(stage))["query"] == ""
    await text.press_sequentially("a dog")
    query = await asked(stage)
    assert (query["query"], query["offset"], query["chat_type"]) == ("a dog", "", "supergroup")
    told = {"inline_query_id": query["id"], "is_personal": True, "cache_time": 0}
    await stage.call("answerInlineQuery", results=[result(file_id, n) for n in range(6)], next_offset="6", **told)
    offers = phone.get_by_role("group", name="Your videos").get_by_role("button")
    await expect(offers).to_have_count(6)
    await expect(offers.first).to_contain_text("A dog, take 0")
    await offers.last.scroll_into_view_if_needed()
    query = await asked(stage)
    assert (query["query"], query["offset"]) == ("a dog", "6")
    await stage.call("answerInlineQuery", inline_query_id=query["id"], results=[result(file_id, 6)])
    await expect(offers).to_have_count(7)
    assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await phone.get_by_test_id("inline-K6").click()
    sent = await stage.next_message()
    assert (sent["via_bot"]["username"], sent["chat"]["id"], sent["from"]["id"]) == ("kinetogram_bot", GROUP, ANN)
    assert sent["video"]["file_id"] == file_id
    await expect(message(phone, sent).get_by_test_id("via")).to_have_text("via @kinetogram_bot")
    await expect(text).to_have_value("")
    await expect(offers).to_have_count(0)
    await message(phone, sent).get_by_test_id("via").click()
    await expect(text).to_have_value(NAME)


async def test_where_nothing_is_found_the_bot_s_button_leads_to_its_chat(stage: Stage, phone: Page) -> None:
    await stage.open(phone, ANN, GROUP)
    await phone.get_by_test_id("composer-text").fill(f"{NAME}elephant")
    query = await asked(stage)
    button = {"text": "No such video yet. Make one", "start_parameter": "inline"}
    await stage.call("answerInlineQuery", inline_query_id=query["id"], results=[], button=button)
    await phone.get_by_test_id("inline-button").click()
    sent = await stage.next_message()
    assert (sent["text"], sent["chat"]["id"]) == ("/start inline", ANN)
    await expect(message(phone, sent)).to_be_visible()


async def test_words_after_the_bot_s_name_can_still_be_sent_as_they_are(stage: Stage, phone: Page) -> None:
    """A mention in a group asks for a video: the offers stand above it and take nothing away."""
    await stage.open(phone, ANN, GROUP)
    await phone.get_by_test_id("composer-text").fill(f"{NAME}a dog runs")
    await asked(stage)
    await phone.get_by_test_id("composer-send").click()
    await expect(phone.locator("article.mine").last).to_contain_text("@kinetogram_bot a dog runs")
    await expect(phone.get_by_role("group", name="Your videos")).to_be_hidden()


async def test_a_bot_that_is_blocked_can_t_write_until_it_is_let_in_again(stage: Stage, phone: Page) -> None:
    await stage.open(phone, ANN, ANN)
    await phone.get_by_test_id("chat-more").click()
    await phone.get_by_test_id("menu-block").click()
    await expect(phone.get_by_test_id("composer-text")).to_be_hidden()
    (update,) = await stage.next_updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    async with stage.http.post(f"{stage.bot}/sendMessage", json={"chat_id": ANN, "text": "hello"}) as answer:
        assert (await answer.json())["description"] == "Forbidden: bot was blocked by the user"
    await phone.reload()
    await expect(phone.get_by_text(re.compile("blocked"))).to_be_visible()
    await phone.get_by_test_id("unblock").click()
    await expect(phone.get_by_test_id("composer-text")).to_be_visible()
    await expect(message(phone, await stage.call("sendMessage", chat_id=ANN, text="hello"))).to_be_visible()


async def test_only_an_administrator_can_throw_the_bot_out_of_a_group(stage: Stage, phone: Page) -> None:
    await stage.open(phone, BOB, GROUP)
    await expect(phone.get_by_test_id("chat-more")).to_be_hidden()
    await stage.open(phone, MIA, GROUP)
    await phone.get_by_test_id("chat-more").click()
    await phone.get_by_test_id("menu-block").click()
    await expect(phone.get_by_text("without the bot")).to_be_visible()
    await expect(phone.get_by_test_id("composer-text")).to_be_visible()
    await phone.get_by_test_id("chat-more").click()
    await phone.get_by_test_id("menu-unblock").click()
    await expect(phone.get_by_text("and the bot")).to_be_visible()


async def test_a_bot_that_does_not_answer_is_told_and_asked_again_by_other_words(stage: Stage, phone: Page) -> None:
    await phone.clock.install()
    await stage.open(phone, ANN, GROUP)
    text = phone.get_by_test_id("composer-text")
    await text.fill(f"{NAME}a dog")
    await asked(stage)
    await expect(phone.get_by_text("Looking…")).to_be_visible()
    await phone.clock.fast_forward(10_000)
    await expect(phone.get_by_text("The bot did not answer.")).to_be_visible()
    await text.fill(f"{NAME}a cat")
    query = await asked(stage)
    await expect(phone.get_by_text("Looking…")).to_be_visible()
    await stage.call("answerInlineQuery", inline_query_id=query["id"], results=[result(await clip(stage), 1)])
    await expect(phone.get_by_test_id("inline-K1")).to_be_visible()
