"""An invoice on the page: what it shows, the question before Stars go, the yes and the no of the bot."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.telegram import ANN
from tests.browser.stage import Stage, message

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

INVOICE: dict[str, Any] = {
    "title": "Top-up of your balance",
    "description": "$3.25 for videos. The invoice is good for an hour.",
    "payload": "topup:1:1:n",
    "currency": "XTR",
    "prices": [{"label": "Top-up", "amount": 250}],
}


async def test_pay_asks_first_and_the_bots_yes_turns_it_into_paid(stage: Stage, phone: Page) -> None:
    sent = await stage.call("sendInvoice", chat_id=ANN, **INVOICE)
    await stage.open(phone, ANN, ANN)
    bubble = message(phone, sent)
    await expect(bubble.get_by_test_id("invoice")).to_contain_text("250 Stars")
    await bubble.get_by_test_id("pay").click()
    await expect(phone.get_by_text("Top-up of your balance: pay 250 Stars?")).to_be_visible()
    await phone.get_by_role("button", name="Not now").click()
    await bubble.get_by_test_id("pay").click()
    await phone.get_by_test_id("confirm").click()
    (update,) = await stage.next_updates()
    query = update["pre_checkout_query"]
    await expect(bubble.get_by_test_id("pay")).to_have_attribute("aria-busy", "true")
    await stage.call("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    await expect(bubble.get_by_test_id("paid")).to_be_disabled()
    await expect(phone.get_by_test_id("message-2")).to_have_text("Paid ⭐️ 250")


async def test_the_bots_no_is_read_and_pay_can_be_pressed_again(stage: Stage, desk: Page) -> None:
    sent = await stage.call("sendInvoice", chat_id=ANN, **INVOICE)
    await stage.open(desk, ANN, ANN)
    bubble = message(desk, sent)
    await bubble.get_by_test_id("pay").click()
    await desk.get_by_test_id("confirm").click()
    (update,) = await stage.next_updates()
    answer = {"pre_checkout_query_id": update["pre_checkout_query"]["id"], "ok": False}
    await stage.call("answerPreCheckoutQuery", error_message="This invoice is too old.", **answer)
    await expect(desk.get_by_text("This invoice is too old.")).to_be_visible()
    await expect(bubble.get_by_test_id("pay")).to_have_attribute("aria-busy", "false")


async def test_a_link_that_sells_asks_in_place_what_is_paid_and_how_often(stage: Stage, phone: Page) -> None:
    monthly = INVOICE | {"subscription_period": 2_592_000}
    link = await stage.call("createInvoiceLink", **monthly)
    keys = {"inline_keyboard": [[{"text": "Subscribe", "url": link}]]}
    sent = await stage.call("sendMessage", chat_id=ANN, text="250 every 30 days", reply_markup=keys)
    await stage.open(phone, ANN, ANN)
    await message(phone, sent).get_by_test_id("button-Subscribe").click()
    await expect(phone.get_by_text("pay 250 Stars every 30 days?")).to_be_visible()
    await phone.get_by_test_id("confirm").click()
    (update,) = await stage.next_updates()
    await stage.call("answerPreCheckoutQuery", pre_checkout_query_id=update["pre_checkout_query"]["id"], ok=True)
    await expect(phone.get_by_test_id("message-2")).to_have_text("Paid ⭐️ 250")
