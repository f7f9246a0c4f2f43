"""Stars, from /topup to the balance and back: on the wire, with what may go wrong on the way."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, MIA
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.stars import Transaction
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, words

RATE: Mapping[str, Any] = {"stars_usd_rate": "0.013"}


def is_invoice(message: Message) -> bool:
    """An invoice of the bot's that nobody paid yet."""
    return bool(message.get("invoice")) and not message["invoice"]["paid"]


async def invoice(talk: Talk, stars: int = 250) -> Message:
    """Asks for an invoice in words."""
    await talk.say(f"/topup {stars}")
    return await talk.sees(lambda m: is_invoice(m) and m["invoice"]["stars"] == stars)


async def buy(world: World, talk: Talk, stars: int = 250) -> str:
    """A whole purchase; its charge."""
    before = len(world.telegram.exchange.stars.transactions)
    shown = await invoice(talk, stars)
    await talk.person.pay(talk.chat, shown["id"])
    await until(lambda: len(world.telegram.exchange.stars.transactions) > before)
    charge = world.telegram.exchange.stars.transactions[-1].charge
    await talk.reads(charge)
    return charge


def payments(world: World) -> list[tuple[str, int]]:
    """State and worth of each payment, oldest first."""
    rows = world.books.rows("SELECT state, amount_microusd FROM payments ORDER BY id")
    return [(row["state"], row["amount_microusd"]) for row in rows]


def balance(world: World, kind: str = "user") -> int:
    """All balances of a kind of account."""
    return int(
        world.books.value(
            "SELECT coalesce(sum(amount_microusd), 0) FROM entries JOIN accounts ON accounts.id = account_id"
            " WHERE bucket = 'balance' AND accounts.kind = ?",
            kind,
        )
    )


def entries(world: World) -> list[tuple[str, int]]:
    """What payments booked, oldest first."""
    rows = world.books.rows("SELECT kind, amount_microusd FROM entries WHERE job_id IS NULL ORDER BY id")
    return [(row["kind"], row["amount_microusd"]) for row in rows]


def lose_updates_after_checkout(world: World) -> None:
    """What Telegram would tell of a payment never reaches the bot."""

    async def tap(call: Call, phase: str) -> None:
        if call.method == "answerPreCheckoutQuery" and phase == "after":
            world.telegram.exchange.updates.drop_all()

    world.telegram.taps.append(tap)


async def test_somebody_tops_up_their_own_balance_with_two_taps(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**RATE):
        await ann.say("/topup")
        offer = await ann.sees(lambda m: "⭐ 250 · $3.25" in buttons(m))
        await ann.press(offer, "⭐ 250")
        shown = await ann.sees(is_invoice)
        assert shown["invoice"]["title"] == "Top-up of your balance"
        assert "$3.25" in shown["invoice"]["description"]
        await world.ann.pay(ANN, shown["id"])
        assert (await world.ann.wait_for_payment())["state"] == "paid"
        done = await ann.reads("Your balance is now $3.25")
        assert world.telegram.exchange.stars.transactions[0].charge in words(done)
        await ann.say("/balance")
        await ann.reads("$3.25")
    (sent,) = world.telegram.calls.of("sendInvoice")
    assert sent.params.get("provider_token", "") in {"", "…"}
    assert (sent.params["currency"], len(sent.params["prices"])) == ("XTR", 1)
    assert len(sent.params["payload"].encode()) <= 128
    assert entries(world) == [("TOPUP", 3_250_000)]


async def test_an_administrator_opens_the_groups_pool_and_a_member_fills_it_in_russian(world: World) -> None:
    bob, mia = Talk(world.bob, GROUP), Talk(world.mia, GROUP)
    async with world.bot(operator_ids=(ANN,), **RATE):
        await bob.say("/topup@kinetogram_bot 1000")
        await bob.reads("открыть его могут только её администраторы")
        await mia.say("/topup@kinetogram_bot 250")
        shown = await mia.sees(is_invoice)
        await world.mia.pay(GROUP, shown["id"])
        await mia.reads("The pool of “Video lab” is now $3.25")
        await bob.say("/topup@kinetogram_bot 1000")
        shown = await bob.sees(is_invoice)
        assert shown["invoice"]["title"] == "Пополнение общего счёта"
        await world.bob.pay(GROUP, shown["id"])
        await bob.reads("На общем счёте «Video lab» теперь $16,25")
    assert (balance(world, "chat"), balance(world, "user")) == (16_250_000, 0)


async def test_who_lost_their_rights_since_the_invoice_does_not_open_the_pool(world: World) -> None:
    mia = Talk(world.mia, GROUP)
    async with world.bot(operator_ids=(ANN,), **RATE):
        await mia.say("/topup@kinetogram_bot 250")
        shown = await mia.sees(is_invoice)
        world.telegram.set_member(GROUP, MIA, "member", BOB)
        world.clock.push(minutes=1)
        await world.mia.pay(GROUP, shown["id"])
        told = await world.mia.wait_for_payment()
    assert told["state"] == "refused"
    assert "only its administrators can open one" in told["text"]
    assert payments(world) == []


