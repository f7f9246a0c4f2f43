"""A refusal for want of one's own money is one tap from its repair, where Stars are sold; and the card knows of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, words
from tests.flows.test_stars import balance, invoice, is_invoice

SOLD: Mapping[str, Any] = {"stars_usd_rate": "0.013"}
POOR: Mapping[str, Any] = {"user_usd_per_month": 1, **SOLD}
DOG = "/video@kinetogram_bot a dog runs 1080p"
STAR, START = "⭐", "▶"


def has(message: Message, button: str) -> bool:
    """Whether one of its buttons begins so."""
    return any(text.startswith(button) for text in buttons(message))


def offers(message: Message) -> list[str]:
    """Its buttons that sell Stars."""
    return [text for text in buttons(message) if text.startswith(STAR)]


async def refused(talk: Talk, text: str = DOG) -> Message:
    """A request that is refused with a payment on its card."""
    asked = await talk.say(text)
    return await talk.sees(lambda m: m.get("reply_to", {}).get("id") == asked["id"] and has(m, STAR))


async def shows(talk: Talk, card: Message, button: str) -> Message:
    """The card, as soon as it has a button that begins so."""
    return await talk.sees(lambda m: m["id"] == card["id"] and has(m, button))


async def pay(talk: Talk, card: Message) -> Message:
    """Taps the amount on a card and pays what comes; answers the invoice."""
    await talk.press(card, STAR)
    shown = await talk.sees(is_invoice)
    await talk.person.pay(talk.chat, shown["id"])
    return shown


def edits(world: World, card: Message) -> int:
    """How often a card was shown anew."""
    return sum(str(call.params["message_id"]) == str(card["id"]) for call in world.telegram.calls.of("editMessageText"))


async def settled(world: World) -> None:
    """All that came is handled, and all that was to be said is said."""
    await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state <> 'closed'") == 0)
    await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')") == 0)


async def test_a_tap_pays_for_what_is_lacking_and_the_card_waits_for_start(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**POOR):
        card = await refused(ann)
        assert "you have $1.00 left until" in words(card)
        assert offers(card) == ["⭐ 100 · top up $1.30"]
        await pay(ann, card)
        await ann.reads("Your balance is now $1.30")
        assert offers(await shows(ann, card, START)) == []
        await settled(world)
        assert (world.books.jobs, edits(world, card)) == ([], 1)
        await ann.press(card, START)
        await ann.video()
    assert world.books.states == ["DELIVERED"]


async def test_the_smallest_amount_that_covers_the_total_is_offered_else_the_largest_and_asked_again(
    world: World,
) -> None:
    bob = Talk(world.bob, BOB)
    cows = "\n".join(f"корова номер {n} 1080p 10s" for n in range(20))
    async with world.bot(service_usd_per_day=500, **POOR):
        assert offers(await refused(bob, "/batch\nсобака 1080p\nкошка 1080p")) == ["⭐ 250 · пополнить на $3,25"]
        assert offers(await refused(bob, "/video собака бежит 1080p --n 2")) == ["⭐ 250 · пополнить на $3,25"]
        many = await refused(bob, f"/batch\n{cows}")
        assert offers(many) == ["⭐ 2 500 · пополнить на $32,50"]
        await pay(bob, many)
        await bob.sees(lambda m: m["id"] == many["id"] and "$33,50" in words(m))
        await settled(world)
        assert offers(await bob.now(many)) != []
        await pay(bob, await bob.now(many))
        await until(lambda: balance(world) == 65_000_000)


async def test_a_refund_that_left_a_debt_is_covered_by_a_tap(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(policy={"user_microusd_per_month": 0}, **SOLD):
        first = await refused(ann, "/video a dog runs")
        assert "you have $0.00 left" in words(first), "who may pay is not told that it is switched off"
        await pay(ann, first)
        await ann.press(await shows(ann, first, START), START)
        await ann.video()
        world.telegram.refund(ANN, world.telegram.exchange.stars.transactions[0].charge)
        await ann.reads("100 Stars are with you again")
        owing = await refused(ann, "/video a cat runs")
        assert "to settle first" in words(owing)
        assert offers(owing) == ["⭐ 250 · top up $3.25"], "the debt and the video"
        await pay(ann, owing)
        await shows(ann, owing, START)


async def test_in_a_group_its_open_pool_is_filled_and_every_draft_that_waited_for_it_is_shown_anew(
    world: World,
) -> None:
    ann, bob, mia = (Talk(person, GROUP) for person in (world.ann, world.bob, world.mia))
    async with world.bot(**POOR):
        await mia.say("/grant@kinetogram_bot $1")
        await mia.reads("Video lab got $1.00")
        anns = await refused(ann)
        assert "this group has $1.00 left" in words(anns)
        bobs = await refused(bob, "/video@kinetogram_bot собака бежит 1080p")
        assert offers(bobs) == ["⭐ 100 · пополнить на $1,30"]
        await pay(bob, bobs)
        await bob.reads("На общем счёте «Video lab» теперь $2,30")
        await shows(bob, bobs, START)
        await shows(ann, anns, START)
        await settled(world)
        assert (edits(world, anns), edits(world, bobs), world.books.jobs) == (1, 1, [])
        assert balance(world, "chat") == 2_300_000
        await ann.press(anns, START)
        await ann.video()


async def test_in_a_group_without_a_pool_nothing_is_offered_for_what_each_pays_alone(world: World) -> None:
    ann = Talk(world.ann, GROUP)
    async with world.bot(**POOR):
        await ann.say(DOG)
        assert offers(await ann.reads("you have $1.00 left until")) == []


async def test_a_limit_that_money_does_not_lift_offers_no_payment(world: World) -> None:
    ann, mia, lab = Talk(world.ann, ANN), Talk(world.mia, GROUP), Talk(world.ann, GROUP)
    async with world.bot(service_usd_per_day=1, **SOLD):
        await ann.say("/video a dog runs 1080p")
        assert offers(await ann.reads("the whole service has $1.00 left")) == []
    async with world.bot(**POOR):
        await mia.say("/grant@kinetogram_bot $1")
        await mia.reads("Video lab got $1.00")
        await mia.say("/quota@kinetogram_bot $0.5/day")
        await mia.reads("Saved")
        await lab.say(DOG)
        told = await lab.reads("this group has $1.00 left")
        assert offers(told) == [], "the administrators' limit would stand after the payment"


async def test_where_nothing_is_sold_nothing_is_offered(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(user_usd_per_month=1):
        await ann.say(DOG)
        assert offers(await ann.reads("you have $1.00 left until")) == []


async def test_two_taps_send_one_invoice_and_another_when_it_is_too_old(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**POOR):
        card = await refused(ann)
        await ann.press(card, STAR)
        await ann.press(card, STAR)
        assert await ann.toast(after=1) == "Already done."
        await ann.sees(is_invoice)
        await settled(world)
        assert len(world.telegram.calls.of("sendInvoice")) == 1
        world.clock.push(minutes=61)
        await ann.press(card, STAR)
        await until(lambda: len(world.telegram.calls.of("sendInvoice")) == 2)


async def test_a_payment_that_is_told_again_shows_no_card_again(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**POOR):
        card = await refused(ann)
        await pay(ann, card)
        await shows(ann, card, START)
        told = "SELECT payload FROM inbox WHERE payload LIKE '%successful_payment%'"
        world.telegram.exchange.updates.put("message", json.loads(world.books.value(told))["message"], f"chat:{ANN}")
        await until(lambda: len(world.books.rows(f"{told} AND state = 'closed'")) == 2)
        await settled(world)
        assert edits(world, card) == 1
    assert balance(world) == 1_300_000


async def test_a_draft_that_was_thrown_away_or_changed_meanwhile_is_left_alone(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**POOR):
        shown = await invoice(ann, 250)
        gone = await refused(ann)
        await ann.say("/cancel")
        await settled(world)
        changed, edited = [await refused(ann, f"a dog runs, take {n} 1080p") for n in (1, 2)]
        asked = edited["reply_to"]
        await ann.edit(asked, "a dog runs, take 2 480p")
        await shows(ann, edited, START)
        await ann.press(changed, next(text for text in buttons(changed) if "fits" in text))
        await shows(ann, changed, START)
        await settled(world)
        looks = [edits(world, card) for card in (gone, changed, edited)]
        await world.ann.pay(ANN, shown["id"])
        await ann.reads("Your balance is now $3.25")
        await settled(world)
        assert [edits(world, card) for card in (gone, changed, edited)] == looks


@pytest.mark.parametrize("button", ["↻ Again", "⬆"])
async def test_below_a_video_the_limit_offers_the_payment_too(world: World, button: str) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**POOR):
        await ann.say("/video a dog runs")
        film = await ann.video()
        await ann.press(film, button)
        told = await ann.sees(lambda m: "you have $0.24 left until" in words(m))
        assert len(offers(told)) == 1
        await pay(ann, told)
        await ann.reads("Your balance is now $")
        again = next(text for text in buttons(await ann.now(told)) if not text.startswith(STAR))
        await ann.press(told, again)
        await ann.sees(lambda m: m["id"] != film["id"] and (has(m, START) or "media" in m))
