"""Stars as the Bot API sells them: strict about invoices, ten seconds for a checkout, refunds once, one list."""

from typing import Any

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, Person, Refused
from bot.sandbox.telegram.errors import JsonDict
from tests.sandbox.telegram.wire import Clock, Wire

INVOICE: JsonDict = {
    "title": "Top-up",
    "description": "250 Stars",
    "payload": "topup:1:2:abc",
    "currency": "XTR",
    "prices": [{"label": "Top-up", "amount": 250}],
    "provider_token": "",
}


async def asked(wire: Wire) -> JsonDict:
    """The checkout that the bot is asked about."""
    (query,) = [update["pre_checkout_query"] for update in await wire.updates() if "pre_checkout_query" in update]
    return dict(query)


async def bought(wire: Wire, person: Person, chat: int = ANN) -> str:
    """A whole purchase; its charge id."""
    sent = await wire.ok("sendInvoice", chat_id=chat, **INVOICE)
    await person.pay(chat, sent["message_id"])
    query = await asked(wire)
    await wire.ok("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    (paid,) = [u["message"]["successful_payment"] for u in await wire.updates() if "message" in u]
    return str(paid["telegram_payment_charge_id"])


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"currency": "USD"}, "PAYMENT_PROVIDER_INVALID"),
        ({"provider_token": "123:TEST"}, "PAYMENT_PROVIDER_INVALID"),
        ({"prices": []}, "STARS_INVOICE_INVALID"),
        ({"prices": [{"label": "a", "amount": 1}, {"label": "b", "amount": 1}]}, "STARS_INVOICE_INVALID"),
        ({"prices": [{"label": "a", "amount": 0}]}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
        ({"prices": [{"label": "a", "amount": 100_001}]}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
        ({"payload": "я" * 65}, "INVOICE_PAYLOAD_INVALID"),
        ({"title": "x" * 33}, "title"),
        ({"description": "x" * 256}, "description"),
        ({"need_email": True}, "STARS_INVOICE_INVALID"),
        ({"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}}, "BUTTON_TYPE_INVALID"),
    ],
)
async def test_a_wrong_invoice_is_refused(wire: Wire, wrong: JsonDict, why: str) -> None:
    assert why in await wire.refused("sendInvoice", chat_id=ANN, **(INVOICE | wrong))


async def test_a_pay_button_stands_under_invoices_alone(wire: Wire) -> None:
    markup = {"inline_keyboard": [[{"text": "Pay", "pay": True}]]}
    assert "BUTTON_TYPE_INVALID" in await wire.refused("sendMessage", chat_id=ANN, text="x", reply_markup=markup)
    assert await wire.ok("sendInvoice", chat_id=ANN, reply_markup=markup, **INVOICE)


async def test_a_payment_moves_stars_and_both_sides_read_of_it(wire: Wire, ann: Person) -> None:
    sent = await wire.ok("sendInvoice", chat_id=ANN, **INVOICE)
    assert sent["invoice"]["total_amount"] == 250
    assert "payload" not in sent["invoice"]
    await ann.pay(ANN, sent["message_id"])
    query = await asked(wire)
    assert (query["invoice_payload"], query["total_amount"], query["from"]["id"]) == ("topup:1:2:abc", 250, ANN)
    before = (await ann.world())["me"]["stars"]
    await wire.ok("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    assert (await ann.wait_for_payment())["state"] == "paid"
    (update,) = await wire.updates()
    paid = update["message"]["successful_payment"]
    assert (paid["currency"], paid["total_amount"], paid["invoice_payload"]) == ("XTR", 250, "topup:1:2:abc")
    assert (await ann.world())["me"]["stars"] == before - 250
    assert (await wire.ok("getMyStarBalance"))["amount"] == 250
    shown = await ann.wait_for(ANN, lambda m: bool(m.get("invoice")))
    assert shown["invoice"]["paid"]
    with pytest.raises(Refused, match="already paid"):
        await ann.pay(ANN, sent["message_id"])


async def test_a_no_is_shown_to_the_payer_and_costs_nothing(wire: Wire, bob: Person) -> None:
    sent = await wire.ok("sendInvoice", chat_id=GROUP, **INVOICE)
    await bob.pay(GROUP, sent["message_id"])
    query = await asked(wire)
    answer = {"pre_checkout_query_id": query["id"], "ok": False}
    assert "error_message is empty" in await wire.refused("answerPreCheckoutQuery", **answer)
    await wire.ok("answerPreCheckoutQuery", error_message="Not yours", **answer)
    told = await bob.wait_for_payment()
    assert (told["state"], told["text"]) == ("refused", "Not yours")
    assert await wire.updates() == []
    assert (await wire.ok("getStarTransactions"))["transactions"] == []
    assert "query is too old" in await wire.refused("answerPreCheckoutQuery", **answer, error_message="x")


async def test_an_answer_after_ten_seconds_is_too_late(wire: Wire, ann: Person, clock: Clock) -> None:
    sent = await wire.ok("sendInvoice", chat_id=ANN, **INVOICE)
    await ann.pay(ANN, sent["message_id"])
    query = await asked(wire)
    clock.forward(10)
    why = await wire.refused("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    assert "query is too old" in why
    assert (await wire.ok("getMyStarBalance"))["amount"] == 0


async def test_a_charge_is_refunded_once_and_to_its_payer(wire: Wire, ann: Person) -> None:
    charge = await bought(wire, ann)
    refund: dict[str, Any] = {"telegram_payment_charge_id": charge}
    assert "CHARGE_ID_INVALID" in await wire.refused("refundStarPayment", user_id=BOB, **refund)
    assert await wire.ok("refundStarPayment", user_id=ANN, **refund) is True
    assert "CHARGE_ALREADY_REFUNDED" in await wire.refused("refundStarPayment", user_id=ANN, **refund)
    (update,) = await wire.updates()
    assert update["message"]["refunded_payment"]["telegram_payment_charge_id"] == charge
    assert (await wire.ok("getMyStarBalance"))["amount"] == 0


async def test_transactions_come_in_order_by_pages(wire: Wire, ann: Person) -> None:
    charges = [await bought(wire, ann) for _ in range(3)]
    await wire.ok("refundStarPayment", user_id=ANN, telegram_payment_charge_id=charges[1])
    listed = (await wire.ok("getStarTransactions"))["transactions"]
    assert [one["id"] for one in listed] == [*charges, charges[1]]
    assert listed[0]["source"]["invoice_payload"] == "topup:1:2:abc"
    assert listed[3]["receiver"]["user"]["id"] == ANN
    page = (await wire.ok("getStarTransactions", offset=1, limit=2))["transactions"]
    assert [one["id"] for one in page] == charges[1:]
    assert "limit" in await wire.refused("getStarTransactions", limit=101)
    assert "offset" in await wire.refused("getStarTransactions", offset=-1)


async def test_an_empty_purse_buys_nothing(wire: Wire, ann: Person) -> None:
    wire.server.exchange.stars.purses[ANN] = 249
    sent = await wire.ok("sendInvoice", chat_id=ANN, **INVOICE)
    with pytest.raises(Refused, match="not enough Stars"):
        await ann.pay(ANN, sent["message_id"])


MONTHLY: JsonDict = INVOICE | {"subscription_period": 2_592_000}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"subscription_period": 86_400}, "SUBSCRIPTION_PERIOD_INVALID"),
        ({"prices": [{"label": "a", "amount": 10_001}]}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
        ({"currency": "USD"}, "PAYMENT_PROVIDER_INVALID"),
        ({"title": ""}, "title"),
    ],
)
async def test_a_wrong_subscription_is_refused(wire: Wire, wrong: JsonDict, why: str) -> None:
    assert why in await wire.refused("createInvoiceLink", **(MONTHLY | wrong))


async def subscribed(wire: Wire, person: Person) -> JsonDict:
    """What the bot reads of a subscription's first payment."""
    await person.pay_link(await wire.ok("createInvoiceLink", **MONTHLY))
    await wire.ok("answerPreCheckoutQuery", pre_checkout_query_id=(await asked(wire))["id"], ok=True)
    (paid,) = [u["message"]["successful_payment"] for u in await wire.updates() if "message" in u]
    return dict(paid)


async def test_a_subscription_renews_under_new_charges_until_it_is_stopped(wire: Wire, ann: Person) -> None:
    first = await subscribed(wire, ann)
    assert (first["is_recurring"], first["is_first_recurring"]) == (True, True)
    charge = first["telegram_payment_charge_id"]
    wire.server.renew(charge)
    (next_,) = [u["message"]["successful_payment"] for u in await wire.updates() if "message" in u]
    assert "is_first_recurring" not in next_
    assert next_["subscription_expiration_date"] - first["subscription_expiration_date"] == 2_592_000
    assert next_["telegram_payment_charge_id"] != charge
    listed = (await wire.ok("getStarTransactions"))["transactions"]
    assert [one["source"]["subscription_period"] for one in listed] == [2_592_000] * 2
    edit = {"user_id": ANN, "telegram_payment_charge_id": charge}
    assert await wire.ok("editUserStarSubscription", is_canceled=True, **edit) is True
    with pytest.raises(ValueError, match="not renewed"):
        wire.server.renew(charge)
    assert await wire.ok("editUserStarSubscription", is_canceled=False, **edit) is True
    with pytest.raises(ValueError, match="not renewed"):
        wire.server.renew(charge)  # the person has to turn it on again


async def test_only_its_own_first_charge_stops_a_subscription(wire: Wire, ann: Person) -> None:
    charge = (await subscribed(wire, ann))["telegram_payment_charge_id"]
    for user, name in ((BOB, charge), (ANN, wire.server.renew(charge)), (ANN, "stxNobody")):
        wrong = {"user_id": user, "telegram_payment_charge_id": name, "is_canceled": True}
        assert "CHARGE_ID_INVALID" in await wire.refused("editUserStarSubscription", **wrong)
    nobody = {"user_id": 5, "telegram_payment_charge_id": charge, "is_canceled": True}
    assert "USER_ID_INVALID" in await wire.refused("editUserStarSubscription", **nobody)