async def test_after_the_last_refund_everybody_in_the_group_pays_for_themselves(world: World) -> None:
    bob, mia = Talk(world.bob, GROUP), Talk(world.mia, GROUP)
    async with world.bot(operator_ids=(ANN,), **RATE):
        await mia.say("/topup@kinetogram_bot 1")
        shown = await mia.sees(is_invoice)
        await world.mia.pay(GROUP, shown["id"])
        await mia.reads("is now $0.01")
        await bob.say("/video@kinetogram_bot a paper boat 5s 480p")
        await bob.reads("$0,01")
        assert world.books.jobs == []
        world.telegram.refund(MIA, world.telegram.exchange.stars.transactions[0].charge)
        await mia.reads("so it is closed")
        await bob.say("/video@kinetogram_bot a paper boat 5s 480p")
        await bob.video()
    (job,) = world.books.jobs
    paid_by = world.books.value("SELECT kind FROM accounts WHERE id = ?", job["account_id"])
    assert paid_by == "user"


async def test_nobody_else_pays_an_invoice(world: World) -> None:
    mia = Talk(world.mia, GROUP)
    async with world.bot(**RATE):
        await mia.say("/topup@kinetogram_bot 100")
        shown = await mia.sees(is_invoice)
        await world.ann.pay(GROUP, shown["id"])
        told = await world.ann.wait_for_payment()
    assert (told["state"], told["text"]) == (
        "refused",
        "This invoice belongs to somebody else. Send /topup for your own.",
    )
    assert world.telegram.exchange.stars.balance == 0
    assert payments(world) == []


async def test_an_invoice_of_an_hour_ago_or_of_another_rate_is_not_paid(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**RATE):
        first = await invoice(ann, 100)
        world.clock.push(minutes=61)
        await world.ann.pay(ANN, first["id"])
        assert "too old" in (await world.ann.wait_for_payment())["text"]
        second = await invoice(ann, 101)
    world.ann.events.clear()
    async with world.bot(stars_usd_rate="0.014"):
        await world.ann.pay(ANN, second["id"])
        assert "too old" in (await world.ann.wait_for_payment())["text"]
        assert await buy(world, ann, 102)
    assert balance(world) == 102 * 14_000


