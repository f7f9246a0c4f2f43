"""Top-ups that renew themselves, on the real schema: who may what, and what Telegram's answers and refunds come to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.stars import PERIOD_S, Given, Later, Move, Refused
from bot.services import payments, reconciling, refunds, standings, subscriptions, support
from bot.services.directory import ChatRef, Person, Place, UserRef, see
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.payments import Charge, Checkout
from bot.storage.base import Row, Transaction
from tests.services.test_payments import ANN, HOME, LAB, MIA, OFFICE, POLICY, STAR, TEXTS, Shop, opened

MONTH_MS = PERIOD_S * 1000
DAY_MS = 86_400_000
STARS = 500
WORTH = STARS * STAR


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    made = await opened(tmp_path / "shop.db", replace(POLICY, star_subscription=STARS))
    await made.ask(support.terms, "", MIA, OFFICE)
    yield made
    await made.env.store.close()


async def pressed(shop: Shop, user: UserRef = ANN, chat: ChatRef = HOME) -> str | None:
    """The button of the monthly amount."""

    async def use_case(tx: Transaction) -> str | None:
        person, place = await see(shop.env, tx, user, chat)
        return await payments.subscribe(shop.env, tx, person, place)

    return await shop.env.store.transact(use_case)


async def offer(shop: Shop) -> str:
    """The payload of a new monthly offer."""
    assert await pressed(shop) is None
    (row,) = await shop.rows("SELECT account_id, user_id, nonce, period_s FROM invoices ORDER BY id DESC LIMIT 1")
    assert row["period_s"] == PERIOD_S
    return f"topup:{row['account_id']}:{row['user_id']}:{row['nonce']}"


async def month(shop: Shop, payload: str, charge: str, *, first: bool = False) -> None:
    until = shop.env.now_ms() + MONTH_MS
    await shop.pay(Charge(charge, ANN, STARS, payload, until, is_first=first))


async def begun(shop: Shop) -> str:
    payload = await offer(shop)
    await month(shop, payload, "stx1", first=True)
    return payload


async def one(shop: Shop) -> Row:
    (row,) = await shop.rows("SELECT * FROM subscriptions")
    return row


async def taps(shop: Shop, action: str, user: UserRef = ANN) -> str | None:
    async def use_case(tx: Transaction) -> str | None:
        person, _ = await see(shop.env, tx, user, HOME)
        return await subscriptions.press(shop.env, tx, person, action, 1)

    return await shop.env.store.transact(use_case)


async def standings_of(env: Env, tx: Transaction, person: Person, place: Place, _: Asked) -> str:
    return await standings.balance(env, tx, person, place)


async def told(shop: Shop, answer: Given | Refused | Later) -> list[bool]:
    """Telegram answers all that is due; whether each was a stop."""
    rows = await subscriptions.due(shop.env)
    for row in rows:
        await subscriptions.answered(shop.env, row, answer)
    return [row["state"] != "allowing" for row in rows]


async def test_each_month_is_credited_once_under_its_own_charge(shop: Shop) -> None:
    payload = await begun(shop)
    shop.clock[0] += MONTH_MS
    for _ in range(3):
        await month(shop, payload, "stx2")
    assert await shop.booked() == [("TOPUP", WORTH), ("TOPUP", WORTH)]
    row = await one(shop)
    assert (row["charge"], row["state"], row["expires_at"]) == ("stx1", "on", shop.clock[0] + MONTH_MS)


async def test_a_checkout_is_let_through_once_and_for_the_next_month_when_its_time_has_come(shop: Shop) -> None:
    payload = await offer(shop)

    async def why(**policy: Any) -> str | None:
        env = replace(shop.env, policy=replace(shop.env.policy, **policy))
        return await payments.check(env, Checkout(ANN, payload, "XTR", STARS))

    assert await why() is None
    for stars in (None, STARS + 1):
        assert await why(star_subscription=stars) == TEXTS.plain("en", "checkout-old")
    await month(shop, payload, "stx1", first=True)
    shop.clock[0] += MONTH_MS - 2 * 3_600_000
    assert await why() == TEXTS.plain("en", "checkout-paid")
    shop.clock[0] += 3_600_000
    assert await why(star_subscription=None) is None


async def test_who_has_one_is_sold_no_second_and_a_group_none(shop: Shop) -> None:
    other = await offer(shop)
    await begun(shop)
    assert await pressed(shop) == "checkout-subscribed"
    asked = Checkout(ANN, other, "XTR", STARS)
    assert await payments.check(shop.env, asked) == TEXTS.plain("en", "checkout-subscribed")
    assert await pressed(shop, chat=LAB) == "topup-off"
    shop.env = replace(shop.env, policy=POLICY)
    assert await pressed(shop) == "topup-off"


async def test_only_its_payer_stops_it_and_each_step_is_taken_once(shop: Shop) -> None:
    await begun(shop)
    assert await taps(shop, subscriptions.STOP, MIA) == "button-not-yours"
    assert await taps(shop, subscriptions.GO) == "button-used"
    assert await taps(shop, subscriptions.STOP) == "subscription-asked"
    assert await taps(shop, subscriptions.STOP) == "button-used"
    assert await told(shop, Given()) == [True]
    assert (await one(shop))["state"] == "off"
    assert "No more payments." in await shop.said()
    await taps(shop, subscriptions.GO)
    assert await told(shop, Given()) == [False]
    assert (await one(shop))["state"] == "allowed"


async def test_what_telegram_refuses_is_told_to_the_payer_and_to_the_operators(shop: Shop) -> None:
    await begun(shop)
    for action, state in ((subscriptions.STOP, "on"),):
        await taps(shop, action)
        await told(shop, Refused("CHARGE_ID_INVALID"))
        assert (await one(shop))["state"] == state
    said = await shop.said()
    assert "You can do it yourself" in said
    assert "CHARGE_ID_INVALID" in said


async def test_it_waits_longer_each_time_that_telegram_is_away(shop: Shop) -> None:
    await begun(shop)
    await taps(shop, subscriptions.STOP)
    for wait_ms in (1_000, 2_000, 4_000):
        assert await told(shop, Later()) == [True]
        shop.clock[0] += wait_ms - 1
        assert await told(shop, Given()) == []
        shop.clock[0] += 1
    assert await told(shop, Later(700)) == [True]
    assert (await one(shop))["run_at"] == shop.clock[0] + 700


async def test_a_month_that_comes_after_all_is_credited_and_known_to_go_on(shop: Shop) -> None:
    payload = await begun(shop)
    await taps(shop, subscriptions.STOP)
    await told(shop, Given())
    shop.clock[0] += MONTH_MS
    await month(shop, payload, "stx2")
    assert ((await one(shop))["state"], len(await shop.booked())) == ("on", 2)


@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
async def test_a_refund_of_any_month_ends_it_and_what_comes_still_is_credited_and_stopped_again(
    shop: Shop, *, stopped: bool
) -> None:
    payload = await begun(shop)
    if stopped:
        await taps(shop, subscriptions.STOP)
        await told(shop, Given())
    await refunds.begin_alone(shop.env, "stx1", None)
    assert ("ends, since a payment" in str(await shop.ask(standings_of, ""))) is not stopped
    assert await told(shop, Given()) == ([] if stopped else [True])
    assert ('are over."' in await shop.said()) is not stopped
    assert (await one(shop))["state"] == "ended"
    assert await pressed(shop) is None
    shop.clock[0] += MONTH_MS
    await month(shop, payload, "stx2")
    assert await told(shop, Refused("no")) == [True]
    assert 'Settings → My Stars. The operator knows."' in await shop.said()
    assert await shop.booked() == [("TOPUP", WORTH), ("REFUND", -WORTH), ("TOPUP", WORTH)]


async def test_who_was_blocked_since_gets_the_month_back_and_is_charged_no_more(shop: Shop) -> None:
    payload = await begun(shop)
    await shop.run("UPDATE users SET blocked_at = 1")
    shop.clock[0] += MONTH_MS
    await month(shop, payload, "stx2")
    assert await shop.rows("SELECT state FROM payments WHERE charge = 'stx2'") == [{"state": "refunding"}]
    assert (await one(shop))["state"] == "ending"


async def test_a_month_that_the_list_alone_names_is_credited_with_its_next_date(shop: Shop) -> None:
    payload = await offer(shop)
    at = shop.clock[0]
    shop.clock[0] += DAY_MS
    reading = await reconciling.begin(shop.env)
    assert reading is not None
    await reconciling.read_page(shop.env, reading, [Move("stx1", 1001, STARS, payload, at, period_s=PERIOD_S)])
    assert ((await one(shop))["expires_at"], await shop.booked()) == (at + MONTH_MS, [("TOPUP", WORTH)])
    await reconciling.end(shop.env, reading)
    shop.clock[0] += MONTH_MS + subscriptions.GRACE_MS
    reading = await reconciling.begin(shop.env)
    assert reading is not None
    await reconciling.end(shop.env, reading)
    assert (await one(shop))["state"] == "ended"


async def test_a_second_first_payment_is_the_one_by_which_it_is_stopped(shop: Shop) -> None:
    payload = await begun(shop)
    shop.clock[0] += MONTH_MS
    await month(shop, payload, "stx2", first=True)
    assert (await one(shop))["charge"] == "stx2"


async def test_the_balance_tells_the_next_date_and_in_a_group_says_nothing_of_it(shop: Shop) -> None:
    await begun(shop)

    assert "⭐ 500 every 30 days ($6.50): next payment" in str(await shop.ask(standings_of, ""))
    assert "30 days" not in str(await shop.ask(standings_of, "", chat=LAB))
