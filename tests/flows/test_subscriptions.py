"""Stars every thirty days, on the wire: subscribed, renewed, stopped and allowed again, returned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.telegram import ANN, MIA
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, data, words
from tests.flows.test_stars import balance, entries, payments

SOLD: Mapping[str, Any] = {"stars_usd_rate": "0.013", "stars_subscription": 500}
MONTH_DAYS = 30


def link_of(message: Message) -> str:
    """The address that sells, where the message has one."""
    keys = [button for row in message.get("buttons", []) for button in row]
    return next((key["url"] for key in keys if key.get("url", "").startswith("https://t.me/$")), "")


async def offer(talk: Talk) -> str:
    """`/topup`, the monthly amount, and the link that it brings."""
    asked = await talk.say("/topup")
    shown = await talk.answer(asked)
    await talk.press(shown, data(shown, "⭐ 500 every 30 days"))
    return link_of(await talk.sees(lambda m: bool(link_of(m))))


async def subscribe(world: World, talk: Talk) -> str:
    """A whole first payment; its charge."""
    await talk.person.pay_link(await offer(talk))
    assert (await talk.person.wait_for_payment())["state"] == "paid"
    charge = world.telegram.exchange.stars.transactions[-1].charge
    await talk.reads(charge)
    return charge


async def test_a_month_is_paid_each_month_and_stopped_and_allowed_in_the_chat(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**SOLD):
        first = await subscribe(world, ann)
        done = await ann.reads("$6.50 arrived", "⭐ 500 every 30 days ($6.50): next payment")
        await ann.say("/balance")
        assert "$6.50" in words(await ann.reads("⭐ 500 every 30 days ($6.50): next payment", without="arrived"))
        world.clock.push(days=MONTH_DAYS)
        second = world.telegram.renew(first)
        renewed = await ann.reads(second, "Your balance is now $13.00", "next payment")
        assert words(done) != words(renewed)
        await ann.press(renewed, data(renewed, "Stop"))
        off = await ann.reads("No more payments.", "stopped, nothing more is charged")
        assert world.telegram.exchange.stars.subscriptions[first].stopped_by_bot
        await ann.press(off, data(off, "Allow"))
        await ann.reads("From my side it may go on", "Settings → My Stars")
        assert not world.telegram.exchange.stars.subscriptions[first].stopped_by_bot
        await ann.say("/paysupport")
        assert "Stop the payments" in buttons(await ann.reads("write to the operator", "may be charged again"))
    assert entries(world) == [("TOPUP", 6_500_000)] * 2
    (made,) = world.telegram.calls.of("createInvoiceLink")
    assert (made.params["subscription_period"], made.params["currency"]) == (2_592_000, "XTR")
    told = world.telegram.calls.of("editUserStarSubscription")
    assert [(call.params["telegram_payment_charge_id"], call.params["is_canceled"]) for call in told] == [
        (first, True),
        (first, False),
    ]


async def test_a_returned_month_leaves_the_balance_and_ends_the_rest(world: World) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot(operator_ids=(MIA,), **SOLD):
        first = await subscribe(world, ann)
        world.clock.push(days=MONTH_DAYS)
        second = world.telegram.renew(first)
        await ann.reads(second)
        await mia.say(f"/refund {second}")
        await ann.reads("500 Stars are with you again", "$6.50 left the balance")
        await ann.reads("The payments every 30 days are over.")
        assert world.telegram.exchange.stars.subscriptions[first].stopped_by_bot
        assert await offer(ann)
    assert (payments(world), balance(world)) == ([("credited", 6_500_000), ("refunded", 6_500_000)], 6_500_000)


async def test_one_link_sells_to_one_person_one_subscription_once(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**SOLD):
        link = await offer(ann)
        await world.bob.pay_link(link)
        assert "выставлен другому человеку" in (await world.bob.wait_for_payment())["text"]
        await world.ann.pay_link(link)
        await ann.reads("$6.50 arrived")
        await world.ann.pay_link(link)
        await until(lambda: len(world.telegram.calls.of("answerPreCheckoutQuery")) == 3)
        shown = await ann.answer(await ann.say("/topup"))
        assert not any("every 30 days" in text for text in buttons(shown))
        assert "Stop the payments" in buttons(shown)
        assert len(world.telegram.exchange.stars.transactions) == 1
    assert balance(world) == 6_500_000


async def test_the_terms_tell_of_it_and_a_bot_that_does_not_offer_it_says_nothing(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**SOLD):
        await ann.say("/terms")
        await ann.reads("pays 500 Stars every 30 days for $6.50", "A returned payment ends the subscription")
    async with world.bot(stars_usd_rate="0.013"):
        asked = await ann.say("/topup")
        assert not any("30 days" in text for text in buttons(await ann.answer(asked)))