async def test_without_a_rate_nothing_is_sold(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        for command in ("/topup", "/topup 100", "/terms", "/paysupport"):
            asked = await ann.say(command)
            await ann.sees(lambda m, asked=asked: m.get("reply_to", {}).get("id") == asked["id"])  # type: ignore[misc]
            await ann.reads("Nothing is sold here at the moment.")
    assert world.telegram.calls.of("sendInvoice", "getStarTransactions") == []


async def test_help_and_terms_are_told(world: World) -> None:
    ann, bob = Talk(world.ann, ANN), Talk(world.bob, BOB)
    async with world.bot(**RATE):
        await ann.say("/terms")
        await ann.reads("100 Stars are $1.30")
        await bob.say("/paysupport")
        await bob.reads(str(MIA), "пишите оператору")
        await bob.say("/topup много")
        await bob.reads("целое число звёзд")


async def test_a_payment_that_is_told_again_is_credited_once(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**RATE):
        charge = await buy(world, ann)
        stored = world.books.value("SELECT payload FROM inbox WHERE payload LIKE '%successful_payment%'")
        raw = json.loads(stored)
        for _ in range(3):
            world.telegram.exchange.updates.put("message", raw["message"], f"chat:{ANN}")
        await until(
            lambda: (
                world.books.value(
                    "SELECT count(*) FROM inbox WHERE state = 'closed' AND payload LIKE '%successful_payment%'"
                )
                == 4
            )
        )
        assert len([m for m in await ann.heard() if charge in words(m)]) == 1
    async with world.bot(**RATE):
        await ann.say("/terms")
        await ann.reads("Terms of top-ups")
    assert entries(world) == [("TOPUP", 3_250_000)]


async def test_an_operator_returns_a_payment_once(world: World) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot(**RATE):
        charge = await buy(world, ann)
        await ann.say(f"/refund {charge}")
        await ann.reads("Only an operator may do that.")
        await mia.say(f"/refund {charge}")
        await mia.reads("goes back; its money left the account")
        await ann.reads("250 Stars are with you again", "$3.25 left the balance")
        await until(lambda: payments(world) == [("refunded", 3_250_000)])
        await mia.say(f"/refund {charge}")
        await mia.reads("is returned already")
        await mia.say("/refund stxNobody")
        await mia.reads("I know no payment")
    assert len(world.telegram.calls.of("refundStarPayment")) == 1
    assert world.telegram.exchange.stars.balance == 0
    assert entries(world) == [("TOPUP", 3_250_000), ("REFUND", -3_250_000)]


async def test_a_refund_that_telegram_makes_is_booked_below_zero_and_can_be_filled(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(policy={"user_microusd_per_month": 0}, **RATE):
        charge = await buy(world, ann)
        await ann.say("/video a paper boat on a puddle 5s 720p")
        await until(lambda: balance(world) < 3_250_000)
        spent = 3_250_000 - balance(world)
        world.telegram.refund(ANN, charge)
        await ann.reads("250 Stars are with you again")
        assert balance(world) == -spent
        again = await ann.say("/video a paper boat on a lake 5s 720p")
        await ann.sees(lambda m: m.get("reply_to", {}).get("id") == again["id"])
        assert len(world.books.jobs) == 1
        await buy(world, ann, 1000)
        assert balance(world) == 13_000_000 - spent


async def test_a_purchase_that_cant_be_delivered_goes_back_by_itself(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(**RATE):
        shown = await invoice(ann)

        async def block(call: Call, phase: str) -> None:
            if call.method == "answerPreCheckoutQuery" and phase == "before":
                _write(world, "UPDATE users SET blocked_at = 1")

        world.telegram.taps.append(block)
        await world.ann.pay(ANN, shown["id"])
        await ann.reads("250 Stars could not be credited and go back to you.")
        await ann.reads("250 Stars are with you again", "Nothing had been credited")
        await until(lambda: payments(world) == [("refunded", 0)])
    assert world.telegram.exchange.stars.balance == 0
    assert entries(world) == []


def _write(world: World, sql: str) -> None:
    """Another process changes the database."""
    with closing(sqlite3.connect(world.books.path, timeout=10)) as connection, connection:
        connection.execute(sql)


@pytest.mark.parametrize("refunded", [False, True], ids=["paid", "paid-and-returned"])
async def test_the_nightly_comparison_books_what_was_lost(world: World, refunded: bool) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    lose_updates_after_checkout(world)
    async with world.bot(**RATE):
        await mia.say("/start")
        await mia.sees(lambda _: True)
        shown = await invoice(ann)
        await world.ann.pay(ANN, shown["id"])
        await until(lambda: world.telegram.exchange.stars.balance == 250)
        if refunded:
            world.telegram.refund(ANN, world.telegram.exchange.stars.transactions[0].charge)
            world.telegram.exchange.updates.drop_all()
        assert payments(world) == []
        world.clock.push(days=1, minutes=1)
        await mia.reads("Payments differ from Telegram's list", "Credited now: 1")
        await ann.reads("Your balance is now $3.25")
        world.clock.push(days=1)
        await until(lambda: world.books.value("SELECT count(*) FROM reconciliations WHERE ended_at IS NOT NULL") >= 3)
    wanted: dict[bool, Any] = {
        False: [("TOPUP", 3_250_000)],
        True: [("TOPUP", 3_250_000), ("REFUND", -3_250_000)],
    }
    assert entries(world) == wanted[refunded]
    assert len([m for m in await mia.heard() if "differ" in words(m)]) == 1


async def test_sales_of_somebody_else_are_told_and_left_alone(world: World) -> None:
    mia = Talk(world.mia, MIA)
    stars = world.telegram.exchange.stars
    stars.transactions += [
        Transaction(f"stxOld{n}", BOB, 7, world.clock() - 86_400_000, "coffee", BOB) for n in range(150)
    ]
    async with world.bot(**RATE):
        await mia.say("/start")
        await mia.sees(lambda _: True)
        world.clock.push(days=1)
        await until(lambda: world.books.value("SELECT position FROM reconciliations ORDER BY id DESC") == 150)
    assert payments(world) == []
    assert world.telegram.calls.of("refundStarPayment") == []
    assert world.books.value("SELECT strange FROM reconciliations ORDER BY id") == 150


async def test_a_group_that_put_the_bot_out_is_sold_nothing_and_its_lost_payment_goes_back(world: World) -> None:
    mia = Talk(world.mia, GROUP)
    bot = world.telegram.world.bot.id
    async with world.bot(operator_ids=(ANN,), **RATE):
        await Talk(world.mia, MIA).say("/start")
        await Talk(world.mia, MIA).reads("Mia")
        await mia.say("/topup@kinetogram_bot 250")
        first = await mia.sees(is_invoice)
        await mia.say("/topup@kinetogram_bot 100")
        second = await mia.sees(lambda m: is_invoice(m) and m["invoice"]["stars"] == 100)

        async def put_out(call: Call, phase: str) -> None:
            if call.method == "answerPreCheckoutQuery" and phase == "after":
                world.telegram.exchange.updates.drop_all()
                world.telegram.set_member(GROUP, bot, "kicked", MIA)

        world.telegram.taps.append(put_out)
        await world.mia.pay(GROUP, first["id"])
        await until(lambda: world.telegram.exchange.stars.balance == 250)
        gone = "SELECT count(*) FROM chats WHERE unreachable_at IS NOT NULL"
        await until(lambda: world.books.value(gone) == 1)
        world.mia.events.clear()
        await world.mia.pay(GROUP, second["id"])
        assert "not in that group any more" in (await world.mia.wait_for_payment())["text"]
        world.clock.push(days=1, minutes=1)
        await Talk(world.mia, MIA).reads("250 Stars could not be credited and go back to you.")
        await Talk(world.mia, MIA).reads("250 Stars are with you again")
        await until(lambda: payments(world) == [("refunded", 0)])
    assert world.telegram.exchange.stars.balance == 0
    assert entries(world) == []
